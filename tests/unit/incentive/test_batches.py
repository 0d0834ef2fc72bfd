"""Payout batches: two people, one list, one hash; chunks that a timer advances."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.incentive.domain.batch_work import CompleteBatch, FillBatch, MoveChunk, move
from services.incentive.domain.batches import (
    CHUNK,
    ApproveBatch,
    Batch,
    BatchState,
    Chunk,
    Line,
    MakeBatch,
    RejectBatch,
    advanced,
    chained,
    counted,
    followed,
)
from services.incentive.domain.funds import PROGRAMME, DepositFunds, Funds
from services.incentive.domain.participant import EntitlementState as State
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveDelayed, IncentivePaid
from shared.contracts.registration import ApplicantWithdrawn, IdentityConfirmed, IdentityQuestioned
from tests.unit.incentive.builders import ANN, BEN, SELECTED_AT, City, city_with, codes


def two_ready() -> City:
    city = city_with(ANN, BEN)
    city.ready(ANN, "1111")
    city.ready(BEN, "2222")
    return city


def funds(city: City) -> Funds:
    found = city.state(Funds, PROGRAMME)
    assert isinstance(found, Funds)
    return found


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


def test_what_may_no_longer_be_paid_is_dropped_from_an_approved_batch() -> None:
    city = two_ready()
    city.fund()
    batch = city.batch(until=date(2020, 8, 24))
    city.hear(
        IdentityQuestioned(
            applicant_id=ANN,
            questioned_at=city.now,
            fields=("full_name",),
            reasons=("RING_SUSPECTED",),
            deadline=date(2020, 9, 1),
            tracking_code="code",
        )
    )
    (work,) = city.approve(batch)
    assert work.payload["applicant_id"] == BEN
    assert city.entitlement(applicant_id=ANN).state == State.DUE
    assert city.all(Batch)[0].counts == {"dropped": 1, "sending": 1}
    assert funds(city).promised_rupiah == 600_000
    city.hear(IdentityConfirmed(applicant_id=ANN, confirmed_at=city.now, method="staff"))
    assert city.person().ready_on == date(2020, 8, 24)


def test_somebody_who_left_in_between_is_dropped() -> None:
    city = two_ready()
    city.fund()
    batch = city.batch(until=date(2020, 8, 24))
    city.hear(ApplicantWithdrawn(applicant_id=BEN, withdrawn_at=city.now, by="applicant"))
    assert len(city.approve(batch)) == 1
    city.check_money()


def test_a_batch_of_everybody_is_filled_and_sent_in_chunks() -> None:
    people = [f"p{number:03d}" for number in range(CHUNK + 10)]
    city = city_with(*people)
    for number, applicant_id in enumerate(people):
        city.ready(applicant_id, f"account {number}")
    city.fund()
    batch = city.batch(until=date(2020, 8, 24))
    assert (batch.chunks, batch.lines) == (2, CHUNK + 10)
    assert [len(chunk.lines) for chunk in city.all(Chunk)] == [CHUNK, 10]
    work = city.approve(batch)
    assert len({each.payload["reference"] for each in work}) == CHUNK + 10
    assert city.all(Batch)[0].counts == {"sending": CHUNK + 10}


def test_one_chunk_takes_no_more_lines_than_it_may() -> None:
    city = two_ready()
    batch = Batch("B", date(2020, 8, 24), "maker", SELECTED_AT)
    assert CHUNK * 4 + 3 <= 500
    assert batch.chunks == 0
    city.ask(MakeBatch("B", date(2020, 8, 24), "maker"))
    city.ask(FillBatch("B", 1, ("nobody", ANN)))
    assert city.state(Batch, "B").lines == 1


@pytest.mark.parametrize(
    "command",
    [
        FillBatch("B", 2, (ANN,)),
        FillBatch("NONE", 1, (ANN,)),
        CompleteBatch("B", 3),
        MoveChunk("B", 1),
        MoveChunk("N", 1),
    ],
)
def test_a_stale_command_of_the_timer_does_nothing(command: object) -> None:
    city = two_ready()
    city.ask(MakeBatch("B", date(2020, 8, 24), "maker"))
    with pytest.raises(Refused, match="BATCH_MOVED_ON"):
        city.ask(command)


def test_a_participant_listed_twice_is_taken_once() -> None:
    city = two_ready()
    city.ask(MakeBatch("B", date(2020, 8, 24), "maker"))
    city.ask(FillBatch("B", 1, (ANN,)))
    city.ask(FillBatch("B", 2, (ANN,)))
    assert city.state(Batch, "B").lines == 1


def test_a_batch_has_one_maker_and_one_number() -> None:
    city = two_ready()
    city.ask(MakeBatch("B", date(2020, 8, 24), "maker"))
    with pytest.raises(Refused, match="BATCH_EXISTS"):
        city.ask(MakeBatch("B", date(2020, 8, 24), "maker"))
    with pytest.raises(Refused, match="BATCH_UNKNOWN"):
        city.ask(RejectBatch("NONE", "checker", "x"))
    with pytest.raises(Refused, match="BATCH_NOT_PROPOSED"):
        city.ask(RejectBatch("B", "checker", "x"))


def test_a_changed_account_on_hold_is_dropped_and_paid_later() -> None:
    city = two_ready()
    city.fund()
    batch = city.batch(until=date(2020, 8, 24))
    city.bank_says(city.link(ANN, "3333"))
    assert len(city.approve(batch)) == 1
    assert city.person().ready_on is None
    city.pass_to(city.now + timedelta(hours=72))
    assert city.person().ready_on == date(2020, 8, 24)


def test_lines_of_people_who_are_gone_are_dropped() -> None:
    batch = Batch("B", date(2020, 8, 24), "maker", SELECTED_AT, BatchState.APPROVED, chunks=1, lines=1)
    chunk = Chunk("B", 1, (Line("gone", "survey", 1, 50_000),))
    after, money = move(batch, chunk, Funds(promised_rupiah=50_000), MoveChunk("B", 1), {})
    assert (after.state, after.counts) == (BatchState.CLOSED, {"dropped": 1})
    assert money.promised_rupiah == 0


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
