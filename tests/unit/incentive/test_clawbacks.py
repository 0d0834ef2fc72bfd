"""Debts of ineligible people: 60 days, instalments that two people agree, letters, and what follows when none comes."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest

from services.incentive.domain.clawbacks import DecidePlan, ProposePlan
from services.incentive.domain.days import end_of, morning_of, start_of
from services.incentive.domain.debts import DebtState
from services.incentive.domain.ledger import Posting
from services.incentive.domain.repayments import RecordRepayment
from shared.contracts.decision import Refused
from shared.contracts.incentive import (
    ClawbackInstalmentMissed,
    ClawbackOpened,
    ClawbackOverdue,
    ClawbackPlanAgreed,
    ClawbackReminderDue,
)
from tests.unit.incentive.builders import ANN, ineligible
from tests.unit.incentive.city import City, city_with

DEBT = 450_000
"""The course that was bought."""
LAST = date(2020, 10, 10)
"""60 days after 11 August 2020."""


def indebted() -> City:
    """Ann bought a course and was then found ineligible, on 11 August."""
    city = city_with()
    city.redeem(city.buy())
    city.pass_days(1)
    city.hear(ineligible())
    return city


def debt(city: City) -> Any:
    found = city.person().debt
    assert found
    return found


def letters(city: City) -> list[str]:
    return [each.kind.value for each in debt(city).letters]


def shown(city: City) -> str:
    """What stands on the page of the proposed plan."""
    found: str = debt(city).plan.plan_hash
    return found


def planned(city: City, count: int = 3, first_on: date = date(2020, 9, 1)) -> None:
    city.ask(ProposePlan(ANN, count, first_on, "maker"))
    city.ask(DecidePlan(ANN, True, shown(city), count, DEBT, "checker"))


def repay(city: City, amount: int, receipt: str) -> None:
    city.ask(RecordRepayment(ANN, receipt, amount, "maker"))


def test_a_debt_is_reminded_of_ten_days_before_and_after_60_days_the_suit_is_named() -> None:
    city = indebted()
    (opened,) = city.told(ClawbackOpened)
    assert (opened.amount_rupiah, opened.deadline) == (DEBT, LAST)
    assert letters(city) == ["opened"]
    city.pass_to(morning_of(date(2020, 9, 30)) - timedelta(seconds=1))
    assert city.told(ClawbackReminderDue) == []
    city.pass_to(morning_of(date(2020, 9, 30)))
    (reminder,) = city.told(ClawbackReminderDue)
    assert (reminder.amount_rupiah, reminder.deadline, reminder.days_left) == (DEBT, LAST, 10)
    city.pass_to(end_of(LAST) - timedelta(seconds=1))
    assert (city.told(ClawbackOverdue), city.person().debt_state) == ([], DebtState.OPEN)
    city.pass_to(end_of(LAST))
    (overdue,) = city.told(ClawbackOverdue)
    assert (overdue.amount_rupiah, overdue.deadline) == (DEBT, LAST)
    assert city.person().debt_state == DebtState.OVERDUE
    city.pass_days(200)
    assert letters(city) == ["opened", "reminder", "damages"]
    assert len(city.told(ClawbackOverdue)) == len(city.told(ClawbackReminderDue)) == 1
    city.check_money()


def test_who_repays_in_time_hears_of_no_suit() -> None:
    city = indebted()
    repay(city, 200_000, "R-1")
    repay(city, 250_000, "R-2")
    assert city.person().debt_state == DebtState.SETTLED
    city.pass_days(100)
    assert letters(city) == ["opened"]
    postings = {each.posting_id for each in city.all(Posting) if "repaid" in each.posting_id}
    assert postings == {"ann/clawback/repaid/R-1", "ann/clawback/repaid/R-2"}
    city.check_money()


def test_a_plan_is_proposed_by_one_agreed_by_another_and_kept_month_by_month() -> None:
    city = indebted()
    city.ask(ProposePlan(ANN, 4, date(2020, 8, 31), "maker"))
    assert city.person().debt_state == DebtState.PROPOSED
    assert city.told(ClawbackPlanAgreed) == []
    city.ask(DecidePlan(ANN, True, shown(city), 4, DEBT, "checker"))
    (told,) = city.told(ClawbackPlanAgreed)
    assert [(each.due_on, each.amount_rupiah) for each in told.instalments] == [
        (date(2020, 8, 31), 112_500),
        (date(2020, 9, 30), 112_500),
        (date(2020, 10, 31), 112_500),
        (date(2020, 11, 30), 112_500),
    ]
    for number, each in enumerate(told.instalments):
        city.pass_to(end_of(each.due_on) - timedelta(hours=1))
        assert city.person().debt_state == DebtState.PLANNED
        repay(city, 112_500, f"R-{number}")
    assert city.person().debt_state == DebtState.SETTLED
    city.pass_days(100)
    assert letters(city) == ["opened", "plan"]
    assert city.told(ClawbackInstalmentMissed) == city.told(ClawbackOverdue) == []
    city.check_money()


def test_what_does_not_divide_is_in_the_first_instalment_and_the_sum_is_whole() -> None:
    city = indebted()
    repay(city, 1, "R-1")
    city.ask(ProposePlan(ANN, 4, date(2020, 9, 1), "maker"))
    rows = [each.amount_rupiah for each in debt(city).plan.instalments]
    assert rows == [112_502, 112_499, 112_499, 112_499]
    assert sum(rows) == DEBT - 1


def test_a_missed_instalment_ends_the_plan_and_opens_the_case_again() -> None:
    city = indebted()
    planned(city)
    repay(city, 100_000, "R-1")
    city.pass_to(end_of(date(2020, 9, 1)))
    (missed,) = city.told(ClawbackInstalmentMissed)
    assert (missed.number, missed.due_on, missed.missed_rupiah) == (1, date(2020, 9, 1), 150_000)
    assert (missed.amount_rupiah, missed.deadline) == (350_000, LAST)
    assert (debt(city).plan, city.person().debt_state) == (None, DebtState.OPEN)
    assert city.person().repay_until == LAST
    city.pass_to(end_of(LAST))
    assert letters(city) == ["opened", "plan", "missed", "damages"]
    planned_again = ProposePlan(ANN, 2, date(2020, 10, 15), "maker")
    city.ask(planned_again)
    city.ask(DecidePlan(ANN, True, shown(city), 2, 350_000, "checker"))
    assert city.person().debt_state == DebtState.PLANNED
    city.check_money()


def test_an_instalment_missed_after_the_60_days_leaves_ten_days_before_the_suit() -> None:
    city = indebted()
    planned(city, 3, date(2020, 10, 1))
    repay(city, 150_000, "R-1")
    city.pass_to(end_of(date(2020, 11, 1)))
    (missed,) = city.told(ClawbackInstalmentMissed)
    assert (missed.number, missed.deadline) == (2, date(2020, 11, 12))
    city.pass_to(end_of(date(2020, 11, 12)) - timedelta(seconds=1))
    assert city.told(ClawbackOverdue) == []
    city.pass_to(end_of(date(2020, 11, 12)))
    assert [each.amount_rupiah for each in city.told(ClawbackOverdue)] == [300_000]
    assert letters(city) == ["opened", "plan", "missed", "damages"]


def test_a_proposed_plan_stops_no_clock_until_it_is_agreed() -> None:
    city = indebted()
    city.ask(ProposePlan(ANN, 3, date(2020, 9, 1), "maker"))
    city.pass_to(end_of(LAST))
    assert letters(city) == ["opened", "reminder", "damages"]
    assert city.told(ClawbackInstalmentMissed) == []


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (ProposePlan(ANN, 1, date(2020, 9, 1), "maker"), "PLAN_TOO_LONG"),
        (ProposePlan(ANN, 13, date(2020, 9, 1), "maker"), "PLAN_TOO_LONG"),
        (ProposePlan(ANN, 3, date(2020, 8, 11), "maker"), "PLAN_DATE_WRONG"),
        (ProposePlan(ANN, 3, date(2020, 10, 11), "maker"), "PLAN_DATE_WRONG"),
    ],
)
def test_a_plan_outside_what_the_rule_file_allows_is_refused(plan: ProposePlan, code: str) -> None:
    city = indebted()
    with pytest.raises(Refused, match=code):
        city.ask(plan)
    assert debt(city).plan is None


def test_only_another_person_agrees_and_only_to_what_was_seen() -> None:
    city = indebted()
    with pytest.raises(Refused, match="PLAN_NOT_PROPOSED"):
        city.ask(DecidePlan(ANN, True, "0" * 64, 3, DEBT, "checker"))
    city.ask(ProposePlan(ANN, 3, date(2020, 9, 1), "maker"))
    with pytest.raises(Refused, match="SAME_PERSON"):
        city.ask(DecidePlan(ANN, True, shown(city), 3, DEBT, "maker"))
    with pytest.raises(Refused, match="PLAN_CHANGED"):
        city.ask(DecidePlan(ANN, True, shown(city), 4, DEBT, "checker"))
    repay(city, 1, "R-1")
    with pytest.raises(Refused, match="PLAN_CHANGED"):
        city.ask(DecidePlan(ANN, True, shown(city), 3, DEBT, "checker"))
    city.ask(DecidePlan(ANN, False, shown(city), 3, DEBT, "checker"))
    assert (debt(city).plan, city.person().debt_state) == (None, DebtState.OPEN)
    city.ask(ProposePlan(ANN, 3, date(2020, 9, 1), "maker"))
    city.ask(DecidePlan(ANN, True, shown(city), 3, DEBT - 1, "checker"))
    with pytest.raises(Refused, match="PLAN_AGREED"):
        city.ask(ProposePlan(ANN, 3, date(2020, 9, 1), "maker"))
    assert len(city.told(ClawbackPlanAgreed)) == 1


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize(
    "instead",
    [ProposePlan(ANN, 3, date(2020, 9, 30), "maker"), ProposePlan(ANN, 3, date(2020, 9, 1), "another maker")],
    ids=["of other days", "of somebody else"],
)
def test_a_plan_of_the_same_count_and_sum_that_took_the_place_of_the_one_seen_is_not_decided(
    instead: ProposePlan, agreed: bool
) -> None:
    city = indebted()
    city.ask(ProposePlan(ANN, 3, date(2020, 9, 1), "maker"))
    seen = shown(city)
    city.ask(instead)
    with pytest.raises(Refused, match="PLAN_CHANGED"):
        city.ask(DecidePlan(ANN, agreed, seen, 3, DEBT, "checker"))
    assert city.person().debt_state == DebtState.PROPOSED
    city.ask(DecidePlan(ANN, agreed, shown(city), 3, DEBT, "checker"))
    assert (city.person().debt_state == DebtState.PLANNED) is agreed


def test_the_hash_of_a_plan_is_that_of_its_days_rupiah_and_proposer() -> None:
    city = indebted()
    city.ask(ProposePlan(ANN, 2, date(2020, 9, 1), "maker"))
    text = "maker\n2020-09-01|225000\n2020-10-01|225000"
    assert shown(city) == hashlib.sha256(text.encode()).hexdigest()


def test_a_plan_is_not_agreed_once_its_first_day_has_come() -> None:
    city = indebted()
    city.ask(ProposePlan(ANN, 3, date(2020, 9, 1), "maker"))
    city.pass_to(start_of(date(2020, 9, 1)))
    with pytest.raises(Refused, match="PLAN_DATE_WRONG"):
        city.ask(DecidePlan(ANN, True, shown(city), 3, DEBT, "checker"))


def test_who_owes_nothing_has_no_plan() -> None:
    city = city_with()
    with pytest.raises(Refused, match="DEBT_UNKNOWN"):
        city.ask(ProposePlan(ANN, 3, date(2020, 9, 1), "maker"))
