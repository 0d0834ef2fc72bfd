"""The status page: opened by the tracking code, kept open by a sealed session, never by an address."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.registration import store
from services.registration.api.bodies import WaveNumber
from services.registration.api.desk import Desk
from services.registration.api.public import proof_of
from services.registration.domain.applicant import Applicant
from services.registration.domain.waves import Wave
from services.registration.pages import status_view
from services.registration.pages.site import Site, sent
from services.registration.pages.words import told
from shared.contracts.decision import Refused
from shared.web.questions import TRACKING as CODE

ENDED = "Waktu melihat status sudah habis. Ketik kode lacak Anda lagi."
DONE = {
    "tes": "Tes sudah kami terima. Terima kasih.",
    "gabung": "Anda sudah bergabung ke gelombang ini.",
    "perbaiki": "Perbaikan sudah disimpan.",
    "batal": "Pendaftaran sudah dibatalkan.",
    "keberatan": "Keberatan sudah kami terima. Dua petugas akan memeriksanya; Anda diberi kabar.",
}
"""What was just done, by the word that the address carries."""


def add_status(router: APIRouter, site: Site) -> None:
    status = _Status(site)
    router.get(f"{site.path}/status", include_in_schema=False)(status.show)
    router.post(f"{site.path}/status", include_in_schema=False)(status.enter)
    router.post(f"{site.path}/status/keluar", include_in_schema=False)(status.leave)
    router.get(f"{site.path}/status/bukti/{{wave}}", include_in_schema=False)(status.proof)


class _Status:
    """The status page at one site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request, selesai: str = "", habis: str = "") -> Response:
        desk = await self._site.desk(request)
        applicant = await self._site.visitor(request, desk)
        if applicant is None:
            return door_page(self._site, request, desk, note=ENDED if habis else "")
        return await status_page(self._site, request, desk, applicant, DONE.get(selesai, ""))

    async def enter(self, request: Request) -> Response:
        desk = await self._site.desk(request)
        code = (await sent(request)).get(CODE.name, "").strip()[:80]
        if not code:
            return door_page(self._site, request, desk, error=CODE.missing)
        try:
            applicant = await desk.tracked(code)
        except Refused as refused:
            return door_page(self._site, request, desk, error=told(refused), typed=code)
        response = self._site.to("/status")
        self._site.enter(response, request, applicant)
        return response

    async def leave(self, request: Request) -> Response:
        await self._site.desk(request)
        await sent(request)
        response = self._site.to("/status")
        self._site.leave(response)
        return response

    async def proof(self, request: Request, wave: WaveNumber) -> Response:
        """The same as the door for programs, as a file."""
        desk = await self._site.desk(request)
        applicant = await self._site.visitor(request, desk)
        if applicant is None:
            return self._site.to("/status?habis=1")
        found = await store.wave(desk.service.database, wave)
        if found is None:
            raise Refused("WAVE_UNKNOWN")
        chunk = await store.frozen_chunk_of(desk.service.database, wave, applicant.applicant_id)
        headers = {"Content-Disposition": f'attachment; filename="bukti-gelombang-{wave}.json"'}
        return JSONResponse(proof_of(found, chunk, applicant.applicant_id), headers=headers)


def door_page(site: Site, request: Request, desk: Desk, error: str = "", typed: str = "", note: str = "") -> Response:
    errors, values = ({CODE.name: error} if error else {}), {CODE.name: typed}
    shown: dict[str, Any] = {"questions": [CODE], "values": values, "errors": errors, "note": note}
    return site.page(request, desk, "status_door.html", 422 if error else 200, months=(), **shown)


async def status_page(site: Site, request: Request, desk: Desk, applicant: Applicant, done: str = "") -> Response:
    """All that is known of an application, and what its person can do now; it keeps the session awake."""
    shown = status_view.view(applicant, desk, await open_wave(desk), site.base)
    response = site.page(request, desk, "status.html", done=done, **shown)
    site.enter(response, request, applicant)
    return response


async def open_wave(desk: Desk) -> Wave | None:
    """The wave that people can join now."""
    now = desk.service.clock.now()
    found = await store.waves_in(desk.service.database, "open")
    return next((wave for wave in found if wave.opens_at <= now < wave.closes_at), None)
