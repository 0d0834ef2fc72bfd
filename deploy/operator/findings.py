"""What an audit finds, and how it reads: page by page in order of the ids, so that memory stays small."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from shared.engine.ports import Database, Document, Where

Books = Callable[[], Awaitable[Mapping[str, int] | None]]
"""Asks the simulated bank for its own books; None when none is running."""
Look = TypeVar("Look")
PAGE = 200
SHOWN = 5


class NotJudged(Exception):
    """What the check needs is not there; the text says what."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold. Offenders are named by id alone."""

    invariant: str
    service: str
    what: str
    count: int = 1
    ids: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        return {**asdict(self), "ids": list(self.ids)}

    def line(self) -> str:
        named = f": {', '.join(self.ids)}" if self.ids else ""
        more = f" and {self.count - len(self.ids)} more" if self.ids and self.count > len(self.ids) else ""
        return f"{self.invariant} {self.service}: {self.what}{named}{more}"


def violations(invariant: str, service: str, what: str, offenders: Iterable[Any]) -> list[Violation]:
    """One violation that names the first offenders, or none."""
    found = [str(each) for each in offenders]
    return [Violation(invariant, service, what, len(found), tuple(found[:SHOWN]))] if found else []


class SharedLooks(Generic[Look]):
    """Lets several checks judge the same look at everything: the first time the first look, and then a new one."""

    def __init__(self, take: Callable[[], Coroutine[Any, Any, Look]]) -> None:
        self._take = take
        self._looks: list[asyncio.Task[Look]] = []

    def check(self, judge: Callable[[Look], list[Violation]]) -> Callable[[], Awaitable[list[Violation]]]:
        numbers = itertools.count()

        async def judged() -> list[Violation]:
            number = next(numbers)
            if number == len(self._looks):
                self._looks.append(asyncio.create_task(self._take()))
            return judge(await self._looks[number])

        return judged


async def pages(
    database: Database,
    collection: str,
    *,
    after: Any = "",
    until: Any = None,
    where: Where | None = None,
    fields: Sequence[str] = (),
    size: int = PAGE,
) -> AsyncIterator[list[Document]]:
    """All that match, in pages by `_id`. `after` is below the first id and says of which type ids are.

    What is removed meanwhile is left out, and what is added is not seen.
    """
    ids = {"$gt": after, **({} if until is None else {"$lte": until})}
    wanted = {**(where or {}), "_id": ids}
    # Ids first, then each page by its own: for a range of ids SecantusDB reads the whole collection every time.
    named = await database.find(collection, wanted, sort=[("_id", 1)], fields=["_id"])
    for start in range(0, len(named), size):
        part = [document["_id"] for document in named[start : start + size]]
        found = await database.find(collection, {"_id": {"$in": part}}, sort=[("_id", 1)], fields=fields)
        if found:
            yield found


async def missing(database: Database, collection: str, ids: Sequence[str]) -> list[str]:
    """Those ids that have no document. Asked in pages: SecantusDB compares each document with every id asked for."""
    lost: list[str] = []
    for start in range(0, len(ids), PAGE):
        part = ids[start : start + PAGE]
        found = await database.find(collection, {"_id": {"$in": list(part)}}, fields=["_id"])
        known = {document["_id"] for document in found}
        lost += [id for id in part if id not in known]
    return lost
