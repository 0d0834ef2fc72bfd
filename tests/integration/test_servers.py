"""The servers that everything else is tested on do what the engine relies on, also when they are broken."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pymongo
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.processes import Server, ServerFailed
from deploy.servers import ROOT, Broker, Kafka, Secantus, Tansu
from tests.servers import Choice, Space

needs_kafka = pytest.mark.skipif(not Kafka.fetched(), reason="Apache Kafka is not in .cache/kafka")
BROKERS = [pytest.param(Kafka, marks=needs_kafka, id="kafka"), pytest.param(Tansu, id="tansu")]


@pytest.fixture
async def started(tmp_path: Path) -> AsyncIterator[Callable[[Server], Any]]:
    """Start a server of this test's own; it is stopped at the end."""
    own: list[Server] = []

    async def start(server: Server) -> Any:
        own.append(server)
        await server.start()
        return server

    yield start
    for server in own:
        await server.stop()


async def create(broker: Broker, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.address)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 3, 1)])
    finally:
        await admin.close()


async def send(broker: Broker, topic: str, value: bytes) -> int:
    producer = AIOKafkaProducer(bootstrap_servers=broker.address, acks="all")
    await producer.start()
    try:
        sent = await producer.send_and_wait(topic, value, partition=1)
        return int(sent.offset)
    finally:
        await producer.stop()


async def end(broker: Broker, topic: str) -> int:
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.address)
    await consumer.start()
    try:
        partition = TopicPartition(topic, 1)
        return int((await consumer.end_offsets([partition]))[partition])
    finally:
        await consumer.stop()


@pytest.mark.parametrize("kind", BROKERS)
async def test_a_wiped_broker_has_forgotten_its_records_and_its_topics(
    kind: type[Broker], started: Callable[[Server], Any], tmp_path: Path
) -> None:
    broker = await started(kind(tmp_path / "broker"))
    await create(broker, "facts")
    assert [await send(broker, "facts", b"one"), await send(broker, "facts", b"two")] == [0, 1]

    await broker.restart(wipe=True)
    await create(broker, "facts")

    assert await send(broker, "facts", b"three") == 0


@needs_kafka
async def test_kafka_keeps_its_records_when_it_is_killed(started: Callable[[Server], Any], tmp_path: Path) -> None:
    broker = await started(Kafka(tmp_path / "broker"))
    await create(broker, "facts")
    await send(broker, "facts", b"one")

    await broker.kill()
    assert broker.pid is None
    await broker.start()

    assert await end(broker, "facts") == 1


async def test_the_database_keeps_what_it_acknowledged_when_it_is_killed(
    started: Callable[[Server], Any], tmp_path: Path
) -> None:
    database = await started(Secantus(tmp_path / "database"))
    client: pymongo.AsyncMongoClient[dict[str, Any]] = pymongo.AsyncMongoClient(database.uri)
    async with client:
        async with client.start_session() as session, await session.start_transaction():
            await client["one"]["rows"].insert_one({"_id": 1}, session=session)
            await client["two"]["rows"].insert_one({"_id": 2}, session=session)

        await database.kill()
        await database.start()

        assert await client["one"]["rows"].find_one({"_id": 1})
        assert await client["two"]["rows"].find_one({"_id": 2})


async def test_a_server_does_not_take_the_answers_of_another_for_its_own(
    started: Callable[[Server], Any], tmp_path: Path
) -> None:
    first = await started(Tansu(tmp_path / "first"))
    second = Tansu(tmp_path / "second", port=first.port)

    with pytest.raises(ServerFailed, match="in use"):
        await second.start()


async def test_a_server_that_ends_at_once_says_why(tmp_path: Path) -> None:
    database = Secantus(tmp_path / "database")
    tmp_path.joinpath("database").mkdir()
    database.data.write_text("a file where its folder should be")

    with pytest.raises(ServerFailed, match=r"(?s)ended while starting:.*File exists"):
        await database.start()


async def test_a_stopped_server_leaves_no_process(tmp_path: Path) -> None:
    database = Secantus(tmp_path / "database")
    await database.start()
    pid = database.pid
    assert pid
    database.pause()

    await database.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


STARTS_AND_DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from deploy.servers import Tansu

broker = Tansu(Path(sys.argv[1]))
asyncio.run(broker.start())
print(broker.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv, which asks the kernel for this, was not found")
def test_no_server_is_left_when_who_started_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTS_AND_DIES, str(tmp_path / "broker")]
    starter = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)

    until = time.monotonic() + 30
    while alive(int(starter.stdout)) and time.monotonic() < until:
        time.sleep(0.02)
    assert starter.returncode == -signal.SIGKILL
    assert not alive(int(starter.stdout))


def alive(pid: int) -> bool:
    """A process that ended and was not yet buried has no command line any more."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


async def test_each_test_finds_the_shared_servers_mended(space: Space) -> None:
    await space.servers.broker.kill()
    space.servers.database.pause()

    await space.servers.heal()
    await space.clear()

    assert space.servers.broker.pid


def test_what_is_required_and_missing_is_named() -> None:
    poor = Choice(containers=False, kafka=False, chromium=None)
    rich = Choice(containers=True, kafka=False, chromium="chromium")

    assert poor.missing("kafka,chromium") == ["kafka", "chromium"]
    assert len(list(poor.not_run())) == 3
    assert rich.missing("kafka, chromium") == []
    assert list(rich.not_run()) == []
    assert rich.missing("anything else") == ["anythingelse"]
