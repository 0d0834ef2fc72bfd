"""Chunks of a batch that a timer advances: each line once, and none that may no longer be paid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.incentive.domain.batch_work import CompleteBatch, FillBatch, MoveChunk, move
from services.incentive.domain.batches import CHUNK, Batch, BatchState, Chunk, Line, MakeBatch
from services.incentive.domain.funds import Funds
from services.incentive.domain.participant import EntitlementState as State
from shared.contracts.decision import Refused
from shared.contracts.registration import ApplicantWithdrawn, IdentityConfirmed, IdentityQuestioned
from tests.unit.incentive.builders import ANN, BEN, SELECTED_AT
from tests.unit.incentive.city import city_with, funds, two_ready


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


def test_a_participant_listed_twice_is_taken_once() -> None:
    city = two_ready()
    city.ask(MakeBatch("B", date(2020, 8, 24), "maker"))
    city.ask(FillBatch("B", 1, (ANN,)))
    city.ask(FillBatch("B", 2, (ANN,)))
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
