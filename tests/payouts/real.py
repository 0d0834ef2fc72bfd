"""A month of payouts by the real service as a process of its own, on real servers, killed again and again."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from deploy.part import Part
from deploy.processes import free_port
from deploy.servers import Tansu
from deploy.serving import serving
from deploy.simulators.bank import Bank
from deploy.simulators.bank_http import build_bank
from services.incentive import store
from services.incentive.domain.batches import Batch
from services.incentive.domain.participant import Participant
from services.incentive.domain.payouts import Payment
from shared.contracts.decision import State
from shared.platform.clock import ProgrammeClock, SystemClock
from shared.platform.mongo import MongoDatabase
from shared.security.accounts import Accounts, Role
from shared.security.vault import ensure_key
from tests.payouts.invariants import check
from tests.payouts.seeded import STATES, seed
from tests.payouts.slow import slow
from tests.servers import Space

SPEED = 120.0
"""Programme time runs so much faster: the bank's horizon of an hour passes in half a minute."""
REST_SECONDS = 1800
"""After 200 kills thousands of orders have an outcome that nobody knows, and the bank is asked about each."""
ORDER_SECONDS = 15
ANSWER_SECONDS = 300
"""A statement of thousands of lines is read in one request."""
DECIDED_AT_ONCE = 8
KEYS = ("master", "index", "records")
ROLES: Mapping[str, Role] = {"siti": "secretariat", "kepala": "approver"}
PASSWORDS = {name: f"kata sandi {name} panjang" for name in ROLES}


@dataclass
class RealMonth:
    """What the service and its bank hold, in the form that the invariants ask for."""

    books: Bank
    found: dict[str, list[Any]] = field(default_factory=dict)
    met: int = 0
    """Kills that met orders at the bank."""
    decided: int = 0
    """Payments that a person settled at last."""

    def all(self, kind: type[State]) -> list[Any]:
        return self.found[kind.collection]  # type: ignore[attr-defined]


