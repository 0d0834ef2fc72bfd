"""Decisions that time alone causes: lists to freeze, draws to store and announce, batches to go on, days that are over.

Every query is bounded; a large act advances part by part, and each part is an ordinary command whose rule checks
again whether it is its turn.
"""

from __future__ import annotations

import asyncio
import secrets
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.registration import store, watching
from services.registration.domain import draw, identity, joining, results
from services.registration.domain.cancelling import PART, ReleasePeople
from services.registration.domain.closing import FreezeChunk
from services.registration.domain.identity import LapseQuestion, RequestChecks
from services.registration.domain.joining import BatchJoin, JoinPart
from services.registration.domain.results import AnnounceResults, ResultChunk, StoreResults
from services.registration.domain.strata import stratum_name, stratum_of
from services.registration.domain.watch import ScreenPeople, Watch
from services.registration.domain.waves import Wave
from services.registration.reference import Reference
from shared.contracts.base import Sealed
from shared.engine.ports import Database, Document
from shared.engine.rules import Timer
from shared.security.vault import Vault

LISTS_AT_ONCE = 8
"""Parts of a list that one round freezes: about 8,000 lines, from one query."""
PARTS_AT_ONCE = 2
"""Parts of 200 people that one round tells or joins; the next round follows at once."""
READ_AHEAD = 5000
"""People that are read ahead, so that the index is not walked again for every 50; rules look at each again anyway."""


