"""The other sink of a feed: projections for reading, written in one transaction with the marks.

`project` is pure: events in, writes out. What waits together is projected together, so that a thousand
events of one counter become one write. A projection can always be built again from the topics.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from asyncio import Future
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.base import Event
from shared.engine import dead_letters
from shared.engine.dead_letters import PARKED, Seal
from shared.engine.feed import Feed
from shared.engine.marks import FEEDS, Heard, Mark, Verdict, feed_id, hear
from shared.engine.ports import (
    BrokerError,
    Change,
    Clock,
    Database,
    Document,
    Index,
    Put,
    Transaction,
    TransientError,
    Write,
)
from shared.engine.service import Ports
from shared.engine.units import Delivered

Project = Callable[["Projection", Heard], None]
CHUNK = 2000


class Projection:
    """Collects what events change, one Change per document. All of it commutes between sources:
    `add` counts, `put` sets a field that only one kind of event of one person sets."""

    def __init__(self) -> None:
        self._sets: dict[tuple[str, str], dict[str, Any]] = {}
        self._incs: dict[tuple[str, str], dict[str, int]] = {}

    def put(self, collection: str, id: str, **fields: Any) -> None:
        self._sets.setdefault((collection, id), {}).update(fields)

    def add(self, collection: str, id: str, **counts: int) -> None:
        counters = self._incs.setdefault((collection, id), {})
        for name, count in counts.items():
            counters[name] = counters.get(name, 0) + count

    def writes(self) -> list[Write]:
        places = list(dict.fromkeys([*self._sets, *self._incs]))
        return [
            Change(place[0], {"_id": place[1]}, self._sets.get(place, {}), self._incs.get(place, {}), upsert=True)
            for place in places
        ]


@dataclass(slots=True, eq=False)
class _Waiting:
    topic: str
    partition: int
    heard: Sequence[Heard]
    answer: Future[Delivered]
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def mark_id(self) -> str:
        return feed_id(self.topic, self.partition)


class Projector:
    """A Sink. Deliveries that wait together go into one transaction."""

    def __init__(self, project: Project, database: Database, clock: Clock, seal: Seal, chance: random.Random) -> None:
        self._project, self._database, self._clock, self._seal, self._chance = project, database, clock, seal, chance
        self._waiting: list[_Waiting] = []
        self._working = asyncio.Lock()

    async def deliver(self, topic: str, partition: int, heard: Sequence[Heard]) -> Delivered:
        waiting = _Waiting(topic, partition, heard, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        async with self._working:
            await asyncio.sleep(0)  # what was read together comes together: the first must not go alone
            if not waiting.answer.done():
                together, self._waiting = self._waiting, []
                await self._commit(together)
        return await waiting.answer

    async def _commit(self, together: Sequence[_Waiting]) -> None:
        while True:
            try:
                async with self._database.transaction() as tx:
                    await tx.write(await self._judge(tx, together))
                break
            except TransientError:
                await self._clock.sleep(self._chance.uniform(0.001, 0.1))
        for waiting in together:
            seen = waiting.verdicts
            applied = seen.count(Verdict.NEXT) + seen.count(Verdict.PARKED)
            waiting.answer.set_result(Delivered(Verdict.GAP in seen, applied, seen.count(Verdict.PARKED)))

    async def _judge(self, tx: Transaction, together: Sequence[_Waiting]) -> list[Write]:
        ids = [waiting.mark_id for waiting in together]
        found = {document["_id"]: document for document in await tx.find(FEEDS, {"_id": {"$in": ids}})}
        marks = {id: Mark.of(id, found.get(id)) for id in ids}
        projection, letters = Projection(), {}
        for waiting in together:
            waiting.verdicts.clear()
            for heard in waiting.heard:
                verdict = self._take(marks[waiting.mark_id], heard, projection)
                waiting.verdicts.append(verdict)
                if verdict is Verdict.PARKED:
                    letter = dead_letters.letter(
                        heard, heard.fault or "PROJECTION_FAILED", self._seal, self._clock.now()
                    )
                    letters[letter["_id"]] = letter
        moved = [Put(FEEDS, mark.document()) for mark in marks.values() if mark.moved]
        return [*projection.writes(), *(Put(PARKED, letter) for letter in letters.values()), *moved]

    def _take(self, mark: Mark, heard: Heard, projection: Projection) -> Verdict:
        numbered = heard.fault != "HEADERS_MISSING"
        verdict = mark.judge(heard) if numbered else Verdict.PARKED
        if verdict is Verdict.GAP:
            return verdict
        mark.advance(heard, verdict if numbered else Verdict.REPEATED, known=True)
        if verdict is Verdict.NEXT and (heard.fault or not self._projected(heard, projection)):
            return Verdict.PARKED
        return verdict

    def _projected(self, heard: Heard, projection: Projection) -> bool:
        if heard.event is None:
            return True
        try:
            self._project(projection, heard)
        except Exception:  # pure code that fails makes a letter, never a stop
            return False
        return True


class ProjectionService:
    """A service that only listens: same doors to the outside as Service (start, stop, ready, health)."""

    def __init__(
        self,
        name: str,
        sources: Sequence[str],
        events: Mapping[str, type[Event]],
        project: Project,
        ports: Ports,
        database: Database,
        indexes: Sequence[Index] = (),
    ) -> None:
        self.name, self.database, self.clock, self.metrics = name, database, ports.clock, ports.metrics
        self._events, self._project, self.ports, self._indexes = events, project, ports, indexes
        self._topics = [f"{ports.topic_prefix}{source}.v1" for source in sources]
        common = (ports.broker, ports.clock, ports.metrics)
        self.feed = Feed(events, self._projector(database), database, *common)
        self._subscription = AsyncExitStack()
        self.ready = False
        self.failed: str | None = None

    def _projector(self, database: Database) -> Projector:
        return Projector(self._project, database, self.clock, self.ports.seal, self.ports.chance)

    async def start(self) -> None:
        for collection, keys, unique in self._indexes:
            await self.database.index(collection, keys, unique)
        for topic in self._topics:
            await self._until_there(topic)
        group = f"{self.ports.topic_prefix}{self.name}"
        await self.database.end_abandoned()
        await self._subscription.enter_async_context(self.ports.broker.subscribe(self._topics, group, self.feed))
        self.ready = True

    async def _until_there(self, topic: str) -> None:
        while True:
            try:
                return await self.ports.broker.ensure_topic(topic, self.ports.partitions)
            except BrokerError:
                await self.clock.sleep(1.0)

    async def stop(self) -> None:
        self.ready = False
        await self._subscription.aclose()

    async def rebuild(self, target: Database) -> None:
        """Read all topics from the beginning into an empty database, with marks of its own."""
        projector = self._projector(target)
        for topic in self._topics:
            for partition in range(self.ports.partitions):
                await self._read_all(projector, topic, partition)

    async def _read_all(self, projector: Projector, topic: str, partition: int) -> None:
        """Again from the beginning as long as that heals gaps (disorder in the log)."""
        again = True
        while again:
            offset, gap, applied = 0, False, 0
            while records := await self.ports.broker.read(topic, partition, offset, CHUNK):
                delivered = await projector.deliver(topic, partition, [hear(r, self._events) for r in records])
                gap, applied = gap or delivered.gap, applied + delivered.applied
                offset = records[-1].offset + 1
            again = gap and applied > 0


async def checksum(database: Database, collections: Sequence[str]) -> str:
    """SHA-256 over all documents of the named collections, in order of their ids."""
    digest = hashlib.sha256()
    for collection in sorted(collections):
        last: Any = ""
        while page := await database.find(collection, {"_id": {"$gt": last}}, sort=[("_id", 1)], limit=1000):
            for document in page:
                digest.update(f"{collection} {_canonical(document)}\n".encode())
            last = page[-1]["_id"]
    return digest.hexdigest()


def _canonical(document: Document) -> str:
    return json.dumps(document, sort_keys=True, default=str, ensure_ascii=False)
