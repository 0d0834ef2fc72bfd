"""One person as a page for staff: found by NIK or number of the application, masked, with what is told to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from services.registration import store
from services.registration.api.desk import Desk
from services.registration.api.masks import shown
from services.registration.api.staff import people_of
from services.registration.api.staff_site import StaffSite
from services.registration.domain import nik
from services.registration.domain.applicant import Applicant
from services.registration.pages.list_view import STAGES
from services.registration.pages.status_view import WITH_CARD
from services.registration.pages.words import told
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.forms import sent

PLACE = "/cari"
NOBODY = "Belum ada yang mendaftar dengan nomor ini."
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NUMBER = re.compile(_UUID)
Number = Annotated[str, Query(pattern=f"^({_UUID})?$")]
"""Of an application; an address never takes a NIK."""


def add_person_pages(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """Everybody of the office finds people. A NIK comes in a form: an address would be kept in logs."""
    anybody = Depends(desk.accounts.require())

    @router.get(PLACE, include_in_schema=False)
    async def ask(nomor: Number = "", staff: Staff = anybody) -> HTMLResponse:
        found = await _found(desk, nomor) if nomor else []
        error = NOBODY if nomor and not found else ""
        return site.page("person.html", staff, "cari", people=[await _row(desk, each) for each in found], error=error)

    @router.post(PLACE, include_in_schema=False)
    async def find(request: Request, staff: Staff = anybody) -> HTMLResponse:
        try:
            found = await _found(desk, (await sent(request)).get("nomor", "").strip()[:64])
        except Refused as refused:
            page = site.page("person.html", staff, "cari", people=[], error=told(refused))
            page.status_code = 422
            return page
        people, error = [await _row(desk, each) for each in found], "" if found else NOBODY
        return site.page("person.html", staff, "cari", people=people, error=error)


async def _found(desk: Desk, number: str) -> list[Applicant]:
    """Whose NIK or application number this is; the holder of a NIK first. Raises Refused NIK_FORMAT."""
    if _NUMBER.fullmatch(number.lower()):
        one = await store.applicant(desk.service.database, number.lower())
        return [one] if one else []
    claim = await store.nik_claim(desk.service.database, desk.vault.index("nik", nik.normalise(number)))
    ids = people_of(claim)
    return sorted(await store.applicants(desk.service.database, ids), key=lambda each: ids.index(each.applicant_id))


async def _row(desk: Desk, applicant: Applicant) -> Mapping[str, Any]:
    (masked,) = await shown(desk, [applicant])
    return {
        **masked,
        "stage": STAGES.get(applicant.stage, applicant.stage),
        "place": desk.reference.places.names.get(masked["kecamatan"] or "", "belum diketahui"),
        "status": desk.status(applicant),
        "wave": applicant.wave,
        "card": applicant.stage in WITH_CARD,
    }
