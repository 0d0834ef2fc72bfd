"""The motivation and basic-skills test, and joining a wave: one person, or all eligible people of one import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Literal

from services.registration.domain.applicant import Applicant, SkillsTest
from services.registration.domain.waves import Wave, in_state
from shared.contracts.base import Event
from shared.contracts.decision import Aggregate, Decision, Refused
from shared.contracts.registration import TestTaken, WaveJoined
from shared.contracts.registration_terms import TestResult

PART = 200
"""People per command of a batch: two events each stay under 500."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The test as data: code of a question -> codes of its choices."""

    version: str
    choices: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class TakeTest:
    """Answers of a person; nobody fails, but every question is answered. Source: paper fact 29, K36."""

    __test__: ClassVar[bool] = False

    applicant_id: str
    answers: Mapping[str, str]
    questions: Questions


def take_test(applicant: Applicant | None, command: TakeTest, now: datetime) -> Decision:
    """Raises Refused APPLICANT_UNKNOWN, APPLICATION_CLOSED, TEST_INCOMPLETE. Taken again: nothing happens."""
    found = _active(applicant)
    asked = command.questions.choices
    if set(command.answers) != set(asked) or any(command.answers[each] not in asked[each] for each in asked):
        raise Refused("TEST_INCOMPLETE")
    if found.test:
        return Decision()
    changed, told = _tested(found, SkillsTest("taken", now))
    return Decision(changes=(changed,), events=(told,))


@dataclass(frozen=True, slots=True)
class RecordTest:
    """Staff record a test on paper, or waive it; `note` is the reason and is required."""

    applicant_id: str
    result: Literal["recorded", "waived"]
    note: str
    by: str


def record_test(applicant: Applicant | None, command: RecordTest, now: datetime) -> Decision:
    """Raises Refused APPLICANT_UNKNOWN, APPLICATION_CLOSED. A test there already stays as it is."""
    found = _active(applicant)
    if found.test:
        return Decision()
    changed, told = _tested(found, SkillsTest(command.result, now, command.by, command.note))
    return Decision(changes=(changed,), events=(told,))


@dataclass(frozen=True, slots=True)
class JoinWave:
    applicant_id: str
    wave: int
    test_required: bool


def join_wave(applicant: Applicant | None, wave: Wave | None, command: JoinWave, now: datetime) -> Decision:
    """Stand in the wave's list; joining again changes nothing, and the time of joining does not count.

    Raises Refused APPLICANT_UNKNOWN, APPLICATION_CLOSED, WAVE_UNKNOWN, WAVE_STATE, WAVE_NOT_OPEN,
    NOT_ELIGIBLE, TEST_MISSING, WAVE_JOINED (another wave), ALREADY_SELECTED.
    """
    found = _active(applicant)
    open_for(wave, now)
    if found.stage == "joined" and found.wave == command.wave:
        return Decision()
    if code := obstacle(found, test_required=command.test_required):
        raise Refused(code)
    changed, told = _joined(found, command.wave, now)
    return Decision(changes=(changed,), events=(told,))


def open_for(wave: Wave | None, now: datetime) -> Wave:
    """The wave when people can join now; else Refused WAVE_UNKNOWN, WAVE_STATE, WAVE_NOT_OPEN."""
    found = in_state(wave, "open")
    if not found.opens_at <= now < found.closes_at:
        raise Refused("WAVE_NOT_OPEN")
    return found


def obstacle(applicant: Applicant, *, test_required: bool) -> str | None:
    """Code of what keeps a person from joining, or None."""
    if applicant.card_number:
        return "ALREADY_SELECTED"
    if applicant.stage == "joined":
        return "WAVE_JOINED"
    if applicant.stage != "eligible":
        return "NOT_ELIGIBLE"
    return "TEST_MISSING" if test_required and applicant.test is None else None


