"""Answers that contradict each other move no money, and a second person decides what stays unclear."""

from __future__ import annotations

import pytest

from services.incentive.domain.batch_work import FillBatch
from services.incentive.domain.batches import MakeBatch
from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.payouts import DecidePayment, HearPayment, RetryPayment
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
    assert (city.person().unsure_payment, city.person().failed_payment) == (True, False)
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
    assert (city.person().unsure_payment, city.person().failed_payment) == (True, False)


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


@pytest.mark.parametrize("state", ["sending", "unknown", "paid"])
def test_an_incentive_is_not_booked_as_paid_by_two_attempts(state: str) -> None:
    """One of them has to come back first; until then it stays where staff see it."""
    city, work = sent()
    answered(city, work, OutcomeState.FAILED, "LIMIT")
    city.ask(RetryPayment(ANN, "post_training", 1, "maker"))
    again = city.send()
    if state != "sending":
        answered(city, again, OutcomeState.DONE if state == "paid" else OutcomeState.UNKNOWN)
    notice(city, work, "paid")
    assert city.entitlement().conflict_with == work.payload["reference"]
    with pytest.raises(Refused, match="PAID_TWICE"):
        city.ask(DecidePayment(work.payload["reference"], True, "RK-7", "checker"))
    assert (city.entitlement().state, city.entitlement().conflict) == (state, True)
    if state == "unknown":  # a word about the newer attempt leaves the older one's conflict open
        city.ask(DecidePayment(again.payload["reference"], True, "RK-8", "checker"))
        assert (city.entitlement().state, city.entitlement().conflict) == ("paid", False)
    city.check_money()


@pytest.mark.parametrize("state", ["due", "batched", "failed", "returned", "cancelled"])
def test_an_older_attempt_that_was_paid_after_all_pays_the_incentive(state: str) -> None:
    city, work = sent()
    answered(city, work, OutcomeState.FAILED, "LIMIT")
    city.ask(RetryPayment(ANN, "post_training", 1, "maker"))
    if state == "batched":
        city.ask(MakeBatch("second", city.entitlement().due_on, "maker"))
        city.ask(FillBatch("second", 1, (ANN,)))
    if state in ("failed", "returned"):
        again = city.send()
        answered(city, again, OutcomeState.FAILED if state == "failed" else OutcomeState.DONE, "LIMIT")
        if state == "returned":
            notice(city, again, "returned", "LIMIT_EXCEEDED")
    if state == "cancelled":
        withdrawn(city)
    assert city.entitlement().state == state
    notice(city, work, "paid")
    reference = work.payload["reference"]
    assert city.ask(DecidePayment(reference, True, "RK-7", "checker")) == {"state": "paid"}
    each = city.entitlement()
    assert (each.reference, each.batch_id, each.conflict) == (reference, None, False)
    assert city.person().money["paid"] == 600_000
    notice(city, work, "paid")  # told again
    assert not city.entitlement().conflict
    city.check_money()


def test_what_a_person_decided_is_settled_as_outside_work_too() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.UNKNOWN)
    assert city.settled == []
    city.ask(DecidePayment(work.payload["reference"], False, "RK-1", "checker"))
    assert city.settled == [(work.kind, work.key)]


def test_a_final_answer_to_our_own_question_settles_the_order_and_a_notice_does_not() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.UNKNOWN)
    notice(city, work, "failed", "LIMIT")
    assert city.settled == []
    city.ask(HearPayment(work.payload["reference"], "failed", "LIMIT"))
    assert city.settled == [(work.kind, work.key)]
    assert city.entitlement().state == State.FAILED


def test_what_is_being_sent_is_not_decided_by_hand() -> None:
    city, work = sent()
    notice(city, work, "failed")
    with pytest.raises(Refused, match="PAYMENT_NOT_OPEN"):
        city.ask(DecidePayment(work.payload["reference"], False, "RK-1", "checker"))


def test_news_of_another_amount_is_no_news_of_the_payment() -> None:
    city, work = sent()
    with pytest.raises(Refused, match="AMOUNT_DIFFERS"):
        city.ask(HearPayment(work.payload["reference"], "paid", is_notice=True, amount_rupiah=6_500))
    assert city.entitlement().state == State.SENDING
    city.ask(HearPayment(work.payload["reference"], "paid", is_notice=True, amount_rupiah=600_000))
    assert city.entitlement().state == State.PAID


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
