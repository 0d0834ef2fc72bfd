"""What a person may do only with a one-time code: correct data, withdraw, object.

Each is one form in two turns: what shall be done is checked first, then the code is sent and typed on the same page,
so that nothing that was typed is lost while a message is on its way.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.registration.api import sealing
from services.registration.api.act_pages import add_both
from services.registration.api.applications import ask_code, correct, object_to, withdraw
from services.registration.api.bodies import CorrectionFields
from services.registration.api.desk import Desk
from services.registration.domain.applicant import Applicant
from services.registration.domain.codes import Purpose
from services.registration.pages import questions as asked
from services.registration.pages.questions import Kind, Question, Values
from services.registration.pages.site import Site, sent
from services.registration.pages.words import told
from shared.contracts.decision import Refused
from shared.web.pages import MONTHS
from shared.web.problems import Problem

CODE = Question(
    "kode",
    "digits",
    "Kode sekali pakai",
    "Tulis 6 angka dari pesan kami.",
    "6 angka dari pesan yang baru kami kirim. Berlaku 5 menit.",
    12,
    "one-time-code",
)
TEXT = Question(
    "text",
    "area",
    "Mengapa keputusan ini keliru?",
    "Tulis alasan Anda, sedikitnya 10 huruf.",
    "Ceritakan dengan kata-kata sendiri. Sebutkan surat yang dapat Anda tunjukkan.",
    1500,
    "off",
)
LEAST_TEXT = 10
NOTHING = "Belum ada yang diubah. Isi kolom yang keliru saja, lalu lanjutkan."
SENT = "Kode sudah dikirim ke nomor ponsel atau e-mail Anda yang terdaftar. Ketik di bawah ini."
SIX = re.compile(r"[0-9]{6}")

Checked = Mapping[str, str]
"""Name of a question -> what is wrong; empty when all is right."""


@dataclass(frozen=True)
class Act:
    """One thing that needs a code: how it is asked, checked before a code is spent on it, and done."""

    purpose: Purpose
    place: str
    done: str
    """Word of `status_pages.DONE`."""
    heading: str
    about: str
    button: str
    questions: Callable[[Desk], Sequence[Question]]
    check: Callable[[Desk, Applicant, Values], Awaitable[Checked]]
    do: Callable[[Desk, Applicant, Values, str], Awaitable[None]]


def add_act(router: APIRouter, site: Site, act: Act) -> None:
    pages = _ActPages(site, act)
    add_both(router, site, f"/status/{act.place}", pages.show, pages.take)


class _ActPages:
    """GET asks, POST checks and sends a code, POST with the code does it."""

    def __init__(self, site: Site, act: Act) -> None:
        self._site, self._act = site, act

    async def show(self, request: Request, desk: Desk, applicant: Applicant) -> Response:
        return self._page(request, desk, applicant, {})

    async def take(self, request: Request, desk: Desk, applicant: Applicant) -> Response:
        fields = await sent(request)
        values = asked.picked(self._act.questions(desk), fields)
        coded = fields.get("tahap") == "kode"
        if errors := await self._act.check(desk, applicant, values):
            return self._page(request, desk, applicant, values, errors=errors, coded=coded)
        if not coded or fields.get("aksi") == "ulang":
            return await self._code(request, desk, applicant, values)
        code = asked.answer(CODE, fields)
        if not SIX.fullmatch(code):
            return self._page(request, desk, applicant, values, errors={CODE.name: CODE.missing}, coded=True)
        try:
            await self._act.do(desk, applicant, values, code)
        except Refused as refused:
            return self._page(request, desk, applicant, values, errors={CODE.name: told(refused)}, coded=True)
        return self._site.to(f"/status?selesai={self._act.done}")

    async def _code(self, request: Request, desk: Desk, applicant: Applicant, values: Values) -> Response:
        """Send one. When that is refused the page stays, with all that was typed: a code may have come before."""
        try:
            await ask_code(desk, applicant, self._act.purpose)
        except Refused as refused:
            return self._page(request, desk, applicant, values, errors={"": told(refused)}, coded=True)
        except Problem as problem:
            if problem.retry_after is None:
                raise
            response = self._page(request, desk, applicant, values, errors={"": problem.sentence}, coded=True)
            response.status_code, response.headers["Retry-After"] = problem.status, str(problem.retry_after)
            return response
        return self._page(request, desk, applicant, values, note=SENT, coded=True)

    def _page(
        self,
        request: Request,
        desk: Desk,
        applicant: Applicant,
        values: Values,
        errors: Checked | None = None,
        note: str = "",
        coded: bool = False,
    ) -> Response:
        shown: dict[str, Any] = {
            "act": self._act,
            "code": CODE,
            "coded": coded,
            "errors": errors or {},
            "months": MONTHS,
            "note": note,
            "questions": self._act.questions(desk),
            "suspected": applicant.question.fields if applicant.question else (),
            "values": values,
        }
        return self._site.page(request, desk, "with_code.html", 422 if errors else 200, **shown)


# ---- correction


def _optional(question: Question) -> Question:
    """A correction names only what changes. A radio button once pressed cannot be taken back, so it is a list here."""
    kind: Kind = "select" if question.kind == "radio" else question.kind
    return replace(question, kind=kind, missing="")


def _correctable(desk: Desk) -> Sequence[Question]:
    steps = asked.steps(desk.reference.places)[:3]
    left_out = {"migrant", "heard_from"}
    return [_optional(each) for _, questions in steps for each in questions if each.name not in left_out]


def _changes(desk: Desk, values: Values) -> dict[str, Any]:
    given = {each.name: asked.answer(each, values) for each in _correctable(desk)}
    changed: dict[str, Any] = {name: value for name, value in given.items() if value}
    if "birth_date" in changed:
        changed["birth_date"] = str(sealing.read("birth_date", changed["birth_date"]))
    if changed.get("district_code") == asked.ELSEWHERE:
        del changed["district_code"]
    if "covid_affected" in changed:
        changed["covid_affected"] = changed["covid_affected"] == "ya"
    return sealing.changes_of(CorrectionFields(**changed))


async def _check_correction(desk: Desk, applicant: Applicant, values: Values) -> Checked:
    if errors := asked.errors(_correctable(desk), values):
        return errors
    try:
        command = await desk.correction(applicant, _changes(desk, values), "applicant")
    except Refused as refused:
        return {"": told(refused)}
    return {} if command else {"": NOTHING}


async def _correct(desk: Desk, applicant: Applicant, values: Values, code: str) -> None:
    await correct(desk, applicant, _changes(desk, values), code)


CORRECTION = Act(
    "correction",
    "perbaiki",
    "perbaiki",
    "Perbaiki data saya",
    "Isi hanya yang keliru; yang dikosongkan tetap seperti semula. Data lama tidak ditampilkan demi keamanan Anda.",
    "Simpan perbaikan",
    _correctable,
    _check_correction,
    _correct,
)


# ---- withdrawal and objection


async def _fine(desk: Desk, applicant: Applicant, values: Values) -> Checked:
    return {}


async def _withdraw(desk: Desk, applicant: Applicant, values: Values, code: str) -> None:
    await withdraw(desk, applicant.applicant_id, code)


WITHDRAWAL = Act(
    "withdrawal",
    "batal",
    "batal",
    "Batalkan pendaftaran",
    "Pendaftaran Anda berakhir dan Anda keluar dari gelombang yang diikuti. Anda boleh mendaftar lagi kapan saja.",
    "Ya, batalkan pendaftaran saya",
    lambda desk: (),
    _fine,
    _withdraw,
)


async def _check_text(desk: Desk, applicant: Applicant, values: Values) -> Checked:
    given = values.get(TEXT.name, "")
    if len(given) < LEAST_TEXT:
        return {TEXT.name: TEXT.missing}
    return asked.errors([TEXT], values)


async def _object(desk: Desk, applicant: Applicant, values: Values, code: str) -> None:
    await object_to(desk, applicant.applicant_id, values[TEXT.name], code)


OBJECTION = Act(
    "objection",
    "keberatan",
    "keberatan",
    "Ajukan keberatan",
    "Dua petugas yang berbeda memeriksa keberatan Anda. Anda diberi kabar; layanan ini gratis.",
    "Kirim keberatan",
    lambda desk: (TEXT,),
    _check_text,
    _object,
)

ACTS = (CORRECTION, WITHDRAWAL, OBJECTION)
