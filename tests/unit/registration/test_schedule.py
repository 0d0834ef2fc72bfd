from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.registration import store
from services.registration.domain import draw, joining, results
from services.registration.domain.applicant import Applicant
from services.registration.domain.cancelling import PART, release
from services.registration.domain.closing import FreezeChunk, FrozenChunk, freeze_chunk
from services.registration.domain.draw import Row
from services.registration.domain.identity import TOGETHER, LapseQuestion, RequestChecks
from services.registration.domain.joining import BatchJoin, JoinPart
from services.registration.domain.results import AnnounceResults, ResultChunk, StoreResults
from services.registration.domain.watch import ScreenPeople
from services.registration.domain.waves import Wave
from services.registration.reference import read_reference
from services.registration.schedule import LISTS_AT_ONCE, PARTS_AT_ONCE, READ_AHEAD, Clock, timers
from shared.contracts.decision import Aggregate
from shared.engine.ports import Put
from shared.security.vault import Vault
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.registration.builders import CLOSES, NOW, applicant, eligible, profile, wave

REFERENCE = read_reference("prakerja-2020", "12.71")
BATCH = BatchJoin("b1", 1, "i1", "waived", "lembar tes", "siti", NOW)


class Desk:
    """A database with some states in it, and the clock of schedule over it."""

    def __init__(self) -> None:
        self.database = MemoryDatabase(MemoryStore())
        self.vault = Vault(self.database, b"m" * 32, b"i" * 32)
        self.clock = Clock(self.vault, REFERENCE)

    async def keep(self, *states: Aggregate) -> None:
        await self.database.write([Put(state.collection, store.as_document(state)) for state in states])

    async def waves(self) -> Sequence[Any]:
        return await self.clock.waves(self.database, NOW)


def people(count: int, **changes: Any) -> list[Applicant]:
    plain = eligible(import_id="i1")
    return [replace(plain, applicant_id=f"p{number:05d}", **changes) for number in range(count)]


# ---- cancelling


async def test_a_crowd_is_released_over_several_rounds_and_the_wave_ends_with_the_last() -> None:
    desk = Desk()
    await desk.keep(wave(state="cancelling", cancelled_because="-"), *people(PART + 1, stage="joined", wave=1))
    told = list[str]()
    for size, last in ((PART, False), (1, True)):
        (command,) = await desk.waves()
        assert (len(command.applicant_ids), command.last) == (size, last)
        found = await store.wave(desk.database, 1)
        members = [await store.applicant(desk.database, each) for each in command.applicant_ids]
        decision = release(found, members, command, NOW)
        told += [each.subject for each in decision.events]
        await desk.keep(*decision.changes)
    assert (len(told), len(set(told))) == (PART + 1, PART + 1)
    assert await desk.waves() == []


# ---- freezing


async def test_a_list_is_frozen_in_order_with_its_groups() -> None:
    desk = Desk()
    found = wave(state="closing", closed_at=CLOSES)
    members = people(draw.CHUNK + 1, stage="joined", wave=1)
    members[0] = replace(members[0], laid_off_listed=True)
    outside = replace(members[1], applicant_id="z", stage="ineligible")
    await desk.keep(found, *members, outside)

    first, last = await desk.waves()

    assert isinstance(first, FreezeChunk)
    assert [first.number, last.number, first.last, last.last] == [0, 1, False, True]
    assert first.lines[:2] == ("p00000,LAID_OFF_LIST", "p00001,UMUM")
    assert last.lines == (f"p{draw.CHUNK:05d},UMUM",)


async def test_a_long_list_is_frozen_over_several_rounds() -> None:
    desk = Desk()
    await desk.keep(wave(state="closing"), *people(LISTS_AT_ONCE * draw.CHUNK, stage="joined", wave=1))
    whole = await desk.waves()
    assert [len(whole), whole[-1].last] == [LISTS_AT_ONCE, True]

    await desk.keep(replace(people(1, stage="joined", wave=1)[0], applicant_id="q"))
    cut = await desk.waves()
    assert [len(cut), cut[-1].last] == [LISTS_AT_ONCE, False]
    part = "0" * 64
    later = wave(state="closing", chunk_roots=(part,) * LISTS_AT_ONCE, last_frozen=cut[-1].lines[-1].split(",")[0])
    await desk.keep(later)
    assert await desk.waves() == [FreezeChunk(1, LISTS_AT_ONCE, ("q,UMUM",), True)]


async def test_people_hit_by_covid_come_first_only_where_the_rules_say_so() -> None:
    desk = Desk()
    strata = (draw.Stratum("COVID_AFFECTED", 1),)
    hit = profile(covid_affected=True)
    members = people(2, stage="joined", wave=1, profile=replace(hit, work_status="LAID_OFF"))
    members[1] = replace(members[1], profile=replace(hit, work_status="JOB_SEEKER"))
    await desk.keep(wave(state="closing", strata=strata), *members)

    (part,) = await desk.waves()

    assert part.lines == ("p00000,COVID_AFFECTED", "p00001,UMUM")


# ---- results


