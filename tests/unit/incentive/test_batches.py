"""Payout batches: made by one person, approved by another, for exactly the list that was seen."""

from __future__ import annotations

from datetime import date

import pytest

from services.incentive.domain.batches import (
    ApproveBatch,
    Batch,
    BatchState,
    Line,
    MakeBatch,
    RejectBatch,
    advanced,
    chained,
    counted,
    followed,
)
from services.incentive.domain.funds import DepositFunds, Funds
from services.incentive.domain.participant import EntitlementState as State
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveDelayed, IncentivePaid
from tests.unit.incentive.builders import ANN, BEN, SELECTED_AT, codes
from tests.unit.incentive.city import City, funds, two_ready


def test_a_batch_takes_what_is_due_and_counts_it() -> None:
    city = two_ready()
    batch = city.batch(until=date(2020, 8, 24))
    assert (batch.state, batch.lines, batch.amount_rupiah) == (BatchState.PROPOSED, 2, 1_200_000)
    lines = [Line(ANN, "post_training", 1, 600_000), Line(BEN, "post_training", 1, 600_000)]
    assert batch.list_hash == chained("", lines)
    assert city.entitlement().state == State.BATCHED
    assert city.person().ready_on is None


def test_what_is_due_later_is_left_for_another_batch() -> None:
    assert two_ready().batch(until=date(2020, 8, 23)).state == BatchState.CLOSED


def test_an_approved_batch_is_sent_for_exactly_its_lines() -> None:
    city = two_ready()
    city.fund()
    work = city.approve(city.batch(until=date(2020, 8, 24)))
    assert [each.payload["applicant_id"] for each in work] == [ANN, BEN]
    assert funds(city).promised_rupiah == 1_200_000
    for each in work:
        city.pay(each)
    assert len(city.told(IncentivePaid)) == 2
    assert city.all(Batch)[0].state == BatchState.CLOSED


def test_the_maker_cannot_be_the_checker() -> None:
    city = two_ready()
    city.fund()
    batch = city.batch(until=date(2020, 8, 24))
    with pytest.raises(Refused, match="SAME_PERSON"):
        city.approve(batch, by="maker")
    with pytest.raises(Refused, match="SAME_PERSON"):
        city.ask(RejectBatch(batch.batch_id, "maker", "salah"))


@pytest.mark.parametrize("wrong", [("0" * 64, 2, 1_200_000), (None, 1, 1_200_000), (None, 2, 600_000)])
def test_an_approval_is_bound_to_the_list_that_was_seen(wrong: tuple[str | None, int, int]) -> None:
    city = two_ready()
    city.fund()
    batch = city.batch(until=date(2020, 8, 24))
    hash_, lines, amount = wrong
    with pytest.raises(Refused, match="BATCH_CHANGED"):
        city.ask(ApproveBatch(batch.batch_id, "checker", hash_ or batch.list_hash, lines, amount))


def test_without_funds_nothing_is_approved_and_the_delay_says_so() -> None:
    city = two_ready()
    city.pass_days(14)
    batch = city.batch()
    with pytest.raises(Refused, match="FUNDS_NOT_AVAILABLE") as refusal:
        city.approve(batch)
    assert refusal.value.details == {"missing_rupiah": 1_200_000}
    city.pass_days(1)
    assert set(codes(city.told(IncentiveDelayed))) == {"FUNDS_NOT_AVAILABLE"}
    city.fund(1_200_000)
    city.pass_days(1)
    assert set(codes(city.told(IncentiveDelayed))) == {"FUNDS_NOT_AVAILABLE", "BATCH_NOT_APPROVED"}
    assert len(city.approve(batch)) == 2
    assert not funds(city).short


def test_a_deposit_counts_once() -> None:
    city = City()
    assert city.ask(DepositFunds("SP2D-1", 5_000_000, "maker")) == {"available_rupiah": 5_000_000}
    with pytest.raises(Refused, match="DEPOSIT_EXISTS"):
        city.ask(DepositFunds("SP2D-1", 5_000_000, "maker"))


def test_a_rejected_batch_gives_everything_back() -> None:
    city = two_ready()
    batch = city.batch(until=date(2020, 8, 24))
    city.ask(RejectBatch(batch.batch_id, "checker", "jumlahnya janggal"))
    assert city.move_all(batch.batch_id) == []
    rejected = city.all(Batch)[0]
    assert (rejected.state, rejected.reason) == (BatchState.CLOSED, "jumlahnya janggal")
    assert city.person().ready_on == date(2020, 8, 24)
    assert not funds(city).short
    with pytest.raises(Refused, match="BATCH_NOT_PROPOSED"):
        city.approve(rejected)
    city.fund()
    assert len(city.approve(city.batch(until=date(2020, 8, 24)))) == 2


def test_a_batch_has_one_maker_and_one_number() -> None:
    city = two_ready()
    city.ask(MakeBatch("B", date(2020, 8, 24), "maker"))
    with pytest.raises(Refused, match="BATCH_EXISTS"):
        city.ask(MakeBatch("B", date(2020, 8, 24), "maker"))
    with pytest.raises(Refused, match="BATCH_UNKNOWN"):
        city.ask(RejectBatch("NONE", "checker", "x"))
    with pytest.raises(Refused, match="BATCH_NOT_PROPOSED"):
        city.ask(RejectBatch("B", "checker", "x"))


def test_a_sent_batch_opens_again_while_something_of_it_is_open() -> None:
    batch = Batch("B", date(2020, 8, 24), "maker", SELECTED_AT, BatchState.APPROVED, chunks=1)
    batch = advanced(counted(batch, "sending"))
    assert batch.state == BatchState.SENT
    batch = counted(batch, "paid", "sending")
    assert batch.state == BatchState.CLOSED


def test_following_a_participant_counts_only_what_belongs_to_the_batch() -> None:
    city = two_ready()
    city.fund()
    (work, _) = city.approve(city.batch(until=date(2020, 8, 24)))
    before = city.person()
    city.pay(work)
    other = Batch("OTHER", date(2020, 8, 24), "maker", SELECTED_AT)
    batch, money = followed(other, Funds(promised_rupiah=1), before, city.person())
    assert (batch, money.promised_rupiah) == (other, 1)
