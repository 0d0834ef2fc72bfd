"""Decisions that time alone causes. Every query is bounded and runs on an indexed field.

One timer serves all clocks of participants: reminders, revocation, holds, expiry, incentives falling due, delays and
surveys. Each participant carries the instant at which something changes next, and the rule does all that is due then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from services.incentive import store
from services.incentive.domain.applicants import NO_CODE, Applicant, IndexCode
from services.incentive.domain.batch_work import CompleteBatch, FillBatch, MoveChunk
from services.incentive.domain.batches import CHUNK, Batch, BatchState
from services.incentive.domain.sequel import Advance
from shared.engine.ahead import Ahead
from shared.engine.ports import Database
from shared.engine.rules import Timer
from shared.security.tracking_codes import tracking_index
from shared.security.vault import PersonKey, Unreadable, Vault

PEOPLE_AT_ONCE = 400
BATCHES_AT_ONCE = 4


class People:
    """Finds participants whose time has come."""

    def __init__(self) -> None:
        self._ahead = Ahead()

    async def due(self, database: Database, now: datetime) -> Sequence[Any]:
        ids = await self._ahead.take(PEOPLE_AT_ONCE, partial(store.overdue_participants, database, now))
        return [Advance(each) for each in ids]


class Batches:
    """Asks for the next chunk of every batch that moves."""

    def __init__(self) -> None:
        self._ahead: dict[str, Ahead] = {}
        """By batch that is being filled."""

    async def due(self, database: Database, now: datetime) -> Sequence[Any]:
        moving = await store.moving_batches(database, BATCHES_AT_ONCE)
        filling = {batch.batch_id for batch in moving if batch.state == BatchState.COLLECTING}
        self._ahead = {id: self._ahead.get(id) or Ahead() for id in filling}
        return [await self._next(database, batch) for batch in moving]

    async def _next(self, database: Database, batch: Batch) -> Any:
        if batch.state != BatchState.COLLECTING:
            return MoveChunk(batch.batch_id, batch.cursor + 1)
        look = partial(store.payable_participants, database, batch.until)
        ids = await self._ahead[batch.batch_id].take(CHUNK, look)
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
        Timer("people", second, People().due),
        Timer("batches", timedelta(seconds=0.5), Batches().due),
        Timer("codes", second, Codes(vault).due),
    )
