"""What staff do for a person who is present and has no phone of their own: buying, review, survey, account.

Each act names both: the participant it is about, and who of the office did it. No one-time code is asked for, since the
person stands there; staff say so with each act.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from services.incentive.api.bodies import (
    AccountBody,
    ApplicantId,
    CourseQuery,
    PurchaseBody,
    ReviewBody,
    SurveyBody,
    SurveyNumber,
)
from services.incentive.api.door import Door
from services.incentive.api.staff import participant_of
from services.incentive.domain import fit
from services.incentive.domain.accounts import LinkAccount
from services.incentive.domain.advice import advise
from services.incentive.domain.catalogue import Course
from services.incentive.domain.participant import Participant, Purchase, PurchaseState
from services.incentive.domain.reviews import ASPECTS, ReviewCourse
from services.incentive.domain.surveys import AnswerSurvey
from services.incentive.pages import guide, words
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.forms import read, sent, whole
from shared.web.staff_site import HOME, KEY, StaffSite, digest_of, once

PLACE = f"{HOME}/peserta/{{applicant_id}}/bantu"
AGREED = "ya"
DONE = {
    "beli": "Pelatihan sudah dibeli. Kode penukarannya ada di bawah ini.",
    "ulasan": "Ulasan sudah tercatat.",
    "survei": "Survei sudah tercatat.",
    "rekening": "Rekening sudah tersambung. Bank sedang memeriksa pemiliknya.",
}


def add_assisted(router: APIRouter, door: Door, site: StaffSite) -> None:
    """The page with the forms that a participant could fill in now."""
    counter = Depends(door.accounts.require("placement", "secretariat"))

    @router.get(PLACE, include_in_schema=False)
    async def page(
        applicant_id: ApplicantId, kelas: CourseQuery = "", selesai: str = "", staff: Staff = counter
    ) -> HTMLResponse:
        person = await participant_of(door, applicant_id)
        rules, courses = door.reference.desk.rules[person.rule_set], await door.shelf.courses()
        return site.page(
            "assisted.html",
            staff,
            "orang",
            person=person,
            notice=DONE.get(selesai, ""),
            chosen=await _chosen(door, person, kelas) if kelas else None,
            courses=courses.values(),
            codes=_codes(door, person, staff, courses),
            reviews=[each for each in person.purchases if each.finished_on and not each.reviewed_at],
            surveys=[
                (each, door.reference.surveys[each.number])
                for each in person.surveys
                if not each.answered_at and not each.lapsed
            ],
            banks=rules.payment_partners,
            aspects=words.ASPECTS,
            ratings=words.RATINGS,
            parts=words.PARTS,
        )


def _codes(door: Door, person: Participant, staff: Staff, courses: Mapping[str, Course]) -> list[tuple[Purchase, Any]]:
    """Codes that are still to be redeemed and that this very member of staff got for the person, with their guides."""
    mine = (each for each in person.purchases if each.assisted_by == staff.username)
    return [
        (each, guide.steps(door.reference.guides, each, courses.get(each.course_code)))
        for each in mine
        if each.state == PurchaseState.HELD
    ]


async def _chosen(door: Door, person: Participant, course_code: str) -> Mapping[str, Any]:
    """The course that is about to be bought, with what must be read to the person before."""
    course, buyer = await door.shelf.course(course_code), await door.buyer(person)
    weighed = fit.weigh(course, buyer)
    return {"course": course, "parts": weighed, "points": fit.points(weighed), "advice": advise(course, buyer)}


async def _did(door: Door, site: StaffSite, staff: Staff, form: Mapping[str, str], command: Any, what: str) -> Response:
    """Once, however often the form is sent. What it says is kept as a keyed hash: an account number is in it."""
    if form.get("present") != AGREED:
        raise Refused("PERSON_NOT_PRESENT")
    key = f"bantu/{staff.username}/{what}/{form.get(KEY, '')[:64]}"
    await once(door.execute, command, key, {"form": door.vault.index("tracking", digest_of(form))})
    return site.to(f"{HOME}/peserta/{command.applicant_id}/bantu?selesai={what}")


def add_assisted_money(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Buying and the payout account, as `citizens` has them, with the name of who helped."""
    counter = Depends(site.acting("placement", "secretariat"))

    @router.post(f"{PLACE}/beli", include_in_schema=False)
    async def buy(request: Request, applicant_id: ApplicantId, staff: Staff = counter) -> Response:
        form = await sent(request)
        given = {"course_code": form.get("course_code"), "accept_top_up": form.get("top_up") == AGREED}
        body = read(PurchaseBody, given)
        person, course = await participant_of(door, applicant_id), await door.shelf.course(body.course_code)
        if form.get("price") != str(course.price_rupiah):
            raise Refused("PRICE_CHANGED", price_rupiah=course.price_rupiah)
        command = await door.buying(person, course, body.accept_top_up, staff.username)
        return await _did(door, site, staff, form, command, "beli")

    @router.post(f"{PLACE}/rekening", include_in_schema=False)
    async def account(request: Request, applicant_id: ApplicantId, staff: Staff = counter) -> Response:
        form = await sent(request)
        body = read(AccountBody, {"bank": form.get("bank"), "account_number": form.get("account_number")})
        await participant_of(door, applicant_id)
        index, number, masked = await door.sealed_account(applicant_id, body.bank, body.account_number)
        command = LinkAccount(applicant_id, body.bank, index, number, masked, staff.username)
        return await _did(door, site, staff, form, command, "rekening")


def add_assisted_opinions(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Reviews and surveys; a comment in own words is not asked for, since staff would write it."""
    counter = Depends(site.acting("placement", "secretariat"))

    @router.post(f"{PLACE}/ulasan", include_in_schema=False)
    async def review(request: Request, applicant_id: ApplicantId, staff: Staff = counter) -> Response:
        form = await sent(request)
        number, rating = (whole(form.get(name, "")) for name in ("purchase_number", "rating"))
        aspects = tuple(sorted(code for code in ASPECTS if form.get(f"aspect_{code}") == AGREED))
        body = read(ReviewBody, {"purchase_number": number, "rating": rating, "aspects": aspects})
        command = ReviewCourse(applicant_id, body.purchase_number, body.rating, body.aspects, None, staff.username)
        return await _did(door, site, staff, form, command, "ulasan")

    @router.post(f"{PLACE}/survei/{{number}}", include_in_schema=False)
    async def survey(
        request: Request, applicant_id: ApplicantId, number: SurveyNumber, staff: Staff = counter
    ) -> Response:
        form, questions = await sent(request), door.reference.questions(number)
        answers = {code: form[f"q_{code}"] for code in questions if form.get(f"q_{code}")}
        body = read(SurveyBody, {"answers": answers})
        command = AnswerSurvey(applicant_id, number, body.answers, questions, staff.username)
        return await _did(door, site, staff, form, command, "survei")