@dataclass(frozen=True, slots=True)
class BatchJoin:
    """All eligible people of one import join a wave, with their test recorded or waived by staff for one reason.

    `after` is the last applicant looked at; schedule goes on from there in parts of 200 until `done`.
    """

    collection: ClassVar[str] = "batch_joins"

    batch_id: str
    wave: int
    import_id: str
    result: Literal["recorded", "waived"]
    note: str
    by: str
    started_at: datetime
    after: str = ""
    done: bool = False
    joined: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Code of the obstacle -> people."""

    @property
    def id(self) -> str:
        return self.batch_id


@dataclass(frozen=True, slots=True)
class StartBatchJoin:
    batch_id: str
    wave: int
    import_id: str
    result: Literal["recorded", "waived"]
    note: str
    by: str


def start_batch_join(wave: Wave | None, command: StartBatchJoin, now: datetime) -> Decision:
    """Reply {batch_id}. Raises Refused WAVE_UNKNOWN, WAVE_STATE, WAVE_NOT_OPEN."""
    open_for(wave, now)
    batch = BatchJoin(command.batch_id, command.wave, command.import_id, command.result, command.note, command.by, now)
    return Decision(changes=(batch,), reply={"batch_id": batch.batch_id})


@dataclass(frozen=True, slots=True)
class JoinPart:
    """The next people of a batch in order of their ids; `last` says that none follows."""

    batch_id: str
    wave: int
    after: str
    applicant_ids: tuple[str, ...]
    last: bool


def join_part(
    batch: BatchJoin | None,
    wave: Wave | None,
    applicants: Sequence[Applicant | None],
    command: JoinPart,
    now: datetime,
) -> Decision:
    """Join who can join, count the others by their obstacle. A wave that closed meanwhile ends the batch.

    Raises Refused CHUNK_OUT_OF_ORDER when the part is done already or not next.
    """
    if batch is None or batch.done or batch.after != command.after:
        raise Refused("CHUNK_OUT_OF_ORDER")
    try:
        open_for(wave, now)
    except Refused as refused:
        ended = _counted(batch, Counter({refused.code: len(applicants)}), batch.after, done=True)
        return Decision(changes=(ended,))
    changes: list[Aggregate] = []
    events: list[Event] = []
    skipped: Counter[str] = Counter()
    for applicant in applicants:
        code = obstacle(applicant, test_required=False) if applicant else "APPLICANT_UNKNOWN"
        if applicant is None or code:
            skipped[code or ""] += 1
            continue
        changed, told = _join_with_test(applicant, batch, now)
        changes.append(changed)
        events.extend(told)
    after = command.applicant_ids[-1] if command.applicant_ids else batch.after
    counted = _counted(batch, skipped, after, done=command.last, joined=len(changes))
    return Decision(changes=(counted, *changes), events=events)


def _counted(batch: BatchJoin, skipped: Counter[str], after: str, *, done: bool, joined: int = 0) -> BatchJoin:
    return replace(
        batch,
        after=after,
        done=done,
        joined=batch.joined + joined,
        skipped=dict(Counter(batch.skipped) + skipped),
    )


def _join_with_test(applicant: Applicant, batch: BatchJoin, now: datetime) -> tuple[Applicant, tuple[Event, ...]]:
    tested: tuple[Event, ...] = ()
    if applicant.test is None:
        applicant, told = _tested(applicant, SkillsTest(batch.result, now, batch.by, batch.note))
        tested = (told,)
    changed, joined = _joined(applicant, batch.wave, now)
    return changed, (*tested, joined)


def _tested(applicant: Applicant, test: SkillsTest) -> tuple[Applicant, Event]:
    result: TestResult = test.result
    return replace(applicant, test=test), TestTaken(
        applicant_id=applicant.applicant_id, taken_at=test.at, result=result
    )


def _joined(applicant: Applicant, wave: int, now: datetime) -> tuple[Applicant, Event]:
    changed = replace(applicant, stage="joined", wave=wave, joined_at=now, left=None)
    return changed, WaveJoined(applicant_id=applicant.applicant_id, wave=wave, joined_at=now)


def _active(applicant: Applicant | None) -> Applicant:
    if applicant is None:
        raise Refused("APPLICANT_UNKNOWN")
    if applicant.stage in ("withdrawn", "revoked", "erased"):
        raise Refused("APPLICATION_CLOSED")
    return applicant