async def test_ranks_are_stored_from_the_first_part_that_is_missing() -> None:
    desk = Desk()
    lines = tuple(f"p{number:05d},UMUM" for number in range(450))
    frozen = FreezeChunk(1, 0, lines, True)
    wave_, chunk = _frozen(frozen)
    drawn = replace(wave_, state="drawn", seed="ab" * 32, result_chunks=1)
    await desk.keep(drawn, chunk)

    commands = await desk.waves()

    assert [type(each) for each in commands] == [StoreResults, StoreResults]
    assert [(each.number, len(each.rows), each.last) for each in commands] == [(1, 200, False), (2, 50, True)]


def _frozen(command: FreezeChunk) -> tuple[Wave, Any]:
    decision = freeze_chunk(wave(state="closing", closed_at=CLOSES), command, CLOSES)
    chunk = next(state for state in decision.changes if isinstance(state, FrozenChunk))
    return next(state for state in decision.changes if isinstance(state, Wave)), chunk


def part(number: int, *, announced: bool = False) -> ResultChunk:
    return ResultChunk(1, number, (Row(f"p{number}", "UMUM", 1, 1, 1, selected=True),), announced)


async def test_the_next_parts_are_told_with_a_card_of_their_own() -> None:
    desk = Desk()
    key = desk.vault.new_key("p1")
    await desk.keep(wave(state="announcing", result_chunks=3, announced_chunks=1), key.wrapped)
    await desk.keep(part(0, announced=True), part(1), part(2))

    first, second = await desk.waves()

    assert isinstance(first, AnnounceResults)
    assert [first.number, second.number] == [1, 2]
    assert key.open("card_number", first.cards["p1"])[:11] == f"0001{results.PART:07d}"
    assert second.cards == {}  # erased meanwhile: no key, no card
    assert first.names == {"UMUM": "umum"}


async def test_a_part_that_was_left_behind_is_told_after_the_others() -> None:
    desk = Desk()
    await desk.keep(wave(state="announcing", result_chunks=3, announced_chunks=2))
    await desk.keep(part(0, announced=True), part(1), part(2, announced=True))

    assert [each.number for each in await desk.waves()] == [1]


# ---- joining together


async def test_a_batch_goes_on_where_it_stands_without_reading_everybody_each_time() -> None:
    desk = Desk()
    size = PARTS_AT_ONCE * joining.PART
    await desk.keep(BATCH, *people(2 * size + 1))

    first = await desk.clock.join(desk.database, NOW)
    await desk.keep(replace(BATCH, after=first[-1].applicant_ids[-1]))
    second = await desk.clock.join(desk.database, NOW)
    await desk.keep(replace(BATCH, after=second[-1].applicant_ids[-1]))
    third = await desk.clock.join(desk.database, NOW)

    assert all(isinstance(each, JoinPart) for each in (*first, *second, *third))
    told = [who for each in (*first, *second, *third) for who in each.applicant_ids]
    assert told == [f"p{number:05d}" for number in range(2 * size + 1)]
    assert [each.last for each in (*first, *second, *third)] == [False] * (2 * PARTS_AT_ONCE) + [True]
    assert [each.after for each in second] == [first[-1].applicant_ids[-1], second[0].applicant_ids[-1]]
    assert size < READ_AHEAD


async def test_a_batch_of_nobody_ends_and_is_forgotten() -> None:
    desk = Desk()
    await desk.keep(BATCH)

    assert await desk.clock.join(desk.database, NOW) == [JoinPart("b1", 1, "", (), True)]
    await desk.keep(replace(BATCH, done=True))
    assert await desk.clock.join(desk.database, NOW) == []


# ---- waking


async def test_people_are_asked_about_together_and_questions_lapse_one_by_one() -> None:
    desk = Desk()
    waiting = [replace(applicant(), applicant_id=f"p{number:05d}", wake_at=NOW) for number in range(40)]
    over = replace(applicant("q"), stage="questioned", wake_at=NOW, screened=True)
    new = replace(applicant("n"), stage="questioned", wake_at=NOW)
    later = replace(applicant("later"), wake_at=NOW + timedelta(seconds=1))
    await desk.keep(*waiting, over, new, later, applicant("never"))

    commands = await desk.clock.wake(desk.database, NOW)

    checks = [each for each in commands if isinstance(each, RequestChecks)]
    assert [len(each.applicant_ids) for each in checks] == [40]
    assert [each.applicant_ids for each in commands if isinstance(each, ScreenPeople)] == [("n",)]
    assert [each for each in commands if isinstance(each, LapseQuestion)] == [LapseQuestion("q", REFERENCE.rules)]
    assert await desk.clock.wake(desk.database, NOW - timedelta(days=1)) == []


async def test_a_crowd_is_read_once_and_asked_about_over_several_rounds() -> None:
    desk = Desk()
    crowd = [replace(applicant(), applicant_id=f"p{number:05d}", wake_at=NOW) for number in range(TOGETHER + 1)]
    await desk.keep(*crowd)

    rounds = [await desk.clock.wake(desk.database, NOW) for _ in range(2)]

    asked = [who for commands in rounds for each in commands for who in each.applicant_ids]
    assert asked == [each.applicant_id for each in crowd]


def test_each_kind_of_work_has_a_timer() -> None:
    assert [timer.name for timer in timers(Desk().vault, REFERENCE)] == ["waves", "join", "wake", "rings"]
