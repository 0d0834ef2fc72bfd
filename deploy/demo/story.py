"""How the story begins, through the real doors: lists, sheets, registrations alone, the broadcast."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deploy.demo.found import Found
from deploy.demo.office import DemoFailed, Office, until
from deploy.demo.people import Person
from deploy.demo.progress import Tell
from deploy.demo.rest import go_to
from deploy.demo.sheets import PLAN, City, write_list, write_sheet

WIB = ZoneInfo("Asia/Jakarta")

Online = dict[str, tuple[Person, str]]
"""Who registered alone: applicant id -> person and tracking code."""
OFFICIALS_FILE, NEWER_FILE = "pejabat.csv", "pejabat-dan-bantuan.csv"
SHEETS = ((date(2020, 4, 3), "first"), (date(2020, 4, 9), "second"))


def wib(year: int, month: int, day: int, hour: int = 8) -> datetime:
    return datetime(year, month, day, hour, tzinfo=WIB)


def write_files(city: City, folder: Path) -> None:
    """The two lists and the two collective sheets, as offices would send them."""
    write_list(folder / OFFICIALS_FILE, city.officials)
    write_list(folder / NEWER_FILE, city.newer)
    for day, name in SHEETS:
        write_sheet(_sheet(folder, day), getattr(city, name))


def _sheet(folder: Path, day: date) -> Path:
    return folder / f"rekap-{day.isoformat()}.xlsx"


async def lists_and_sheets(office: Office, city: City, folder: Path, found: Found, tell: Tell) -> None:
    """Officials' list, then the two collective sheets through the real upload (paper facts 42 and 43)."""
    with (folder / OFFICIALS_FILE).open("rb") as file:
        form = {"source": "BKD Kota Medan (contoh)", "as_of": "2020-04-01"}
        await office.ask("POST", "/registration/lists", "sekretariat", files={"file": file}, data=form)
    rows, before = len(city.first) + len(city.second), 0

    def received(count: int) -> None:
        tell(before + count, rows)

    for day, name in SHEETS:
        await go_to(office, wib(day.year, day.month, day.day, 9))
        run = await _import(office, _sheet(folder, day), day, received)
        found.imports.append(run)
        before += run["received"]
        report = await office.ask("GET", f"/registration/imports/{run['import_id']}/rows.csv", "sekretariat")
        found.refused_codes.update(_codes(report))
        found.phones.update(_phones(report, getattr(city, name)))


async def _import(office: Office, path: Path, day: date, received: Callable[[int], None]) -> dict[str, Any]:
    with path.open("rb") as file:
        form = {"source": "Dinas Ketenagakerjaan Kota Medan", "received_on": day.isoformat()}
        started = await office.ask("POST", "/registration/imports", "sekretariat", files={"file": file}, data=form)

    async def look() -> dict[str, Any] | None:
        run = await office.ask("GET", started["progress_url"], "sekretariat")
        received(run["received"])
        return run if run["state"] in ("done", "failed") else None

    return dict(await until(f"import of {path.name}", look, 1800))


def _codes(report: str) -> Counter[str]:
    """Codes of refused rows in a row report."""
    rows = [line.split(",") for line in report.splitlines()[1:]]
    return Counter(row[2] for row in rows if row[1] == "refused")


def _phones(report: str, rows: Sequence[Sequence[Any]]) -> dict[str, str]:
    """The report names the line of the sheet: two lines of title and headings come before the first person."""
    lines = [line.rsplit(",", 1) for line in report.splitlines()[1:]]
    return {id: rows[int(line.split(",")[0]) - 3][6] for line, id in lines if id}


async def register_online(office: Office, city: City, found: Found, tell: Tell) -> Online:
    """Everybody by themselves, one after the other door; returns applicant id -> person and tracking code."""
    await go_to(office, wib(2020, 4, 11))
    registered: Online = {}
    gate = asyncio.Semaphore(16)

    async def one(number: int, person: Person) -> None:
        async with gate:
            answer = await office.ask(
                "POST",
                "/registration/applications",
                json=application(person),
                headers={
                    "Idempotency-Key": f"demo-online-{number:05}",
                    "Device-Id": city.devices.get(person.nik, ""),
                },
            )
            registered[answer["applicant_id"]] = (person, answer["tracking_code"])
            found.online["accepted"] += 1
            tell(found.online["accepted"], len(city.online))

    await asyncio.gather(*(one(number, person) for number, person in enumerate(city.online)))
    return registered


def tracking_code(office: Office, found: Found, online: Online, applicant_id: str) -> str:
    """Who registered alone was told it; all others read it on their phone. Raises DemoFailed when none came."""
    if applicant_id in online:
        return online[applicant_id][1]
    code = office.phones.tracking_code(found.phones[applicant_id])
    if code is None:
        raise DemoFailed(f"no message with a tracking code came to the phone of {applicant_id}")
    return code


def application(person: Person) -> dict[str, Any]:
    """The form's ten items and ours."""
    form = {k: v for k, v in asdict(person).items() if k not in ("kecamatan", "group")}
    statements = {"citizen": True, "not_in_formal_education": True, "not_an_official": True}
    return {
        **form,
        "birth_date": person.birth_date.isoformat(),
        "covid_affected": True,
        "declarations": statements,
        "consent": True,
    }


async def broadcast(office: Office) -> dict[str, Any]:
    """One content for all 21 kecamatan, as files that a person can print or pass on (paper facts 67 to 70)."""
    channels = ["flyer", "whatsapp", "facebook"]
    body = {
        "template": "socialization.conditions",
        "title": "Syarat Kartu Prakerja",
        "channels": channels,
        "values": {"min_age": "18"},
    }
    return dict(await office.ask("POST", "/notification/campaigns", "penempatan1", json=body))


def seats_of(rows: int) -> int:
    return int(max(PLAN["least_seats"], rows * PLAN["seats_percent"] // 100))


def dumped(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, default=str)
