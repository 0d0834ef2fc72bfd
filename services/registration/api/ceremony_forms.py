"""The ceremony's forms. Officials' files are read as `gelombang draw secret` writes them, and never kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse

from services.registration.api.bodies import (
    AcknowledgementsBody,
    CommitmentBody,
    DrawBody,
    OfficialsBody,
    WaveNumber,
)
from services.registration.api.ceremony import acknowledged, drawn, handed_in, named
from services.registration.api.desk import Desk
from services.registration.api.staff_site import KEY, StaffSite, read, whole
from services.registration.api.wave_pages import PLACE, known
from services.registration.domain.beacon import QUICKNET
from services.registration.pages.site import sent
from shared.security.accounts import Staff
from shared.web.guard import strict_json
from shared.web.problems import Problem

MOST_FILES, MOST_FILE_BYTES = 90, 16 * 1024
SIGNED = ("official", "points", "holder", "signature")
OwnKey = Annotated[str, Form(max_length=64)]
NOT_OURS = "Berkas ini bukan berkas upacara untuk gelombang ini. Pakai berkas dari `gelombang draw secret`."


def add_officials_forms(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """The acts of `ceremony.add_officials`; the same bodies and commands."""
    secretariat, either = Depends(site.acting("secretariat")), Depends(site.acting("secretariat", "approver"))

    @router.post(f"{PLACE}/{{wave}}/pejabat", include_in_schema=False)
    async def name(request: Request, wave: WaveNumber, staff: Staff = secretariat) -> RedirectResponse:
        form = await sent(request)
        names = [line for line in form.get("officials", "").splitlines() if line.strip()]
        beacon = QUICKNET.hash if "beacon" in form else None
        body = read(
            OfficialsBody, {"officials": names, "threshold": whole(form.get("threshold", "")), "beacon": beacon}
        )
        await site.once(staff, form, named(desk, wave, body, staff.username))
        return site.to(f"{PLACE}/{wave}/undian?selesai=pejabat")

    @router.post(f"{PLACE}/{{wave}}/komitmen", include_in_schema=False)
    async def hand_in(
        wave: WaveNumber, file: Annotated[UploadFile, File()], key: OwnKey = "", staff: Staff = either
    ) -> RedirectResponse:
        body = read(CommitmentBody, _parts(await _content(file, wave), ("official", "points")))
        form = {KEY: key, "content": body.model_dump_json()}
        await site.once(staff, form, handed_in(wave, body, staff.username))
        return site.to(f"{PLACE}/{wave}/undian?selesai=komitmen")

    @router.post(f"{PLACE}/{{wave}}/bagian", include_in_schema=False)
    async def acknowledge(
        wave: WaveNumber, files: Annotated[list[UploadFile], File()], key: OwnKey = "", staff: Staff = either
    ) -> RedirectResponse:
        told = [_parts(await _content(each, wave), SIGNED) for each in files[:MOST_FILES]]
        body = read(AcknowledgementsBody, {"acknowledgements": told})
        form = {KEY: key, "content": body.model_dump_json()}
        await site.once(staff, form, await acknowledged(desk, wave, body, staff.username))
        return site.to(f"{PLACE}/{wave}/undian?selesai=bagian")


def add_draw_form(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """The draw, with the files that officials bring: their own secrets, shares of withheld ones, or all in one."""
    approver = Depends(site.acting("approver"))

    @router.post(f"{PLACE}/{{wave}}/undi", include_in_schema=False)
    async def draw(
        wave: WaveNumber,
        files: Annotated[list[UploadFile], File()],
        sure: Annotated[str, Form(max_length=2)],
        signature: Annotated[str, Form(max_length=200)] = "",
        key: OwnKey = "",
        staff: Staff = approver,
    ) -> RedirectResponse:
        found = opened([await _content(each, wave) for each in files[:MOST_FILES]])
        beacon = (await known(desk, wave)).beacon
        if signature.strip() and beacon:
            found["beacon"] = {"round": beacon.round, "signature": signature.strip()}
        body = read(DrawBody, found)
        form = {KEY: key, "content": body.model_dump_json()}
        await site.once(staff, form, await drawn(desk, wave, body, staff.username))
        return site.to(f"{PLACE}/{wave}/undian?selesai=undi")


async def _content(file: UploadFile, wave: int) -> Mapping[str, Any]:
    """Raises Problem CEREMONY_FILE for what is no file of the ceremony, or one of another wave."""
    raw = await file.read(MOST_FILE_BYTES + 1)
    found = strict_json(raw) if 0 < len(raw) <= MOST_FILE_BYTES else None
    if not isinstance(found, dict) or found.get("wave", wave) != wave:
        raise Problem("CEREMONY_FILE", status=422, sentence=NOT_OURS)
    return found


def opened(files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The body of a draw from secret files, share files, and files in which `gelombang draw opening` put many."""
    found: dict[str, Any] = {"secrets": [], "shares": []}
    for each in files:
        if "secret" in each:
            found["secrets"].append(_parts(each, ("official", "secret")))
        elif "share" in each:
            found["shares"].append(_parts(each, ("official", "holder", "share")))
        elif isinstance(each.get("secrets"), list) and isinstance(each.get("shares", []), list):
            found["secrets"] += each["secrets"]
            found["shares"] += each.get("shares", [])
        else:
            raise Problem("CEREMONY_FILE", status=422, sentence=NOT_OURS)
    return found


def _parts(content: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What a body takes of a file; which wave it is of was looked at already."""
    return {name: content[name] for name in names if name in content}
