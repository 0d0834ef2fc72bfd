"""What a person may do only with a one-time code: correct data, withdraw, object.

Each is one form in two turns: what shall be done is checked first, then the code is sent and typed on the same page,
so that nothing that was typed is lost while a message is on its way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
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
from shared.web.questions import ONE_TIME_CODE as CODE
from shared.web.two_turns import Checked, Turn, take_turn

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
        return self._page(request, desk, applicant, {}, Turn(False))

    async def take(self, request: Request, desk: Desk, applicant: Applicant) -> Response:
        fields = await sent(request)
        values = asked.picked(self._act.questions(desk), fields)
        turn = await take_turn(
            fields,
            check=lambda: self._act.check(desk, applicant, values),
            send=lambda: ask_code(desk, applicant, self._act.purpose),
            do=lambda code: self._act.do(desk, applicant, values, code),
            told=told,
        )
        if turn is None:
            return self._site.to(f"/status?selesai={self._act.done}")
        return self._page(request, desk, applicant, values, turn)

    def _page(self, request: Request, desk: Desk, applicant: Applicant, values: Values, turn: Turn) -> Response:
        shown: dict[str, Any] = {
            "act": self._act,
            "code": CODE,
            "coded": turn.coded,
            "errors": turn.errors,
            "months": MONTHS,
            "note": turn.note,
            "questions": self._act.questions(desk),
            "suspected": applicant.question.fields if applicant.question else (),
            "values": values,
        }
        response = self._site.page(request, desk, "with_code.html", turn.status, **shown)
        response.headers.update(turn.headers or {})
        return response


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
