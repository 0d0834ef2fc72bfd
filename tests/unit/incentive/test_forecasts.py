"""What will be late is told before its day, with the last day that helps: once per incentive and cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.incentive.domain.days import end_of, morning_of
from services.incentive.domain.delays import TESTS, cause_of
from services.incentive.domain.draft import Draft
from services.incentive.domain.forecasts import DAYS_NEEDED, forecast_of, last_chance
from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.participant import Participant
from services.incentive.domain.reviews import ReviewCourse
from shared.contracts.incentive import IncentiveDelayed, IncentiveDue, IncentiveForecastLate, IncentivePaid
from shared.engine.rules import Outcome, OutcomeState
from tests.unit.incentive.builders import ANN, BEN, OTHER_NIK, codes, ineligible
from tests.unit.incentive.city import city_with, two_ready
from tests.unit.incentive.test_delays import FACTS, apply, draft_of, ready_person

DUE = date(2020, 8, 24)
"""Of the first incentive: 14 days after the course that was finished on the day of selection."""


def told(city: Any) -> list[tuple[str, int, date, date]]:
    return [(each.cause, each.number, each.needed_by, each.expected_on) for each in city.told(IncentiveForecastLate)]


def at(draft: Draft, now: datetime) -> Draft:
    return Draft(draft.person, draft.office, now)


def test_a_missing_review_is_told_three_days_before_with_the_last_day_that_helps() -> None:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    city.ask(city.claim(code))
    city.pass_to(morning_of(date(2020, 8, 21)) - timedelta(seconds=1))
    assert told(city) == []
    assert (city.person().forecast_cause, city.person().forecast_on) == ("", None)
    city.pass_to(morning_of(date(2020, 8, 21)))
    assert told(city) == [("REVIEW_MISSING", 1, date(2020, 8, 21), DUE)]
    event = city.told(IncentiveForecastLate)[0]
    assert (event.due_on, event.total, event.amount_rupiah, event.owed) == (DUE, 4, 600_000, False)
    assert (event.actor, event.actor_id) == ("applicant", "Anda")
    assert event.cause_id.startswith("Ulasan dan penilaian pelatihan belum diisi")
    assert (city.person().forecast_cause, city.person().forecast_on) == ("REVIEW_MISSING", DUE)
    city.pass_to(end_of(DUE) - timedelta(seconds=1))
    assert len(told(city)) == 1
    assert codes(city.told(IncentiveDelayed)) == []


def test_it_is_told_again_when_the_cause_changes_and_no_more_once_it_is_late() -> None:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    city.ask(city.claim(code))
    city.pass_to(morning_of(date(2020, 8, 22)))
    city.ask(ReviewCourse(ANN, 1, 5))
    city.bank_says(city.link(), holder_nik_index=OTHER_NIK)
    today, later = date(2020, 8, 22), date(2020, 8, 26)
    assert told(city) == [
        ("REVIEW_MISSING", 1, date(2020, 8, 21), DUE),
        ("ACCOUNT_NOT_LINKED", 1, today, later),
        ("PARTNER_VERIFICATION_PENDING", 1, today, date(2020, 8, 25)),
        ("ACCOUNT_NIK_MISMATCH", 1, today, later),
    ]
    city.pass_to(end_of(DUE) + timedelta(days=3))
    assert len(told(city)) == 4
    assert codes(city.told(IncentiveDelayed)) == ["ACCOUNT_NIK_MISMATCH"]
    assert (city.person().forecast_cause, city.person().late_cause) == ("", "ACCOUNT_NIK_MISMATCH")


def test_a_cause_that_comes_back_is_not_told_twice_and_what_is_there_in_time_is_never_late() -> None:
    city = city_with()
    city.learn()
    city.pass_to(morning_of(date(2020, 8, 20)))
    assert [each[0] for each in told(city)] == ["ACCOUNT_NOT_LINKED"]
    question = city.link()
    city.bank_says(question, active=False)
    city.bank_says(question)
    assert city.person().forecast_cause == ""
    assert len(city.told(IncentiveDue)) == 1
    city.bank_says(question, active=False)
    assert [each[0] for each in told(city)] == ["ACCOUNT_NOT_LINKED", "ACCOUNT_INACTIVE"]
    assert city.person().forecast_cause == "ACCOUNT_INACTIVE"
    city.bank_says(question)
    city.pay(city.send())
    city.pass_days(20)
    assert codes(city.told(IncentiveDelayed)) == []
    assert len(city.told(IncentivePaid)) == 1
    assert {each[1] for each in told(city)} == {1}


def test_every_instalment_has_a_forecast_of_its_own() -> None:
    city = city_with()
    city.learn()
    city.pass_to(morning_of(date(2020, 9, 20)))
    assert told(city) == [
        ("ACCOUNT_NOT_LINKED", 1, date(2020, 8, 20), DUE),
        ("ACCOUNT_NOT_LINKED", 2, date(2020, 9, 20), date(2020, 9, 24)),
    ]


def test_a_list_that_lies_and_funds_that_run_short_are_told_though_nothing_happens_to_the_person() -> None:
    city = two_ready()
    batch = city.batch(until=date(2020, 12, 31))
    assert batch.amount_rupiah == 1_200_000
    city.pass_to(morning_of(date(2020, 8, 21)) - timedelta(seconds=1))
    assert told(city) == []
    city.pass_to(morning_of(date(2020, 8, 21)))
    assert [each[0] for each in told(city)] == ["FUNDS_NOT_AVAILABLE"] * 2
    city.fund()
    city.pass_to(morning_of(date(2020, 8, 23)))
    assert [each[0] for each in told(city)] == ["FUNDS_NOT_AVAILABLE"] * 2 + ["BATCH_NOT_APPROVED"] * 2
    assert told(city)[-1][2:] == (date(2020, 8, 23), DUE)
    assert {each.applicant_id for each in city.told(IncentiveForecastLate)} == {ANN, BEN}


def test_who_left_and_who_was_paid_hears_of_no_forecast() -> None:
    city = city_with(ANN, BEN)
    city.learn()
    city.learn(BEN)
    city.hear(ineligible(BEN))
    city.pass_to(morning_of(date(2020, 8, 20)))
    assert [each.applicant_id for each in city.told(IncentiveForecastLate)] == [ANN]
    city.hear(ineligible())
    assert city.person().forecast_cause == ""
    city.pass_days(30)
    assert len(told(city)) == 1


def test_a_bank_that_is_silent_the_day_before_is_told() -> None:
    city = city_with()
    city.ready()
    work = city.send()
    city.pass_to(morning_of(date(2020, 8, 23)))
    assert told(city) == [("BANK_UNKNOWN", 1, date(2020, 8, 23), DUE)]
    city.finish(work, Outcome(OutcomeState.DONE))
    assert city.person().forecast_cause == ""


@pytest.mark.parametrize("code", list(FACTS))
def test_what_is_foretold_is_what_would_be_announced_and_only_when_its_days_have_come(code: str) -> None:
    draft = apply([FACTS[code]])
    each = draft.person.entitlements[0]
    days = {"ACCOUNT_ON_HOLD": None, "MANUAL_BACKLOG": None}.get(code, DAYS_NEEDED.get(code))
    if code == "BATCH_NOT_APPROVED":
        draft.person = replace(draft.person, entitlements=(replace(each, batched_on=date(2020, 8, 15)),))
        each = draft.person.entitlements[0]
    if days is None:
        assert forecast_of(at(draft, end_of(DUE) - timedelta(seconds=1)), each) is None
        return
    opens = morning_of(DUE - timedelta(days=days))
    assert forecast_of(at(draft, opens - timedelta(seconds=1)), each) is None
    found = forecast_of(at(draft, opens), each)
    assert found
    assert found == cause_of(at(draft, opens), each)
    assert found.code == code
    assert last_chance(at(draft, opens), each, code) == (DUE - timedelta(days=days), DUE)
    assert forecast_of(at(draft, end_of(DUE)), each) is None


@pytest.mark.parametrize("state", [State.PAID, State.CANCELLED])
def test_what_is_over_is_not_foretold(state: State) -> None:
    person: Participant = ready_person()
    person = replace(person, account=None, entitlements=(replace(person.entitlements[0], state=state),))
    assert forecast_of(draft_of(person, now=morning_of(DUE)), person.entitlements[0]) is None


def test_every_cause_is_foretold_but_those_that_nobody_can_hurry() -> None:
    assert set(TESTS) - set(DAYS_NEEDED) == {"ACCOUNT_ON_HOLD", "MANUAL_BACKLOG"}
