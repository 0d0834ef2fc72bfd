"""Incentives: announced when all conditions hold, each once, and never more than the rules give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.incentive.domain.participant import EntitlementState
from services.incentive.domain.reviews import ReviewCourse
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveDue, IncentivePaid
from shared.engine.rules import Outcome, OutcomeState
from tests.unit.incentive.builders import ANN, OTHER_NIK
from tests.unit.incentive.city import City, city_with


def test_the_first_incentive_is_announced_when_the_last_condition_comes_true() -> None:
    city = city_with()
    city.learn()
    question = city.link()
    assert city.told(IncentiveDue) == []
    city.bank_says(question)
    (told,) = city.told(IncentiveDue)
    assert (told.kind, told.number, told.total, told.amount_rupiah) == ("post_training", 1, 4, 600_000)
    assert told.due_on == told.expected_on == date(2020, 8, 24)
    assert city.person().money["owed"] == 600_000
    assert city.person().ready_on == date(2020, 8, 24)
    city.check_money()


def test_conditions_may_come_true_in_any_order() -> None:
    city = city_with()
    city.bank_says(city.link())
    code = city.buy()
    city.redeem(code)
    city.ask(city.claim(code))
    assert city.told(IncentiveDue) == []
    city.ask(ReviewCourse(ANN, 1, 5))
    assert len(city.told(IncentiveDue)) == 1


@pytest.mark.parametrize(
    "fault",
    [{"holder_nik_index": OTHER_NIK}, {"name_matches": False}, {"active": False}, {"identity_checked": False}],
)
def test_an_account_that_is_not_right_holds_the_incentive(fault: dict[str, Any]) -> None:
    city = city_with()
    city.learn()
    city.bank_says(city.link(), **fault)
    assert city.told(IncentiveDue) == []


def test_the_monthly_incentives_are_announced_one_by_one() -> None:
    city = city_with()
    city.ready()
    city.pass_to(city.now + timedelta(days=31))
    assert [each.number for each in city.told(IncentiveDue)] == [1, 2]
    city.pass_days(100)
    assert [each.number for each in city.told(IncentiveDue)] == [1, 2, 3, 4]


def test_what_becomes_due_late_is_expected_soon() -> None:
    city = city_with()
    city.learn()
    city.pass_days(20)
    city.bank_says(city.link())
    (told,) = city.told(IncentiveDue)
    assert (told.due_on, told.expected_on) == (date(2020, 8, 24), date(2020, 9, 2))


def test_the_whole_programme_of_2020_is_3_550_000_rupiah() -> None:
    city = city_with()
    city.redeem(city.buy("PJM-003"), "PIJARMAHIR")
    city.redeem(city.buy("TKP-005"), "TOKOPEDIA")
    city.ask(city.claim("CODE-0002", course_code="TKP-005"))
    city.ask(ReviewCourse(ANN, 2, 5))
    city.bank_says(city.link())
    for _ in range(12):
        city.fund()
        for work in city.approve(city.batch(until=date(2021, 12, 31))) if city.person().ready_on else ():
            city.pay(work)
        for survey in city.person().surveys:
            if not survey.answered_at and not survey.lapsed:
                city.answer(survey.number)
        city.pass_days(12)
    assert len(city.told(IncentivePaid)) == 7
    assert city.person().money["paid"] == 2_550_000
    assert -city.person().money["treasury"] == 700_000 + 275_000 + 2_550_000
    assert {each.state for each in city.person().entitlements} == {EntitlementState.PAID}
    assert city.person().next_action_at is None
    city.check_money()


ACTS = st.lists(
    st.sampled_from(["claim", "review", "link", "good", "bad", "send", "paid", "failed", "unknown", "survey", "wait"]),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_no_order_of_acts_pays_anything_twice(acts: list[str]) -> None:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    for number, act in enumerate(acts):
        try:
            _act(city, act, code, number)
        except (Refused, IndexError):
            continue
    city.check_money()
    paid = [(each.kind, each.number) for each in city.told(IncentivePaid)]
    assert len(paid) == len(set(paid))
    assert city.person().money.get("paid", 0) <= 2_550_000


def _act(city: City, act: str, code: str, number: int) -> None:
    questions = [work for work in city.work if work.kind == "check_account"]
    acts: dict[str, Callable[[], Any]] = {
        "claim": lambda: city.ask(city.claim(code, certificate_number="TKP-000001")),
        "review": lambda: city.ask(ReviewCourse(ANN, 1, 5)),
        "link": lambda: city.link(account=str(number)),
        "good": lambda: city.bank_says(questions[-1]),
        "bad": lambda: city.bank_says(questions[-1], active=False),
        "send": lambda: _send(city),
        "survey": lambda: city.answer(city.person().surveys[-1].number),
        "wait": lambda: city.pass_days(9),
        "paid": lambda: _bank(city, OutcomeState.DONE, number),
        "failed": lambda: _bank(city, OutcomeState.FAILED, number),
        "unknown": lambda: _bank(city, OutcomeState.UNKNOWN, number),
    }
    acts[act]()


def _send(city: City) -> None:
    city.fund()
    city.approve(city.batch(until=date(2021, 1, 1)))


def _bank(city: City, state: OutcomeState, number: int) -> None:
    payments = [work for work in city.work if work.kind == "pay"]
    city.finish(payments[-1 - number % max(1, len(payments))], Outcome(state, {"code": "REJECTED"}))
