"""Payments that come back: told with their reason, owed again, or set off when the participation is over."""

from __future__ import annotations

from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.payouts import RetryPayment
from services.incentive.domain.repayments import RecordRepayment
from shared.contracts.incentive import (
    ClawbackOpened,
    IncentiveDelayed,
    IncentiveFailed,
    IncentivePaid,
    IncentiveReturned,
)
from shared.engine.rules import Outcome, OutcomeState
from tests.unit.incentive.builders import ANN, codes, ineligible
from tests.unit.incentive.city import funds
from tests.unit.incentive.payments import answered, batch_of, notice, sent, withdrawn


def test_a_payment_that_comes_back_is_told_with_its_reason_and_stays_owed() -> None:
    city, work = sent()
    city.pay(work)
    city.pass_days(3)
    notice(city, work, "returned", "ACCOUNT_INACTIVE")
    notice(city, work, "returned", "ACCOUNT_INACTIVE")
    (told,) = city.told(IncentiveReturned)
    assert (told.bank, told.code, told.amount_rupiah) == ("BNI", "ACCOUNT_INACTIVE", 600_000)
    assert told.reason == "rekening atau dompet elektronik tidak aktif"
    assert city.person().money["returned"] == 600_000
    assert funds(city).promised_rupiah == 0
    city.bank_says(city.link(account="2222"))
    assert city.entitlement().state == State.DUE
    city.pass_days(4)
    city.pay(city.send())
    assert len(city.told(IncentivePaid)) == 2
    city.check_money()


def test_reading_the_statement_again_is_no_news_of_a_payment_that_came_back() -> None:
    city, work = sent()
    city.pay(work)
    notice(city, work, "returned", "LIMIT")
    for heard in ("paid", "returned"):
        notice(city, work, heard)
    city.ask(RetryPayment(ANN, "post_training", 1, "maker"))
    for heard in ("paid", "returned"):
        notice(city, work, heard)
    assert (city.entitlement().state, city.entitlement().conflict) == (State.DUE, False)
    city.pay(city.send())
    for heard in ("paid", "returned"):
        notice(city, work, heard)
    assert (city.entitlement().state, city.entitlement().conflict) == (State.PAID, False)
    city.check_money()


def test_an_inquiry_that_tells_of_a_return_books_both() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.UNKNOWN)
    city.finish(work, Outcome(OutcomeState.DONE, {"code": "ACCOUNT_INACTIVE", "returned": True}))
    assert city.entitlement().state == State.RETURNED
    assert city.person().money["returned"] == 600_000


def test_an_order_that_was_kept_back_is_owed_as_before_and_nobody_hears_of_a_failure() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.FAILED, "ORDER_HELD")
    assert city.entitlement().state == State.DUE
    assert city.told(IncentiveFailed) == []
    assert (batch_of(city).counts, funds(city).promised_rupiah) == ({"sending": 0, "dropped": 1}, 0)
    again = city.send()
    assert again.payload["reference"] != work.payload["reference"]
    city.pay(again)
    city.check_money()


def test_an_order_that_was_kept_back_after_the_end_goes_back_to_the_treasury() -> None:
    city, work = sent()
    withdrawn(city)
    answered(city, work, OutcomeState.FAILED, "ORDER_HELD")
    assert city.entitlement().state == State.CANCELLED
    assert city.person().money["treasury"] == -city.person().money["platforms"]
    city.check_money()


def test_a_return_for_another_reason_waits_for_staff() -> None:
    city, work = sent()
    city.pay(work)
    notice(city, work, "returned")
    assert city.told(IncentiveReturned)[0].code == "OTHER"
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == ["TRANSFER_FAILED"]
    city.ask(RetryPayment(ANN, "post_training", 1, "maker"))
    assert city.entitlement().state == State.DUE
    city.check_money()


def test_a_return_whose_payment_we_had_not_heard_of_counts_as_both() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.UNKNOWN)
    notice(city, work, "returned", "LIMIT")
    assert len(city.told(IncentivePaid)) == len(city.told(IncentiveReturned)) == 1
    city.check_money()


def test_a_return_after_the_end_goes_back_to_the_treasury() -> None:
    city, work = sent()
    city.pay(work)
    withdrawn(city)
    notice(city, work, "returned", "LIMIT")
    assert city.entitlement().state == State.CANCELLED
    assert city.person().money["paid"] == 0
    city.check_money()


def test_a_return_of_an_ineligible_person_lowers_the_debt() -> None:
    city, work = sent()
    city.pay(work)
    city.hear(ineligible())
    notice(city, work, "returned", "LIMIT")
    assert city.person().money["clawback"] == 450_000
    assert len(city.told(ClawbackOpened)) == 1
    city.check_money()


def test_a_return_of_what_the_person_repaid_already_is_for_staff() -> None:
    city, work = sent()
    city.pay(work)
    city.hear(ineligible())
    city.ask(RecordRepayment(ANN, "R1", 1_000_000, "maker"))
    notice(city, work, "returned", "LIMIT")
    assert city.entitlement().conflict
    city.check_money()
