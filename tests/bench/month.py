"""`make bench-month`: a month's incentives, from the list to the last rupiah booked, for a city of participants.

First 10,000 people are stored, all with one incentive due, and paid; then so many more are stored, paid already, that
PEOPLE (default 500,000) are there, DUE of them (default 10,000) due, and these are paid beside all the others.
Meanwhile one participant looks at their page four times a second. A process of its own answers incentive's callers, as
in a city of that size (docs/operations.md); DOORS=0 leaves it out. At last everything is audited. Broker, database, the
four services, the simulated bank and the bench share all processors, and it is shown how much of them each took.
Figures go to out/bench-month.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.embedded import Stack, embedded
from deploy.operator.installation import Installation
from deploy.processes import free_port
from deploy.servers import Kafka
from services.incentive import money_proof, store
from services.incentive.domain.batches import Batch, BatchState
from services.incentive.reference import read_reference
from shared.platform.clock import ProgrammeClock
from shared.web.questions import TRACKING
from tests.bench.participants import TRACKING_CODE, Participants
from tests.bench.report import OUT, rounded
from tests.bench.stored import tell

FIRST = int(os.environ.get("FIRST", "10000"))
APART = () if os.environ.get("DOORS") == "0" else ("incentive",)
STEP = 25_000
RUPIAH = 1_000_000
"""More than anybody is due, of the funds for each."""
LOOK_SECONDS = 0.25
DONE = {"paid", "failed", "returned", "dropped", "unknown"}
"""What is unknown was answered with nothing; it is asked about for as long as the bank's horizon."""
Figures = dict[str, Any]


@dataclass
class Pace:
    """How fast a long run is from its beginning to its end."""

    since: float
    done: int = 0
    rates: list[float] = field(default_factory=list)
    """Payments per second, one figure for each further STEP of them."""

    def note(self, settled: int) -> None:
        if settled < self.done + STEP:
            return
        now = time.monotonic()
        self.rates.append((settled - self.done) / (now - self.since))
        self.since, self.done = now, settled
        tell(f"{settled:,} paid, the last of them at {self.rates[-1]:.0f}/s")


class Office:
    """Those who make and approve the list, and a participant who looks."""

    def __init__(self, stack: Stack, port: int) -> None:
        self.stack = stack
        self.installation = Installation(stack.folder, stack.environment("cli"), stack.address, {})
        self.database = self.installation.database("incentive")
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60)
        self._tokens: dict[str, str] = {}

    async def sign_in(self) -> None:
        accounts = self.installation.accounts()
        for name, role in (("siti", "secretariat"), ("kepala", "approver")):
            once = await accounts.add(name, name.title(), [role])  # type: ignore[list-item]
            self._tokens[name] = await accounts.sign_in(name, once, f"kata sandi {name} panjang")

    async def post(self, who: str, path: str, body: Mapping[str, Any]) -> None:
        headers = {"authorization": f"Bearer {self._tokens[who]}"}
        answer = await self.client.post(f"/incentive/staff/{path}", json=body, headers=headers)
        answer.raise_for_status()

    async def until(self, there: Callable[[Batch], bool], pace: Pace | None = None) -> Batch:
        """The latest batch, once it has come so far."""
        while not there(batch := (await store.latest_batches(self.database, 1))[0]):
            if pace:
                pace.note(_settled(batch))
            await asyncio.sleep(0.2)
        return batch

    async def pay(self, number: int, rupiah: int) -> Figures:
        """One month: the list is made, approved by another, sent and answered."""
        await self.post("siti", "funds", {"deposit_id": f"SP2D-{number}", "amount_rupiah": rupiah})
        began = time.monotonic()
        await self.post("siti", "batches", {})
        batch = await self.until(lambda batch: batch.state is not BatchState.COLLECTING)
        listed = time.monotonic()
        seen = {"list_hash": batch.list_hash, "lines": batch.lines, "amount_rupiah": batch.amount_rupiah}
        await self.post("kepala", f"batches/{batch.batch_id}/approval", seen)
        pace = Pace(time.monotonic())
        batch = await self.until(_answered, pace)
        paid = time.monotonic()
        return {
            "lines": batch.lines,
            "counts": batch.counts,
            "listed_per_second": batch.lines / (listed - began),
            "paid_per_second": batch.lines / (paid - listed),
            "per_second": batch.lines / (paid - began),
            f"paid_per_second_by_{STEP}": pace.rates,
        }

    async def look(self, until: asyncio.Event) -> list[float]:
        """Seconds that each look at the participant's page took."""
        took: list[float] = []
        await self.client.post("/incentive/status", data={TRACKING.name: TRACKING_CODE})
        while not until.is_set():
            began = time.monotonic()
            answer = await self.client.get("/incentive/status")
            answer.raise_for_status()
            took.append(time.monotonic() - began)
            await asyncio.sleep(LOOK_SECONDS)
        return sorted(took)


