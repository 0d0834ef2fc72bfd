"""The application form: four steps of questions, one to check and send, and the receipt with the tracking code."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.registration.api import sealing
from services.registration.api.applications import apply
from services.registration.api.desk import Desk
from services.registration.domain.intake import examine
from services.registration.domain.reasons import QUESTIONED
from services.registration.pages import questions as asked
from services.registration.pages.questions import Question, Steps, Values
from services.registration.pages.site import FORM_LIFE, RECEIPT_LIFE, Site, sent
from services.registration.pages.words import told
from shared.contracts.decision import Refused
from shared.engine.committer import Overloaded
from shared.engine.service import Unavailable
from shared.security.tokens import TokenTooLarge
from shared.web.pages import MONTHS, day

STEP_TO_MEND: Mapping[str, int] = {"UNDER_AGE": 1, "NIK_FORMAT": 1, "DATE_FORMAT": 1, "DISTRICT_UNKNOWN": 2}
"""Refusals of a whole application -> the step in which their cause was typed."""
REGISTERED = frozenset({"DUPLICATE", "IDEMPOTENCY_KEY_REUSED"})
BUSY = "Layanan sedang penuh dan pendaftaran Anda belum terkirim. Isian Anda aman: tunggu sebentar, lalu kirim lagi."


def add_form(router: APIRouter, site: Site) -> None:
    """One step at a time; what was answered travels sealed in a cookie, so that nothing is lost with the signal."""
    form = _Form(site)
    router.get(f"{site.path}/daftar", include_in_schema=False)(form.show)
    router.post(f"{site.path}/daftar", include_in_schema=False)(form.take)
    router.post(f"{site.path}/daftar/hapus", include_in_schema=False)(form.forget)


class _Form:
    """The form at one site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request, langkah: str = "1") -> Response:
        desk, draft = await self._site.desk(request), self._site.draft(request)
        if "receipt" in draft:
            return self._site.to("/daftar/selesai")
        steps, values = asked.steps(desk.reference.places), draft.get("values", {})
        wanted = int(langkah) if langkah.isdigit() and len(langkah) < 3 else 1
        number = min(max(wanted, 1), first_unanswered(steps, values))
        if number > len(steps):
            return check_page(self._site, request, desk, draft)
        return step_page(self._site, request, desk, number, values, lost=wanted > 1 and not draft)

    async def take(self, request: Request) -> Response:
        desk = await self._site.desk(request)
        fields, draft = await sent(request), self._site.draft(request)
        if "receipt" in draft:
            return self._site.to("/daftar/selesai")
        steps, number = asked.steps(desk.reference.places), fields.get("langkah", "1")
        if number in {str(each + 1) for each in range(len(steps))}:
            return take_step(self._site, request, desk, int(number), draft, fields)
        if first_unanswered(steps, draft.get("values", {})) <= len(steps):
            return self._site.to("/daftar?langkah=9")
        return await send(self._site, request, desk, draft)

    async def forget(self, request: Request) -> Response:
        """Nothing of it stays on a phone that somebody else uses."""
        await self._site.desk(request)
        await sent(request)
        response = self._site.to("/daftar")
        self._site.drop_draft(response)
        return response


def add_receipt(router: APIRouter, site: Site) -> None:
    """The tracking code, for as long as it takes to write it down."""

    @router.get(f"{site.path}/daftar/selesai", include_in_schema=False)
    async def receipt(request: Request) -> Response:
        desk = await site.desk(request)
        code = site.draft(request).get("receipt")
        if code is None:
            return site.to("/daftar")
        done = f"{site.base}/daftar/selesai"
        return site.page(
            request, desk, "receipt.html", heading="Pendaftaran diterima", code=code, fresh=True, done=done
        )

    @router.post(f"{site.path}/daftar/selesai", include_in_schema=False)
    async def noted(request: Request) -> Response:
        desk = await site.desk(request)
        await sent(request)
        response = site.to("/status")
        if code := site.draft(request).get("receipt"):
            site.enter(response, request, await desk.tracked(code))
        site.drop_draft(response)
        return response


def first_unanswered(steps: Steps, values: Values) -> int:
    """Number of the first step whose answers are not all there and right; one more than the last when all are."""
    for number, (_, questions) in enumerate(steps, 1):
        if asked.errors(questions, values):
            return number
    return len(steps) + 1


