"""The toy services as real processes on real servers, and what they left behind as the twins would show it."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.engine.ports import BrokerError, Document, Record
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from shared.platform.mongo import MongoDatabase
from tests.engine import toy
from tests.engine.process import PARTITIONS
from tests.engine.unrest import unrest
from tests.servers import Space

REST_SECONDS = 240


class Worker:
    """One process of a toy service, started again by the test after a kill."""

    def __init__(self, name: str, settings: dict[str, Any]) -> None:
        self.name, self._settings = name, settings
        self.process: asyncio.subprocess.Process | None = None
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "tests.engine.process", self.name, json.dumps(self._settings)]
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=None)
        assert self.process.stdout
        line = await self.process.stdout.readline()
        while b"ready" not in line:
            if not line:
                raise RuntimeError(f"{self.name} did not start")
            line = await self.process.stdout.readline()
        self._reader = asyncio.create_task(self._read(self.process.stdout))

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            if line.startswith(b'{"'):
                reply = json.loads(line)
                if future := self._waiting.pop(reply["key"], None):
                    future.set_result(reply)
        for future in self._waiting.values():
            future.set_exception(ConnectionError("the process died"))
        self._waiting.clear()

    async def ask(self, **asked: Any) -> dict[str, Any]:
        assert self.process
        assert self.process.stdin
        if self._reader is None or self._reader.done():
            raise ConnectionError("the process is dead")
        future = asyncio.get_running_loop().create_future()
        self._waiting[asked["key"]] = future
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        return await future

    async def kill(self) -> None:
        """SIGKILL."""
        assert self.process
        assert self._reader
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reader

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            assert self.process.stdin
            self.process.stdin.close()
            try:
                await asyncio.wait_for(self.process.wait(), 15)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        if self._reader:
            await self._reader


@dataclass
class Left:
    """What lies in one database, in the shape the invariants read."""

    collections: dict[str, list[Document]]

    def documents(self, collection: str) -> list[Document]:
        return self.collections.get(collection, [])

    def document(self, collection: str, id: Any) -> Document | None:
        return next((d for d in self.documents(collection) if d["_id"] == id), None)


@dataclass
class Told:
    topics: dict[str, list[list[Record]]] = field(default_factory=dict)


@dataclass
class RealWorld:
    """Real processes, and the same questions as tests/engine/invariants.py asks of the twins."""

    space: Space
    folder: Path
    workers: dict[str, Worker] = field(default_factory=dict)
    replies: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unknown: int = 0
    stores: dict[str, Left] = field(default_factory=dict)
    log: Told = field(default_factory=Told)
    bank: toy.Bank = field(default_factory=toy.Bank)
    _keys: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "kafka": self.space.kafka,
            "mongo": self.space.mongo,
            "topic_prefix": self.space.topic_prefix,
            "database_prefix": self.space.database_prefix,
            "bank": str(self.folder / "bank"),
            "stand_in": self.space.servers.broker.title.startswith("tansu"),
        }

    async def launch(self, worker: str, service: str) -> None:
        self.workers[worker] = Worker(service, self.settings)
        await self.workers[worker].start()

    async def add(self, account: str, worker: str = "shop", **more: Any) -> None:
        """Ask with one key until there is an answer."""
        key = f"{account}/{next(self._keys)}"
        while True:
            try:
                reply = await self.workers[worker].ask(key=key, account=account, **more)
            except (ConnectionError, AssertionError):
                await asyncio.sleep(0.3)
                continue
            if "refused" in reply:
                self.refused[key] = reply["refused"]
            else:
                self.replies[key] = reply
            return

    async def kill_and_restart(self, worker: str) -> None:
        service = self.workers[worker].name
        await self.workers[worker].kill()
        await self.launch(worker, service)

    async def rest(self) -> None:
        """Wait until everything was told, heard and paid, then read what was left behind."""
        why = ""
        try:
            async with asyncio.timeout(REST_SECONDS):
                while why := await self.look():  # noqa: ASYNC110  # what is waited for lies in other processes
                    await asyncio.sleep(0.5)
        except TimeoutError:
            raise AssertionError(f"did not come to rest: {why}") from None

    async def look(self) -> str:
        """Read what lies there now; what is still to be done, or nothing."""
        databases = {
            name: MongoDatabase.connect(self.space.mongo, name, self.space.database_prefix) for name in SERVICES
        }
        broker = AioKafkaBroker(KafkaAccess(self.space.kafka, stand_in=self.settings["stand_in"]))
        try:
            return await self._look(databases, broker)
        finally:
            await broker.close()
            for database in databases.values():
                database.close()

    async def _look(self, databases: dict[str, MongoDatabase], broker: AioKafkaBroker) -> str:
        for name, database in databases.items():
            names = ("heads", "journal", "relay", "feeds", "effects", "parked", "accounts", "books")
            self.stores[name] = Left({collection: await database.find(collection) for collection in names})
        why = unrest(self.stores, self.space.topic_prefix)
        if not why:
            for name in SERVICES:
                topic = f"{self.space.topic_prefix}{name}.v1"
                try:
                    self.log.topics[f"{name}.v1"] = [await _all(broker, topic, p) for p in range(PARTITIONS)]
                except BrokerError as error:
                    return f"broker: {error}"
            payments = {path.name: path.read_text().splitlines() for path in (self.folder / "bank").iterdir()}
            self.bank.payments = Counter({reference: len(keys) for reference, keys in payments.items()})
            self.bank.keys = {reference: keys[0] for reference, keys in payments.items()}
        return why


SERVICES = ("shop", "books")


async def _all(broker: AioKafkaBroker, topic: str, partition: int) -> list[Record]:
    records: list[Record] = []
    while more := await broker.read(topic, partition, len(records), 500):
        records += more
    return records


@asynccontextmanager
async def real_world(space: Space, folder: Path, workers: dict[str, str]) -> AsyncIterator[RealWorld]:
    """`workers` names the processes and the service of each."""
    world = RealWorld(space, folder)
    try:
        await asyncio.gather(*(world.launch(worker, service) for worker, service in workers.items()))
        yield world
    finally:
        await asyncio.gather(*(worker.stop() for worker in world.workers.values()))


async def storm(world: RealWorld, kills: int, chance: random.Random) -> None:
    """Traffic without a break while processes are killed, `kills` times."""
    over = asyncio.Event()

    async def traffic(account: str) -> None:
        while not over.is_set():
            await world.add(account)
            await asyncio.sleep(chance.uniform(0.2, 1.0))

    clients = [asyncio.create_task(traffic(f"account-{i}")) for i in range(6)]
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.05, 0.6))
        await world.kill_and_restart(chance.choice(list(world.workers)))
    over.set()
    await asyncio.gather(*clients)
