"""Each service as production composes it, on in-memory twins, with staff who may do everything."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from services.incentive import app as incentive
from services.incentive.settings import IncentiveSettings
from services.registration import app as registration
from services.registration.settings import RegistrationSettings
from services.reporting import app as reporting
from services.reporting.settings import ReportingSettings
from shared.engine.ports import Clock, Document, Put
from shared.engine.service import Ports
from shared.platform.clock import SystemClock
from shared.platform.metrics import EngineMetrics
from shared.security.accounts import ROLES, SESSION_LIFE, SESSIONS, STAFF, Accounts
from shared.security.vault import RecordSeal, Vault
from tests.component.notification import samples
from tests.component.notification.stage import Stage
from tests.fakes import MemoryBroker, MemoryDatabase, MemoryLog, MemoryStore

TOKENS = ("a-session-of-the-contract-tests", "and-one-of-somebody-else")
FIRST, SECOND = ({"Authorization": f"Bearer {token}"} for token in TOKENS)
"""Two members of staff with every role: some acts need two pairs of eyes."""


class WithoutSums(MemoryDatabase):
    """The twin has no aggregation. Sums over nothing are as good here: it is the doors that are looked at."""

    async def aggregate(self, collection: str, pipeline: Sequence[Mapping[str, Any]]) -> list[Document]:
        return []


def app_of(name: str, folder: Path) -> FastAPI:
    """The app, in which two people with every role have sessions (`FIRST`, `SECOND`)."""
    clock, seal = SystemClock(), RecordSeal(bytes(32))
    database = WithoutSums(MemoryStore(), clock=clock)
    ports = Ports(
        database=database,
        broker=MemoryBroker(MemoryLog()),
        clock=clock,
        seal=seal.seal,
        unseal=seal.unseal,
        metrics=EngineMetrics(name),
        partitions=2,
    )
    vault, accounts = Vault(database, b"m" * 32, b"i" * 32), Accounts(database, clock)
    builds: Mapping[str, Callable[[], FastAPI]] = {
        "registration": lambda: registration.build(RegistrationSettings(), ports, vault, accounts),
        "incentive": lambda: incentive.build(IncentiveSettings(state_dir=folder), ports, vault, accounts),
        "reporting": lambda: reporting.build(ReportingSettings(cache_seconds=0), ports, accounts),
    }
    asyncio.run(_let_in(database, clock))
    return builds[name]()


def notification(folder: Path) -> FastAPI:
    """The same with one person in it, of whom registration has told."""
    stage = Stage(folder)

    async def prepare() -> None:
        await _let_in(stage.database, stage.clock)
        stage.say(samples.registered(await stage.person()))

    asyncio.run(prepare())
    return stage.app()


async def _let_in(database: MemoryDatabase, clock: Clock) -> None:
    """Sessions as sign-ins would leave them, without the slow password hash."""
    now = clock.now()
    for token in TOKENS:
        account: dict[str, Any] = {"_id": token, "name": "Semua Peran", "roles": list(ROLES), "disabled": False}
        digest = hashlib.sha256(token.encode()).hexdigest()
        session = {"_id": digest, "username": token, "ends_at": now + SESSION_LIFE, "seen_at": now}
        await database.write([Put(STAFF, account), Put(SESSIONS, session)])
