"""The waves: opened, extended with a reason, joined, closed and drawn before everybody's eyes; and the second one,
which has nothing but the seats that others lost."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from deploy.demo import ceremony
from deploy.demo.found import Drawn, Found
from deploy.demo.office import HEAD, Office, together, until
from deploy.demo.progress import Tell
from deploy.demo.rest import go_to
from deploy.demo.sheets import PLAN
from deploy.demo.story import Online, tracking_code, wib
from deploy.operator import draw_check

FIRST, CALLED_OFF, SECOND = 1, 2, 3
FIRST_CLOSES = wib(2020, 4, 16, 16)
OFFLINE = "Tes ditiadakan: formulir luring Permenaker 17/2020"
WHY_LONGER = "Daftar pejabat diperbarui; masa bergabung diperpanjang satu hari"


async def open_wave(office: Office, wave: int, seats: int, opens_at: datetime, closes_at: datetime) -> None:
    """The secretariat drafts, the head opens; freed seats come on top."""
    times = {"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()}
    await office.ask("POST", "/registration/waves", "sekretariat", json={"wave": wave, "quota": seats, **times})
    await office.ask("POST", f"/registration/waves/{wave}/opening", HEAD[0], json={})


async def join(office: Office, seats: int, online: Online, found: Found, tell: Tell) -> None:
    """Open the wave; each person online takes the test and joins, each sheet joins together (paper facts 29, 111)."""
    await open_wave(office, FIRST, seats, wib(2020, 4, 11), wib(2020, 4, 15, 16))
    expected = len(online) + sum(run["registered"] + run["questioned"] for run in found.imports)
    await _join_online(office, online, found, lambda done: tell(done, expected))
    done = len(online)
    for run in found.imports:
        body = {"import_id": run["import_id"], "test": "waived", "note": OFFLINE}
        batch = await office.ask("POST", f"/registration/waves/{FIRST}/joins/batch", "sekretariat", json=body)

        async def look(id: str = batch["batch_id"], before: int = done) -> int | None:
            seen = await office.ask("GET", f"/registration/batches/{id}", "sekretariat")
            counted = before + int(seen["joined"]) + sum(seen["skipped"].values())
            tell(counted, expected)
            return counted if seen["done"] else None

        done = await until("batch join", look, 1800)


async def _join_online(office: Office, online: Online, found: Found, done: Callable[[int], None]) -> None:
    questions = await office.ask("GET", "/registration/test")
    answers = {q["code"]: next(iter(q["choices"])) for q in questions["questions"]}

    async def one(applicant_id: str, code: str) -> None:
        path, headers = f"/registration/applications/{applicant_id}/test", {"Tracking-Code": code}
        await office.ask("POST", path, json={"answers": answers}, headers=headers)
        found.online[await joined(office, FIRST, applicant_id, code)] += 1
        done(sum(found.online.values()) - found.online["accepted"])

    await together({id: partial(one, id, code) for id, (_, code) in online.items()}, 16)


async def joined(office: Office, wave: int, applicant_id: str, code: str) -> str:
    """OK, or the code of the refusal."""
    path, who = f"/registration/waves/{wave}/joins", {"applicant_id": applicant_id}
    return await office.code_of("POST", path, json=who, headers={"Tracking-Code": code})


async def extend(office: Office, online: Online, found: Found) -> None:
    """One day more, with a reason for everybody; whom the newer list lets in joins too."""
    body = {"closes_at": FIRST_CLOSES.isoformat(), "reason": WHY_LONGER}
    await office.ask("POST", f"/registration/waves/{FIRST}/changes", HEAD[0], json=body)
    await go_to(office, wib(2020, 4, 16, 9))  # after the first end
    office.phones.look()
    for id in found.newer.let_in:
        waived = {"result": "waived", "note": OFFLINE}
        await office.ask("POST", f"/registration/applications/{id}/test-record", "penempatan1", json=waived)
        code = await joined(office, FIRST, id, tracking_code(office, found, online, id))
        found.newer.joined += code == "OK"


async def draw(office: Office, wave: int, closing: datetime, drawing: datetime, published: Path) -> Drawn:
    """Commitments of five officials, closing, draw with one secret withheld (paper fact 139), the results told.

    What everybody may fetch is put into the folder `published` and verified there.
    """
    await go_to(office, closing)
    path = f"/registration/waves/{wave}"
    with TemporaryDirectory() as folder:
        await ceremony.prepare(office, wave, Path(folder))
        await office.ask("POST", f"{path}/closing", "sekretariat", json={})
        await until_wave(office, wave, "closed")
        await go_to(office, drawing)
        opening = ceremony.opening(Path(folder))
        refused = await office.code_of("POST", f"{path}/draw", HEAD[0], json={**opening, "shares": []})
        await office.ask("POST", f"{path}/draw", HEAD[0], json=opening)
    done = await until_wave(office, wave, "done")
    verified = await asyncio.to_thread(_verified, office, wave, published, done["commitment"])
    return Drawn(done, refused, verified, *_results(published / "results.csv"))


def _verified(office: Office, wave: int, folder: Path, noted: str) -> bool:
    with httpx.Client(base_url=office.http.base_url, timeout=120) as client:
        draw_check.publish(folder, wave, client)
    return bool(draw_check.verify(folder, noted)["holds"])


def _results(published: Path) -> tuple[list[str], list[str]]:
    """Applicant ids of the selected, and of the others."""
    with published.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    selected = [row["applicant_id"] for row in rows if row["selected"] == "1"]
    return selected, [row["applicant_id"] for row in rows if row["selected"] != "1"]


async def until_wave(office: Office, wave: int, state: str) -> Mapping[str, Any]:
    """The wave as published, once it is so far."""
    return await until(f"wave {wave} {state}", partial(_wave_in, office, wave, state), 900)


async def _wave_in(office: Office, wave: int, state: str) -> Mapping[str, Any] | None:
    found = await office.ask("GET", f"/registration/waves/{wave}")
    return dict(found) if found["state"] == state else None


async def second_wave(office: Office, online: Online, found: Found, published: Path) -> None:
    """Seats of participations that were revoked; people who were not drawn join with the registration they have."""
    await go_to(office, wib(2020, 8, 10, 9))
    plan = PLAN["second_wave"]
    await open_wave(office, SECOND, plan["own_seats"], wib(2020, 8, 10), wib(2020, 8, 11, 16))
    office.phones.look()
    again = {id: tracking_code(office, found, online, id) for id in found.first.others[: plan["joining"]]}
    codes = await together({id: partial(joined, office, SECOND, id, code) for id, code in again.items()})
    found.joined_again = [id for id, code in codes.items() if code == "OK"]
    found.second = await draw(office, SECOND, wib(2020, 8, 11, 17), wib(2020, 8, 12, 9), published)
