"""What a person does from the status page without a one-time code: the test, joining the open wave, an appointment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.registration.api.applications import book_visit, take_test
from services.registration.api.bodies import VisitBody
from services.registration.api.desk import Desk
from services.registration.domain.applicant import Applicant
from services.registration.domain.consultations import MOST_AHEAD_DAYS, SLOTS
from services.registration.pages import questions as asked
from services.registration.pages.questions import Question
from services.registration.pages.site import Site, sent
from services.registration.pages.words import TOPICS, told
from shared.contracts.decision import Refused
from shared.web.pages import day

DAYS_OFFERED = 10
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat")
TOPIC = Question("topic", "select", "Tentang apa?", "Pilih pokok konsultasi.", options=TOPICS)

Serve = Callable[[Request, Desk, Applicant], Awaitable[Response]]


def for_visitor(site: Site, serve: Serve) -> Callable[[Request], Awaitable[Response]]:
    """Serve whoever opened a status page on this browser; all others are asked for the tracking code first."""

    async def served(request: Request) -> Response:
        desk = await site.desk(request)
        applicant = await site.visitor(request, desk)
        if applicant is None:
            return site.to("/status?habis=1")
        response = await serve(request, desk, applicant)
        site.enter(response, request, applicant)
        return response

    return served


def add_test(router: APIRouter, site: Site) -> None:
    """Three questions; nobody fails."""

    def page(request: Request, desk: Desk, values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
        test = desk.reference.test
        shown = {"questions": _questions(desk), "values": values, "errors": errors, "about": test["about"]}
        return site.page(request, desk, "test.html", 422 if errors else 200, months=(), **shown)

    async def show(request: Request, desk: Desk, applicant: Applicant) -> Response:
        return site.to("/status?selesai=tes") if applicant.test else page(request, desk, {}, {})

    async def take(request: Request, desk: Desk, applicant: Applicant) -> Response:
        questions = _questions(desk)
        values = asked.picked(questions, await sent(request))
        if errors := asked.errors(questions, values):
            return page(request, desk, values, errors)
        try:
            await take_test(desk, applicant.applicant_id, values)
        except Refused as refused:
            return page(request, desk, values, {"": told(refused)})
        return site.to("/status?selesai=tes")

    add_both(router, site, "/status/tes", show, take)


def _questions(desk: Desk) -> list[Question]:
    return [
        Question(each["code"], "radio", each["text"], "Pilih satu jawaban.", options=each["choices"])
        for each in desk.reference.test["questions"]
    ]


def add_joining(router: APIRouter, site: Site) -> None:
    """Into the open wave, without filling in anything again."""

    async def join(request: Request, desk: Desk, applicant: Applicant) -> Response:
        number = (await sent(request)).get("gelombang", "")
        wave = int(number) if number.isdigit() and len(number) <= 4 else 0
        await desk.join(applicant, wave)
        return site.to("/status?selesai=gabung")

    router.post(f"{site.path}/status/gabung", include_in_schema=False)(for_visitor(site, join))


def add_consultation(router: APIRouter, site: Site) -> None:
    """By WhatsApp or telephone at once, or at the office at an hour of one's own."""

    def page(request: Request, desk: Desk, values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
        shown = {"questions": visit_questions(desk.today()), "values": values, "errors": errors}
        return site.page(request, desk, "consultation.html", 422 if errors else 200, months=(), **shown)

    async def show(request: Request, desk: Desk, applicant: Applicant) -> Response:
        return page(request, desk, {}, {})

    async def book(request: Request, desk: Desk, applicant: Applicant) -> Response:
        questions = visit_questions(desk.today())
        values = asked.picked(questions, await sent(request))
        if errors := asked.errors(questions, values):
            return page(request, desk, values, errors)
        body = VisitBody.model_validate({name: values[name] for name in ("way", "on", "slot", "topic")})
        try:
            # Its own content is the key: a form that is sent twice gets the first number again.
            booked = await book_visit(desk, applicant.applicant_id, body, f"halaman/{body.model_dump_json()}")
        except Refused as refused:
            return page(request, desk, values, {"slot": told(refused)})
        shown = {"number": booked["queue_no"], "on": long_day(date.fromisoformat(body.on)), "at": body.slot}
        return site.page(request, desk, "booked.html", topic=TOPICS[body.topic], way=body.way, **shown)

    add_both(router, site, "/status/konsultasi", show, book)


def visit_questions(today: date) -> list[Question]:
    """Topic, and the working days and hours that are offered."""
    ahead = (today + timedelta(days=number) for number in range(1, MOST_AHEAD_DAYS + 1))
    days = [each for each in ahead if each.weekday() < 5][:DAYS_OFFERED]
    hours = {slot: f"{slot.replace(':', '.')} WIB" for slot in SLOTS}
    return [
        TOPIC,
        Question("way", "select", "Cara", "Pilih cara.", options=WAYS),
        Question("on", "select", "Hari", "Pilih hari.", options={each.isoformat(): long_day(each) for each in days}),
        Question("slot", "select", "Jam", "Pilih jam.", options=hours),
        Question("commitment", "tick", "Saya bersungguh-sungguh ingin mendaftar dan mengikuti program ini", _PROMISE),
        Question("phone", "tick", "Saya membawa ponsel yang aktif", _PHONE),
    ]


WAYS = {"whatsapp": "Dihubungi lewat WhatsApp", "phone": "Ditelepon", "visit": "Datang ke kantor"}
_PROMISE = "Konsultasi di kantor untuk yang sungguh ingin mendaftar. Centang bila Anda bersedia."
_PHONE = "Kode dan kabar masuk lewat ponsel. Belum punya? Telepon kantor kami lebih dahulu."


def long_day(value: date) -> str:
    """`Senin, 6 April 2020`."""
    return f"{_DAYS[value.weekday()]}, {day(value)}"


def add_both(router: APIRouter, site: Site, place: str, show: Serve, take: Serve) -> None:
    router.get(f"{site.path}{place}", include_in_schema=False)(for_visitor(site, show))
    router.post(f"{site.path}{place}", include_in_schema=False)(for_visitor(site, take))