def step_page(
    site: Site,
    request: Request,
    desk: Desk,
    number: int,
    values: Values,
    errors: Mapping[str, str] | None = None,
    *,
    lost: bool = False,
) -> HTMLResponse:
    """One step, with what is answered so far or was typed just now."""
    steps = asked.steps(desk.reference.places)
    title, questions = steps[number - 1]
    kept = site.draft(request).get("values", {})
    return site.page(
        request,
        desk,
        "apply_step.html",
        422 if errors else 200,
        number=number,
        total=len(steps) + 1,
        title=title,
        questions=questions,
        values=values,
        errors=errors or {},
        lost=lost,
        resumed=bool(kept),
        complete=first_unanswered(steps, kept) > len(steps),
        months=MONTHS,
    )


def take_step(
    site: Site, request: Request, desk: Desk, number: int, draft: Mapping[str, Any], fields: Values
) -> Response:
    """Check one step and go on; what is wrong is shown beside what was typed."""
    steps = asked.steps(desk.reference.places)
    questions = steps[number - 1][1]
    given = asked.picked(questions, fields)
    errors = asked.errors(questions, given)
    if number == 1 and not errors:
        errors = asked.identity_errors(given, desk.reference.places)
    if errors:
        return step_page(site, request, desk, number, given, errors)
    controls = {name for question in questions for name in asked.names(question)}
    before = {name: value for name, value in draft.get("values", {}).items() if name not in controls}
    values = {**before, **given}
    complete = first_unanswered(steps, values) > len(steps)
    response = site.to(f"/daftar?langkah={len(steps) + 1 if complete else number + 1}")
    try:
        site.keep_draft(response, request, {"key": draft.get("key") or str(uuid.uuid4()), "values": values}, FORM_LIFE)
    except TokenTooLarge:
        longest = max(questions, key=lambda question: len(given.get(question.name, "")))
        return step_page(site, request, desk, number, given, {longest.name: told(Refused("TEXT_FORMAT"))})
    return response


def check_page(
    site: Site,
    request: Request,
    desk: Desk,
    draft: Mapping[str, Any],
    status: int = 200,
    problem: str = "",
    code: str = "",
) -> HTMLResponse:
    """All answers once more; what a person should look at again; and why it was not taken, if it was not."""
    steps, values = asked.steps(desk.reference.places), draft["values"]
    return site.page(
        request,
        desk,
        "apply_check.html",
        status,
        total=len(steps) + 1,
        groups=[(title, [(each.label, shown(each, values)) for each in questions]) for title, questions in steps],
        doubts=doubts(desk, values),
        problem=problem,
        fix=STEP_TO_MEND.get(code, 0),
        known=code in REGISTERED,
    )


def shown(question: Question, values: Values) -> str:
    """An answer as people read it."""
    given = asked.answer(question, values)
    if question.kind == "day":
        return day(sealing.read(question.name, given))
    if question.kind == "tick":
        return "Ya" if given else "Tidak"
    return question.options.get(given, given)


def doubts(desk: Desk, values: Values) -> Sequence[str]:
    """What contradicts the NIK itself: such an application would be questioned at once."""
    try:
        form = sealing.form_of(asked.body_of(values))
        found = examine(form, desk.reference.places, desk.today())
    except Refused:
        return []  # sending tells it
    return [QUESTIONED[reason] for reason in found.contradictions]


async def send(site: Site, request: Request, desk: Desk, draft: Mapping[str, Any]) -> Response:
    """Apply under the key the form was begun with: however often it is sent, there is one application."""
    body = asked.body_of(draft["values"])
    raw = body.model_dump_json().encode()
    try:
        answer = await apply(desk, body, draft["key"], raw, "online")
    except Refused as refused:
        return check_page(site, request, desk, draft, 422, told(refused), refused.code)
    except (Overloaded, Unavailable):
        busy = check_page(site, request, desk, draft, 503, BUSY)
        busy.headers["Retry-After"] = "5"
        return busy
    response = site.to("/daftar/selesai")
    site.keep_draft(response, request, {"receipt": answer["tracking_code"]}, RECEIPT_LIFE)
    return response
