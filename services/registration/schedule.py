"""Decisions that time alone causes: lists to freeze, draws to store and announce, batches to go on, days that are over.

Every query is bounded; a large act advances part by part, and each part is an ordinary command whose rule checks
again whether it is its turn.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.registration import store
from services.registration.domain import draw, joining, results
from services.registration.domain.calendar import wib_date
from services.registration.domain.closing import FreezeChunk
from services.registration.domain.identity import AskAgain, LapseQuestion
from services.registration.domain.joining import BatchJoin, JoinPart
from services.registration.domain.results import AnnounceResults, ResultChunk, StoreResults
from services.registration.domain.strata import stratum_name, stratum_of
from services.registration.domain.waves import Wave
from services.registration.reference import Reference
from shared.contracts.base import Sealed
from shared.engine.ports import Database, Document
from shared.engine.rules import Timer
from shared.security.vault import Vault

PARTS_AT_ONCE = 20
"""Parts of one wave or batch per round: about 20,000 lines to freeze, 4,000 people to tell or to join."""
PEOPLE_AT_ONCE = 400


class Clock:
    """The timers of registration, with what they need besides the database."""

    def __init__(self, vault: Vault, reference: Reference) -> None:
        self._vault, self._reference = vault, reference

    async def freeze(self, database: Database, now: datetime) -> Sequence[Any]:
        """The next parts of every list that is being frozen."""
        commands: list[FreezeChunk] = []
        for wave in await store.waves_in(database, "closing"):
            commands += await self._next_parts(database, wave)
        return commands

    async def _next_parts(self, database: Database, wave: Wave) -> list[FreezeChunk]:
        covid_first = self._reference.rules_of(wave.rule_set).covid_first
        number, after, commands = len(wave.chunk_roots), wave.last_frozen, list[FreezeChunk]()
        for _ in range(PARTS_AT_ONCE):
            # one more than a part holds, to see whether anybody follows
            members = await store.members_after(database, wave.wave, after, draw.CHUNK + 1)
            lines = tuple(_line(member, wave, covid_first) for member in members[: draw.CHUNK])
            last = len(members) <= draw.CHUNK
            commands.append(FreezeChunk(wave.wave, number, lines, last))
            if last:
                break
            number, after = number + 1, members[draw.CHUNK - 1]["_id"]
        return commands

    async def rank(self, database: Database, now: datetime) -> Sequence[Any]:
        """All results of every wave whose seed is known, in parts; computed beside the event loop."""
        commands: list[StoreResults] = []
        for wave in await store.waves_in(database, "drawn"):
            lines = [line async for line in store.frozen_lines(database, wave.wave)]
            rows = await asyncio.to_thread(draw.draw, lines, wave.strata, wave.quota, wave.seed or "")
            cut = results.parts(rows) or [()]
            commands += [
                StoreResults(wave.wave, number, cut[number], number == len(cut) - 1)
                for number in range(wave.result_chunks, len(cut))
            ]
        return commands

    async def announce(self, database: Database, now: datetime) -> Sequence[Any]:
        """The next parts of results that their people do not know yet, with a sealed card for each selected."""
        commands: list[AnnounceResults] = []
        for wave in await store.waves_in(database, "announcing"):
            for chunk in await store.unannounced(database, wave.wave, PARTS_AT_ONCE):
                commands.append(await self._announcement(wave, chunk))
        return commands

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
        commands: list[JoinPart] = []
        for batch in await store.running_batches(database):
            commands += await _next_people(database, batch)
        return commands

    async def lapse(self, database: Database, now: datetime) -> Sequence[Any]:
        """People whose last day for a correction is over."""
        found = await store.overdue_questions(database, wib_date(now), PEOPLE_AT_ONCE)
        return [LapseQuestion(each["_id"], self._reference.rules_of(each["rule_set"])) for each in found]

    async def ask_again(self, database: Database, now: datetime) -> Sequence[Any]:
        """People about whom the civil registry could not answer."""
        found = await store.unanswered_checks(database, now, PEOPLE_AT_ONCE)
        return [AskAgain(each["_id"], each["revision"]) for each in found]


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


async def _next_people(database: Database, batch: BatchJoin) -> list[JoinPart]:
    after, commands = batch.after, list[JoinPart]()
    for _ in range(PARTS_AT_ONCE):
        ids = await store.imported_after(database, batch.import_id, after, joining.PART + 1)
        last = len(ids) <= joining.PART
        part = tuple(ids[: joining.PART])
        commands.append(JoinPart(batch.batch_id, batch.wave, after, part, last))
        if last:
            break
        after = part[-1]
    return commands


def timers(vault: Vault, reference: Reference) -> Sequence[Timer]:
    """How often each is looked for."""
    clock = Clock(vault, reference)
    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    return (
        Timer("freeze", second, clock.freeze),
        Timer("rank", second, clock.rank),
        Timer("announce", second, clock.announce),
        Timer("join", second, clock.join),
        Timer("lapse", minute, clock.lapse),
        Timer("ask_again", minute, clock.ask_again),
    )
