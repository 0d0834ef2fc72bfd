"""Programme time: the machine's clock, or a faster one that all processes of a demo share through a file."""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


def whole_milliseconds(instant: datetime) -> datetime:
    """What MongoDB and our events keep: anything finer would not survive a round trip."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        return whole_milliseconds(datetime.now(UTC))

    def wall(self) -> datetime:
        return whole_milliseconds(datetime.now(UTC))

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def wait_for(self, event: asyncio.Event, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return


class ProgrammeClock(SystemClock):
    """Programme time from a file `{programme, real, speed}`: at `real` seconds (Unix) it was `programme`,
    and since then it runs `speed` times as fast. Only `now()` is programme time; leases, timeouts and
    waits stay real. The demo writes the file; services only read it.
    """

    REFRESH_SECONDS = 0.1

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = float("-inf")
        self._programme, self._real, self._speed = datetime.now(UTC), time.time(), 1.0

    def now(self) -> datetime:
        if time.monotonic() - self._read_at >= self.REFRESH_SECONDS:
            self._read()
        passed = timedelta(seconds=(time.time() - self._real) * self._speed)
        return whole_milliseconds(self._programme + passed)

    def _read(self) -> None:
        self._read_at = time.monotonic()
        state = json.loads(self._path.read_text())
        self._programme = datetime.fromisoformat(state["programme"])
        self._real, self._speed = float(state["real"]), float(state["speed"])

    @staticmethod
    def write(path: Path, programme: datetime, speed: float) -> None:
        """Set programme time for every process that reads this file; written whole or not at all."""
        state = {"programme": programme.isoformat(), "real": time.time(), "speed": speed}
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(state))
        os.replace(fresh, path)
