"""One leader per service: relay, timers and outside work run in one process at a time."""

from __future__ import annotations

import asyncio

from shared.engine.ports import Clock, Database, TransientError
from shared.platform.metrics import EngineMetrics

LEASE_SECONDS = 10.0
RENEW_SECONDS = 3.0


class Leader:
    """Holds or seeks the lease. `seconds_left` is counted on the monotonic clock from BEFORE the renewal
    was asked, so this process always believes it shorter than the database does."""

    def __init__(self, name: str, owner: str, database: Database, clock: Clock, metrics: EngineMetrics) -> None:
        self._name, self._owner, self._database, self._clock, self._metrics = name, owner, database, clock, metrics
        self._until = float("-inf")
        self._changed = asyncio.Event()

    @property
    def seconds_left(self) -> float:
        return self._until - self._clock.monotonic()

    @property
    def leads(self) -> bool:
        return self.seconds_left > 0

    async def wait(self) -> None:
        """Return when this process leads."""
        while not self.leads:
            self._changed.clear()
            await self._changed.wait()

    async def run(self) -> None:
        """Renew for ever; a lost or refused renewal lets the lead run out by itself."""
        while True:
            asked = self._clock.monotonic()
            try:
                if await self._database.lease(self._name, self._owner, LEASE_SECONDS):
                    self._until = asked + LEASE_SECONDS
                    self._changed.set()
                else:
                    self._until = float("-inf")
            except TransientError:
                self._metrics.retried.inc()  # the lead runs out by itself unless a later renewal comes in time
            self._metrics.leader.set(self.leads)
            await self._clock.sleep(RENEW_SECONDS)

    async def resign(self) -> None:
        """Give the lease back at a clean stop, so that another process need not wait."""
        self._until = float("-inf")
        await self._database.release(self._name, self._owner)
