"""Which servers this session of tests runs on, and how they are started, healed and emptied.

The best there is: containers, else Apache Kafka and SecantusDB, else tansu and SecantusDB. One suite for all.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pymongo
from aiokafka.admin import AIOKafkaAdminClient

from deploy.processes import free_port
from deploy.servers import ROOT, Broker, Kafka, Secantus, Tansu

COMPOSE_FILES = ("docker-compose.yml", "deploy/compose/tests.yml")


class Handle(Protocol):
    """A running server that a test may break; `space` mends it before the next test."""

    @property
    def title(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def kill(self) -> None: ...
    async def restart(self, *, wipe: bool = False) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...


class BrokerHandle(Handle, Protocol):
    @property
    def address(self) -> str: ...


class DatabaseHandle(Handle, Protocol):
    @property
    def uri(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Servers:
    broker: BrokerHandle
    database: DatabaseHandle

    async def heal(self) -> None:
        """Whatever a test did to them, both run and answer."""
        for server in (self.broker, self.database):
            server.resume()
            if server.pid is None:
                await server.start()


@dataclass(frozen=True, slots=True)
class Space:
    """What one test has for itself on the shared servers: give services these two prefixes."""

    servers: Servers
    topic_prefix: str
    database_prefix: str

    @property
    def kafka(self) -> str:
        return self.servers.broker.address

    @property
    def mongo(self) -> str:
        return self.servers.database.uri

    async def clear(self) -> None:
        await delete_topics(self.kafka, self.topic_prefix)
        client: pymongo.AsyncMongoClient[dict[str, Any]] = pymongo.AsyncMongoClient(self.mongo)
        async with client:
            for name in await client.list_database_names():
                if name.startswith(self.database_prefix):
                    await client.drop_database(name)


def new_space(servers: Servers) -> Space:
    mark = "t" + secrets.token_hex(4)
    return Space(servers, f"{mark}.", f"{mark}_")


async def delete_topics(address: str, prefix: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    try:
        await admin.start()
        if mine := [name for name in await admin.list_topics() if name.startswith(prefix)]:
            await admin.delete_topics(mine)
    finally:
        await admin.close()


@dataclass(frozen=True, slots=True)
class Choice:
    """Decided once, before anything is started."""

    containers: bool
    kafka: bool
    chromium: str | None

    @property
    def titles(self) -> str:
        if self.containers:
            return "containers of docker-compose.yml (kafka, mongo)"
        broker: type[Broker] = Kafka if self.kafka else Tansu
        return f"{broker(Path()).title}, {Secantus(Path()).title}"

    def not_run(self) -> Iterable[str]:
        if not self.containers:
            yield "the containers of docker-compose.yml: no Docker daemon answers"
        if not self.containers and not self.kafka:
            yield "Apache Kafka: it is not in .cache/kafka or there is no Java (make kafka)"
        if not self.chromium:
            yield "tests of pages in a browser: Chromium was not found (make chromium)"

    def missing(self, required: str) -> list[str]:
        """Which of the comma-separated names in REQUIRE this machine lacks."""
        have = {"docker": self.containers, "kafka": self.containers or self.kafka, "chromium": bool(self.chromium)}
        return [name for name in filter(None, required.replace(" ", "").split(",")) if not have.get(name)]


def choose() -> Choice:
    browsers = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, browsers)), None)
    return Choice(containers=_docker_answers(), kafka=Kafka.fetched(), chromium=chromium)


def _docker_answers() -> bool:
    """A client without a daemon, or without its compose plugin, is no Docker."""
    if not shutil.which("docker"):
        return False
    ask = (["docker", "version", "--format", "{{.Server.Version}}"], ["docker", "compose", "version"])
    with suppress(subprocess.TimeoutExpired):
        return all(subprocess.run(one, capture_output=True, timeout=10, check=False).returncode == 0 for one in ask)
    return False


@asynccontextmanager
async def running(choice: Choice, folder: Path) -> AsyncIterator[Servers]:
    if choice.containers:
        async with _containers() as servers:
            yield servers
        return
    broker = Kafka(folder / "broker") if choice.kafka else Tansu(folder / "broker")
    servers = Servers(broker, Secantus(folder / "database"))
    try:
        await asyncio.gather(servers.broker.start(), servers.database.start())
        yield servers
    finally:
        await asyncio.gather(servers.broker.stop(), servers.database.stop())


class Container:
    """A service of the compose file, driven by compose itself: image, command and settings are the shipped ones."""

    def __init__(self, compose: Any, service: str, port: int) -> None:
        self._compose, self._service, self._port = compose, service, port
        self.title = f"container {service}"
        self.address = f"127.0.0.1:{port}"
        self.uri = f"mongodb://127.0.0.1:{port}/?directConnection=true"

    def _run(self, *arguments: str) -> str:
        command = [*self._compose.docker_compose_command(), *arguments, self._service]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    @property
    def pid(self) -> int | None:
        """Only whether it runs: None when it does not."""
        return 1 if self._run("ps", "--quiet", "--status", "running").strip() else None

    async def start(self) -> None:
        await asyncio.to_thread(self._run, "up", "--wait", "--no-deps")

    async def stop(self) -> None:
        await asyncio.to_thread(self._run, "stop")

    async def kill(self) -> None:
        await asyncio.to_thread(self._run, "kill")

    async def restart(self, *, wipe: bool = False) -> None:
        await self.stop()
        if wipe:
            await asyncio.to_thread(self._run, "rm", "--force", "--volumes")
        await self.start()

    def pause(self) -> None:
        self._run("pause")

    def resume(self) -> None:
        if self._run("ps", "--quiet", "--status", "paused").strip():
            self._run("unpause")


@asynccontextmanager
async def _containers() -> AsyncIterator[Servers]:
    from testcontainers.compose import DockerCompose  # only where a daemon answers

    ports = {"TEST_KAFKA_PORT": free_port(), "TEST_MONGO_PORT": free_port()}
    # A project of its own: stopping it deletes its volumes, and must never meet those of a real installation here.
    os.environ["COMPOSE_PROJECT_NAME"] = f"gelombang-tests-{secrets.token_hex(4)}"
    os.environ.update({name: str(port) for name, port in ports.items()})
    compose = DockerCompose(ROOT, compose_file_name=list(COMPOSE_FILES), services=["kafka", "mongo"])
    kafka, mongo = ports.values()
    try:
        await asyncio.to_thread(compose.start)
        yield Servers(Container(compose, "kafka", kafka), Container(compose, "mongo", mongo))
    finally:
        compose.services = None  # else the network would stay
        await asyncio.to_thread(compose.stop)
