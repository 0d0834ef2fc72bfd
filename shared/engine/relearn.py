"""When a release learns a type it had no reaction for, it reads that type again from where it first came.

The reading has a mark of its own (`<topic>/<partition>#<type>`) under the same sequence rule, so
repeated and disordered records change nothing here either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from shared.contracts.base import Event
from shared.engine.marks import FEEDS, Heard, Mark, hear
from shared.engine.ports import Broker, Change, Database, Delete, Put
from shared.engine.units import Delivered

CHUNK = 500


class LearningSink(Protocol):
    async def deliver(self, topic: str, partition: int, heard: list[Heard], type: str | None) -> Delivered: ...


async def relearn(events: Mapping[str, type[Event]], sink: LearningSink, database: Database, broker: Broker) -> int:
    """Read every newly learned type up to its partition's mark; returns how many readings were made."""
    count = 0
    for document in await database.find(FEEDS):
        main = Mark.of(document["_id"], document)
        for type_name in sorted(set(main.unlearned) & set(events)):
            await _learn(main, type_name, events, sink, database, broker)
            count += 1
    return count


async def _learn(
    main: Mark,
    type_name: str,
    events: Mapping[str, type[Event]],
    sink: LearningSink,
    database: Database,
    broker: Broker,
) -> None:
    topic, _, partition = main.id.rpartition("/")
    own_id = f"{main.id}#{type_name}"
    offset, mark, epoch = main.unlearned[type_name]
    if not await database.get(FEEDS, own_id):
        await database.write([Put(FEEDS, Mark(own_id, offset, mark, epoch).document())])
    position, progressed = offset, True
    while not Mark.of(own_id, await database.get(FEEDS, own_id)).reached(main):
        records = await broker.read(topic, int(partition), position, CHUNK)
        if not records:
            if not progressed:
                return  # the log does not hold it (yet); the type stays unlearned and is tried at the next start
            position, progressed = 0, False
            continue
        delivered = await sink.deliver(topic, int(partition), [hear(r, events) for r in records], type_name)
        progressed = progressed or delivered.applied > 0
        position = records[-1].offset + 1
    done = Change(FEEDS, {"_id": main.id}, unset=[f"unlearned.{type_name}"])
    await database.write([done, Delete(FEEDS, own_id)])
