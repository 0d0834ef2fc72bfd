"""The textbook way, made safe where it can be: what our engine is compared with.

Intake: a FastAPI handler that inserts one document (majority, journalled) and publishes one record (acks=all).
Projection: a FastStream subscriber that takes one message at a time, updates one counter with a guard
against repetition in the same transaction, and acknowledges after it.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.engine.ports import Change, Insert
from shared.platform.mongo import MongoDatabase


class Textbook:
    """One process that holds a database and a producer."""

    def __init__(self, database: MongoDatabase, bootstrap: str, topic: str) -> None:
        self._database, self._topic = database, topic
        self._producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")

    async def start(self) -> None:
        await self._producer.start()

    async def stop(self) -> None:
        await self._producer.stop()

    async def register(self, account: str) -> dict[str, Any]:
        id = str(uuid.uuid4())
        document = {"_id": id, "account": account}
        await self._database.write([Insert("registrations", document)])
        await self._producer.send_and_wait(self._topic, json.dumps(document).encode(), key=account.encode())
        return {"id": id}

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/add/{account}", status_code=202)
        async def add(account: str) -> dict[str, Any]:
            return await self.register(account)

        return app


async def project_one_by_one(database: MongoDatabase, bootstrap: str, topic: str, group: str, expected: int) -> None:
    """Returns when `expected` records are projected."""
    broker, done, seen = KafkaBroker(bootstrap, logger=None), asyncio.Event(), 0

    @broker.subscriber(topic, group_id=group, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
    async def handle(body: dict[str, Any]) -> None:
        nonlocal seen
        async with database.transaction() as tx:
            await tx.write([Insert("seen", {"_id": body["_id"]})])
            await tx.write([Change("counts", {"_id": body["account"]}, inc={"count": 1}, upsert=True)])
        seen += 1
        if seen >= expected:
            done.set()

    await broker.start()
    await done.wait()
    await broker.stop()
