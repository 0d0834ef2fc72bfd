"""The record of whose personal data somebody of the office opened here, for whoever looks after those who open."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from services.incentive import store
from services.incentive.api.bodies import PageNumber
from services.incentive.api.door import Door
from services.incentive.api.letter_pages import PURPOSE
from shared.contracts.registration import FIELD_NAMES
from shared.security.accounts import Role, Staff
from shared.security.openings import IdentityOpening
from shared.web.staff_site import HOME, StaffSite

PLACE = f"{HOME}/pembukaan-data"
READERS: tuple[Role, ...] = ("auditor", "approver")
PURPOSES = {PURPOSE: "surat pengembalian"}
MOST = 50


def add_openings(router: APIRouter, door: Door) -> None:
    """For programs: the latest first, a page at a time."""
    reader = Depends(door.accounts.require(*READERS))

    @router.get("/staff/identity-openings", summary="Siapa membuka data siapa")
    async def latest(page_no: PageNumber = 0, staff: Staff = reader) -> dict[str, Any]:
        found = await store.openings(door.service.database, page_no * MOST, MOST)
        return {"openings": [asdict(each) for each in found], "next": page_no + 1 if len(found) == MOST else None}


def add_opening_page(router: APIRouter, door: Door, site: StaffSite) -> None:
    """The same, to be read."""
    reader = Depends(door.accounts.require(*READERS))

    @router.get(PLACE, include_in_schema=False)
    async def record(page_no: PageNumber = 0, staff: Staff = reader) -> HTMLResponse:
        found = await store.openings(door.service.database, page_no * MOST, MOST)
        rows = [_row(each) for each in found]
        return site.page("openings.html", staff, "beranda", rows=rows, full=len(found) == MOST, page_no=page_no)


def _row(each: IdentityOpening) -> dict[str, Any]:
    code, _, number = each.purpose.partition("/")
    return {
        "applicant_id": each.applicant_id,
        "by": each.by,
        "opened_at": each.opened_at,
        "purpose": f"{PURPOSES.get(code, code)} ke-{number}",
        "reason": each.reason,
        "fields": ", ".join(FIELD_NAMES.get(name, name) for name in each.fields),
    }
