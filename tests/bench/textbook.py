"""The textbook way, made safe where it can be: what our engine is compared with.

Intake: a FastAPI handler that inserts one document (majority, journalled) and publishes one record (acks=all).
Projection: a FastStream subscriber that takes one message at a time, updates one counter with a guard against
repetition in the same transaction, and acknowledges after it.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRebalanceListener
from fastapi import FastAPI
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from motor.motor_asyncio import AsyncIOMotorClient

from shared.engine.ports import Change, Insert
from shared.platform.mongo import MongoDatabase
from tests.bench.registration import Body, Registered


def connect(uri: str, name: str, prefix: str) -> MongoDatabase:
    """Without retryable writes, in the textbook's favour: SecantusDB goes through all it remembers of them (up to
    10,000) twice at each insert, so that inserts get slower with their number. MongoDB does not; and our own way,
    whose inserts are parts of transactions, never meets it."""
    return MongoDatabase(AsyncIOMotorClient(uri, retryWrites=False), name, prefix)


class Textbook:
    """A database and a producer, and the handler that uses both."""

    def __init__(self, database: MongoDatabase, bootstrap: str, topic: str) -> None:
        self._registrations, self._topic = database.collection("registrations"), topic
        self._bootstrap = bootstrap

    @asynccontextmanager
    async def running(self, app: FastAPI | None = None) -> AsyncIterator[None]:
        self._producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all")
        await self._producer.start()
        try:
            yield
        finally:
            await self._producer.stop()

    async def register(self, body: Body) -> dict[str, Any]:
        fields = {"registration_id": str(uuid.uuid4()), **body.model_dump()}
        await self._registrations.insert_one({"_id": body.nik, **fields})
        event = Registered(**fields)
        await self._producer.send_and_wait(self._topic, event.model_dump_json().encode(), key=body.nik.encode())
        return {"id": fields["registration_id"]}

    def app(self) -> FastAPI:
        app = FastAPI(lifespan=self.running)

        @app.post("/registrations", status_code=202)
        async def register(body: Body) -> dict[str, Any]:
            return await self.register(body)

        return app


class _Assigned(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Notes when the group gave out its partitions: joining it is not measured."""

    at = 0.0

    async def on_partitions_revoked(self, revoked: Any) -> None:
        pass

    async def on_partitions_assigned(self, assigned: Any) -> None:
        self.at = time.monotonic()


async def project_one_by_one(
    database: MongoDatabase, bootstrap: str, topic: str, group: str, seconds: float
) -> dict[str, float]:
    """Projects for so many seconds; how many events, and how long that took from the assignment on."""
    broker, assigned, ends = KafkaBroker(bootstrap, logger=None), _Assigned(), []

    @broker.subscriber(
        topic, group_id=group, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR, listener=assigned
    )
    async def handle(event: Registered) -> None:
        async with database.transaction() as tx:
            await tx.write([Insert("seen", {"_id": event.registration_id})])
            change = Change("districts", {"_id": event.kecamatan}, inc={"registered": 1}, upsert=True)
            await tx.write([change])
        ends.append(time.monotonic())

    await broker.start()
    while not assigned.at or time.monotonic() < assigned.at + seconds:  # noqa: ASYNC110  # a bound in time
        await asyncio.sleep(0.05)
    count, took = len(ends), ends[-1] - assigned.at
    await broker.stop()
    return {"events": count, "seconds": took}
