"""The catalogue on staff's pages: what changed and who changed it, every course's prices, and a new list as a file.

A file is first previewed, which changes nothing; its content goes with the page and is examined again when confirmed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from services.incentive import catalogue_store
from services.incentive.api.bodies import CoursePath
from services.incentive.api.catalogue_files import MOST_BYTES, examined, rows_of, take
from services.incentive.api.door import Door
from services.incentive.domain.catalogue import COLUMNS
from services.incentive.domain.listings import compare
from services.incentive.pages.desk_words import LOOKS, ORIGINS
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.forms import sent
from shared.web.staff_site import HOME, KEY, StaffSite

PLACE = f"{HOME}/katalog"
SHOWN = 50
LATELY = timedelta(days=7)
DONE = {"terap": "Katalog sudah diperbarui.", "sama": "Berkas ini tidak mengubah apa pun."}


def add_catalogue(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads."""
    anybody = Depends(door.accounts.require())

    @router.get(PLACE, include_in_schema=False)
    async def overview(selesai: str = "", staff: Staff = anybody) -> HTMLResponse:
        database, since = door.service.database, door.service.clock.now() - LATELY
        editions = await catalogue_store.latest_editions(database)
        return site.page(
            "catalogue_desk.html",
            staff,
            "beranda",
            notice=DONE.get(selesai, ""),
            platforms=await _platforms(door),
            editions=editions,
            steep=[each for each in editions if each.rises and each.taken_at >= since],
            days=LATELY.days,
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
        told, faults = await examined(door, rows_of(raw))
        return site.page(
            "catalogue_preview.html",
            staff,
            "beranda",
            file_name=(file.filename or "katalog.csv")[:80],
            content=base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode(),
            told=told,
            faults=faults[:SHOWN],
            found=compare(await door.shelf.listings(), told),
            shown=SHOWN,
        )

    @router.post(f"{PLACE}/terapkan", include_in_schema=False)
    async def confirm(request: Request, staff: Staff = secretariat) -> RedirectResponse:
        form = await sent(request)
        raw = _unpacked(form.get("content", ""))
        told, faults = await examined(door, rows_of(raw))
        if faults:
            raise Refused("CATALOGUE_FILE_WRONG")
        edition = f"file-{hashlib.sha256(form.get(KEY, '').encode() + raw).hexdigest()[:16]}"
        taken = await take(door, told, edition, form.get("name", "")[:80], staff.username)
        return site.to(f"{PLACE}?selesai={'terap' if taken else 'sama'}")


async def rises_lately(door: Door) -> int:
    """Prices that rose steeply in the editions of the last days."""
    since = door.service.clock.now() - LATELY
    editions = await catalogue_store.latest_editions(door.service.database)
    return sum(len(each.rises) for each in editions if each.taken_at >= since)


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


def _unpacked(content: str) -> bytes:
    """Raises CATALOGUE_FILE_WRONG for what no preview has packed, and for more than a file may hold."""
    try:
        return zlib.decompressobj().decompress(base64.urlsafe_b64decode(content), MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Refused("CATALOGUE_FILE_WRONG") from None
