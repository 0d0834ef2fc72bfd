"""Evaluation surveys (fact 34): n+1 opens only after n is answered, the first after the first paid incentive.

Each stays open for the rule file's days. One that is not answered in time lapses, and the ladder ends there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from services.incentive.domain.days import end_of, morning_of
from services.incentive.domain.draft import Draft, participating
from services.incentive.domain.entitlements import POST_TRAINING, grant_survey_incentive
from services.incentive.domain.participant import Participant, Survey
from shared.contracts.decision import Refused
from shared.contracts.incentive import SurveyAnswered, SurveyOpened, SurveyReminderDue

DAYS_BEFORE_END = (20, 7, 1)
"""An unanswered survey is asked for this many days before its last day; set by this project."""

Questions = Mapping[str, tuple[str, ...]]
"""Question code -> answer codes of one survey, as the question file says."""


@dataclass(frozen=True, slots=True)
class SurveyAnswers:
    """The answers of one person to one survey."""

    collection: ClassVar[str] = "survey_answers"

    applicant_id: str
    number: int
    answers: dict[str, str]
    answered_at: datetime
    assisted_by: str | None = None

    @property
    def id(self) -> str:
        return f"{self.applicant_id}/{self.number}"


@dataclass(frozen=True, slots=True)
class AnswerSurvey:
    """A participant answers survey `number`: question code -> answer code. `questions` are those of that survey."""

    applicant_id: str
    number: int
    answers: dict[str, str]
    questions: Questions
    assisted_by: str | None = None


def answer(draft: Draft, command: AnswerSurvey) -> dict[str, Any]:
    """Keep the answers and grant the survey incentive.

    Raises SURVEY_NOT_OPEN, SURVEY_ANSWERED, SURVEY_CLOSED, SURVEY_ANSWERS_WRONG.
    """
    person = participating(draft.person)
    survey = next((each for each in person.surveys if each.number == command.number), None)
    _check(draft, survey, command)
    draft.set_survey(command.number, answered_at=draft.now)
    answers, by = dict(command.answers), command.assisted_by
    draft.add(SurveyAnswers(person.applicant_id, command.number, answers, draft.now, by))
    grant_survey_incentive(draft, command.number)
    draft.tell(
        SurveyAnswered(
            applicant_id=person.applicant_id,
            number=command.number,
            total=draft.rules.survey_count,
            answered_at=draft.now,
            answers=command.answers,
        )
    )
    return {"survey": command.number, "incentive_rupiah": draft.rules.survey_rupiah}


def _check(draft: Draft, survey: Survey | None, command: AnswerSurvey) -> None:
    if survey is None:
        raise Refused("SURVEY_NOT_OPEN")
    if survey.answered_at:
        raise Refused("SURVEY_ANSWERED")
    if survey.lapsed or draft.now >= end_of(survey.deadline):
        raise Refused("SURVEY_CLOSED")
    questions = command.questions
    if set(command.answers) != set(questions) or any(a not in questions[q] for q, a in command.answers.items()):
        raise Refused("SURVEY_ANSWERS_WRONG")


def run_ladder(draft: Draft) -> None:
    """Let the open survey lapse or be asked for, or open the next one."""
    last = draft.person.surveys[-1] if draft.person.surveys else None
    if last and not last.answered_at and not last.lapsed:
        _watch(draft, last)
    elif _may_open(draft.person, last, draft.rules.survey_count):
        _open(draft, last.number + 1 if last else 1)


def survey_times(draft: Draft) -> Iterator[datetime]:
    """Instants at which the open survey is asked for or lapses."""
    for survey in draft.person.surveys:
        if not survey.answered_at and not survey.lapsed:
            yield from _reminder_times(survey)
            yield end_of(survey.deadline)


def _may_open(person: Participant, last: Survey | None, count: int) -> bool:
    if last:
        return last.answered_at is not None and last.number < count
    # "Paid once" is enough: a payment that came back later does not close the ladder.
    return any(e.kind == POST_TRAINING and e.paid_at for e in person.entitlements) and count > 0


def _open(draft: Draft, number: int) -> None:
    deadline = draft.today + timedelta(days=draft.rules.survey_window_days)
    draft.set(surveys=(*draft.person.surveys, Survey(number, draft.now, deadline)))
    draft.tell(SurveyOpened(**_fields(draft, number), opened_at=draft.now, deadline=deadline))


def _watch(draft: Draft, survey: Survey) -> None:
    if draft.now >= end_of(survey.deadline):
        draft.set_survey(survey.number, lapsed=True)
        return
    passed = sum(each <= draft.now for each in _reminder_times(survey))
    if passed > survey.reminded:
        draft.set_survey(survey.number, reminded=passed)
        days_left = (survey.deadline - draft.today).days
        draft.tell(SurveyReminderDue(**_fields(draft, survey.number), days_left=days_left, deadline=survey.deadline))


def _fields(draft: Draft, number: int) -> dict[str, Any]:
    return {
        "applicant_id": draft.person.applicant_id,
        "number": number,
        "total": draft.rules.survey_count,
        "amount_rupiah": draft.rules.survey_rupiah,
    }


def _reminder_times(survey: Survey) -> list[datetime]:
    return [morning_of(survey.deadline - timedelta(days=days)) for days in DAYS_BEFORE_END]
