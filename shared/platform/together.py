"""One question for all who ask in the same turn of the loop: hundreds of orders or messages leave at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Together(Generic[Found]):
    """Looks things up by id. Nobody is answered by a question that was asked before they came."""

    def __init__(self, ask: Callable[[Sequence[str]], Awaitable[Mapping[str, Found]]]) -> None:
        self._ask = ask
        self._ids: list[str] = []
        self._question: asyncio.Task[Mapping[str, Found]] | None = None

    async def get(self, id: str) -> Found | None:
        """What was found under the id, if anything. Raises what the question raises, to all who share it."""
        if self._question is None:
            self._ids = []
            self._question = asyncio.create_task(self._put())
        self._ids.append(id)
        # Shielded: whoever gives up must not take the others' answer away.
        return (await asyncio.shield(self._question)).get(id)

    async def _put(self) -> Mapping[str, Found]:
        self._question = None
        return await self._ask(self._ids)
