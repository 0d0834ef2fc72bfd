"""Failed payments: told with what can be mended, and sent again once it is mended or staff say so."""

from __future__ import annotations

import pytest

from services.incentive.domain.accounts import RecheckAccount
from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.payouts import RetryPayment
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveDelayed, IncentiveFailed
from shared.engine.rules import OutcomeState
from tests.unit.incentive.builders import ANN, codes
from tests.unit.incentive.city import funds
from tests.unit.incentive.payments import answered, sent


def test_an_unknown_payment_may_turn_out_failed() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.UNKNOWN)
    answered(city, work, OutcomeState.FAILED, "LIMIT")
    assert [(each.outcome, each.code) for each in city.told(IncentiveFailed)][-1] == ("failed", "LIMIT")
    assert city.person().money["owed"] == 600_000
    assert funds(city).promised_rupiah == 0
    city.check_money()


def test_a_failure_without_code_is_told_as_such() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.FAILED)
    assert city.told(IncentiveFailed)[0].code == "OTHER"


def test_a_failed_payment_is_sent_again_only_when_staff_say_so() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.FAILED, "LIMIT")
    assert city.person().ready_on is None
    city.ask(RetryPayment(ANN, "post_training", 1, "maker"))
    again = city.send()
    assert again.payload["reference"] != work.payload["reference"]
    assert city.entitlement().attempt == 2
    city.pay(again)
    city.check_money()


@pytest.mark.parametrize(
    ("kind", "number", "refusal"), [("post_training", 1, "PAYMENT_NOT_FAILED"), ("survey", 3, "PAYMENT_UNKNOWN")]
)
def test_only_what_failed_is_tried_again(kind: str, number: int, refusal: str) -> None:
    city, _ = sent()
    with pytest.raises(Refused, match=refusal):
        city.ask(RetryPayment(ANN, kind, number, "maker"))


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("ACCOUNT_INACTIVE", "ACCOUNT_INACTIVE"),
        ("ACCOUNT_UNKNOWN", "ACCOUNT_INACTIVE"),
        ("ACCOUNT_NAME_MISMATCH", "ACCOUNT_NAME_MISMATCH"),
        ("WALLET_NOT_KYC", "WALLET_NOT_KYC"),
        ("WALLET_FULL", "WALLET_FULL"),
        ("LIMIT", "TRANSFER_FAILED"),
    ],
)
def test_a_failure_is_announced_as_what_can_be_mended(code: str, cause: str) -> None:
    city, work = sent()
    answered(city, work, OutcomeState.FAILED, code)
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == [cause]


def test_what_failed_because_of_the_account_is_due_again_once_the_bank_says_it_is_right() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.FAILED, "WALLET_FULL")
    city.ask(RecheckAccount(ANN))
    city.bank_says(city.work[-1], room_rupiah=10_000_000)
    assert city.entitlement().state == State.DUE
    city.pay(city.send())
    city.check_money()


def test_a_failure_of_the_old_account_does_not_stain_the_new_one() -> None:
    city, work = sent()
    city.bank_says(city.link(account="2222"))
    answered(city, work, OutcomeState.FAILED, "ACCOUNT_INACTIVE")
    account = city.person().account
    assert account
    assert account.verified
    assert city.entitlement().state == State.DUE


def test_a_failure_of_the_old_account_waits_while_the_new_one_is_being_checked() -> None:
    city, work = sent()
    question = city.link(account="2222")
    answered(city, work, OutcomeState.FAILED, "ACCOUNT_INACTIVE")
    assert city.entitlement().state == State.FAILED
    city.bank_says(question)
    assert city.entitlement().state == State.DUE


def test_a_failure_of_the_old_account_waits_while_the_new_one_is_not_right_either() -> None:
    city, work = sent()
    city.bank_says(city.link(account="2222"), name_matches=False)
    answered(city, work, OutcomeState.FAILED, "ACCOUNT_INACTIVE")
    assert city.entitlement().state == State.FAILED
