"""Time that moves only when everybody waits."""

from __future__ import annotations

import asyncio
import selectors
from datetime import UTC, datetime, timedelta
from typing import Any

_START = datetime(2020, 4, 3, 1, 0, tzinfo=UTC)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer as soon as nothing else is ready."""

    def __init__(self) -> None:
        super().__init__(_JumpingSelector(self))
        self.virtual = 0.0

    def time(self) -> float:
        return self.virtual


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits and no timer is set: deadlock")
        if timeout > 0:
            self._loop.virtual += timeout
        return []


class LoopClock:
    """A Clock that follows the running loop's time, so that a VirtualLoop makes it virtual."""

    def __init__(self, start: datetime = _START) -> None:
        self._start = start

    def now(self) -> datetime:
        passed = timedelta(milliseconds=int(self.monotonic() * 1000))
        return self._start + passed

    wall = now

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def wait_for(self, event: asyncio.Event, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return
