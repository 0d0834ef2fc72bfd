"""Timers: decisions that time alone causes, asked as ordinary commands while this process leads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from shared.contracts.decision import Refused
from shared.engine.deciding import DecisionFailed
from shared.engine.lease import Leader
from shared.engine.ports import Clock, Database, TransientError
from shared.engine.rules import Timer
from shared.platform.metrics import EngineMetrics

SOON_SECONDS = 0.05
"""After a round in which something was decided there is often more: a cursor advances chunk by chunk."""


class Schedule:
    """Runs each timer by itself; a slow one does not hold up the others."""

    def __init__(
        self,
        timers: Sequence[Timer],
        execute: Callable[[Any], Awaitable[Any]],
        database: Database,
        leader: Leader,
        clock: Clock,
        metrics: EngineMetrics,
    ) -> None:
        self._timers, self._execute, self._database = timers, execute, database
        self._leader, self._clock, self._metrics = leader, clock, metrics

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for timer in self._timers:
                group.create_task(self._repeat(timer))

    async def _repeat(self, timer: Timer) -> None:
        while True:
            await self._leader.wait()
            decided = await self._round(timer)
            await self._clock.sleep(SOON_SECONDS if decided else timer.every.total_seconds())

    async def _round(self, timer: Timer) -> bool:
        try:
            commands = await timer.due(self._database, self._clock.now())
        except TransientError:
            self._metrics.retried.inc()
            return False
        results = await asyncio.gather(*(self._one(timer, command) for command in commands))
        return any(results)

    async def _one(self, timer: Timer, command: Any) -> bool:
        try:
            await self._execute(command)
        except Refused:
            return False  # decided in the meantime by somebody else
        except DecisionFailed as error:
            self._metrics.alarm("TIMER_FAILED", timer=timer.name, error=str(error))
            return False
        return True
