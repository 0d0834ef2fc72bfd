"""One toy service as a real process: `python -m tests.engine.process shop|books SETTINGS`.

Commands come in and replies go out as JSON lines on standard input and output; the bank is a
folder that every process writes to, so it survives any kill.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from shared.contracts.decision import Refused
from shared.engine.rules import Effect, Outcome, OutcomeState
from shared.engine.service import Definition, Ports, Service, build_service
from shared.platform.clock import SystemClock
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from shared.platform.metrics import EngineMetrics
from shared.platform.mongo import MongoDatabase
from tests.engine import toy

PARTITIONS = 4


class FileBank(toy.PayHandler):
    """A bank that does one reference once, as a folder: one file per reference, one line per payment."""

    def __init__(self, folder: Path) -> None:
        super().__init__(toy.Bank(), lambda name: None)
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def perform(self, effect: Effect) -> Outcome:
        if not (self._folder / effect.id).exists():
            descriptor = os.open(self._folder / effect.id, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
            os.write(descriptor, f"{effect.key}\n".encode())
            os.close(descriptor)
        return Outcome(OutcomeState.DONE)

    async def inquire(self, effect: Effect) -> Outcome:
        known = (self._folder / effect.id).exists()
        return Outcome(OutcomeState.DONE if known else OutcomeState.NOT_FOUND)


def definition(name: str, bank: Path) -> Definition:
    if name == "shop":
        return toy.shop()
    made = toy.books(toy.Bank())
    kind = made.effects["pay"]
    return Definition(
        name=made.name,
        aggregates=made.aggregates,
        sources=made.sources,
        reactions=made.reactions,
        effects={"pay": type(kind)(FileBank(bank), kind.rule)},
    )


def build(name: str, settings: dict[str, Any]) -> Service:
    """`settings`: kafka, mongo, topic_prefix, database_prefix, bank, stand_in."""
    access = KafkaAccess(settings["kafka"], stand_in=settings.get("stand_in", False))
    ports = Ports(
        database=MongoDatabase.connect(settings["mongo"], name, settings["database_prefix"]),
        broker=AioKafkaBroker(access),
        clock=SystemClock(),
        seal=lambda raw: raw.hex(),
        unseal=bytes.fromhex,
        metrics=EngineMetrics(name),
        partitions=PARTITIONS,
        topic_prefix=settings["topic_prefix"],
    )
    return build_service(definition(name, Path(settings["bank"])), ports)


async def serve(name: str, settings: dict[str, Any]) -> None:
    service = build(name, settings)
    await service.start()
    print(json.dumps({"ready": True}), flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    answering: set[asyncio.Task[None]] = set()
    while line := await reader.readline():
        task = asyncio.create_task(_answer(service, json.loads(line)))
        answering.add(task)
        task.add_done_callback(answering.discard)
    await service.stop()


async def _answer(service: Service, asked: dict[str, Any]) -> None:
    command = toy.Add(asked["account"], asked.get("name"), asked.get("careless", False), asked.get("poison", False))
    try:
        reply = {**await service.execute(command, key=asked["key"]), "key": asked["key"]}
    except Refused as refused:
        reply = {"key": asked["key"], "refused": refused.code}
    print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], json.loads(sys.argv[2])))
