"""The forms of a wave: drafted by one person, opened, changed or cancelled by another; closed, joined by a sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse

from services.registration.api import lists
from services.registration.api.bodies import BatchJoinBody, CancellationBody, WaveBody, WaveChangeBody, WaveNumber
from services.registration.api.desk import Desk
from services.registration.api.staff_site import StaffSite, read, whole
from services.registration.api.wave_pages import PLACE, choices
from services.registration.api.waves import cancelled, changed, drafted, joining_together
from services.registration.domain.closing import CloseWave
from services.registration.domain.waves import OpenWave
from services.registration.pages.site import sent
from shared.security.accounts import Staff

SEATS = "kursi_"
"""Fields of the draft's form: seats of a group, by its code."""
_LOCAL = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


def add_wave_forms(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """The acts of `waves.add_preparation`; the same bodies and commands."""
    secretariat, approver = Depends(site.acting("secretariat")), Depends(site.acting("approver"))

    @router.post(PLACE, include_in_schema=False)
    async def draft(request: Request, staff: Staff = secretariat) -> RedirectResponse:
        form = await sent(request)
        body = read(WaveBody, draft_of(form, choices(desk)))
        await site.once(staff, form, drafted(desk, body, staff.username))
        return site.to(f"{PLACE}/{body.wave}?selesai=susun")

    @router.post(f"{PLACE}/{{wave}}/buka", include_in_schema=False)
    async def open_(request: Request, wave: WaveNumber, staff: Staff = approver) -> RedirectResponse:
        form = await sent(request)
        await site.once(staff, form, OpenWave(wave, "take_recycled" in form, staff.username))
        await lists.alarm_stale(desk)
        return site.to(f"{PLACE}/{wave}?selesai=buka")

    @router.post(f"{PLACE}/{{wave}}/ubah", include_in_schema=False)
    async def change(request: Request, wave: WaveNumber, staff: Staff = approver) -> RedirectResponse:
        form = await sent(request)
        fields = {"quota": whole(form.get("quota", "")), "reason": form.get("reason")}
        body = read(WaveChangeBody, {**fields, **times_of(form)})
        await site.once(staff, form, changed(wave, body))
        return site.to(f"{PLACE}/{wave}?selesai=ubah")

    @router.post(f"{PLACE}/{{wave}}/batal", include_in_schema=False)
    async def cancel(request: Request, wave: WaveNumber, staff: Staff = approver) -> RedirectResponse:
        form = await sent(request)
        body = read(CancellationBody, {"reason": form.get("reason")})
        await site.once(staff, form, cancelled(wave, body, staff.username))
        return site.to(f"{PLACE}/{wave}?selesai=batal")


def add_wave_ends(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """What the secretariat does with an open wave: the people of a sheet join together, and it is closed."""
    secretariat = Depends(site.acting("secretariat"))

    @router.post(f"{PLACE}/{{wave}}/gabung", include_in_schema=False)
    async def join(request: Request, wave: WaveNumber, staff: Staff = secretariat) -> RedirectResponse:
        form = await sent(request)
        body = read(BatchJoinBody, {name: form.get(name) for name in ("import_id", "test", "note")})
        reply = await site.once(staff, form, await joining_together(desk, wave, body, staff.username))
        return site.to(f"{PLACE}/{wave}?selesai=gabung&kelompok={reply['batch_id']}")

    @router.post(f"{PLACE}/{{wave}}/tutup", include_in_schema=False)
    async def close(request: Request, wave: WaveNumber, staff: Staff = secretariat) -> RedirectResponse:
        await site.once(staff, await sent(request), CloseWave(wave, staff.username))
        return site.to(f"{PLACE}/{wave}?selesai=tutup")


def draft_of(form: Mapping[str, str], strata: Mapping[str, str]) -> dict[str, Any]:
    """A draft as programs send it. Without `own` the rules' priorities are taken; a group without seats is none."""
    found: dict[str, Any] = {name: whole(form.get(name, "")) for name in ("wave", "quota")}
    if form.get("groups") == "own":
        seats = {code: whole(form.get(f"{SEATS}{code}", "")) for code in strata}
        found["strata"] = [{"code": code, "quota": quota} for code, quota in seats.items() if quota not in ("", 0)]
    return {**found, **times_of(form)}


def times_of(form: Mapping[str, str]) -> dict[str, str]:
    """Times as a browser's field gives them, which are WIB, as programs send them; what is none is refused later."""
    return {name: _wib(form.get(name, "")) for name in ("opens_at", "closes_at")}


def _wib(text: str) -> str:
    if not _LOCAL.fullmatch(text):
        return text
    return f"{text if text.count(':') == 2 else f'{text}:00'}+07:00"
