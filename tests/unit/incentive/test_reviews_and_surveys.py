"""Reviews open the way to the incentive; surveys follow it one by one."""

from __future__ import annotations

from datetime import date

import pytest

from services.incentive.domain.days import end_of
from services.incentive.domain.reviews import Review, ReviewCourse
from services.incentive.domain.surveys import AnswerSurvey, SurveyAnswers
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused
from shared.contracts.incentive import (
    IncentiveDue,
    ReviewReminderDue,
    SurveyAnswered,
    SurveyOpened,
    SurveyReminderDue,
    TrainingReviewed,
)
from tests.unit.incentive.builders import ANN, reference
from tests.unit.incentive.city import City, city_with


def finished() -> City:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    city.ask(city.claim(code))
    return city


def test_a_review_is_kept_and_told_without_its_text() -> None:
    city = finished()
    city.ask(ReviewCourse(ANN, 1, 2, ("TOO_MONOTONOUS", "NETWORK_POOR"), Sealed("text")))
    (told,) = city.told(TrainingReviewed)
    assert (told.rating, told.aspects) == (2, ("TOO_MONOTONOUS", "NETWORK_POOR"))
    assert "text" not in told.model_dump_json()
    assert city.state(Review, f"{ANN}/1").comment == Sealed("text")


@pytest.mark.parametrize(
    ("number", "rating", "aspects", "refusal"),
    [
        (2, 5, (), "COURSE_NOT_FINISHED"),
        (1, 0, (), "RATING_WRONG"),
        (1, 6, (), "RATING_WRONG"),
        (1, 5, ("BORING",), "RATING_WRONG"),
    ],
)
def test_a_review_must_be_about_a_finished_course(
    number: int, rating: int, aspects: tuple[str, ...], refusal: str
) -> None:
    with pytest.raises(Refused, match=refusal):
        finished().ask(ReviewCourse(ANN, number, rating, aspects))


def test_a_course_that_is_not_finished_is_not_reviewed() -> None:
    city = city_with()
    city.redeem(city.buy())
    with pytest.raises(Refused, match="COURSE_NOT_FINISHED"):
        city.ask(ReviewCourse(ANN, 1, 5))


def test_a_course_is_reviewed_once() -> None:
    city = finished()
    city.ask(ReviewCourse(ANN, 1, 5))
    with pytest.raises(Refused, match="REVIEW_GIVEN"):
        city.ask(ReviewCourse(ANN, 1, 1))


def test_a_missing_review_is_asked_for_before_the_first_due_date() -> None:
    city = finished()
    city.pass_days(40)
    told = city.told(ReviewReminderDue)
    assert len(told) == 3
    assert {(each.days, each.review_deadline) for each in told} == {(2, date(2020, 9, 9))}


def test_nobody_is_asked_for_a_review_that_was_given() -> None:
    city = finished()
    city.pass_days(4)
    city.ask(ReviewCourse(ANN, 1, 5))
    city.pass_days(40)
    assert len(city.told(ReviewReminderDue)) == 1


def paid_once() -> City:
    city = city_with()
    city.ready()
    city.pay(city.send())
    return city


def test_the_first_survey_opens_after_the_first_paid_incentive() -> None:
    city = city_with()
    city.ready()
    assert city.told(SurveyOpened) == []
    city.pay(city.send())
    (told,) = city.told(SurveyOpened)
    assert (told.number, told.total, told.deadline, told.amount_rupiah) == (1, 3, date(2020, 9, 9), 50_000)


def test_the_next_survey_opens_only_after_the_one_before() -> None:
    city = paid_once()
    with pytest.raises(Refused, match="SURVEY_NOT_OPEN"):
        city.answer(2)
    for number in (1, 2, 3):
        city.answer(number)
    assert [each.number for each in city.told(SurveyOpened)] == [1, 2, 3]
    assert [each.number for each in city.told(SurveyAnswered)] == [1, 2, 3]
    with pytest.raises(Refused, match="SURVEY_NOT_OPEN"):
        city.answer(4)


def test_an_answered_survey_is_owed_within_14_days() -> None:
    city = paid_once()
    city.answer(1)
    told = [each for each in city.told(IncentiveDue) if each.kind == "survey"]
    assert [(each.number, each.total, each.amount_rupiah, each.due_on) for each in told] == [
        (1, 3, 50_000, date(2020, 8, 24))
    ]
    assert city.state(SurveyAnswers, f"{ANN}/1").answers["WORK_NOW"] == "EMPLOYED"
    city.check_money()


def test_a_survey_is_answered_once() -> None:
    city = paid_once()
    city.answer(1)
    with pytest.raises(Refused, match="SURVEY_ANSWERED"):
        city.answer(1)


def test_an_unanswered_survey_is_asked_for_and_then_lapses() -> None:
    city = paid_once()
    city.pass_days(60)
    assert [each.days_left for each in city.told(SurveyReminderDue)] == [20, 7, 1]
    assert city.person().surveys[0].lapsed
    with pytest.raises(Refused, match="SURVEY_CLOSED"):
        city.answer(1)
    assert len(city.told(SurveyOpened)) == 1


def test_an_answer_after_the_end_is_refused_even_when_the_timer_is_late() -> None:
    city = paid_once()
    city.now = end_of(date(2020, 9, 9))
    with pytest.raises(Refused, match="SURVEY_CLOSED"):
        city.answer(1)


@pytest.mark.parametrize("answers", [{}, {"WORK_NOW": "EMPLOYED"}, None, {"EXTRA": "YES"}])
def test_every_question_needs_one_of_its_answers(answers: dict[str, str] | None) -> None:
    city = paid_once()
    questions = reference().questions(1)
    if answers is None:
        answers = dict.fromkeys(questions, "NONSENSE")
    with pytest.raises(Refused, match="SURVEY_ANSWERS_WRONG"):
        city.ask(AnswerSurvey(ANN, 1, answers, questions))


def test_in_2023_there_are_two_surveys() -> None:
    city = city_with(year=2023)
    city.ready()
    city.pay(city.send())
    city.answer(1)
    city.answer(2)
    with pytest.raises(Refused, match="SURVEY_NOT_OPEN"):
        city.answer(3)
    assert len(city.person().entitlements) == 3