def _answered(batch: Batch) -> bool:
    return batch.state is not BatchState.APPROVED and _settled(batch) >= batch.lines


def _settled(batch: Batch) -> int:
    return sum(batch.counts.get(each, 0) for each in DONE)


async def month(office: Office, number: int, due: int) -> Figures:
    """Pay everybody who is due while somebody looks at their page."""
    over = asyncio.Event()
    before = office.stack.processor_seconds()
    looking = asyncio.create_task(office.look(over))
    figures = await office.pay(number, due * RUPIAH)
    over.set()
    took = await looking
    after = office.stack.processor_seconds()
    figures["page_p95_ms"] = 1000 * took[int(0.95 * (len(took) - 1))]
    figures["processor_ms_per_payment"] = {name: 1000 * (after[name] - before[name]) / due for name in before}
    tell(f"month {number}: {figures['per_second']:.0f} payments/s")
    return figures


async def audited(office: Office) -> Figures:
    """What `gelombang audit` proves of money, over everybody."""
    rules = read_reference().desk.rules
    began = time.monotonic()
    proof = await money_proof.audit(office.database, rules)
    seconds = time.monotonic() - began
    return {"participants": proof["participants"], "violations": len(proof["violations"]), "seconds": seconds}


async def measure(stack: Stack, people: int, due: int) -> Figures:
    works = stack.parts["incentive"]
    answers = stack.parts.get("incentive-doors", works)
    assert answers.port
    office = Office(stack, answers.port)
    await office.sign_in()
    city = await Participants.made(office.database, stack.folder / "secrets")
    try:
        await city.store(FIRST, due=True)
        first = await month(office, 1, FIRST)
        await city.store(people - FIRST - due, due=False)
        await city.store(due, due=True)
        second = await month(office, 2, due)
        audit = await audited(office)
    finally:
        await office.client.aclose()
        await office.installation.close()
    return {
        f"{FIRST} stored": first,
        f"{people} stored": second,
        "audit": audit,
        "megabytes": {name: most for name, most in stack.peaks().items() if name.startswith("incentive")},
    }


async def main() -> Figures:
    people, due = int(os.environ.get("PEOPLE", "500000")), int(os.environ.get("DUE", "10000"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock = folder / "clock.json"
        ProgrammeClock.write(clock, Participants.now(), 1.0)
        extra = {"CLOCK_FILE": str(clock), "BANK_FAULT_SHARE": "0"}
        async with embedded(
            folder, port=free_port(), kafka=Kafka.fetched(), simulators=True, doors=APART, extra=extra
        ) as stack:
            titles = f"{stack.broker.title}, {stack.database.title}"
            tell(f"servers run: {titles}")
            return {"servers": titles, **await measure(stack, people, due)}


if __name__ == "__main__":
    figures = asyncio.run(main())
    text = json.dumps(rounded(figures), indent=1)
    OUT.parent.mkdir(exist_ok=True)
    OUT.with_name("bench-month.json").write_text(text)
    print(text)
