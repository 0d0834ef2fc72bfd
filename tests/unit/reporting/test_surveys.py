"""What participants answered: counted by question, in words, and never so that it points at somebody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.reporting.domain.projections import JOURNEYS, SURVEYS, project
from services.reporting.pages.dashboard import Shown, render
from services.reporting.pages.survey_view import plain, questions
from shared.contracts.incentive import SurveyAnswered
from tests.unit.reporting.test_projections import Kept

NOW = datetime(2021, 1, 12, 3, 0, tzinfo=UTC)


def answered(*given: dict[str, str], number: int = 1) -> list[dict[str, Any]]:
    """The rows after as many people have answered."""
    kept = Kept()
    for person, answers in enumerate(given):
        event = SurveyAnswered(applicant_id=f"p{person}", number=number, total=3, answered_at=NOW, answers=answers)
        project(kept, event, f"e{person}", NOW)
    return [row for (collection, _), row in kept.documents.items() if collection == SURVEYS]


def test_answers_are_counted_and_no_journey_says_what_one_person_thinks() -> None:
    kept = Kept()
    answers = {"USE_OF_INCENTIVE": "BUSINESS_CAPITAL"}
    project(kept, SurveyAnswered(applicant_id="a", number=1, total=3, answered_at=NOW, answers=answers), "e1", NOW)
    assert kept.documents[(SURVEYS, "1|USE_OF_INCENTIVE|BUSINESS_CAPITAL")]["count"] == 1
    assert "BUSINESS_CAPITAL" not in str(kept.documents[(JOURNEYS, "a")])


def test_what_the_incentive_is_used_for_is_told_in_words_in_the_order_of_the_file() -> None:
    rows = answered(*[{"USE_OF_INCENTIVE": "DAILY_NEEDS"}] * 7, *[{"USE_OF_INCENTIVE": "BUSINESS_CAPITAL"}] * 5)
    (found,) = plain(questions(rows, 5))
    assert (found["text"], found["total"]) == ("Untuk apa insentif Anda terutama dipakai?", 12)
    assert [(each["text"], each["count"]) for each in found["answers"]] == [
        ("Kebutuhan sehari-hari", 7),
        ("Modal usaha", 5),
        ("Biaya pelatihan lain", 0),
        ("Ditabung", 0),
    ]


def test_the_same_question_of_two_surveys_is_counted_apart() -> None:
    rows = answered({"WORK_NOW": "LOOKING"}) + answered({"WORK_NOW": "EMPLOYED"}, number=3)
    assert [(each.survey, each.total) for each in questions(rows)] == [(1, 1), (3, 1)]


def test_few_answers_are_hidden_from_the_public_and_from_whoever_subtracts() -> None:
    rows = answered(*[{"SKILL_BETTER": "MUCH"}] * 9, *[{"SKILL_BETTER": "SOME"}] * 6, {"SKILL_BETTER": "NOT"})
    (public,), (staff,) = questions(rows, 5), questions(rows)
    assert [count for _, _, count, _ in public.answers] == [9, None, None]
    assert [count for _, _, count, _ in staff.answers] == [9, 6, 1]
    page = render(Shown([], [], [], [], [], [public], NOW), 5)
    said = page.partition("Apakah kemampuan Anda bertambah")[2].partition("<h2>")[0]
    assert said.count("<b>•</b>") == 2
    assert "<b>9</b>" in said
    assert said.count("<rect") == 1, "a bar is a number too"
    assert said.count("persen dari jawaban") == 1
