"""What participants say: the review of a finished course, and the evaluation surveys as the question file has them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.incentive.api.bodies import PurchaseNumber, SurveyNumber
from services.incentive.api.coded import Act, Confirmed, show, take
from services.incentive.domain.participant import Participant, Purchase
from services.incentive.domain.reviews import ReviewCourse
from services.incentive.domain.surveys import AnswerSurvey
from services.incentive.pages.site import PLACE, Site
from services.incentive.pages.words import ASPECTS, RATINGS
from shared.contracts.decision import Refused
from shared.web.forms import sent
from shared.web.questions import Question, Values, picked
from shared.web.two_turns import Checked

MOST_COMMENT = 1000
RATING = Question("nilai", "radio", "Nilai Anda", "Pilih satu nilai.", options=RATINGS)
COMMENT = Question(
    "komentar",
    "area",
    "Komentar",
    hint="Boleh dikosongkan. Hanya dibaca petugas yang berwenang.",
    most=MOST_COMMENT,
    complete="off",
)
COMPLAINTS = tuple(Question(f"keluhan_{code}", "tick", words) for code, words in ASPECTS.items())
REVIEW = (RATING, *COMPLAINTS, COMMENT)


def add_reviews(router: APIRouter, site: Site) -> None:
    """A review of a course that is finished, once."""

    async def read(request: Request, number: PurchaseNumber) -> Response:
        return await _served(site, request, lambda person: _review(site, person, number, {}), shows=True)

    async def write(request: Request, number: PurchaseNumber) -> Response:
        values = picked(REVIEW, await sent(request))
        return await _served(site, request, lambda person: _review(site, person, number, values))

    router.get(f"{PLACE}/ulasan/{{number}}", include_in_schema=False)(read)
    router.post(f"{PLACE}/ulasan/{{number}}", include_in_schema=False)(write)


def add_surveys(router: APIRouter, site: Site) -> None:
    """A survey that is open, once."""

    async def read(request: Request, number: SurveyNumber) -> Response:
        return await _served(site, request, lambda person: _survey(site, person, number, {}), shows=True)

    async def write(request: Request, number: SurveyNumber) -> Response:
        values = picked(_questions(site, number), await sent(request))
        return await _served(site, request, lambda person: _survey(site, person, number, values))

    router.get(f"{PLACE}/survei/{{number}}", include_in_schema=False)(read)
    router.post(f"{PLACE}/survei/{{number}}", include_in_schema=False)(write)


async def _served(site: Site, request: Request, act_of: Any, *, shows: bool = False) -> Response:
    """The form of whoever opened the pages here: shown, or taken in."""

    async def serve(request: Request, person: Participant) -> Response:
        act: Act = act_of(person)
        return show(site, request, act) if shows else await take(site, request, person, act)

    return await site.for_visitor(serve)(request)


def missing(questions: tuple[Question, ...], values: Values) -> Checked:
    """Name of a question -> what to do, for those that must be answered and were not."""
    found = {each.name: _wrong(each, values.get(each.name, "")) for each in questions}
    return {name: words for name, words in found.items() if words}


def _wrong(question: Question, given: str) -> str:
    if question.options and given not in question.options:
        return question.missing
    if len(given) > question.most:
        return f"Isian ini terlalu panjang, paling banyak {question.most} huruf."
    return question.missing if not given else ""


# ---- reviews


def _review(site: Site, person: Participant, number: int, values: Values) -> Act:
    """Raises COURSE_NOT_FINISHED for what cannot be reviewed yet."""
    purchase = _finished(person, number)

    async def check() -> Checked:
        return missing(REVIEW, values)

    async def do(confirmed: Confirmed) -> str:
        key = await site.door.key(person.applicant_id)
        comment = key.seal("review_comment", values[COMMENT.name]) if values.get(COMMENT.name) else None
        aspects = tuple(code for code in ASPECTS if values.get(f"keluhan_{code}"))
        await confirmed.execute(ReviewCourse(person.applicant_id, number, int(values[RATING.name]), aspects, comment))
        return "?selesai=ulasan"

    shown = {
        "heading": "Ulasan dan rating",
        "about": f"{purchase.course_name}, {purchase.platform}. Ulasan yang jujur membantu peserta lain, dan apa pun "
        "nilainya insentif Anda tetap dibayarkan.",
        "over": "Ulasan untuk pelatihan ini sudah kami terima." if purchase.reviewed_at else "",
        "legend": "Yang kurang baik (boleh lebih dari satu, boleh tidak ada)",
        "group": [each.name for each in COMPLAINTS],
    }
    return Act(
        purpose="review",
        place=f"/ulasan/{number}",
        template="opinion.html",
        button="Kirim ulasan",
        do=do,
        questions=REVIEW,
        values=values,
        check=check,
        shown=shown,
    )


def _finished(person: Participant, number: int) -> Purchase:
    purchase = person.purchase(number)
    if purchase is None or purchase.finished_on is None:
        raise Refused("COURSE_NOT_FINISHED")
    return purchase


# ---- surveys


def _questions(site: Site, number: int) -> tuple[Question, ...]:
    """Raises SURVEY_NOT_OPEN where the file has no such survey."""
    if number not in site.door.reference.surveys:
        raise Refused("SURVEY_NOT_OPEN")
    return tuple(
        Question(
            each["code"],
            "radio",
            each["text"],
            "Pilih satu jawaban.",
            options={answer["code"]: answer["text"] for answer in each["answers"]},
        )
        for each in site.door.reference.surveys[number]["questions"]
    )


def _survey(site: Site, person: Participant, number: int, values: Values) -> Act:
    """Raises SURVEY_NOT_OPEN."""
    questions = _questions(site, number)
    survey = next((each for each in person.surveys if each.number == number), None)
    if survey is None:
        raise Refused("SURVEY_NOT_OPEN")

    async def check() -> Checked:
        return missing(questions, values)

    async def do(confirmed: Confirmed) -> str:
        known = site.door.reference.questions(number)
        await confirmed.execute(AnswerSurvey(person.applicant_id, number, dict(values), known))
        return "?selesai=survei"

    over = (
        "Survei ini sudah Anda isi." if survey.answered_at else "Batas waktunya sudah lewat." if survey.lapsed else ""
    )
    shown = {
        "heading": f"Survei ke-{number}: {site.door.reference.surveys[number]['title']}",
        "about": "Tidak ada jawaban yang salah. Setelah diisi, insentif survei Anda dijadwalkan.",
        "over": over,
        "group": [],
    }
    return Act(
        purpose="survey",
        place=f"/survei/{number}",
        template="opinion.html",
        button="Kirim jawaban",
        do=do,
        questions=questions,
        values=values,
        check=check,
        shown=shown,
    )
