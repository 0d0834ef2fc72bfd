"""Incentive with its doors, a bank and eight platforms, on the real engine in memory."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from deploy.simulators.bank import Account, Bank
from deploy.simulators.bank_http import build_bank
from deploy.simulators.claims import Platform, make_claim, new_platforms, partners_file
from deploy.simulators.course_platform import CoursePlatforms
from services.incentive import api, effects, reactions, schedule, store
from services.incentive.adapters.bank import SimulatedBankClient
from services.incentive.api import OneTimeCodes
from services.incentive.domain.participant import Participant
from services.incentive.domain.refusals import REFUSALS
from services.incentive.reference import read_reference
from services.incentive.settings import IncentiveSettings
from shared.contracts.registration import ApplicantRegistered
from shared.engine.ports import Insert
from shared.engine.rules import Message
from shared.engine.service import Definition, Ports, Service, build_service
from shared.engine.units import Ask
from shared.platform.metrics import EngineMetrics
from shared.security.accounts import Accounts
from shared.security.vault import Vault
from shared.web.host import host
from tests.fakes import LoopClock, MemoryBroker, MemoryDatabase, MemoryLog, MemoryStore
from tests.unit.incentive.builders import COURSE, SELECTED_AT, selected

Found = TypeVar("Found")
ANN = "11111111-1111-4111-8111-111111111111"
TRACKING = "ABCD-EFGH-JKLM"
NIK = "1271014105900001"
ACCOUNT = "1234567800"
SECRET = "notice secret"
PASSWORD = "a long enough password"


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

    async def verify(self, applicant_id: str, purpose: str, code: str) -> bool:
        return code == "123456"


class ProgrammeClock(LoopClock):
    """Time that a test sets; waiting is real and short."""

    def __init__(self) -> None:
        super().__init__()
        self.at = SELECTED_AT

    def now(self) -> datetime:
        return self.at

    def wall(self) -> datetime:
        return datetime.now(UTC)

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


async def select(house: House) -> None:
    """Ann registers and is selected; her account at the bank is her own."""
    key = house.vault.new_key(ANN)
    wrapped = {"_id": ANN, "person": ANN, "wrapped": key.wrapped.wrapped}
    await house.service.database.write([Insert("vault:person_keys", wrapped)])
    name = key.seal("full_name", "Ann br. Sembiring")
    await house.hear(
        ApplicantRegistered(
            applicant_id=ANN,
            sex="F",
            age_band="25-34",
            education="SMP",
            work_status="LAID_OFF",
            received_at=SELECTED_AT,
            channel="online",
            consent_campaigns=False,
            full_name=name,
            tracking_code=key.seal("tracking_code", TRACKING),
        )
    )
    card = key.seal("card_number", "1234567812345678")
    index = house.vault.index("nik", NIK)
    await house.hear(selected(ANN, full_name=name, card_number=card, nik_index=index))
    house.bank.open_account("BNI", ACCOUNT, Account(NIK, "ANN BR SEMBIRING"))


async def page(house: House) -> dict[str, Any]:
    response = await house.client.get(f"/incentive/participants/{ANN}", headers={"tracking-code": "abcdefghjklm"})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def platform_of(house: House, code: str = "TOKOPEDIA") -> Platform:
    return next(each for each in house.platforms if each.partner_code == code)


async def bought(house: House) -> str:
    response = await house.citizen("purchases", {"course_code": COURSE})
    assert response.status_code == 202
    code: str = response.json()["redeem_code"]
    return code


def simulator(house: House) -> CoursePlatforms:
    async def nowhere(claim: Any) -> None:
        return None

    return CoursePlatforms(house.platforms, house.client, nowhere, house.clock)


async def claimed(house: House, code: str, **fields: Any) -> httpx.Response:
    known = {
        "redeem_code": code,
        "course_code": COURSE,
        "finished_on": date(2020, 8, 10),
        "certificate_number": "TKP-000001",
    }
    claim = make_claim(platform_of(house), house.clock.wall(), secrets.token_hex(8), {**known, **fields})
    return await house.client.post("/incentive/partner/claims", content=claim.body, headers=dict(claim.headers))


async def open_house(tmp_path: Path, codes: OneTimeCodes | None = None) -> AsyncIterator[House]:
    clock, disk = ProgrammeClock(), MemoryStore()
    database = MemoryDatabase(disk)
    vault = Vault(database, secrets.token_bytes(32), secrets.token_bytes(32))
    accounts = QuickAccounts(database, clock)
    bank = Bank(clock, secret=SECRET.encode(), late_seconds=0)
    bank_client = httpx.AsyncClient(transport=httpx.ASGITransport(build_bank(bank)), base_url="http://bank")
    reference = read_reference()
    platforms = new_platforms({c.platform_code: c.certificate_prefix for c in reference.catalogue.values()})
    (tmp_path / "partners.json").write_text(partners_file(platforms))
    (tmp_path / "notice").write_text(SECRET)
    settings = IncentiveSettings(partners_file=tmp_path / "partners.json", bank_notice_secret_file=tmp_path / "notice")
    port = SimulatedBankClient(bank_client)
    service = build_service(
        Definition(
            name="incentive",
            aggregates=store.AGGREGATES,
            indexes=store.INDEXES,
            commands=api.commands(reference.desk),
            reactions=reactions.reactions(reference.desk),
            effects=effects.kinds(reference.desk, port, vault, settings),
            timers=schedule.TIMERS,
        ),
        Ports(
            database=database,
            broker=MemoryBroker(MemoryLog()),
            clock=clock,
            seal=lambda raw: base64.b64encode(raw).decode(),
            unseal=base64.b64decode,
            metrics=EngineMetrics("incentive"),
        ),
    )
    router = api.build_router(
        service, vault, accounts, settings, codes=codes or Codes(), reference=reference, bank=port
    )
    app = host(service, [router], REFUSALS, title="Insentif")
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://city")
    await service.start()
    yield House(app, client, service, vault, accounts, clock, bank, platforms, disk, settings)
    await service.stop()
    await client.aclose()
    await bank_client.aclose()


async def pay_everything(house: House) -> str:
    """The secretariat makes a list, the head of the office approves it; returns its number."""
    secretariat, approver = await house.staff("secretariat"), await house.staff("approver")
    await house.post("/incentive/staff/funds", {"deposit_id": "SP2D-1", "amount_rupiah": 10**9}, **secretariat)
    made = await house.post("/incentive/staff/batches", {"until": "2020-12-31"}, **secretariat)
    batch_id: str = made.json()["batch_id"]
    batch = await proposed(house, batch_id)
    seen = {"list_hash": batch["list_hash"], "lines": batch["lines"], "amount_rupiah": batch["amount_rupiah"]}
    own = await house.post(f"/incentive/staff/batches/{batch_id}/approval", seen, **secretariat)
    assert own.status_code == 403
    approved = await house.post(f"/incentive/staff/batches/{batch_id}/approval", seen, **approver)
    assert approved.status_code == 202
    return batch_id


async def proposed(house: House, batch_id: str) -> dict[str, Any]:
    anybody = await house.staff("auditor")

    async def look() -> dict[str, Any]:
        found: dict[str, Any] = (await house.client.get(f"/incentive/staff/batches/{batch_id}", headers=anybody)).json()
        return found

    return await eventually(look, lambda batch: batch["state"] != "collecting")


async def ready_to_be_paid(house: House, account: str = ACCOUNT) -> None:
    await select(house)
    house.bank.open_account("BNI", account, Account(NIK, "Ann br Sembiring"))
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    await claimed(house, code)
    await house.citizen("reviews", {"purchase_number": 1, "rating": 5})
    await house.citizen("payout-account", {"bank": "BNI", "account_number": account})
    await house.until(lambda person: person.ready_on)
