"""A lost tracking code: NIK, KK and birth date, then the one-time code. No answer says whether anybody is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.registration.api import sealing
from services.registration.api.bodies import LostCode, LostCodeRenewal
from services.registration.api.desk import Desk
from services.registration.api.lost_codes import ask_lost_code, renew_tracking
from services.registration.pages import questions as asked
from services.registration.pages.questions import BIRTH, KK, NIK, Values
from services.registration.pages.site import Site, sent
from services.registration.pages.words import told
from shared.contracts.decision import Refused
from shared.web.pages import MONTHS
from shared.web.questions import ONE_TIME_CODE as CODE
from shared.web.two_turns import SIX

ASKED = (NIK, KK, BIRTH)
CARRIED_LIFE = timedelta(minutes=30)
SENT = (
    "Bila data ini cocok dengan pendaftaran kami, kode 6 angka sudah dikirim ke ponsel atau e-mail yang terdaftar. "
    "Tidak ada pesan? Tunggu 1 menit, lalu kirim ulang, atau datanglah ke kantor dengan KTP dan KK."
)


def add_lost_code(router: APIRouter, site: Site) -> None:
    lost = _LostCode(site)
    router.get(f"{site.path}/kode-hilang", include_in_schema=False)(lost.show)
    router.post(f"{site.path}/kode-hilang", include_in_schema=False)(lost.ask)
    router.post(f"{site.path}/kode-hilang/baru", include_in_schema=False)(lost.renew)


class _LostCode:
    """Two forms: who somebody is, and the code that came. What the first was told goes along sealed."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        return self._first(request, await self._site.desk(request), {}, {})

    async def ask(self, request: Request) -> Response:
        desk = await self._site.desk(request)
        values = asked.picked(ASKED, await sent(request))
        if errors := asked.errors(ASKED, values):
            return self._first(request, desk, values, errors)
        return await self._send(request, desk, _person(values))

    async def renew(self, request: Request) -> Response:
        desk, fields = await self._site.desk(request), await sent(request)
        person = self._site.carried.open(fields.get("isian"))
        if person is None:
            return self._site.to("/kode-hilang")
        if fields.get("aksi") == "ulang":
            return await self._send(request, desk, person)
        code = asked.answer(CODE, fields)
        if not SIX.fullmatch(code):
            return self._second(request, desk, person, error=CODE.missing)
        try:
            answer = await renew_tracking(desk, LostCodeRenewal(**person, code=code))
        except Refused as refused:
            return self._second(request, desk, person, error=told(refused))
        response = self._site.to("/kode-hilang/selesai")
        self._site.keep_receipt(response, request, answer["tracking_code"])
        return response

    async def _send(self, request: Request, desk: Desk, person: Mapping[str, str]) -> Response:
        await ask_lost_code(desk, LostCode(**person))
        return self._second(request, desk, person, note=SENT)

    def _first(self, request: Request, desk: Desk, values: Values, errors: Values) -> Response:
        status = 422 if errors else 200
        shown: dict[str, Any] = {"questions": ASKED, "values": values, "errors": errors, "months": MONTHS}
        return self._site.page(request, desk, "lost_code.html", status, **shown)

    def _second(
        self, request: Request, desk: Desk, person: Mapping[str, str], error: str = "", note: str = ""
    ) -> Response:
        token = self._site.carried.seal(person, CARRIED_LIFE)
        errors = {CODE.name: error} if error else {}
        shown: dict[str, Any] = {"code": CODE, "token": token, "note": note, "errors": errors, "months": MONTHS}
        return self._site.page(request, desk, "lost_code_renewal.html", 422 if error else 200, **shown)


def add_new_code(router: APIRouter, site: Site) -> None:
    @router.get(f"{site.path}/kode-hilang/selesai", include_in_schema=False)
    async def receipt(request: Request) -> Response:
        desk = await site.desk(request)
        code = site.receipt(request)
        if code is None:
            return site.to("/kode-hilang")
        done = f"{site.base}/kode-hilang/selesai"
        shown: dict[str, Any] = {"heading": "Kode lacak baru", "code": code, "fresh": False, "done": done}
        return site.page(request, desk, "receipt.html", **shown)

    @router.post(f"{site.path}/kode-hilang/selesai", include_in_schema=False)
    async def noted(request: Request) -> Response:
        desk = await site.desk(request)
        await sent(request)
        response = site.to("/status")
        if code := site.receipt(request):
            site.enter(response, request, await desk.tracked(code))
        site.drop_receipt(response)
        return response


def _person(values: Mapping[str, str]) -> dict[str, str]:
    """The body of the door for programs."""
    given = {question.name: asked.answer(question, values) for question in ASKED}
    return {**given, BIRTH.name: str(sealing.read(BIRTH.name, given[BIRTH.name]))}
