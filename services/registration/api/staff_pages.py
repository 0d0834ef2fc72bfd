"""Where staff begin: what waits, and the way to every page of theirs."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from services.registration import store
from services.registration.api import (
    ceremony_forms,
    import_pages,
    list_pages,
    lists,
    person_pages,
    review_pages,
    wave_forms,
    wave_pages,
)
from services.registration.api.desk import Desk
from services.registration.api.importing import Importer
from services.registration.api.staff_site import HOME, StaffSite
from services.registration.pages import wave_view
from shared.security.accounts import Staff

WAITING = 100
"""Cases that are counted one by one; more are told as `100+`."""
OVER = ("done", "cancelled")


def add_staff_pages(router: APIRouter, desk: Desk, importer: Importer) -> None:
    """All pages of signed-in staff, apart from practice."""
    site = StaffSite(router, desk)
    for add in (
        _add_start,
        person_pages.add_person_pages,
        review_pages.add_review_pages,
        review_pages.add_review_forms,
        wave_pages.add_wave_pages,
        wave_forms.add_wave_forms,
        wave_forms.add_wave_ends,
        ceremony_forms.add_officials_forms,
        ceremony_forms.add_draw_form,
        list_pages.add_list_pages,
        list_pages.add_list_forms,
    ):
        add(router, desk, site)
    import_pages.add_import_pages(router, desk, site, importer)


def _add_start(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    anybody = Depends(desk.accounts.require())

    @router.get(HOME, include_in_schema=False)
    async def start(staff: Staff = anybody) -> HTMLResponse:
        database, now = desk.service.database, desk.service.clock.now()
        waves = [each for each in await store.waves(database) if each.state not in OVER]
        return site.page(
            "office.html",
            staff,
            "beranda",
            waiting=len(await store.open_cases(database, 0, WAITING)),
            most=WAITING,
            waves=[(each, wave_view.next_step(each, now)) for each in waves],
            states=wave_view.STATES,
            stale=await lists.stale_names(desk),
            running=sum(each.state == "running" for each in await store.imports(database, import_pages.SHEETS)),
        )
