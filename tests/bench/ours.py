"""Our way: the same act as a service on the engine, and readers and relays that note when things happened."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from shared.engine.journal import HEADS, JOURNAL, Numbering, head_document
from shared.engine.ports import Consumer, Database, Delete, Insert, Put, Record
from shared.engine.projector import ProjectionService, Projector
from shared.engine.relay import POSITION
from shared.engine.rules import Message
from shared.engine.service import Ports, Service, build_service
from shared.platform.clock import SystemClock
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from shared.platform.metrics import EngineMetrics
from shared.platform.mongo import MongoDatabase
from shared.web import problems
from tests.bench.registration import Body, Registered, command_of, count, definition, event_of, new_body

PARTITIONS = 12
ROW = 250
Settings = dict[str, Any]
"""Where the servers are: kafka, stand_in, mongo, topic_prefix, database_prefix."""


def ports_of(settings: Settings, name: str, broker: AioKafkaBroker) -> Ports:
    """As shared/web/serve.py makes them; the seal is plain, since nothing here becomes a dead letter."""
    return Ports(
        database=MongoDatabase.connect(settings["mongo"], name, settings["database_prefix"]),
        broker=broker,
        clock=SystemClock(),
        seal=lambda raw: raw.hex(),
        unseal=bytes.fromhex,
        metrics=EngineMetrics(name),
        partitions=PARTITIONS,
        topic_prefix=settings["topic_prefix"],
    )


def access_of(settings: Settings) -> KafkaAccess:
    return KafkaAccess(settings["kafka"], stand_in=settings["stand_in"])


class Registrations:
    """The service, at its committer and behind HTTP."""

    def __init__(self, settings: Settings) -> None:
        self.service: Service = build_service(
            definition(), ports_of(settings, "bench", AioKafkaBroker(access_of(settings)))
        )

    async def register(self, body: Body) -> dict[str, Any]:
        return dict(await self.service.execute(command_of(body)))

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        await self.service.start()
        yield
        await self.service.stop()

    def app(self) -> FastAPI:
        """Start, stop and errors as shared/web/host.py has them, without its guards: the textbook has none."""
        app = FastAPI(lifespan=self.running)

        @app.post("/registrations", status_code=202)
        async def register(body: Body) -> dict[str, Any]:
            return await self.register(body)

        problems.install(app, {})
        return app


class _NotingBroker(AioKafkaBroker):
    """Notes when the topic was there, and how many records were acknowledged when."""

    def __init__(self, access: KafkaAccess) -> None:
        super().__init__(access)
        self.ready_at = 0.0
        self.acknowledged: list[tuple[float, int]] = []

    async def ensure_topic(self, topic: str, partitions: int) -> None:
        await super().ensure_topic(topic, partitions)
        self.ready_at = time.monotonic()

    async def publish(self, topic: str, partition: int, records: Sequence[Record]) -> int:
        offset = await super().publish(topic, partition, records)
        self.acknowledged.append((time.monotonic(), len(records)))
        return offset


async def fill(settings: Settings, events: int) -> None:
    """A journal that already holds so many registrations, in rows as group commits make them."""
    ports = ports_of(settings, "bench", AioKafkaBroker(access_of(settings)))
    numbering = Numbering.after(head_document(), PARTITIONS)
    for n in range(1, events // ROW + 1):
        numbering.n, numbering.entries = n, []
        for _ in range(ROW):
            command = command_of(new_body())
            message = Message(command.registration_id, command, ports.clock.now())
            numbering.append([numbering.entry(message, 0, event_of(command))])
        await ports.database.write([Insert(JOURNAL, numbering.row(uuid.uuid4().hex, ports.clock.now(), []))])
    await ports.database.write([Put(HEADS, head_document(n=numbering.n, sequences=numbering.sequences))])


async def send_again(settings: Settings, events: int) -> dict[str, float]:
    """The whole journal goes out to a new topic: from the moment the relay has its topic to the last
    acknowledgement. Reading the journal is in."""
    broker = _NotingBroker(access_of(settings))
    ports = ports_of(settings, "bench", broker)
    await ports.database.write([Delete(POSITION, "position")])
    service = build_service(definition(), ports)
    await service.start()
    while sum(records for _, records in broker.acknowledged) < events:  # noqa: ASYNC110  # the broker's answers
        await asyncio.sleep(0.02)
    await service.stop()
    await broker.close()
    return {"events": events, "seconds": broker.acknowledged[-1][0] - broker.ready_at}


class _NotingProjector(Projector):
    """Notes how many events were committed when; of each event, when it was, unless that is too many to keep."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.heard, self.last_at, self.keeps = 0, 0.0, True
        self.seen: dict[str, float] = {}

    async def _commit(self, together: Sequence[Any]) -> None:
        await super()._commit(together)
        self.last_at = time.monotonic()
        self.heard += sum(len(each.heard) for each in together)
        events = [heard.event for each in together for heard in each.heard] if self.keeps else ()
        self.seen |= {event.registration_id: self.last_at for event in events if isinstance(event, Registered)}


class Reader(ProjectionService):
    """Reporting: counts registrations per district, in a process of its own."""

    projector: _NotingProjector

    def __init__(self, settings: Settings, name: str) -> None:
        ports = ports_of(settings, name, AioKafkaBroker(access_of(settings)))
        self.assigned_at = 0.0
        super().__init__(name, ("bench",), {"Registered": Registered}, count, ports, ports.database)
        self._position, self.feed.assigned = self.feed.assigned, self._assigned  # type: ignore[method-assign]

    def _projector(self, database: Database) -> Projector:
        self.projector = _NotingProjector(self._project, database, self.clock, self.ports.seal, self.ports.chance)
        return self.projector

    async def _assigned(self, consumer: Consumer, partitions: Sequence[tuple[str, int]]) -> None:
        await self._position(consumer, partitions)
        self.assigned_at = time.monotonic()

    async def read_all(self, expected: int) -> dict[str, float]:
        """From the assignment of the partitions, positions checked, until all expected events are committed."""
        self.projector.keeps = False
        await self.start()
        while self.projector.heard < expected:  # noqa: ASYNC110  # this looks at memory only
            await asyncio.sleep(0.02)
        await self.stop()
        await self.ports.broker.close()  # type: ignore[attr-defined]
        return {"events": expected, "seconds": self.projector.last_at - self.assigned_at}
