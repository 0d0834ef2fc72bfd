"""`gelombang demo`: the scenario "Medan 2020" from an empty installation to a checked summary."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from deploy.demo import (
    bank_files,
    cancelled,
    catalogues,
    clawbacks,
    months,
    newer_list,
    payments,
    reviews,
    statements,
    summary,
    waves,
)
from deploy.demo.found import Found
from deploy.demo.handover import hand_over
from deploy.demo.months import Part
from deploy.demo.office import Office
from deploy.demo.phones import Phones
from deploy.demo.progress import Steps
from deploy.demo.rest import TELLING, go_to, until_day_is_done, until_idle
from deploy.demo.sheets import FULL_ROWS, City, build_city
from deploy.demo.story import Online, broadcast, dumped, lists_and_sheets, register_online, seats_of, wib, write_files
from deploy.embedded import Stack, embedded, where
from deploy.processes import free_port
from deploy.simulators.claims import new_platforms, partners_file
from deploy.simulators.course_platform import CoursePlatforms, kafka_sink, status_list
from services.incentive.adapters.partners import status_list_path
from shared.platform.clock import ProgrammeClock, SystemClock
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from shared.platform.mongo import MongoDatabase
from shared.security.accounts import Accounts

OUT = Path("out/demo")
PAY_DAYS = (date(2020, 5, 9), date(2020, 6, 9), date(2020, 7, 9), date(2020, 8, 9))
"""The day after each due date: first completion on 24 April, 14 days, then monthly."""
FORETOLD = date(2020, 5, 5)
"""Three days before the first incentives are due: what is missing now will make them late."""
FIRST_REMINDER = date(2020, 4, 23)
LATER_REMINDERS = (date(2020, 5, 14), date(2020, 5, 17))
"""Day 28 of the purchase clock, and the day after its end: who has not bought loses the seat."""
PLATFORM_LIMITS = {"claims_per_hour": 10**6, "bytes_per_hour": 10**9, "unusual_above": 10**6}
"""The demo's courses all end in one minute of programme time; what limits do is shown by tests, not by waiting."""


@asynccontextmanager
async def _town(folder: Path, kafka: bool) -> AsyncIterator[tuple[Stack, Office, CoursePlatforms]]:
    """The stack with its simulated outside world, the office and the course platforms."""
    catalogue = {"TOKOPEDIA": "TKP"}
    platforms = new_platforms(summary.platform_prefixes() or catalogue, PLATFORM_LIMITS)
    partners = folder / "secrets" / "partners.json"
    status_list_path(partners, "").parent.mkdir(parents=True)
    partners.write_text(partners_file(platforms))
    for platform in platforms:
        status_list_path(partners, platform.partner_code).write_bytes(status_list(platform, datetime.now(UTC)))
    clock_file = folder / "clock.json"
    ProgrammeClock.write(clock_file, wib(2020, 4, 3), 1.0)
    extra = {"CLOCK_FILE": str(clock_file), "BANK_FAULT_SHARE": "0"}
    # One account answers later than this on purpose: its payment is unknown until the bank is asked.
    extra["BANK_TIMEOUT_SECONDS"] = "2"
    extra["SEND_CONCURRENCY"] = "200"
    extra |= bank_files.settings(folder)
    async with embedded(folder, port=free_port(), kafka=kafka, simulators=True, extra=extra) as stack:
        where(stack)
        replaced(partners, partners_file(catalogues.with_lists(platforms, str(stack.extra["SIMULATORS_URL"]))))
        database = MongoDatabase.connect(stack.database.uri, "operator")
        broker = AioKafkaBroker(KafkaAccess(stack.broker.address, stand_in=not kafka))
        limits = httpx.Limits(max_connections=64)
        async with httpx.AsyncClient(base_url=stack.address, timeout=120, limits=limits) as http:
            accounts = Accounts(database, SystemClock())
            simulators = str(stack.extra["SIMULATORS_URL"])
            office = Office(http, accounts, database, simulators, clock_file, Phones(folder / "state" / "messages"))
            world = CoursePlatforms(platforms, http, kafka_sink(broker, 12), ProgrammeClock(clock_file))
            yield stack, office, world
        await broker.close()
        database.close()


