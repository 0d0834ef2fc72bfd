"""Answers that contradict each other move no money, and a second person decides what stays unclear."""

from __future__ import annotations

import pytest

from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.payouts import DecidePayment, RetryPayment
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveDelayed
from shared.engine.rules import OutcomeState
from tests.unit.incentive.builders import ANN, codes
from tests.unit.incentive.city import funds
from tests.unit.incentive.payments import answered, notice, sent, withdrawn


def test_a_notice_alone_never_declares_a_payment_failed() -> None:
    city, work = sent()
    notice(city, work, "failed", "LIMIT")
    assert city.entitlement().state == State.SENDING
    assert city.person().unresolved
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == ["STATUS_CONFLICT"]
    city.pay(work)
    assert not city.entitlement().conflict
    city.check_money()


def test_a_conflict_says_more_than_unknown() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.UNKNOWN)
    notice(city, work, "failed")
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == ["STATUS_CONFLICT"]


def test_a_notice_of_payment_settles_an_unknown_one() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.UNKNOWN)
    notice(city, work, "paid")
    assert city.entitlement().state == State.PAID


@pytest.mark.parametrize(
    ("first", "then"),
    [("paid", "failed"), ("failed", "paid"), ("failed", "returned")],
)
def test_answers_that_contradict_each_other_move_no_money(first: str, then: str) -> None:
    city, work = sent()
    answered(city, work, OutcomeState.DONE if first == "paid" else OutcomeState.FAILED, "LIMIT")
    money = city.person().money
    notice(city, work, then)
    assert city.person().money == money
    assert city.entitlement().conflict
    assert city.person().unresolved


def test_news_that_an_older_attempt_was_paid_after_all_is_a_conflict() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.FAILED, "LIMIT")
    city.ask(RetryPayment(ANN, "post_training", 1, "maker"))
    again = city.send()
    notice(city, work, "failed")
    assert not city.entitlement().conflict
    notice(city, work, "paid")
    assert city.entitlement().conflict
    assert city.entitlement().state == State.SENDING
    city.ask(DecidePayment(work.payload["reference"], False, "RK-7", "checker"))
    assert city.entitlement().state == State.SENDING
    assert not city.entitlement().conflict
    city.pay(again)
    city.check_money()


def test_what_is_contradictory_is_not_sent_again() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.FAILED, "LIMIT")
    city.ask(RetryPayment(ANN, "post_training", 1, "maker"))
    notice(city, work, "paid")
    assert city.entitlement().state == State.DUE
    assert city.person().ready_on is None


def test_a_cancelled_payment_that_was_paid_is_a_conflict() -> None:
    city, work = sent()
    withdrawn(city)
    answered(city, work, OutcomeState.FAILED, "LIMIT")
    notice(city, work, "paid")
    assert city.entitlement().conflict


def test_a_person_decides_what_stays_unknown_after_the_banks_horizon() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.UNKNOWN)
    answered(city, work, OutcomeState.NOT_FOUND)
    assert city.entitlement().asks_person
    reference = work.payload["reference"]
    with pytest.raises(Refused, match="SAME_PERSON"):
        city.ask(DecidePayment(reference, True, "RK-1", "maker"))
    assert city.ask(DecidePayment(reference, True, "RK-1", "checker")) == {"state": "paid"}
    assert not city.entitlement().asks_person
    with pytest.raises(Refused, match="PAYMENT_NOT_OPEN"):
        city.ask(DecidePayment(reference, True, "RK-1", "checker"))
    city.check_money()


def test_not_found_at_once_is_unknown_too() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.NOT_FOUND)
    assert city.entitlement().state == State.UNKNOWN
    city.ask(DecidePayment(work.payload["reference"], False, "RK-1", "checker"))
    assert city.entitlement().state == State.FAILED
    city.check_money()


DECISIONS: list[tuple[str, str, bool, str]] = [
    ("failed", "paid", True, "paid"),
    ("failed", "paid", False, "failed"),
    ("paid", "failed", True, "paid"),
    ("paid", "failed", False, "returned"),
]


@pytest.mark.parametrize(("first", "then", "paid", "state"), DECISIONS)
def test_a_person_decides_contradictions(first: str, then: str, paid: bool, state: str) -> None:
    city, work = sent()
    answered(city, work, OutcomeState.DONE if first == "paid" else OutcomeState.FAILED, "LIMIT")
    notice(city, work, then)
    assert city.ask(DecidePayment(work.payload["reference"], paid, "RK-1", "checker")) == {"state": state}
    assert not city.entitlement().conflict
    assert funds(city).promised_rupiah == (600_000 if state == "paid" else 0)
    city.check_money()
