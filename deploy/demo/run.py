"""`gelombang demo`: the scenario "Medan 2020" from an empty installation to a checked summary."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from deploy.demo import months, summary
from deploy.demo.office import Office
from deploy.demo.sheets import FULL_ROWS, City, build_city
from deploy.demo.story import (
    Found,
    broadcast,
    dumped,
    lists_and_sheets,
    register_online,
    seats_of,
    until_idle,
    wave,
    wib,
)
from deploy.embedded import Stack, embedded, where
from deploy.processes import free_port
from deploy.simulators.claims import new_platforms, partners_file
from deploy.simulators.course_platform import CoursePlatforms, kafka_sink
from shared.platform.clock import ProgrammeClock, SystemClock
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from shared.platform.mongo import MongoDatabase
from shared.security.accounts import Accounts

OUT = Path("out/demo")
PAY_DAYS = (date(2020, 5, 9), date(2020, 6, 9), date(2020, 7, 9), date(2020, 8, 9))
"""The day after each due date: first completion on 24 April, 14 days, then monthly."""
FIRST_REMINDER = date(2020, 4, 23)
LATER_REMINDERS = (date(2020, 5, 14), date(2020, 5, 17))
"""Day 28 of the purchase clock, and the day after its end: who has not bought loses the seat."""


@dataclass
class Steps:
    """Tells a person what is going on, and remembers how long each step took."""

    console: Console
    began: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    async def do(self, title: str, step: Awaitable[Any]) -> Any:
        begun = time.monotonic()
        with self.console.status(title):
            result = await step
        self.seconds[title] = round(time.monotonic() - begun, 1)
        self.console.print(f"[green]✓[/] {title} [dim]{self.seconds[title]:.1f} s[/]")
        return result


@asynccontextmanager
async def _town(folder: Path, kafka: bool) -> AsyncIterator[tuple[Stack, Office, CoursePlatforms]]:
    """The stack with its simulated outside world, the office and the course platforms."""
    catalogue = {"TOKOPEDIA": "TKP"}
    platforms = new_platforms(summary.platform_prefixes() or catalogue)
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets" / "partners.json").write_text(partners_file(platforms))
    clock_file = folder / "clock.json"
    ProgrammeClock.write(clock_file, wib(2020, 4, 3), 1.0)
    extra = {"CLOCK_FILE": str(clock_file), "DRAW_SECRETS": "3", "BANK_FAULT_SHARE": "0"}
    async with embedded(folder, port=free_port(), kafka=kafka, simulators=True, extra=extra) as stack:
        where(stack)
        database = MongoDatabase.connect(stack.database.uri, "operator")
        broker = AioKafkaBroker(KafkaAccess(stack.broker.address, stand_in=not kafka))
        limits = httpx.Limits(max_connections=64)
        async with httpx.AsyncClient(base_url=stack.address, timeout=120, limits=limits) as http:
            accounts = Accounts(database, SystemClock())
            simulators = str(stack.extra["SIMULATORS_URL"])
            office = Office(http, accounts, database, simulators, clock_file, folder / "state")
            world = CoursePlatforms(platforms, http, kafka_sink(broker, 12), ProgrammeClock(clock_file))
            yield stack, office, world
        await broker.close()
        database.close()


async def _story(steps: Steps, city: City, rows: int, office: Office, world: CoursePlatforms, inbox: Path) -> Found:
    found = Found()
    await steps.do("Seven staff and the head of the office", office.hire())
    await steps.do(f"Two collective sheets, {rows} rows", lists_and_sheets(office, city, inbox, found))
    online = await steps.do(f"{len(city.online)} people register alone", register_online(office, city, found))
    await steps.do("Civil registry asked about everybody", until_idle(office, "registration"))
    await steps.do("Broadcast to all kecamatan", broadcast(office))
    await steps.do("Wave: test, join, close, draw", wave(office, seats_of(rows), online, found))
    await steps.do("Results told to everybody", until_idle(office, "registration", "incentive", "notification"))
    parts = await steps.do("The selected come to the office", months.cast(office, found, online, city))
    await steps.do("Payout accounts", months.link_accounts(office, parts))
    await steps.do("Courses bought", months.buy_courses(office, parts, world))
    await steps.do("First reminder of the purchase clock", _days(office, FIRST_REMINDER))
    await steps.do("Certificates, forged claims, reviews", months.finish_courses(office, parts, world, found))
    deposit = {"deposit_id": f"DIPA-{secrets.token_hex(3)}", "amount_rupiah": len(parts) * 3_000_000}
    await office.ask("POST", "/incentive/staff/funds", "sekretariat", json=deposit)
    for number, day in enumerate(PAY_DAYS, 1):
        last = number == len(PAY_DAYS)
        await steps.do(f"Payments of month {number}", months.month(office, day, found, approve=not last))
        if number == 1:
            await steps.do("End of the purchase clock", _days(office, *LATER_REMINDERS))
        if not last:
            await steps.do(f"Survey {number}", months.surveys(office, parts, number))
    await office.set_time(wib(2020, 8, 12))
    await asyncio.sleep(2)
    await steps.do("Everything told", until_idle(office, "registration", "incentive", "notification"))
    return found


async def _days(office: Office, *days: date) -> None:
    for day in days:
        await office.set_time(wib(day.year, day.month, day.day, 10))
        await asyncio.sleep(1.5)
        await until_idle(office, "incentive")


async def _demo(rows: int, kafka: bool, folder: Path) -> int:
    console, inbox = Console(), folder / "in"
    steps = Steps(console)
    city = build_city(rows)
    async with _town(folder / "run", kafka) as (stack, office, world):
        console.print(f"{stack.broker.title}, {stack.database.title}, {stack.address}")
        found = await _story(steps, city, rows, office, world, inbox)
        result = await steps.do("Counted and audited", summary.summarise(stack, office, city, found))
        result["seconds"] = round(time.monotonic() - steps.began, 1)
        result["seconds_by_step"] = steps.seconds
        (folder / "summary.json").write_text(dumped(result))
        (folder / "page.html").write_text(await office.ask("GET", "/reporting/"))
    summary.show(console, result, folder)
    return 1 if result["violations"] else 0


def run_demo(n: int = FULL_ROWS, kafka: bool = False) -> int:
    """`n` sheet rows (14,569 is the whole city); exit status 1 when anything does not come out as planned."""
    shutil.rmtree(OUT, ignore_errors=True)
    (OUT / "in").mkdir(parents=True)
    return asyncio.run(_demo(n, kafka, OUT.absolute()))
