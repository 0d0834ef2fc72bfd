"""The whole service on in-memory twins: its app, a registry that answers as told, staff by a header, a turned clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
from fastapi import FastAPI, Request

from services.registration import api, effects, reactions, schedule, store
from services.registration.adapters.civil_registry import Answer, Identity
from services.registration.reference import Reference, read_reference
from services.registration.settings import RegistrationSettings
from services.registration.watching import watch_of
from shared.contracts.base import Sealed
from shared.engine.service import Definition, Ports, Service, build_service
from shared.platform.metrics import EngineMetrics
from shared.security.accounts import Accounts, Staff
from shared.security.vault import RecordSeal, Vault
from shared.web.problems import Problem
from tests.fakes import MemoryBroker, MemoryDatabase, MemoryLog, MemoryStore
from tests.unit.registration.builders import name_of

START = datetime(2020, 4, 3, 3, 0, tzinfo=UTC)
NIK = "1271050504950001"


class TurnedClock:
    """Programme time that a test turns forward; waiting is real and short."""

    def __init__(self) -> None:
        self.ahead, self.stopped = timedelta(0), cast(datetime | None, None)

    def now(self) -> datetime:
        passed = timedelta(milliseconds=int(asyncio.get_running_loop().time() * 1000) % 10_000_000)
        return self.stopped or START + self.ahead + passed

    wall = now

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))

    async def wait_for(self, event: asyncio.Event, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(seconds, 0.02)):
                await event.wait()
        except TimeoutError:
            return


@dataclass
class Registry:
    """Answers `match` unless a NIK is told otherwise."""

    answers: dict[str, Answer | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def check(self, identity: Identity) -> Answer:
        self.asked.append(identity.nik)
        answer = self.answers.get(identity.nik, Answer("match"))
        if isinstance(answer, Exception):
            raise answer
        return answer


class DoorAccounts:
    """Staff say who they are in a header: `Staff: name role`."""

    def require(self, *roles: str) -> Callable[[Request], Awaitable[Staff]]:
        async def signed_in(request: Request) -> Staff:
            name, _, role = request.headers.get("staff", "").partition(" ")
            if not name:
                raise Problem("SIGN_IN_NEEDED")
            if roles and role not in roles:
                raise Problem("ROLE_MISSING")
            return Staff(name, name, cast(Any, (role,)))

        return signed_in


SECRETARIAT = {"Staff": "siti secretariat"}
APPROVER = {"Staff": "kepala approver"}
PLACEMENT = {"Staff": "andi placement"}


@dataclass
class House:
    app: FastAPI
    service: Service
    vault: Vault
    registry: Registry
    clock: TurnedClock
    store: MemoryStore
    log: MemoryLog
    reference: Reference
    http: httpx.AsyncClient

    async def call(self, method: str, path: str, status: int, **options: Any) -> Any:
        """A request to /registration; its JSON, after checking the status."""
        response = await self.http.request(method, f"/registration{path}", **options)
        assert response.status_code == status, response.text
        return response.json() if "json" in response.headers.get("content-type", "") else response.text

    async def apply(self, **changes: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await self.call("POST", "/applications", 202, json=application(**changes))
        return answer

    async def seen(self, answer: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = await self.call(
            "GET", f"/applications/{answer['applicant_id']}", 200, headers=holder(answer)
        )
        return shown

    async def until(self, answer: dict[str, Any], code: str) -> dict[str, Any]:
        """Wait until an application has come to a state."""
        shown: dict[str, Any] = await wait_for(lambda: self.seen(answer), lambda seen: seen["code"] == code)
        return shown

    async def wave_until(self, number: int, state: str) -> dict[str, Any]:
        wave: dict[str, Any] = await wait_for(
            lambda: self.call("GET", f"/waves/{number}", 200), lambda seen: seen["state"] == state
        )
        return wave

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Bodies of all events of a kind, from the journal, in order."""
        rows = sorted(self.store.documents("journal"), key=lambda row: row["_id"])
        entries = [entry for row in rows for entry in row["entries"] if entry["type"] == kind]
        return [json.loads(entry["data"]) for entry in entries]

    async def last_code(self, applicant_id: str) -> str:
        """The one-time code that notification would send."""
        event = [each for each in self.events("ConfirmationCodeIssued") if each["applicant_id"] == applicant_id][-1]
        return (await self.vault.key(applicant_id)).open("code", Sealed(event["code"]))

    def everything(self) -> bytes:
        """Every byte that was stored or published."""
        stored = b"".join(raw for documents in self.store.collections.values() for raw in documents.values())
        told = b"".join(
            (record.key or b"") + (record.value or b"")
            for partitions in self.log.topics.values()
            for records in partitions
            for record in records
        )
        return stored + told


