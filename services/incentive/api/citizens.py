"""The citizens' door: catalogue, own page, buying, reviewing, surveys and the payout account."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.incentive.api import views
from services.incentive.api.bodies import (
    AccountBody,
    ApplicantId,
    CitizenBody,
    CodeBody,
    CoursePath,
    IdempotencyKey,
    PurchaseBody,
    ReviewBody,
    SurveyBody,
    SurveyNumber,
    TrackingCode,
)
from services.incentive.api.door import Door
from services.incentive.catalogue_store import rating_of
from services.incentive.domain import fit
from services.incentive.domain.accounts import LinkAccount, RecheckAccount
from services.incentive.domain.advice import advise
from services.incentive.domain.catalogue import Course
from services.incentive.domain.reviews import ReviewCourse
from services.incentive.domain.surveys import AnswerSurvey
from shared.contracts.decision import Refused

Word = Annotated[str | None, Query(max_length=40)]
Words = Annotated[tuple[str, ...], Query(max_length=10)]
PAGE = 50


async def courses(door: Door, platform: str | None, topic: str | None, text: str | None) -> list[Course]:
    """What the catalogue has on a platform, of a topic and with these words."""
    return [each for each in (await door.shelf.courses()).values() if _fits(each, platform, topic, text)]


def _fits(course: Course, platform: str | None, topic: str | None, text: str | None) -> bool:
    words = f"{course.course_name} {course.institution} {course.skkni}".casefold()
    return (
        platform in (None, course.platform_code)
        and topic in (None, course.topic)
        and (text is None or text.casefold() in words)
    )


def add_catalogue(router: APIRouter, door: Door) -> None:
    """What can be bought, and what one should know before."""

    @router.get("/catalogue", summary="Katalog pelatihan")
    async def catalogue(
        platform: Word = None, topic: Word = None, text: Word = None, skip: Annotated[int, Query(ge=0, le=100_000)] = 0
    ) -> dict[str, Any]:
        found = await courses(door, platform, topic, text)
        return {"total": len(found), "courses": [asdict(each) for each in found[skip : skip + PAGE]]}

    @router.get("/catalogue/{course_code}", summary="Satu pelatihan")
    async def one(course_code: CoursePath) -> dict[str, Any]:
        rating = await rating_of(door.service.database, course_code)
        return {**asdict(await door.shelf.course(course_code)), "rating": rating.shown}

    @router.get("/participants/{applicant_id}/advice/{course_code}", summary="Kecocokan pelatihan")
    async def advice(
        applicant_id: ApplicantId, course_code: CoursePath, tracking_code: TrackingCode, interest: Words = ()
    ) -> dict[str, Any]:
        person = await door.holder(applicant_id, tracking_code)
        course = await door.shelf.course(course_code)
        buyer = await door.buyer(person, interest)
        parts = fit.weigh(course, buyer)
        return {
            "course": asdict(course),
            "points": fit.points(parts),
            "parts": [asdict(each) for each in parts],
            "advice": [asdict(each) for each in advise(course, buyer)],
        }


def add_page(router: APIRouter, door: Door) -> None:
    """The person's own page, and the questions of the surveys."""

    @router.get("/participants/{applicant_id}", summary="Kepesertaan saya")
    async def show(applicant_id: ApplicantId, tracking_code: TrackingCode) -> dict[str, Any]:
        person = await door.holder(applicant_id, tracking_code)
        return views.participant(person, await door.key(applicant_id), door.reference, codes=True)

    @router.get("/surveys/{number}", summary="Pertanyaan survei")
    async def questions(number: SurveyNumber) -> dict[str, Any]:
        try:
            return dict(door.reference.surveys[number])
        except KeyError:
            raise Refused("SURVEY_NOT_OPEN") from None


def add_codes(router: APIRouter, door: Door) -> None:
    """One-time codes for what spends or changes."""

    @router.post("/participants/{applicant_id}/codes", status_code=202, summary="Minta kode sekali pakai")
    async def ask(applicant_id: ApplicantId, tracking_code: TrackingCode, body: CodeBody) -> dict[str, Any]:
        await door.holder(applicant_id, tracking_code)
        door.limits.code_asked(applicant_id)
        return dict(await door.codes.issue(applicant_id, body.purpose))


def add_purchases(router: APIRouter, door: Door) -> None:
    """Buying in one step. The same Idempotency-Key gets the first answer again, without a new one-time code."""

    @router.post("/participants/{applicant_id}/purchases", status_code=202, summary="Beli pelatihan")
    async def buy(
        request: Request,
        applicant_id: ApplicantId,
        tracking_code: TrackingCode,
        body: PurchaseBody,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        person = await door.holder(applicant_id, tracking_code)
        course = await door.shelf.course(body.course_code)
        key, digest, known = await door.answered(request, f"purchases/{applicant_id}", idempotency_key)
        if known is not None:
            return dict(known)
        by = await door.allowed(request, applicant_id, "purchase", body.code)
        command = await door.buying(person, course, body.accept_top_up, by)
        return dict(await door.execute(command, key=key, digest=digest))


def add_reviews(router: APIRouter, door: Door) -> None:
    """Reviews and surveys."""

    @router.post("/participants/{applicant_id}/reviews", status_code=202, summary="Beri ulasan")
    async def review(
        request: Request, applicant_id: ApplicantId, tracking_code: TrackingCode, body: ReviewBody
    ) -> dict[str, Any]:
        await door.holder(applicant_id, tracking_code)
        by = await door.allowed(request, applicant_id, "review", body.code)
        key = await door.key(applicant_id)
        comment = key.seal("review_comment", body.comment) if body.comment else None
        command = ReviewCourse(applicant_id, body.purchase_number, body.rating, body.aspects, comment, by)
        return dict(await door.execute(command))

    @router.post("/participants/{applicant_id}/surveys/{number}", status_code=202, summary="Isi survei")
    async def answer(
        request: Request,
        applicant_id: ApplicantId,
        number: SurveyNumber,
        tracking_code: TrackingCode,
        body: SurveyBody,
    ) -> dict[str, Any]:
        await door.holder(applicant_id, tracking_code)
        by = await door.allowed(request, applicant_id, "survey", body.code)
        questions = door.reference.questions(number)
        return dict(await door.execute(AnswerSurvey(applicant_id, number, body.answers, questions, by)))


def add_account(router: APIRouter, door: Door) -> None:
    """The payout account. The number is sealed before anything else happens with it."""

    @router.post("/participants/{applicant_id}/payout-account", status_code=202, summary="Sambungkan rekening")
    async def link(
        request: Request, applicant_id: ApplicantId, tracking_code: TrackingCode, body: AccountBody
    ) -> dict[str, Any]:
        await door.holder(applicant_id, tracking_code)
        by = await door.allowed(request, applicant_id, "payout_account", body.code)
        index, number, masked = await door.sealed_account(applicant_id, body.bank, body.account_number)
        return dict(await door.execute(LinkAccount(applicant_id, body.bank, index, number, masked, by)))

    @router.post("/participants/{applicant_id}/payout-account/check", status_code=202, summary="Periksa ulang rekening")
    async def recheck(
        request: Request, applicant_id: ApplicantId, tracking_code: TrackingCode, body: CitizenBody
    ) -> dict[str, Any]:
        await door.holder(applicant_id, tracking_code)
        await door.allowed(request, applicant_id, "payout_account", body.code)
        return dict(await door.execute(RecheckAccount(applicant_id)))