def replaced(path: Path, text: str) -> None:
    """A file that somebody may be reading."""
    unfinished = path.with_suffix(".new")
    unfinished.write_text(text)
    unfinished.replace(path)


async def _intake(steps: Steps, city: City, rows: int, office: Office, inbox: Path, found: Found) -> Online:
    """From the empty installation to everybody who stands in the first wave."""
    files = asyncio.to_thread(write_files, city, inbox)
    await steps.count("Seven staff and the head of the office", lambda tell: asyncio.gather(office.hire(tell), files))
    sheets = f"Two collective sheets, {rows:,} rows"
    await steps.count(sheets, lambda tell: lists_and_sheets(office, city, inbox, found, tell))
    alone = f"{len(city.online):,} people register alone"
    online: Online = await steps.count(alone, lambda tell: register_online(office, city, found, tell))
    await steps.do("Civil registry asked about everybody", until_idle(office, "registration"))
    await steps.do("Both sheets handed over to the centre", hand_over(office, found))
    await steps.do("Broadcast to all kecamatan", broadcast(office))
    decided = "Review queue: second NIKs and a ring, two people decide"
    await steps.count(decided, lambda tell: reviews.review(office, city, found, tell))
    await steps.do("Decisions reach everybody", until_idle(office, "registration"))
    await reviews.outcome(office, found)
    seats = seats_of(rows)
    await steps.count("Test, and joining the wave", lambda tell: waves.join(office, seats, online, found, tell))
    return online


async def _selection(steps: Steps, city: City, office: Office, inbox: Path, online: Online, found: Found) -> None:
    """A newer list before the draw, a day more for those it lets in, and the draw."""
    foreseen = await steps.do("Asked whom a newer list would change", newer_list.ask_first(office, inbox))
    steps.say(newer_list.words(foreseen))
    await steps.do("Newer list loaded", newer_list.load(office, city, inbox, foreseen, found))
    await steps.do("Wave extended by a day, with a reason", waves.extend(office, online, found))
    closing, drawing, published = wib(2020, 4, 16, 17), wib(2020, 4, 17, 9), inbox.parent / "draw"
    drawn = waves.draw(office, waves.FIRST, closing, drawing, published)
    found.first = await steps.do("List closed, lots drawn", drawn)
    await steps.do("Results told to everybody", until_idle(office, *TELLING))


async def _courses(steps: Steps, office: Office, world: CoursePlatforms, parts: list[Part], found: Found) -> None:
    """Accounts, purchases, reminders, certificates and reviews."""
    await steps.count("Payout accounts", lambda tell: months.link_accounts(office, parts, tell))
    await steps.count("Courses bought", lambda tell: months.buy_courses(office, parts, world, tell))
    await steps.do("First reminder of the purchase clock", _days(office, FIRST_REMINDER))
    finish = "Certificates, forged claims, reviews"
    await steps.count(finish, lambda tell: months.finish_courses(office, parts, world, found, tell))
    deposit = {"deposit_id": f"SP2D-{secrets.token_hex(3)}", "amount_rupiah": len(parts) * 3_000_000}
    await office.ask("POST", "/incentive/staff/funds", "sekretariat", json=deposit)
    came = {"amount_rupiah": deposit["amount_rupiah"], "text": f"Kas Negara {deposit['deposit_id']}"}
    await office.outside("POST", "/bank/simulator/funds", json=came)
    await steps.do("A platform changes its prices and courses", catalogues.change(office, found))


