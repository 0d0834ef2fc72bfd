"""Looking for work seldom: a question for few ids costs a database as much as one for many when many are waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence

AHEAD = 10_000
"""Ids that one look finds [SecantusDB, 200,000 due: 1.6 s, however few it is asked for]."""


class Ahead:
    """Ids that a look found, handed out in parts. Whoever is given one judges it again, so old ones do no harm."""

    def __init__(self) -> None:
        self._found: deque[str] = deque()

    async def take(self, most: int, look: Callable[[int], Awaitable[Sequence[str]]]) -> list[str]:
        """The next ones, after another look when none are left; empty when that finds none."""
        if not self._found:
            self._found.extend(await look(AHEAD))
        return [self._found.popleft() for _ in range(min(most, len(self._found)))]
