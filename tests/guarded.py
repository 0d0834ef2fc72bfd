"""The stack of docker-compose.yml without Docker: broker and database ask who one is, secrets lie in files,
and each service is started with the command and the environment that the compose file gives it.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import STDOUT, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo

from deploy.compose import secrets
from deploy.servers import ROOT, Kafka, Secantus
from tests.compose import environment, services

Client = pymongo.AsyncMongoClient[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Guarded:
    """`volumes` holds a folder for each container's secrets and state, as the compose file's volumes do."""

    broker: Kafka
    database: Secantus
    volumes: Path

    def secret(self, name: str) -> str:
        return (self.volumes / "secrets" / name).read_text()

    def kafka(self, user: str = "admin") -> dict[str, Any]:
        """Arguments of aiokafka's clients."""
        self.broker.users[user] = self.secret(f"kafka-{user}")
        return {"bootstrap_servers": self.broker.address, **self.broker.sign_in(user)}

    def mongo(self, user: str) -> Client:
        return pymongo.AsyncMongoClient(self.database.uri, username=user, password=self.secret(f"mongo-{user}"))

    def moved(self, name: str) -> dict[str, str]:
        """All that is otherwise than in a container: where servers and files are, and how the database is reached."""
        return {
            "kafka:9092": self.broker.address,
            "mongo:27017": f"127.0.0.1:{self.database.port}",
            "replicaSet=gelombang": "directConnection=true",
            "/run/secrets": str(self.volumes / name),
            "/state": str(self.volumes / f"state-{name}"),
        }

    def environment(self, name: str, port: int | None = None) -> dict[str, str]:
        """What the compose file tells this service, moved; `port` takes the place of the container's own address."""
        address = {"GELOMBANG_HTTP_HOST": "127.0.0.1", "GELOMBANG_HTTP_PORT": str(port)} if port else {}
        return {**environment(name, self.moved(name)), **address}

    def log(self, name: str) -> Path:
        return self.volumes / f"{name}.log"

    async def start(self, name: str, port: int | None = None) -> Process:
        with self.log(name).open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command(name), cwd=ROOT, env=self.environment(name, port), stdout=log, stderr=STDOUT
            )

    async def provision(self) -> str:
        process = await self.start("provision")
        await process.wait()
        said = self.log("provision").read_text()
        assert process.returncode == 0, said
        return said


def command(name: str) -> Sequence[str]:
    """The compose file's, with this Python in place of the image's."""
    program, *arguments = services()[name]["command"]
    assert program == "python"
    return (sys.executable, *arguments)


@asynccontextmanager
async def guarded_servers(folder: Path) -> AsyncIterator[Guarded]:
    """As after the first start of the installation, up to `provision`."""
    volumes = folder / "volumes"
    for holder in ("secrets", *secrets.holders(), *(f"state-{name}" for name in secrets.WITH_STATE)):
        (volumes / holder).mkdir(parents=True)
    secrets.main(volumes, give=lambda path, user, group: None)
    broker = Kafka(folder / "broker", users={"admin": (volumes / "secrets" / "kafka-admin").read_text()})
    guarded = Guarded(broker, Secantus(folder / "database"), volumes)
    try:
        await asyncio.gather(guarded.broker.start(), guarded.database.start())
        async with Client(guarded.database.uri) as client:
            await client.admin.command("createUser", "root", pwd=guarded.secret("mongo-root"), roles=["root"])
        guarded.database.sign_in_required = True
        await guarded.database.restart()
        yield guarded
    finally:
        await asyncio.gather(guarded.broker.stop(), guarded.database.stop())
