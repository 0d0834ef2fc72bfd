"""Incentive with its doors, a bank and eight platforms, on the real engine in memory."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from deploy.simulators.bank import Bank
from deploy.simulators.bank_http import build_bank
from deploy.simulators.claims import Platform, new_platforms, partners_file
from services.incentive import api, effects, reactions, schedule, store
from services.incentive.adapters.bank import Bank as BankPort
from services.incentive.adapters.bank import SimulatedBankClient
from services.incentive.adapters.banks import SIMULATED, Banks
from services.incentive.api import OneTimeCodes
from services.incentive.domain.bank_days import Calendars
from services.incentive.domain.participant import Participant
from services.incentive.domain.refusals import REFUSALS
from services.incentive.reference import Reference, read_reference
from services.incentive.settings import IncentiveSettings
from shared.engine.rules import Message
from shared.engine.service import Definition, Ports, Service, build_service
from shared.engine.units import Ask
from shared.platform.metrics import EngineMetrics
from shared.security.accounts import Accounts
from shared.security.vault import Vault
from shared.web.host import host
from tests.fakes import LoopClock, MemoryBroker, MemoryDatabase, MemoryLog, MemoryStore
from tests.unit.incentive.builders import SELECTED_AT

Found = TypeVar("Found")
ANN = "11111111-1111-4111-8111-111111111111"
TRACKING = "ABCD-EFGH-JKLM"
NIK = "1271014105900001"
ACCOUNT = "1234567800"
SECRET = "notice secret"
PASSWORD = "a long enough password"


OtherBank = Callable[[MemoryDatabase, BankPort, Bank], BankPort]
"""Makes the bank of a house from its database, the client of the simulated bank, and that bank itself."""


class QuickAccounts(Accounts):
    """Sign-in is not what is tested here, so its hashing is made cheap."""

    def __init__(self, database: MemoryDatabase, clock: ProgrammeClock) -> None:
        self._database, self._clock = database, clock
        self._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self._nobody = self._hasher.hash("nobody")


class Codes:
    """The right one-time code is always 123456."""

    async def issue(self, applicant_id: str, purpose: str) -> Mapping[str, Any]:
        return {}

    async def verify(self, applicant_id: str, purpose: str, code: str, *, key: str | None = None) -> bool:
        return code == "123456"


class ProgrammeClock(LoopClock):
    """Time that a test sets; waiting is real and short."""

    def __init__(self) -> None:
        super().__init__()
        self.at = SELECTED_AT
        self.ahead = timedelta()
        """How far the machine's own clock runs before the real one."""

    def now(self) -> datetime:
        return self.at

    def wall(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


async def eventually(look: Callable[[], Awaitable[Found]], wanted: Callable[[Found], Any]) -> Found:
    """Look again and again, for at most 10 seconds, until it is as wanted."""
    async with asyncio.timeout(10):
        while True:
            found = await look()
            if wanted(found):
                return found
            await asyncio.sleep(0.01)


@dataclass
class House:
    """A running service with its doors, a bank and eight platforms."""

    app: FastAPI
    client: httpx.AsyncClient
    service: Service
    vault: Vault
    accounts: Accounts
    clock: ProgrammeClock
    bank: Bank
    platforms: list[Platform]
    store: MemoryStore
    settings: IncentiveSettings
    tokens: dict[str, str] = field(default_factory=dict)

    async def hear(self, event: Any) -> None:
        """A fact of registration, as the feed would bring it."""
        rule = self.service.definition.reactions[type(event)]
        answer = asyncio.get_running_loop().create_future()
        message = Message(secrets.token_hex(8), event, self.clock.now())
        await self.service.committer.ask(Ask(message, rule, answer), inside=True)

    async def staff(self, role: Any) -> dict[str, str]:
        """Headers of somebody signed in with this role."""
        if role not in self.tokens:
            first = await self.accounts.add(role, role.title(), [role])
            self.tokens[role] = await self.accounts.sign_in(role, first, f"{PASSWORD} of {role}")
        return {"authorization": f"Bearer {self.tokens[role]}"}

    async def until(self, wanted: Callable[[Participant], Any]) -> Participant:
        """Wait until timers and outside work have brought the participant there."""

        async def look() -> Participant | None:
            return await store.one(self.service.database, Participant, ANN)

        person = await eventually(look, lambda person: person is not None and wanted(person))
        assert person
        return person

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers=headers)

    async def citizen(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        known = {"code": "123456", **body}
        return await self.client.post(
            f"/incentive/participants/{ANN}/{path}", json=known, headers={"Tracking-Code": TRACKING}
        )


async def open_house(
    tmp_path: Path,
    codes: OneTimeCodes | None = None,
    *,
    own_codes: bool = False,
    other_bank: OtherBank | None = None,
    calendars: Calendars | None = None,
    **settings: Any,
) -> AsyncIterator[House]:
    """With `own_codes` those of the service itself, else `codes`, else one that is always right."""
    clock, disk = ProgrammeClock(), MemoryStore()
    database = MemoryDatabase(disk)
    vault = Vault(database, secrets.token_bytes(32), secrets.token_bytes(32))
    accounts = QuickAccounts(database, clock)
    bank = Bank(clock, secret=SECRET.encode(), late_seconds=0)
    bank_client = httpx.AsyncClient(transport=httpx.ASGITransport(build_bank(bank)), base_url="http://bank")
    simulated, reference = SimulatedBankClient(bank_client), read_reference().with_calendars(calendars or {})
    port = other_bank(database, simulated, bank) if other_bank else Banks({SIMULATED: simulated}, _silent)
    platforms = new_platforms({c.platform_code: c.certificate_prefix for c in reference.catalogue.values()})
    known = _settings(tmp_path, platforms, **settings)
    tellers = effects.Tellers(port, vault, database, clock)
    service = build_service(_definition(reference, tellers, known), _ports(database, clock))
    given = None if own_codes else codes or Codes()
    router = api.build_router(service, vault, accounts, known, codes=given, reference=reference, bank=port)
    app = host(service, [router], REFUSALS, title="Insentif")
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://city")
    await service.start()
    yield House(app, client, service, vault, accounts, clock, bank, platforms, disk, known)
    await service.stop()
    await client.aclose()
    await bank_client.aclose()


def _silent(code: str, **details: Any) -> None:
    """Alarms are not what is tested here."""


def _settings(folder: Path, platforms: list[Platform], **more: Any) -> IncentiveSettings:
    """Settings with the files they name: the platforms that are trusted, and the secret of the bank's notices."""
    partners, secret = folder / "partners.json", folder / "notice"
    partners.write_text(partners_file(platforms))
    secret.write_text(SECRET)
    return IncentiveSettings(partners_file=partners, bank_notice_secret_file=secret, **more)


def _definition(reference: Reference, tellers: effects.Tellers, settings: IncentiveSettings) -> Definition:
    return Definition(
        name="incentive",
        aggregates=store.AGGREGATES,
        indexes=store.INDEXES,
        commands=api.commands(reference.desk),
        reactions=reactions.reactions(reference.desk),
        effects=effects.kinds(reference.desk, tellers, settings),
        timers=schedule.timers(tellers.vault),
    )


def _ports(database: MemoryDatabase, clock: ProgrammeClock) -> Ports:
    return Ports(
        database=database,
        broker=MemoryBroker(MemoryLog()),
        clock=clock,
        seal=lambda raw: base64.b64encode(raw).decode(),
        unseal=base64.b64decode,
        metrics=EngineMetrics("incentive"),
    )
