"""The participants' front page: opened by the tracking code, kept open by a sealed session, never by an address."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.incentive.domain.participant import Participant
from services.incentive.pages import overview
from services.incentive.pages.site import PLACE, Site
from services.incentive.pages.words import told
from shared.contracts.decision import Refused
from shared.web.forms import sent
from shared.web.questions import TRACKING

ENDED = "Waktu melihat halaman peserta sudah habis. Ketik kode lacak Anda lagi."
DONE = {
    "ulasan": "Ulasan sudah kami terima. Terima kasih.",
    "survei": "Jawaban survei sudah kami terima. Terima kasih.",
}
"""What was just done, by the word that the address carries."""


def add_status(router: APIRouter, site: Site) -> None:
    """The way in, the overview, and the way out."""
    status = _Status(site)
    router.get(PLACE, include_in_schema=False)(status.show)
    router.post(PLACE, include_in_schema=False)(status.enter)
    router.post(f"{PLACE}/keluar", include_in_schema=False)(status.leave)


class _Status:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request, selesai: str = "", habis: str = "") -> Response:
        person = await self._site.visitor(request)
        if person is None:
            return self._door(request, note=ENDED if habis else "")
        return await self._overview(request, person, DONE.get(selesai, ""))

    async def enter(self, request: Request) -> Response:
        code = (await sent(request)).get(TRACKING.name, "").strip()[:80]
        if not code:
            return self._door(request, error=TRACKING.missing)
        try:
            person = await self._site.door.tracked(code)
        except Refused as refused:
            return self._door(request, error=told(refused), typed=code)
        response = self._site.to("")
        self._site.enter(response, request, person)
        return response

    async def leave(self, request: Request) -> Response:
        await sent(request)
        response = self._site.to("")
        self._site.visits.leave(response)
        return response

    def _door(self, request: Request, error: str = "", typed: str = "", note: str = "") -> Response:
        errors, values = ({TRACKING.name: error} if error else {}), {TRACKING.name: typed}
        shown: dict[str, Any] = {"questions": [TRACKING], "values": values, "errors": errors, "note": note}
        return self._site.page(request, "status_door.html", 422 if error else 200, months=(), **shown)

    async def _overview(self, request: Request, person: Participant, done: str) -> Response:
        door = self._site.door
        shown = overview.view(person, await door.key(person.applicant_id), door, door.service.clock.now())
        response = self._site.page(request, "overview.html", done=done, **shown)
        self._site.enter(response, request, person)
        return response