async def _payments(steps: Steps, city: City, office: Office, parts: list[Part], inbox: Path, found: Found) -> None:
    """Month by month; the last list is not approved."""
    await steps.do("What will be late is told before its day", _days(office, FORETOLD))
    for number, day in enumerate(PAY_DAYS, 1):
        last = number == len(PAY_DAYS)
        pay = partial(payments.month, office, day, found, approve=not last)
        await steps.count(f"Payments of month {number}", pay)
        if number == 1:
            await steps.do("Some may no longer take part", clawbacks.reclaim(office, city, parts, inbox, found))
            await statements.plant(office, city, found)
            await steps.do("End of the purchase clock", _days(office, *LATER_REMINDERS))
        else:
            await clawbacks.instalment(office, found, number - 1)
            await steps.do(f"Bank's statement {number - 1}", statements.compare(office, found))
        if not last:
            await steps.count(f"Survey {number}", partial(payments.surveys, office, parts, number))


async def _story(steps: Steps, city: City, rows: int, office: Office, world: CoursePlatforms, inbox: Path) -> Found:
    found = Found()
    online = await _intake(steps, city, rows, office, inbox, found)
    await _selection(steps, city, office, inbox, online, found)
    parts = await steps.do("The selected come to the office", months.cast(office, found, online, city))
    await _courses(steps, office, world, parts, found)
    await _payments(steps, city, office, parts, inbox, found)
    await steps.do("What the statement does not explain, explained by two", statements.explain(office, found))
    await bank_files.look(office, found)
    await steps.do("What is owed, and its letters", clawbacks.look(office, found))
    await steps.do("A wave cancelled with a reason", cancelled.cancelled_wave(office, online, found))
    again = waves.second_wave(office, online, found, inbox.parent / "draw-2")
    await steps.do("Second wave, with the seats that were lost", again)
    await until_day_is_done(office)
    await steps.do("What that platform sells now", catalogues.look(office, found))
    await steps.do("Everything told", until_idle(office, *TELLING))
    await reviews.look_again(office, found)
    return found


async def _days(office: Office, *days: date) -> None:
    for day in days:
        await go_to(office, wib(day.year, day.month, day.day, 10))
        await until_day_is_done(office)


async def _summary(steps: Steps, stack: Stack, office: Office, city: City, found: Found) -> dict[str, Any]:
    result: dict[str, Any] = await steps.do("Counted", summary.counted(stack, office, city, found))
    search = summary.searched(stack, city, result)
    look = "Every invariant checked, every place searched for numbers of people"
    await steps.count(look, lambda tell: asyncio.gather(summary.audited(stack, result, tell), search))
    result["memory_mb"] = stack.peaks()
    result["seconds"] = round(time.monotonic() - steps.began, 1)
    result["seconds_by_step"] = steps.seconds
    return result


async def _public_page(office: Office) -> str:
    """What the city sees, with its style inside: the servers are gone when somebody looks at it."""
    page, style = [await office.ask("GET", path) for path in ("/reporting/", "/reporting/style.css")]
    return re.sub(r"<link rel=\"stylesheet\"[^>]*>", lambda _: f"<style>{style}</style>", page, count=1)


async def _demo(rows: int, kafka: bool, folder: Path) -> int:
    console, inbox = Console(), folder / "in"
    steps = Steps(console)
    city = build_city(rows)
    async with _town(folder / "run", kafka) as (stack, office, world):
        console.print(f"{stack.broker.title}, {stack.database.title}, {stack.address}")
        found = await _story(steps, city, rows, office, world, inbox)
        result = await _summary(steps, stack, office, city, found)
        (folder / "summary.json").write_text(dumped(result))
        (folder / "page.html").write_text(await _public_page(office))
    summary.show(console, result, folder)
    return 1 if result["violations"] else 0


def run_demo(n: int = FULL_ROWS, kafka: bool = False) -> int:
    """`n` sheet rows (14,569 is the whole city); exit status 1 when anything does not come out as planned."""
    shutil.rmtree(OUT, ignore_errors=True)
    (OUT / "in").mkdir(parents=True)
    return asyncio.run(_demo(n, kafka, OUT.absolute()))