async def wait_for(look: Callable[[], Awaitable[Any]], fits: Callable[[Any], bool], seconds: float = 20.0) -> Any:
    until = asyncio.get_running_loop().time() + seconds
    while True:
        found = await look()
        if fits(found):
            return found
        assert asyncio.get_running_loop().time() < until, found
        await asyncio.sleep(0.02)


def application(**changes: Any) -> dict[str, Any]:
    plain = {
        "full_name": "Rahmad Lubis",
        "nik": NIK,
        "kk_number": "1271051203100002",
        "birth_date": "1995-04-05",
        "sex": "L",
        "email": "rahmad@contoh.id",
        "mobile": "081260001111",
        "domicile": "Jl. Gatot Subroto 12, Kota Medan",
        "district_code": "12.71.05",
        "last_education": "SMA",
        "work_status": "Pencari kerja",
        "desired_training": "Barista",
        "covid_affected": False,
        "heard_from": "teman",
        "declarations": {"citizen": True, "not_in_formal_education": True, "not_an_official": True},
        "consent": True,
    }
    return {**plain, **changes}


def person(number: int) -> dict[str, Any]:
    """Changes that make the application another person's, who shares nothing with anybody."""
    return {
        "nik": f"127105050495{number:04d}",
        "full_name": name_of(number),
        "kk_number": f"127105120310{number:04d}",
        "mobile": f"0812600{number:05d}",
    }


def holder(answer: dict[str, Any]) -> dict[str, str]:
    return {"Tracking-Code": answer["tracking_code"]}


@asynccontextmanager
async def open_house(**settings: Any) -> AsyncIterator[House]:
    chosen = RegistrationSettings(**settings)
    clock, disk, log, registry = TurnedClock(), MemoryStore(), MemoryLog(), Registry()
    database = MemoryDatabase(disk, clock=cast(Any, clock))
    vault = Vault(database, b"m" * 32, b"i" * 32)
    reference = read_reference(chosen.rule_set, chosen.city_code)
    ports = _ports(database, log, clock)
    service = build_service(_definition(vault, registry, reference, chosen, ports), ports)
    app = api.build(service, vault, cast(Accounts, DoorAccounts()), chosen, reference, _nothing_to_close)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://medan") as http,
    ):
        yield House(app, service, vault, registry, clock, disk, log, reference, http)


def _definition(
    vault: Vault, registry: Registry, reference: Reference, settings: RegistrationSettings, ports: Ports
) -> Definition:
    return Definition(
        name="registration",
        aggregates=store.AGGREGATES,
        indexes=store.INDEXES,
        commands=api.COMMANDS,
        sources=reactions.SOURCES,
        reactions=reactions.REACTIONS,
        effects=effects.kinds(vault, effects.guarded(registry, settings, ports), reference, settings),
        timers=schedule.timers(vault, reference, watch_of(reference, vault, settings)),
    )


def _ports(database: MemoryDatabase, log: MemoryLog, clock: TurnedClock) -> Ports:
    seal = RecordSeal(b"r" * 32)
    return Ports(
        database=database,
        broker=MemoryBroker(log),
        clock=cast(Any, clock),
        seal=seal.seal,
        unseal=seal.unseal,
        metrics=EngineMetrics("registration"),
        partitions=2,
    )


async def _nothing_to_close() -> None:
    return None
