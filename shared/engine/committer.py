"""Group commit: what waits together is decided together and written in one transaction.

Two bounded lanes, served in turn: the door (commands of callers) and the inside (records heard,
outcomes, timers). A caller is answered after the commit, never before.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from shared.engine.batch import Batch
from shared.engine.journal import HEAD, HEADS, JOURNAL, Numbering, Row
from shared.engine.marks import Heard
from shared.engine.ports import (
    Clock,
    Database,
    DuplicateKey,
    TransientError,
    UnknownCommit,
    Unstorable,
    Write,
    WriteConflict,
)
from shared.engine.units import Ask, Delivered, Delivery, Model, Replay, Told, Unit, is_over, settle
from shared.platform.metrics import EngineMetrics

MOST_UNITS = 200
DECIDING_SECONDS = 0.1
"""Cutting a batch short is dear: what was read for those left over is read again (ADR 0011)."""
AT_A_TIME = 8
"""After so many decided or answered the loop turns once: a crowd is refused at the door meanwhile, not afterwards."""
WAIT_SECONDS = (0.001, 0.2)
"""First and longest wait after a conflict; doubled each time, with full jitter."""
HELD_TRIES = 50
"""So many conflicts in a row, about five seconds: who holds the head may be dead."""


class Overloaded(Exception):
    """The door lane is full. Nothing was taken; try again after the given seconds."""

    retry_after_seconds = 5


class _Nothing(Exception):
    """The batch changed nothing: drop the transaction."""


class _Committed(Exception):
    """The attempt whose outcome was unknown is in the journal."""


@dataclass(slots=True)
class _Attempts:
    """The tries of one commit; its id is looked for in the journal when an answer was lost."""

    commit: str
    count: int = 0
    last: Batch | None = None
    unknown: Batch | None = None


class Committer:
    """The only writer of a service's states and journal in this process."""

    def __init__(
        self,
        model: Model,
        database: Database,
        clock: Clock,
        metrics: EngineMetrics,
        *,
        committed: Callable[[Row], None],
        chance: random.Random,
        door_limit: int = 5000,
    ) -> None:
        self._model, self._database, self._clock, self._metrics = model, database, clock, metrics
        self._committed, self._chance, self._door_limit = committed, chance, door_limit
        self._door: deque[Unit] = deque()
        self._inside: deque[Unit] = deque()
        self._waiting = asyncio.Event()

    async def ask(self, ask: Ask, *, inside: bool = False) -> Mapping[str, Any]:
        """The reply once it is on disk. Raises Refused, Overloaded, or DecisionFailed for a bug."""
        if not inside and len(self._door) >= self._door_limit:
            raise Overloaded
        began = self._clock.monotonic()
        self._put(self._inside if inside else self._door, [ask])
        try:
            reply = await ask.answer
        except Exception:
            self._trace(ask, began, failed=True)
            raise
        self._trace(ask, began)
        return reply

    def _trace(self, ask: Ask, began: float, failed: bool = False) -> None:
        name, lasted = f"decide {type(ask.message.body).__name__}", self._clock.monotonic() - began
        self._metrics.traces.done(name, ask.message.trace, lasted, failed)

    async def deliver(self, topic: str, partition: int, heard: Sequence[Heard], type: str | None = None) -> Delivered:
        """Apply records of one partition in their order; returns when that is on disk."""
        answer = asyncio.get_running_loop().create_future()
        delivery = Delivery(topic, partition, answer, len(heard), type)
        self._put(self._inside, [Told(delivery, each) for each in heard])
        return await delivery.answer

    async def replay(self, id: str, lane: str) -> Mapping[str, Any]:
        """Take waiting letters again: those of a lane, or the one of this id when it has no lane."""
        replay = Replay(id, lane, asyncio.get_running_loop().create_future())
        self._put(self._inside, [replay])
        return await replay.answer

    def _put(self, lane: deque[Unit], units: Sequence[Unit]) -> None:
        lane.extend(units)
        self._waiting.set()

    async def run(self) -> None:
        """Serve the lanes in turn for ever."""
        turn = (self._door, self._inside)
        while True:
            await self._waiting.wait()
            if not self._door and not self._inside:
                self._waiting.clear()
                continue
            for lane in turn:
                if units := _take(lane):
                    left = await self._commit(units)
                    lane.extendleft(reversed(left))

    async def _commit(self, units: Sequence[Unit], condemned: str | None = None) -> Sequence[Unit]:
        """Commit as many of the units as fit, in order; returns those left for the next commit."""
        attempts = _Attempts(uuid.uuid4().hex)
        while True:
            try:
                return await self._attempt(attempts, units, condemned)
            except UnknownCommit:
                attempts.unknown = attempts.last
            except (DuplicateKey, Unstorable) as error:
                return await self._halve(units, error)
            except WriteConflict:
                await self._conflict(attempts.count)
            except TransientError:
                self._metrics.retried.inc()
            await self._pause(attempts.count)

    async def _conflict(self, tries: int) -> None:
        self._metrics.retried.inc()
        if tries % HELD_TRIES == 0:
            with suppress(TransientError):
                await self._database.end_abandoned()

    async def _attempt(self, attempts: _Attempts, units: Sequence[Unit], condemned: str | None) -> Sequence[Unit]:
        attempts.count += 1
        try:
            async with self._database.transaction() as tx:
                # The head first: a second writer learns at once that it must wait.
                head = await tx.advance(HEADS, HEAD, {"n": 1})
                if attempts.unknown and await tx.find(JOURNAL, {"commit": attempts.commit}, limit=1):
                    raise _Committed
                numbering = Numbering.after(head, self._model.partitions)
                attempts.last = Batch(self._model, tx, numbering, self._clock.now())
                await tx.write(await self._decide(attempts.last, units, attempts.commit, condemned))
        except _Nothing:
            return await self._answer(attempts.last, units, nothing=True)
        except _Committed:
            return await self._answer(attempts.unknown, units)
        return await self._answer(attempts.last, units)

    async def _decide(self, batch: Batch, units: Sequence[Unit], commit: str, condemned: str | None) -> Sequence[Write]:
        await batch.prepare(units)
        until = self._clock.monotonic() + DECIDING_SECONDS
        for n, unit in enumerate(units, 1):
            await batch.take(unit, condemned)
            await _turn(n)
            if batch.full or self._clock.monotonic() > until:
                break
        writes = await batch.writes(commit)
        if not writes:
            raise _Nothing
        return writes

    async def _halve(self, units: Sequence[Unit], error: Exception) -> Sequence[Unit]:
        """A permanent error: narrow it down until the culprit stands alone, then refuse or park only that one."""
        if len(units) == 1:
            return await self._commit(units, "CONFLICT" if isinstance(error, DuplicateKey) else "UNSTORABLE")
        middle = len(units) // 2
        for half in (units[:middle], units[middle:]):
            left: Sequence[Unit] = [unit for unit in half if not is_over(unit)]
            while left:
                left = await self._commit(left)
        return ()

    async def _pause(self, tries: int) -> None:
        first, longest = WAIT_SECONDS
        await self._clock.sleep(self._chance.uniform(first, min(longest, first * 10 * 2**tries)))

    async def _answer(self, batch: Batch | None, units: Sequence[Unit], nothing: bool = False) -> Sequence[Unit]:
        """The commit is on disk: hand the row to the relay and each caller its result."""
        assert batch is not None
        if not nothing:
            numbering = batch.numbering
            self._metrics.commits.inc()
            self._metrics.committed.inc(len(numbering.entries))
            self._committed(Row(numbering.n, numbering.epoch, numbering.starts, tuple(numbering.entries)))
        for n, (unit, result) in enumerate(batch.results, 1):
            settle(unit, result)
            await _turn(n)
        return [unit for unit in units[len(batch.results) :] if not is_over(unit)]


async def _turn(n: int) -> None:
    if n % AT_A_TIME == 0:
        await asyncio.sleep(0)


def _take(lane: deque[Unit]) -> list[Unit]:
    units: list[Unit] = []
    while lane and len(units) < MOST_UNITS:
        unit = lane.popleft()
        if not is_over(unit):
            units.append(unit)
    return units
