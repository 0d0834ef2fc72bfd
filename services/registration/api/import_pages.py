"""Collective sheets as a page for staff: upload, how far each is, and what became of its rows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from services.registration import store
from services.registration.api.desk import Desk
from services.registration.api.importing import Importer
from services.registration.api.imports import told_of
from services.registration.api.staff_site import StaffSite
from services.registration.api.uploads import received
from services.registration.domain.refusals import REFUSALS
from shared.security.accounts import Staff

PLACE = "/lembar"
SHEETS = 100
STATES = {"running": "sedang dibaca", "done": "selesai", "failed": "terhenti"}


def add_import_pages(router: APIRouter, desk: Desk, site: StaffSite, importer: Importer) -> None:
    """Everybody sees the sheets, the secretariat uploads. The same file again goes on where it stopped."""
    anybody, secretariat = Depends(desk.accounts.require()), Depends(site.acting("secretariat"))

    @router.get(PLACE, include_in_schema=False)
    async def all_(staff: Staff = anybody, selesai: str = "") -> HTMLResponse:
        notice = "Lembar sudah diterima dan sedang dibaca. Muat ulang halaman ini." if selesai else ""
        sheets = await store.imports(desk.service.database, SHEETS)
        shown = {"sheets": sheets, "states": STATES, "refusals": REFUSALS, "today": desk.today(), "notice": notice}
        return site.page("imports.html", staff, "lembar", **shown)

    @router.post(PLACE, include_in_schema=False)
    async def upload(
        file: Annotated[UploadFile, File()],
        source: Annotated[str, Form(min_length=2, max_length=200)],
        received_on: Annotated[str, Form(max_length=10)] = "",
        staff: Staff = secretariat,
    ) -> RedirectResponse:
        told = told_of(desk, source, received_on, staff.username)
        async with received(file) as taken:
            await importer.start(taken, told)
        return site.to(f"{PLACE}?selesai=unggah")
