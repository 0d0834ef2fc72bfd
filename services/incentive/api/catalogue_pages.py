"""The catalogue on staff's pages: what changed and who changed it, every course's prices, and a new list as a file.

A file is first previewed, which changes nothing; its content goes with the page and is examined again when confirmed.
"""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import io
import zlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from services.incentive import catalogue_store
from services.incentive.api.bodies import CoursePath
from services.incentive.api.door import Door
from services.incentive.catalogue_watch import beginning
from services.incentive.domain.catalogue import COLUMNS, Course, Fault, examine
from services.incentive.domain.listings import Listing, Origin, clashes, compare, parts_of
from services.incentive.pages.desk_words import LOOKS, ORIGINS
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.forms import sent
from shared.web.staff_site import HOME, KEY, StaffSite

PLACE = f"{HOME}/katalog"
MOST_BYTES = 2**20
MOST_ROWS = 5_000
SHOWN = 50
LATELY = timedelta(days=7)
DONE = {"terap": "Katalog sudah diperbarui.", "sama": "Berkas ini tidak mengubah apa pun."}


def add_catalogue(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads."""
    anybody = Depends(door.accounts.require())

    @router.get(PLACE, include_in_schema=False)
    async def overview(selesai: str = "", staff: Staff = anybody) -> HTMLResponse:
        database = door.service.database
        return site.page(
            "catalogue_desk.html",
            staff,
            "beranda",
            notice=DONE.get(selesai, ""),
            platforms=await _platforms(door),
            editions=await catalogue_store.latest_editions(database),
            looks=await catalogue_store.looks(database),
            columns=COLUMNS,
            faults=LOOKS,
            origins=ORIGINS,
        )

    @router.get(f"{PLACE}/{{course_code}}", include_in_schema=False)
    async def course(course_code: CoursePath, staff: Staff = anybody) -> HTMLResponse:
        listing = (await door.shelf.listings()).get(course_code)
        if listing is None:
            raise Refused("COURSE_UNKNOWN")
        rating = await catalogue_store.rating_of(door.service.database, course_code)
        return site.page(
            "catalogue_course.html", staff, "beranda", listing=listing, rating=rating.shown, origins=ORIGINS
        )


def add_catalogue_forms(router: APIRouter, door: Door, site: StaffSite) -> None:
    """The secretariat keeps the lists of the office, this one too."""
    secretariat = Depends(site.acting("secretariat"))

    @router.post(f"{PLACE}/pratinjau", include_in_schema=False)
    async def preview(file: Annotated[UploadFile, File()], staff: Staff = secretariat) -> HTMLResponse:
        raw = await file.read(MOST_BYTES + 1)
        told, faults = _examined(raw)
        known = await door.shelf.listings()
        faults = faults or clashes(known, told)
        return site.page(
            "catalogue_preview.html",
            staff,
            "beranda",
            file_name=(file.filename or "katalog.csv")[:80],
            content=base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode(),
            told=told,
            faults=faults[:SHOWN],
            found=compare(known, told),
            shown=SHOWN,
        )

    @router.post(f"{PLACE}/terapkan", include_in_schema=False)
    async def confirm(request: Request, staff: Staff = secretariat) -> RedirectResponse:
        form = await sent(request)
        raw = _unpacked(form.get("content", ""))
        told, faults = _examined(raw)
        known = await _begun(door)
        if faults or clashes(known, told):
            raise Refused("CATALOGUE_FILE_WRONG")
        edition = f"file-{hashlib.sha256(form.get(KEY, '').encode() + raw).hexdigest()[:16]}"
        parts = parts_of(edition, Origin.FILE, form.get("name", "")[:80], staff.username, compare(known, told))
        for part in parts:
            await door.execute(part)
        return site.to(f"{PLACE}?selesai={'terap' if parts else 'sama'}")


async def rises_lately(door: Door) -> int:
    """Prices that rose steeply in the editions of the last days."""
    since = door.service.clock.now() - LATELY
    editions = await catalogue_store.latest_editions(door.service.database)
    return sum(len(each.rises) for each in editions if each.taken_at >= since)


async def _begun(door: Door) -> Mapping[str, Listing]:
    """A file changes a catalogue; one that has not begun begins first."""
    if not await door.shelf.begun():
        for part in beginning(door.shelf.shipped):
            await door.execute(part)
    return await door.shelf.listings()


async def _platforms(door: Door) -> list[dict[str, Any]]:
    known = sorted((await door.shelf.listings()).values(), key=lambda each: each.id)
    return [
        {
            "code": code,
            "name": name,
            "sold": [each.course for each in known if each.course.platform_code == code and not each.withdrawn_at],
            "withdrawn": [each.course for each in known if each.course.platform_code == code and each.withdrawn_at],
        }
        for code, name in (await door.shelf.platforms()).items()
    ]


def _examined(raw: bytes) -> tuple[dict[str, Course], list[Fault]]:
    """Courses of a file in CSV, with commas or semicolons as spreadsheets write it. Raises CATALOGUE_FILE_WRONG."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("CATALOGUE_FILE_WRONG") from None
    head = text.partition("\n")[0]
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ","))
    if len(raw) > MOST_BYTES or not 0 < len(rows) <= MOST_ROWS:
        raise Refused("CATALOGUE_FILE_WRONG")
    return examine(rows)


def _unpacked(content: str) -> bytes:
    """Raises CATALOGUE_FILE_WRONG for what no preview has packed, and for more than a file may hold."""
    try:
        return zlib.decompressobj().decompress(base64.urlsafe_b64decode(content), MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Refused("CATALOGUE_FILE_WRONG") from None