@dataclass
class Office:
    """The process, its doors, and two members of staff."""

    part: Part
    client: httpx.AsyncClient
    database: MongoDatabase
    accounts: Accounts
    bank: Bank
    at_bank: list[str]
    """Orders that the bank is answering just now."""
    tokens: dict[str, str] = field(default_factory=dict)
    met: int = 0
    decided: int = 0

    async def start(self) -> None:
        await self.part.start()
        await self.part.until_ready()

    async def kill(self) -> None:
        assert self.part.process
        self.part.process.kill()
        await self.part.process.wait()

    async def ask(self, who: str, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A member of staff who tries again as long as nobody answers."""
        headers = {"authorization": f"Bearer {self.tokens[who]}"}
        while True:
            try:
                answer = await self.client.post(f"/incentive/staff/{path}", json=body, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
                continue
            assert answer.status_code < 300, answer.text
            found: Mapping[str, Any] = answer.json()
            return found

    async def all(self, kind: type[State]) -> list[Any]:
        collection: str = kind.collection  # type: ignore[attr-defined]
        return [STATES.state(collection, each) for each in await self.database.find(collection)]

    async def batch(self, state: str) -> Batch:
        async def there() -> bool:
            return any(each.state == state for each in await self.all(Batch))

        await self._until(there, 120)
        return next(each for each in await self.all(Batch) if each.state == state)

    async def rest(self) -> None:
        """Until no payment is on its way; what the bank does not know after its horizon is for a person."""

        async def quiet() -> bool:
            await self.bank.run_due()
            left = {"state": {"$in": ["due", "attempting", "unknown"]}}
            moving = [each for each in await self.all(Batch) if each.moving]
            return not moving and not self.bank._due and not await self.database.count("effects", left)

        await self._until(quiet, REST_SECONDS)

    async def order_at_bank(self) -> None:
        """Until the bank has an order to answer; not for ever, since all may have been paid."""
        for _ in range(ORDER_SECONDS * 50):
            if "POST" in self.at_bank:
                return
            await asyncio.sleep(0.02)

    async def _until(self, there: Callable[[], Awaitable[bool]], seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not await there():  # noqa: ASYNC110  # it comes from another process
                await asyncio.sleep(0.2)

    async def sign_in(self, once: Mapping[str, str] | None = None) -> None:
        """With one-time passwords at first. Who does nothing for as long as a long storm takes is signed out."""
        for name, password in PASSWORDS.items():
            typed = (once[name], password) if once else (password,)
            self.tokens[name] = await self.accounts.sign_in(name, *typed)

    async def explain(self) -> None:
        """The statement tells what came back; a person decides from it what is still unknown."""
        await self.sign_in()
        await self.ask("siti", "reconciliation", {"since": "2020-01-01T00:00:00Z"})
        rows = [each for person in await self.all(Participant) for each in person.entitlements]
        doubtful = [each.reference for each in rows if each.state == "unknown" or each.conflict]
        for start in range(0, len(doubtful), DECIDED_AT_ONCE):
            await asyncio.gather(*map(self._decide, doubtful[start : start + DECIDED_AT_ONCE]))
        self.decided = len(doubtful)

    async def _decide(self, reference: str) -> None:
        decision = {"paid": self.bank.paid_times(reference) > 0, "evidence": "rekening koran 1"}
        await self.ask("kepala", f"payments/{reference}/decision", decision)

    async def month(self) -> RealMonth:
        kinds = (Batch, Participant, Payment, *(k for k in store.AGGREGATES if k.collection == "ledger"))
        return RealMonth(self.bank, {kind.collection: await self.all(kind) for kind in kinds}, self.met, self.decided)


@asynccontextmanager
async def office(space: Space, folder: Path, people: int, chance: random.Random) -> AsyncIterator[Office]:
    """People whose first incentive is due, a bank with moods, and the service as a process."""
    for key in KEYS:
        ensure_key(folder / f"{key}.key")
    database = MongoDatabase.connect(space.mongo, "incentive", space.database_prefix)
    for index in store.INDEXES:  # over thousands of documents the service would take longer than its start may
        await database.index(*index)
    city = await seed(database, folder, [f"person-{number}" for number in range(people)])
    clock = folder / "clock.json"
    ProgrammeClock.write(clock, city.now, SPEED)
    bank = Bank(ProgrammeClock(clock), deduplicates=False, late_seconds=2.0, later=timedelta(hours=1), share=0.3)
    port, bank_port = free_port(), free_port()
    at_bank: list[str] = []
    app = slow(build_bank(bank), chance, at_bank)
    config = uvicorn.Config(app, port=bank_port, log_config=None, access_log=False)
    async with serving(config):
        environment = _environment(space, folder, port, bank_port, clock)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=ANSWER_SECONDS) as client:
            command = (sys.executable, "-W", "ignore", "-m", "services.incentive")
            log = folder / "incentive.log"
            part = Part("incentive", command, environment, log, port, "/incentive/health")
            accounts = Accounts(database, SystemClock())
            made = Office(part, client, database, accounts, bank, at_bank)
            await made.sign_in({name: await accounts.add(name, name.title(), [role]) for name, role in ROLES.items()})
            try:
                await made.start()
                yield made
            finally:
                await made.kill()
                database.close()


def _environment(space: Space, folder: Path, port: int, bank_port: int, clock: Path) -> Mapping[str, str]:
    settings = {
        "KAFKA": space.kafka,
        "KAFKA_STAND_IN": str(Tansu.__name__.lower() in space.servers.broker.title.lower()),
        "MONGO": space.mongo,
        "TOPIC_PREFIX": space.topic_prefix,
        "DATABASE_PREFIX": space.database_prefix,
        "STATE_DIR": str(folder),
        "HTTP_PORT": str(port),
        "CLOCK_FILE": str(clock),
        "BANK_URL": f"http://127.0.0.1:{bank_port}",
        "BANK_DEDUPLICATES": "false",
        "BANK_HORIZON_HOURS": "1",
        "BANK_TIMEOUT_SECONDS": "1",
        **{f"{key.upper()}_KEY_FILE": str(folder / f"{key}.key") for key in KEYS},
    }
    return {f"GELOMBANG_{name}": value for name, value in settings.items()}


async def storm(made: Office, kills: int, chance: random.Random) -> None:
    """The list is with the bank; the process dies `kills` times meanwhile."""
    funds = {"deposit_id": "SP2D-1", "amount_rupiah": 10**11}
    await made.ask("siti", "funds", funds)
    await made.ask("siti", "batches", {})
    batch = await made.batch("proposed")
    seen = {"list_hash": batch.list_hash, "lines": batch.lines, "amount_rupiah": batch.amount_rupiah}
    await made.ask("kepala", f"batches/{batch.batch_id}/approval", seen)
    for _ in range(kills):
        await made.order_at_bank()
        await asyncio.sleep(chance.uniform(0.0, 0.5))
        made.met += "POST" in made.at_bank
        await made.kill()
        await made.start()


async def killed(space: Space, folder: Path, people: int, kills: int) -> RealMonth:
    """A month in which the service that pays dies so often; raises AssertionError when an invariant broke."""
    chance = random.Random(kills)
    async with office(space, folder, people, chance) as made:
        await storm(made, kills, chance)
        await made.rest()
        await made.explain()
        month = await made.month()
    check(month)  # type: ignore[arg-type]  # it shows what the invariants ask of a world
    given = {payment.applicant_id for payment in month.all(Payment)}
    assert len(given) == people, f"only {len(given)} of {people} were given to the bank"
    return month
