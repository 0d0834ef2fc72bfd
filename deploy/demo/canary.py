"""Nobody learns a NIK: every collection, topic, file and log line of the run is searched for the people's NIKs.

Source: architecture section 5, goal P1. Phones and names are looked for too, except in the messages themselves,
which are addressed to phones.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from deploy.demo.sheets import City
from deploy.embedded import SERVICES, Stack
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from shared.platform.mongo import MongoDatabase

NUMBER = re.compile(r"(?<!\d)\d{11,16}(?!\d)")
DATABASES = (*SERVICES, "vault", "access")


async def leaks(stack: Stack, city: City, database: MongoDatabase) -> list[str]:
    """Where a NIK, KK or phone of the city stands in clear; names of places only, never what was found."""
    people = (*city.persons.values(), *city.ring)
    secrets = {number for p in people for number in (p.nik, p.kk_number, p.mobile)}
    return sorted({place async for place, text in _everything(stack, database) if secrets & set(NUMBER.findall(text))})


async def _everything(stack: Stack, database: MongoDatabase) -> AsyncIterator[tuple[str, str]]:
    """Every text of the run with the name of the place it lies in."""
    for name in DATABASES:
        for collection in await database.collections(name):
            # At once: in pages SecantusDB would read the whole collection again for each.
            for document in await database.find(f"{name}:{collection}"):
                yield f"collection {name}.{collection}", str(document)
    async for place in _topics(stack):
        yield place
    for path in (stack.folder / "logs").glob("*.log"):
        yield f"log {path.name}", path.read_text(errors="replace")


async def _topics(stack: Stack) -> AsyncIterator[tuple[str, str]]:
    broker = AioKafkaBroker(KafkaAccess(stack.broker.address, stand_in="tansu" in stack.broker.title))
    for topic in (f"gelombang.{service}.v1" for service in SERVICES[:3]):
        for partition in range(12):
            async for text in _records(broker, topic, partition):
                yield f"topic {topic}", text
    await broker.close()


async def _records(broker: AioKafkaBroker, topic: str, partition: int) -> AsyncIterator[str]:
    offset = 0
    while records := await broker.read(topic, partition, offset, 2000):
        for record in records:
            yield f"{record.key!r} {record.value!r} {record.headers!r}"
        offset = records[-1].offset + 1