class Clock:
    """The timers of registration, with what they need besides the database."""

    def __init__(self, vault: Vault, reference: Reference, watch: Watch | None = None) -> None:
        self._watch = watch or Watch(reference.rules, reference.rulebook)
        self._vault, self._reference = vault, reference
        self._ahead: dict[str, list[str]] = {}
        self._waking: list[Document] = []

    async def waves(self, database: Database, now: datetime) -> Sequence[Any]:
        """The next parts of every wave whose list is being frozen, ranked, or told to its people."""
        steps: dict[str, Callable[[Database, Wave], Awaitable[Sequence[Any]]]] = {
            "closing": self._next_parts,
            "drawn": self._ranks,
            "announcing": self._announcements,
            "cancelling": self._released,
        }
        moving = await store.waves_in(database, *steps)
        return [command for wave in moving for command in await steps[wave.state](database, wave)]

    async def _next_parts(self, database: Database, wave: Wave) -> list[FreezeChunk]:
        covid_first = self._reference.rules_of(wave.rule_set).covid_first
        # one more than the parts hold, to see whether anybody follows
        most = LISTS_AT_ONCE * draw.CHUNK
        members = await store.members_after(database, wave.wave, wave.last_frozen, most + 1)
        lines = [_line(member, wave, covid_first) for member in members[:most]]
        cut = _cut(lines, draw.CHUNK)
        first, ends = len(wave.chunk_roots), len(members) <= most
        return [FreezeChunk(wave.wave, first + at, part, ends and at == len(cut) - 1) for at, part in enumerate(cut)]

    async def _released(self, database: Database, wave: Wave) -> list[ReleasePeople]:
        """Who was released no longer stands in the wave, so the first ones are always the next."""
        members = await store.members_after(database, wave.wave, "", PART + 1)
        ids = tuple(member["_id"] for member in members[:PART])
        return [ReleasePeople(wave.wave, ids, len(members) <= PART)]

    async def _ranks(self, database: Database, wave: Wave) -> list[StoreResults]:
        """All results, in parts; computed beside the event loop."""
        lines = [line async for line in store.frozen_lines(database, wave.wave)]
        rows = await asyncio.to_thread(draw.draw, lines, wave.strata, wave.quota, wave.seed or "")
        cut = results.parts(rows) or [()]
        first = wave.result_chunks
        return [
            StoreResults(wave.wave, number, cut[number], number == len(cut) - 1) for number in range(first, len(cut))
        ]

    async def _announcements(self, database: Database, wave: Wave) -> list[AnnounceResults]:
        """The next parts that their people do not know yet, with a sealed card for each selected."""
        # parts are told in order, so the next ones are known by number; whatever was left behind is looked for after
        chunks = await store.result_parts(database, wave.wave, wave.announced_chunks, PARTS_AT_ONCE)
        waiting = [chunk for chunk in chunks if not chunk.announced]
        waiting = waiting or await store.unannounced(database, wave.wave, PARTS_AT_ONCE)
        return [await self._announcement(wave, chunk) for chunk in waiting]

    async def _announcement(self, wave: Wave, chunk: ResultChunk) -> AnnounceResults:
        rules, places = self._reference.rules_of(wave.rule_set), self._reference.places
        names = {row.stratum: stratum_name(row.stratum, places.names) for row in chunk.rows}
        return AnnounceResults(wave.wave, chunk.number, await self._cards(chunk), names, rules)

    async def _cards(self, chunk: ResultChunk) -> dict[str, Sealed]:
        """A new card number for each selected person of a part; an erased person has no key and gets none."""
        selected = {
            row.applicant_id: chunk.number * results.PART + place
            for place, row in enumerate(chunk.rows)
            if row.selected
        }
        keys = await self._vault.keys(selected)
        return {
            person: key.seal(
                "card_number", results.card_digits(chunk.wave, selected[person], secrets.randbelow(10_000))
            )
            for person, key in keys.items()
        }

    async def join(self, database: Database, now: datetime) -> Sequence[Any]:
        """The next people of every batch that joins a wave together."""
        batches = await store.running_batches(database)
        self._ahead = {batch.id: self._ahead.get(batch.id, []) for batch in batches}
        return [command for batch in batches for command in await self._next_people(database, batch)]

    async def _next_people(self, database: Database, batch: BatchJoin) -> list[JoinPart]:
        most = PARTS_AT_ONCE * joining.PART
        ids = self._ahead[batch.id]
        ids = ids[bisect_right(ids, batch.after) :]
        if len(ids) <= most:
            ids = await store.imported_after(database, batch.import_id, batch.after, READ_AHEAD)
        self._ahead[batch.id] = ids
        cut = _cut(ids[:most], joining.PART)
        befores = (batch.after, *(part[-1] for part in cut[:-1]))
        ends = len(ids) <= most
        return [
            JoinPart(batch.batch_id, batch.wave, before, part, ends and at == len(cut) - 1)
            for at, (before, part) in enumerate(zip(befores, cut, strict=True))
        ]

    async def wake(self, database: Database, now: datetime) -> Sequence[Any]:
        """People about whom the registry is to be asked, or whose days for a correction are over."""
        ahead = self._waking or await store.waking(database, now, READ_AHEAD)
        found, self._waking = ahead[: identity.TOGETHER], ahead[identity.TOGETHER :]
        waiting = tuple(each["_id"] for each in found if each["stage"] == "pending")
        over = [each for each in found if each["stage"] == "questioned" and each["screened"]]
        others = tuple(each["_id"] for each in found if each["stage"] != "pending" and not each["screened"])
        return [
            *((RequestChecks(waiting, self._watch),) if waiting else ()),
            *((ScreenPeople(others, self._watch),) if others else ()),
            *(LapseQuestion(each["_id"], self._reference.rules_of(each["rule_set"])) for each in over),
        ]

    async def rings(self, database: Database, now: datetime) -> Sequence[Any]:
        """The next members of rings that were opened or decided, and rings that are led into others."""
        return await watching.tend(database, self._watch)


def _line(member: Document, wave: Wave, covid_first: Sequence[str]) -> str:
    """One line of the public list."""
    profile = member["profile"]
    stratum = stratum_of(
        [each.code for each in wave.strata],
        laid_off_listed=member["laid_off_listed"],
        covid_affected=bool(profile["covid_affected"]) and profile["work_status"] in covid_first,
        kecamatan=profile["kecamatan"],
        group=profile["group"],
    )
    return f"{member['_id']},{stratum}"


def _cut(values: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """In parts of a size, the last one shorter; one empty part when there is nothing."""
    return [tuple(values[start : start + size]) for start in range(0, len(values), size)] or [()]


def timers(vault: Vault, reference: Reference, watch: Watch | None = None) -> Sequence[Timer]:
    """How often each is looked for."""
    clock = Clock(vault, reference, watch)
    second = timedelta(seconds=1)
    return (
        Timer("waves", second, clock.waves),
        Timer("join", second, clock.join),
        Timer("wake", timedelta(seconds=0.5), clock.wake),
        Timer("rings", second, clock.rings),
    )
