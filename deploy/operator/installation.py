"""The installation an operator works on: `<folder>/stack.json` of a running stack, else GELOMBANG_ variables.

The folder belongs to `gelombang up`. In containers there is none, and the settings come as for a service.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pymongo

from deploy.embedded import DOORS, ONE_PROCESS, SERVICES
from shared.engine.ports import Database
from shared.engine.service import Ports
from shared.platform.clock import SystemClock
from shared.platform.kafka import AioKafkaBroker
from shared.platform.mongo import MongoDatabase
from shared.platform.settings import CommonSettings
from shared.security.accounts import Accounts, Role
from shared.web.serve import ports_of

PREFIX = "GELOMBANG_"
VAULT, ACCESS = "vault", "access"
SECONDS = 60


class OperatorError(Exception):
    """The command cannot do what was asked; the text says why and what helps."""


@dataclass
class Installation:
    """Where the servers and services are. Opens databases when asked, closes all at the end."""

    folder: Path
    environment: Mapping[str, str]
    address: str
    pids: Mapping[str, int]
    settings: CommonSettings = field(init=False)
    _open: dict[str, MongoDatabase] = field(default_factory=dict)
    _brokers: list[AioKafkaBroker] = field(default_factory=list)

    def __post_init__(self) -> None:
        own = {name.removeprefix(PREFIX).lower(): value for name, value in self.environment.items()}
        self.settings = CommonSettings(**own)  # type: ignore[arg-type]  # pydantic reads the texts

    def database(self, name: str) -> MongoDatabase:
        if name not in self._open:
            self._open[name] = MongoDatabase.connect(self.settings.mongo_uri(), name, self.settings.database_prefix)
        return self._open[name]

    def databases(self) -> dict[str, Database]:
        """One per service."""
        return {name: self.database(name) for name in SERVICES}

    async def collections(self, name: str) -> list[str]:
        """Names of the collections of one database, in order."""
        client: pymongo.AsyncMongoClient[dict[str, Any]] = pymongo.AsyncMongoClient(self.settings.mongo_uri())
        async with client:
            names = await client[self.settings.database_prefix + name].list_collection_names()
        return sorted(each for each in names if not each.startswith("system."))

    def ports(self, name: str) -> Ports:
        """The ports of a service, for work on its topics."""
        ports = ports_of(name, self.settings)
        assert isinstance(ports.broker, AioKafkaBroker)
        self._brokers.append(ports.broker)
        return ports

    def accounts(self) -> Accounts:
        return Accounts(self.database(ACCESS), SystemClock())

    @asynccontextmanager
    async def client(self, role: Role) -> AsyncIterator[httpx.AsyncClient]:
        """Signed in at the services' one address for as long as the block lasts."""
        accounts = self.accounts()
        token = await accounts.operator_token(role)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with httpx.AsyncClient(base_url=self.address, headers=headers, timeout=SECONDS) as client:
                yield client
        finally:
            await accounts.sign_out(token)

    async def running(self) -> list[str]:
        """Services that work on this data now: living processes, or leases that somebody still renews."""
        alive = {name for name, pid in self.pids.items() if is_alive(pid)}
        living = services_of(alive)
        now = datetime.now(UTC).timestamp() * 1000
        for name in SERVICES:
            lease = await self.database(name).get("leases", name)
            if lease and int(lease["until"]) > now:
                living.add(name)
        return sorted(living)

    async def close(self) -> None:
        for broker in self._brokers:
            await broker.close()
        for database in self._open.values():
            database.close()


def find(folder: Path) -> Installation:
    """The installation of this folder, whether its stack runs or not."""
    where = folder / "stack.json"
    if where.exists():
        stack = json.loads(where.read_text())
        pids = {name: part["pid"] for name, part in stack["parts"].items() if part["pid"]}
        return Installation(folder, stack["environment"], stack["address"], pids)
    told = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    if f"{PREFIX}MONGO" not in told:
        raise OperatorError(f"no stack under {folder}: start one with `gelombang up`, or name its --folder")
    return Installation(folder, told, told.get(f"{PREFIX}PUBLIC_URL", "http://127.0.0.1:8080"), {})


@asynccontextmanager
async def installation(folder: Path) -> AsyncIterator[Installation]:
    found = find(folder)
    try:
        yield found
    finally:
        await found.close()


def is_alive(pid: int) -> bool:
    """A process of ours with that number; one that reuses the number of a dead one does not count."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    command = Path(f"/proc/{pid}/cmdline")
    return not command.exists() or any(ours in command.read_bytes() for ours in (b"services.", b"deploy."))


def services_of(parts: Iterable[str]) -> set[str]:
    """Whose data these parts of the stack write; the border writes claims for incentive, doors for their service."""
    writers = {ONE_PROCESS: SERVICES, "border": ("incentive",)}
    writers |= {part: (each,) for each in SERVICES for part in (each, f"{each}{DOORS}")}
    return {service for part in parts for service in writers.get(part, ())}
