"""A second bank takes files, on working days and before its cut-off alone: some people have their account there.

An order of a closed day waits; on the next open one a list's orders leave as one file (pain.001), which the bank
answers with a report (pain.002). Its statement (camt.053) comes before the office compares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from deploy.demo.found import Found
from deploy.demo.office import HEAD, Office, until
from deploy.demo.rest import go_to, until_day_is_done
from deploy.demo.sheets import PLAN
from services.incentive.domain.bank_days import BankCalendar, next_opening
from services.incentive.domain.days import WIB

NAME, PARTNER = "bank-berkas", PLAN["bank_files"]["partner"]
ACCOUNT = "3100456789"
CUT_OFF = PLAN["bank_files"]["cut_off"]
WORKING_DAYS: Sequence[int] = PLAN["bank_files"]["working_days"]
HOLIDAYS: Sequence[str] = PLAN["bank_files"]["holidays"]
CALENDAR = BankCalendar(
    time.fromisoformat(CUT_OFF), frozenset(WORKING_DAYS), frozenset(date.fromisoformat(day) for day in HOLIDAYS)
)
ASKED_AGAIN = timedelta(minutes=5)
"""Longer than the service waits before it looks for the bank's report once more."""


def settings(folder: Path) -> dict[str, str]:
    """Write the bank's own file, and say where it is and where files go: settings of every part."""
    banks, exchange = folder / "banks", folder / "bank-files"
    banks.mkdir(parents=True)
    file = {
        "adapter": "files",
        "folder": str(exchange),
        "partners": {PARTNER: "OVOIDJA1"},
        "account": {"name": "Dinas Ketenagakerjaan Kota Medan", "number": ACCOUNT, "bank_code": "BNINIDJA"},
        "inquiry": "simulated",
        "cut_off": CUT_OFF,
        "working_days": WORKING_DAYS,
        "holidays": HOLIDAYS,
    }
    (banks / f"{NAME}.json").write_text(json.dumps(file, indent=1) + "\n")
    names = {"BANKS_DIRECTORY": banks, "BANK_FILES_FOLDER": exchange}
    return {**{name: str(path) for name, path in names.items()}, "BANK_FILES_ACCOUNT": ACCOUNT}


async def orders_of(office: Office, batch: Mapping[str, Any], found: Found) -> int:
    """How many lines of a list are for accounts at this bank."""
    count = 0
    for number in range(1, batch["chunks"] + 1):
        path = f"/incentive/staff/batches/{batch['batch_id']}/chunks/{number}"
        lines = (await office.ask("GET", path, HEAD[0]))["lines"]
        count += sum(line.partition("|")[0] in found.files.people for line in lines)
    return count


async def carried(office: Office, path: str, orders: int, found: Found) -> None:
    """Until the bank has answered its file: on the next day on which it is open, if it is closed."""
    seen, now = found.files, office.clock.now()
    opening = next_opening(now, CALENDAR)
    seen.orders, seen.lists = seen.orders + orders, seen.lists + 1
    if opening > now:
        seen.closed += orders
        seen.waited += await _under_way(office, path)
        await go_to(office, opening.astimezone(WIB) + timedelta(hours=9))
    await until("the bank that takes files", partial(_answered, office, path), 120)


async def _answered(office: Office, path: str) -> bool | None:
    await until_day_is_done(office)
    if await _under_way(office, path) == 0:
        return True
    await office.set_time(office.clock.now() + ASKED_AGAIN)
    return None


async def _under_way(office: Office, path: str) -> int:
    return int((await office.ask("GET", path, HEAD[0]))["counts"].get("sending", 0))


async def look(office: Office, found: Found) -> None:
    """The bank's own count, and the lines of its statement that the office has read."""
    told = await office.outside("GET", "/bank/simulator/files")
    found.files.taken, found.files.paid = told["files"], told["orders"]
    since: datetime = office.clock.now() - timedelta(days=200)
    span = {"since": since.date().isoformat(), "until": office.clock.now().date().isoformat()}
    days = (await office.ask("GET", "/incentive/staff/statement-days", HEAD[0], params=span))["days"]
    found.files.stated = sum(day["lines"] - day["unexplained_lines"] for day in days if day["bank"] == NAME)


def compared(found: Found) -> dict[str, tuple[int, int]]:
    """Name -> planted, found."""
    seen = found.files
    return {
        "orders given to a bank in files": (seen.orders, seen.paid),
        "files that it took and answered": (seen.lists, seen.taken),
        "orders that waited until it opened": (seen.closed, seen.waited),
        "lines of its statement, each explained": (seen.orders, seen.stated),
    }
