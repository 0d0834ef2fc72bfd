from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain import joining
from services.registration.domain.applicant import Applicant, SkillsTest
from services.registration.domain.joining import (
    BatchJoin,
    JoinPart,
    JoinWave,
    Questions,
    RecordTest,
    StartBatchJoin,
    TakeTest,
)
from services.registration.domain.waves import Wave
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import TestTaken
from tests.unit.registration.builders import CLOSES, NOW, OPENS, applicant, changed, eligible, names, said, wave

QUESTIONS = Questions("1", {"MOTIVATION": frozenset("abc"), "NUMERACY": frozenset("ab")})


# ---- the test


def test_answering_everything_is_enough() -> None:
    told = TakeTest("a", {"MOTIVATION": "c", "NUMERACY": "a"}, QUESTIONS)

    decision = joining.take_test(applicant(), told, NOW)

    assert said(decision, TestTaken).result == "taken"
    assert joining.take_test(changed(decision, Applicant), told, NOW) == Decision()


@pytest.mark.parametrize(
    "answers", [{}, {"MOTIVATION": "a"}, {"MOTIVATION": "a", "NUMERACY": "c"}, {"MOTIVATION": "a", "OTHER": "a"}]
)
def test_an_incomplete_test_is_not_taken(answers: dict[str, str]) -> None:
    with pytest.raises(Refused, match="TEST_INCOMPLETE"):
        joining.take_test(applicant(), TakeTest("a", answers, QUESTIONS), NOW)


def test_staff_record_or_waive_with_a_reason_once() -> None:
    told = RecordTest("a", "waived", "datang tanpa ponsel", "sekretariat")

    after = changed(joining.record_test(applicant(), told, NOW), Applicant)

    assert after.test == SkillsTest("waived", NOW, "sekretariat", "datang tanpa ponsel")
    assert joining.record_test(after, told, NOW) == Decision()


@pytest.mark.parametrize(
    ("code", "person"), [("APPLICANT_UNKNOWN", None), ("APPLICATION_CLOSED", applicant(stage="withdrawn"))]
)
def test_tests_need_an_open_application(code: str, person: Applicant | None) -> None:
    with pytest.raises(Refused, match=code):
        joining.record_test(person, RecordTest("a", "waived", "x", "s"), NOW)


# ---- joining alone


def join(person: Applicant | None, found: Wave | None = wave(), at: Any = OPENS) -> Decision:  # noqa: B008 - frozen
    return joining.join_wave(person, found, JoinWave("a", 1, test_required=True), at)


def test_joining_twice_counts_once() -> None:
    decision = join(eligible())

    assert names(decision) == ["WaveJoined"]
    assert join(changed(decision, Applicant)) == Decision()


@pytest.mark.parametrize(
    ("code", "person", "found", "at"),
    [
        ("APPLICANT_UNKNOWN", None, wave(), OPENS),
        ("WAVE_UNKNOWN", eligible(), None, OPENS),
        ("WAVE_STATE", eligible(), wave(state="draft"), OPENS),
        ("WAVE_NOT_OPEN", eligible(), wave(), OPENS - timedelta(seconds=1)),
        ("WAVE_NOT_OPEN", eligible(), wave(), CLOSES),
        ("NOT_ELIGIBLE", applicant(), wave(), OPENS),
        ("TEST_MISSING", eligible(test=None), wave(), OPENS),
        ("WAVE_JOINED", eligible(stage="joined", wave=2), wave(), OPENS),
        ("ALREADY_SELECTED", eligible(stage="selected", card_number=Sealed("c")), wave(), OPENS),
    ],
)
def test_who_cannot_join_hears_why(code: str, person: Applicant | None, found: Wave | None, at: Any) -> None:
    with pytest.raises(Refused, match=code):
        join(person, found, at)


def test_where_no_test_is_required_none_is_missing() -> None:
    assert joining.obstacle(eligible(test=None), test_required=False) is None


# ---- joining together


def batch(**changes: Any) -> BatchJoin:
    decision = joining.start_batch_join(wave(), StartBatchJoin("b1", 1, "i1", "waived", "lembar tes", "s"), OPENS)
    found: BatchJoin = changed(decision, BatchJoin)
    assert decision.reply == {"batch_id": found.id}
    return found if not changes else BatchJoin(**{**_fields(found), **changes})


def _fields(found: BatchJoin) -> dict[str, Any]:
    return {name: getattr(found, name) for name in BatchJoin.__dataclass_fields__ if name != "collection"}


def part(*people: Applicant | None, found: Any = wave(), last: bool = True, **changes: Any) -> Decision:  # noqa: B008
    ids = tuple(person.applicant_id if person else "gone" for person in people)
    return joining.join_part(batch(**changes), found, people, JoinPart("b1", 1, "", ids, last), OPENS)


def test_a_batch_joins_who_can_and_counts_the_others_by_their_obstacle() -> None:
    decision = part(
        eligible("a", test=None), eligible("b"), applicant("c"), eligible("d", stage="joined", wave=1), None
    )

    after = changed(decision, BatchJoin)
    assert names(decision) == ["TestTaken", "WaveJoined", "WaveJoined"]
    assert (after.joined, after.skipped, after.done) == (
        2,
        {"NOT_ELIGIBLE": 1, "WAVE_JOINED": 1, "APPLICANT_UNKNOWN": 1},
        True,
    )


def test_a_batch_goes_on_after_the_last_person_it_looked_at() -> None:
    after = changed(part(eligible("a"), last=False), BatchJoin)

    assert (after.after, after.done) == ("a", False)
    with pytest.raises(Refused, match="CHUNK_OUT_OF_ORDER"):
        joining.join_part(after, wave(), [eligible("a")], JoinPart("b1", 1, "", ("a",), True), OPENS)


@pytest.mark.parametrize("found", [None, "done"])
def test_a_batch_that_is_over_takes_no_part(found: str | None) -> None:
    over = batch(done=True) if found else None

    with pytest.raises(Refused, match="CHUNK_OUT_OF_ORDER"):
        joining.join_part(over, wave(), [], JoinPart("b1", 1, "", (), True), OPENS)


def test_a_wave_that_closed_meanwhile_ends_the_batch() -> None:
    after = changed(part(eligible("a"), found=wave(state="closing")), BatchJoin)

    assert (after.done, after.skipped) == (True, {"WAVE_STATE": 1})


def test_an_empty_last_part_ends_the_batch_where_it_stands() -> None:
    after = changed(part(), BatchJoin)

    assert (after.done, after.after) == (True, "")


def test_a_batch_needs_an_open_wave() -> None:
    with pytest.raises(Refused, match="WAVE_STATE"):
        joining.start_batch_join(wave(state="done"), StartBatchJoin("b1", 1, "i1", "waived", "x", "s"), OPENS)


def test_the_largest_part_stays_within_the_engine_s_limits() -> None:
    decision = part(*(eligible(f"p{number}", test=None) for number in range(joining.PART)))

    assert len(decision.changes) <= 500
    assert len(decision.events) <= 500
