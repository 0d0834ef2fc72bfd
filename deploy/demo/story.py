"""The story, step by step, through the real doors: sheets, registrations, wave, draw, courses, money, months."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from deploy.demo import ceremony
from deploy.demo.office import HEAD, Office, until
from deploy.demo.people import Person
from deploy.demo.progress import Tell
from deploy.demo.rest import go_to
from deploy.demo.sheets import PLAN, City, write_officials, write_sheet
from deploy.operator import draw_check

WIB = ZoneInfo("Asia/Jakarta")
WAVE = 1

Online = dict[str, tuple[Person, str]]
"""Who registered alone: applicant id -> person and tracking code."""
OFFICIALS_FILE = "pejabat.csv"
SHEETS = ((date(2020, 4, 3), "first"), (date(2020, 4, 9), "second"))


def wib(year: int, month: int, day: int, hour: int = 8) -> datetime:
    return datetime(year, month, day, hour, tzinfo=WIB)


@dataclass
class Found:
    """What the story saw on its way; compared with the plan at the end."""

    imports: list[dict[str, Any]] = field(default_factory=list)
    online: Counter[str] = field(default_factory=Counter)
    refused_codes: Counter[str] = field(default_factory=Counter)
    phones: dict[str, str] = field(default_factory=dict)
    """Applicant id of a sheet's row -> the phone in that row."""
    wave: dict[str, Any] = field(default_factory=dict)
    without_all_secrets: str = ""
    """How the draw was refused before the missing secret was opened."""
    verified: bool = False
    """Whether what was published gives the same draw again."""
    handed_over: int = 0
    """Sheets whose file has the digest that the office signed."""
    selected: list[str] = field(default_factory=list)
    forged: Counter[str] = field(default_factory=Counter)
    batches: list[dict[str, Any]] = field(default_factory=list)


def write_files(city: City, folder: Path) -> None:
    """The officials' list and the two collective sheets, as offices would send them."""
    write_officials(folder / OFFICIALS_FILE, city.officials)
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
                headers={"Idempotency-Key": f"demo-online-{number:05}"},
            )
            registered[answer["applicant_id"]] = (person, answer["tracking_code"])
            found.online["accepted"] += 1
            tell(found.online["accepted"], len(city.online))

    await asyncio.gather(*(one(number, person) for number, person in enumerate(city.online)))
    return registered


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


async def join(office: Office, seats: int, online: Online, found: Found, tell: Tell) -> None:
    """Open the wave; each person online takes the test and joins, each sheet joins together (paper facts 29, 111)."""
    times = {"opens_at": wib(2020, 4, 11).isoformat(), "closes_at": wib(2020, 4, 16, 16).isoformat()}
    await office.ask("POST", "/registration/waves", "sekretariat", json={"wave": WAVE, "quota": seats, **times})
    await office.ask("POST", f"/registration/waves/{WAVE}/opening", HEAD[0], json={})
    expected = len(online) + sum(run["registered"] + run["questioned"] for run in found.imports)
    await _join_online(office, online, found, lambda done: tell(done, expected))
    done = len(online)
    for run in found.imports:
        note = "Tes ditiadakan: formulir luring Permenaker 17/2020"
        body = {"import_id": run["import_id"], "test": "waived", "note": note}
        batch = await office.ask("POST", f"/registration/waves/{WAVE}/joins/batch", "sekretariat", json=body)

        async def look(id: str = batch["batch_id"], before: int = done) -> int | None:
            seen = await office.ask("GET", f"/registration/batches/{id}", "sekretariat")
            counted = before + int(seen["joined"]) + sum(seen["skipped"].values())
            tell(counted, expected)
            return counted if seen["done"] else None

        done = await until("batch join", look, 1800)


async def draw(office: Office, found: Found, published: Path) -> None:
    """Commitments of five officials, closing, draw with one secret withheld (paper fact 139), the results told.

    What everybody may fetch is put into the folder `published` and verified there.
    """
    await go_to(office, wib(2020, 4, 16, 17))
    path = f"/registration/waves/{WAVE}"
    with TemporaryDirectory() as folder:
        await ceremony.prepare(office, WAVE, Path(folder))
        await office.ask("POST", f"{path}/closing", "sekretariat", json={})
        await until("frozen list", partial(_wave_in, office, "closed"), 900)
        await go_to(office, wib(2020, 4, 17, 9))
        early = {**ceremony.opening(Path(folder)), "shares": []}
        found.without_all_secrets = await office.code_of("POST", f"{path}/draw", HEAD[0], json=early)
        await office.ask("POST", f"{path}/draw", HEAD[0], json=ceremony.opening(Path(folder)))
    found.wave = await until("results", partial(_wave_in, office, "done"), 900)
    found.verified = await asyncio.to_thread(_verified, office, published, found.wave["commitment"])
    rows = [line.split(",") for line in (published / "results.csv").read_text(encoding="utf-8").splitlines()]
    column = {name: number for number, name in enumerate(rows[0])}
    found.selected = [
        r[column["applicant_id"]] for r in rows[1:] if r[column["selected"]] in ("1", "true", "True", "ya")
    ]


def _verified(office: Office, folder: Path, noted: str) -> bool:
    with httpx.Client(base_url=office.http.base_url, timeout=120) as client:
        draw_check.publish(folder, WAVE, client)
    return bool(draw_check.verify(folder, noted)["holds"])


async def _join_online(office: Office, online: Online, found: Found, joined: Callable[[int], None]) -> None:
    questions = await office.ask("GET", "/registration/test")
    answers = {q["code"]: next(iter(q["choices"])) for q in questions["questions"]}
    gate = asyncio.Semaphore(16)

    async def one(applicant_id: str, code: str) -> None:
        async with gate:
            headers = {"Tracking-Code": code}
            path = f"/registration/applications/{applicant_id}/test"
            await office.ask("POST", path, json={"answers": answers}, headers=headers)
            join, who = f"/registration/waves/{WAVE}/joins", {"applicant_id": applicant_id}
            found.online[await office.code_of("POST", join, json=who, headers=headers)] += 1
            joined(sum(found.online.values()) - found.online["accepted"])

    await asyncio.gather(*(one(applicant_id, code) for applicant_id, (_, code) in online.items()))


async def _wave_in(office: Office, state: str) -> dict[str, Any] | None:
    found = await office.ask("GET", f"/registration/waves/{WAVE}")
    return dict(found) if found["state"] == state else None


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
