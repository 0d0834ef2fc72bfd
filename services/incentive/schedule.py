"""Decisions that time alone causes. Every query is bounded and runs on an indexed field.

One timer serves all clocks of participants: reminders, revocation, holds, expiry, incentives falling due, delays and
surveys. Each participant carries the instant at which something changes next, and the rule does all that is due then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.incentive import store
from services.incentive.domain.applicants import NO_CODE, Applicant, IndexCode
from services.incentive.domain.batch_work import CompleteBatch, FillBatch, MoveChunk
from services.incentive.domain.batches import CHUNK, Batch, BatchState
from services.incentive.domain.sequel import Advance
from shared.engine.ports import Database
from shared.engine.rules import Timer
from shared.security.tracking_codes import tracking_index
from shared.security.vault import PersonKey, Unreadable, Vault

PEOPLE_AT_ONCE = 400
BATCHES_AT_ONCE = 4


async def people(database: Database, now: datetime) -> Sequence[Any]:
    """Participants whose time has come."""
    return [Advance(each) for each in await store.overdue_participants(database, now, PEOPLE_AT_ONCE)]


async def batches(database: Database, now: datetime) -> Sequence[Any]:
    """The next chunk of every batch that moves."""
    return [await _next(database, batch) for batch in await store.moving_batches(database, BATCHES_AT_ONCE)]


async def _next(database: Database, batch: Batch) -> Any:
    if batch.state != BatchState.COLLECTING:
        return MoveChunk(batch.batch_id, batch.cursor + 1)
    ids = await store.payable_participants(database, batch.until, CHUNK)
    number = batch.chunks + 1
    return FillBatch(batch.batch_id, number, tuple(ids)) if ids else CompleteBatch(batch.batch_id, number)


class Codes:
    """Finds participants whose tracking code has no index yet: those just selected, or with a new code."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def due(self, database: Database, now: datetime) -> Sequence[Any]:
        ids = await store.participants_without_index(database, PEOPLE_AT_ONCE)
        if not ids:
            return []
        known = {each.applicant_id: each for each in await store.applicants(database, ids)}
        keys = await self._vault.keys(ids)
        return [self._indexed(id, known.get(id), keys.get(id)) for id in ids]

    def _indexed(self, applicant_id: str, applicant: Applicant | None, key: PersonKey | None) -> IndexCode:
        code = applicant.tracking_code if applicant else None
        try:
            index = tracking_index(self._vault, key.open("tracking_code", code)) if key and code else NO_CODE
        except Unreadable:
            index = NO_CODE
        return IndexCode(applicant_id, code, index)


def timers(vault: Vault) -> Sequence[Timer]:
    """How often each is looked for."""
    second = timedelta(seconds=1)
    return (
        Timer("people", second, people),
        Timer("batches", timedelta(seconds=0.5), batches),
        Timer("codes", second, Codes(vault).due),
    )
