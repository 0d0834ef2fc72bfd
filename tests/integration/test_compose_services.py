"""The services of docker-compose.yml with its commands and settings, on a broker and a database that ask who one is.

Nothing else is told to them: no setting of the tests' own, and nothing of this shell.
"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from deploy.compose.running import running
from deploy.processes import free_port
from deploy.provision.matrix import SERVICES
from deploy.servers import Kafka
from services.incentive.store import BORDER
from shared.contracts.partner import TOPIC
from tests.compose import environment, services
from tests.guarded import Guarded, guarded_servers

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(not Kafka.fetched(), reason="Apache Kafka is not in .cache/kafka (make kafka)"),
]
# With REQUIRE=kafka the whole session refuses to begin without it (tests/conftest.py), so that nothing is skipped.

READY_SECONDS = 60
ADDRESSES = {"GELOMBANG_HTTP_HOST", "GELOMBANG_HTTP_PORT", "GELOMBANG_KAFKA", "GELOMBANG_MONGO"}
PROCESSES = (*SERVICES, "border")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Guarded]:
    async with guarded_servers(tmp_path_factory.mktemp("guarded")) as guarded:
        await guarded.provision()
        yield guarded


@asynccontextmanager
async def started(guarded: Guarded, name: str, port: int | None = None) -> AsyncIterator[Process]:
    process = await guarded.start(name, port)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 30)
            except TimeoutError:
                process.kill()
                await process.wait()


async def status(client: httpx.AsyncClient, address: str) -> int | None:
    try:
        return (await client.get(address)).status_code
    except httpx.HTTPError:
        return None


async def becomes_ready(guarded: Guarded, name: str, process: Process, port: int) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(READY_SECONDS):
        while await status(client, f"http://127.0.0.1:{port}/{name}/health") != 200:
            assert process.returncode is None, guarded.log(name).read_text()
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("name", PROCESSES)
def test_only_addresses_and_places_of_files_differ_from_the_compose_file(guarded: Guarded, name: str) -> None:
    there, here = environment(name, {}), guarded.environment(name, free_port() if name in SERVICES else None)

    assert there.keys() == here.keys()
    differing = {key for key in there if there[key] != here[key]}
    places = {key for key in there if key.endswith("_FILE") or key == "GELOMBANG_STATE_DIR"}
    assert differing == places | (ADDRESSES & there.keys())
    who = f"mongodb://{there['GELOMBANG_KAFKA_USER']}:{{password}}@"
    assert there["GELOMBANG_MONGO"].startswith(who)
    assert here["GELOMBANG_MONGO"] == f"{who}127.0.0.1:{guarded.database.port}/?directConnection=true&authSource=admin"
    for key in places:
        assert here[key].rpartition("/")[2] in (there[key].rpartition("/")[2], f"state-{name}")


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_becomes_ready_as_the_compose_file_starts_it(guarded: Guarded, name: str) -> None:
    port = free_port()
    async with started(guarded, name, port) as process:
        await becomes_ready(guarded, name, process, port)


async def test_the_border_reads_what_course_platforms_publish(guarded: Guarded, tmp_path: Path) -> None:
    producer = AIOKafkaProducer(**guarded.kafka("simulators"))
    await producer.start()
    try:
        await producer.send_and_wait(TOPIC, b"no claim", partition=0)
    finally:
        await producer.stop()

    async with started(guarded, "border") as process, guarded.mongo("incentive") as client:
        (tmp_path / str(process.pid)).symlink_to(f"/proc/{process.pid}")
        async with asyncio.timeout(READY_SECONDS):
            while not (cursor := await client["incentive"][BORDER].find_one({"_id": f"{TOPIC}/0", "offset": 1})):
                assert process.returncode is None, guarded.log("border").read_text()
                await asyncio.sleep(0.2)
        assert cursor["attempts"] == 0
        assert running(services()["border"]["healthcheck"]["test"][-1], tmp_path)
