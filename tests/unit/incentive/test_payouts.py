"""Payouts: whatever the bank answers, and in whatever order, a payment leaves once and never vanishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.incentive.domain.accounts import RecheckAccount
from services.incentive.domain.batches import Batch
from services.incentive.domain.funds import PROGRAMME, Funds
from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.participation import RecordRepayment
from services.incentive.domain.payouts import DecidePayment, HearPayment, Payment, RetryPayment, reference_of
from shared.contracts.decision import Refused, Work
from shared.contracts.incentive import (
    ClawbackOpened,
    IncentiveDelayed,
    IncentiveFailed,
    IncentivePaid,
    IncentiveReturned,
)
from shared.contracts.registration import ApplicantWithdrawn
from shared.engine.rules import Outcome, OutcomeState
from tests.unit.incentive.builders import ANN, City, city_with, codes
from tests.unit.incentive.test_participation import ineligible


def sent() -> tuple[City, Work]:
    city = city_with()
    city.ready()
    return city, city.send()


def answered(city: City, work: Work, state: OutcomeState, code: str = "") -> None:
    city.finish(work, Outcome(state, {"code": code} if code else {}))


def notice(city: City, work: Work, result: Any, code: str = "") -> None:
    city.ask(HearPayment(work.payload["reference"], result, code, is_notice=True))


def withdrawn(city: City) -> None:
    city.hear(ApplicantWithdrawn(applicant_id=ANN, withdrawn_at=city.now, by="applicant"))


def funds(city: City) -> Funds:
    found = city.state(Funds, PROGRAMME)
    assert isinstance(found, Funds)
    return found


def batch_of(city: City) -> Batch:
    (batch,) = city.all(Batch)
    assert isinstance(batch, Batch)
    return batch


def test_a_reference_fits_the_shortest_limit_and_names_one_attempt() -> None:
    reference = reference_of("a" * 36, "post_training", 1, 1)
    assert len(reference) == 30
    assert reference.isalnum()
    assert reference.isupper()
    others = {
        reference_of("a" * 36, kind, n, a) for kind in ("post_training", "survey") for n in (1, 2) for a in (1, 2)
    }
    assert len(others) == 8


def test_a_payment_carries_its_reference_and_the_sealed_account() -> None:
    city, work = sent()
    assert work.key == f"incentive/{ANN}/post_training/1/1"
    assert work.payload["reference"] == reference_of(ANN, "post_training", 1, 1) == city.entitlement().reference
    assert (work.payload["amount_rupiah"], work.payload["bank"]) == (600_000, "BNI")
    assert city.person().money["sending"] == 600_000
    assert city.state(Payment, work.payload["reference"]).attempt == 1


def test_a_paid_incentive_is_told_once() -> None:
    city, work = sent()
    city.pay(work)
    city.pay(work)
    notice(city, work, "paid")
    (told,) = city.told(IncentivePaid)
    assert (told.reference, told.bank, told.batch_id) == (work.payload["reference"], "BNI", batch_of(city).batch_id)
    assert city.entitlement().state == State.PAID
    assert batch_of(city).counts == {"sending": 0, "paid": 1}
    assert batch_of(city).state == "closed"
    city.check_money()


def test_no_answer_is_unknown_and_not_failed() -> None:
    city, work = sent()
    answered(city, work, OutcomeState.UNKNOWN)
    answered(city, work, OutcomeState.UNKNOWN)
    (told,) = city.told(IncentiveFailed)
    assert (told.outcome, told.code) == ("unknown", "NO_ANSWER")
    assert city.person().money["unknown"] == 600_000
    assert city.person().unresolved
    assert batch_of(city).state == "sent"
    answered(city, work, OutcomeState.DONE)
    assert city.entitlement().state == State.PAID
    assert not city.person().unresolved
    assert batch_of(city).state == "closed"
    city.check_money()


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


def test_a_failure_of_the_old_account_waits_while_the_new_one_is_not_right_either() -> None:
    city, work = sent()
    city.bank_says(city.link(account="2222"), name_matches=False)
    answered(city, work, OutcomeState.FAILED, "ACCOUNT_INACTIVE")
    assert city.entitlement().state == State.FAILED


def test_a_payment_of_an_incentive_nobody_has_is_unknown() -> None:
    city, work = sent()
    payment = city.state(Payment, work.payload["reference"])
    city.put(replace(payment, reference="GLBX", kind="survey"))
    with pytest.raises(Refused, match="PAYMENT_UNKNOWN"):
        city.ask(HearPayment("GLBX", "paid"))


def test_nobody_knows_a_foreign_reference() -> None:
    city, _ = sent()
    with pytest.raises(Refused, match="PAYMENT_UNKNOWN"):
        city.ask(HearPayment("GLBNONE", "paid"))


@pytest.mark.parametrize("state", [OutcomeState.FAILED, OutcomeState.DONE])
def test_what_is_on_its_way_when_the_participation_ends_is_waited_for(state: OutcomeState) -> None:
    city, work = sent()
    withdrawn(city)
    assert city.entitlement().state == State.SENDING
    answered(city, work, state, "ACCOUNT_INACTIVE")
    expected = State.PAID if state == OutcomeState.DONE else State.CANCELLED
    assert city.entitlement().state == expected
    assert funds(city).promised_rupiah == (600_000 if state == OutcomeState.DONE else 0)
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


def test_a_cancelled_payment_that_was_paid_is_a_conflict() -> None:
    city, work = sent()
    withdrawn(city)
    answered(city, work, OutcomeState.FAILED, "LIMIT")
    notice(city, work, "paid")
    assert city.entitlement().conflict


def test_a_day_of_silence_is_announced_as_unknown() -> None:
    city = city_with()
    city.ready()
    city.pass_days(14)
    city.send()
    city.pass_to(city.now + timedelta(hours=20))
    assert city.told(IncentiveDelayed) == []
    city.pass_days(2)
    assert codes(city.told(IncentiveDelayed)) == ["BANK_UNKNOWN"]


RESULTS = st.lists(
    st.tuples(st.sampled_from(["paid", "failed", "unknown", "not_found", "returned"]), st.booleans()), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(RESULTS)
def test_no_sequence_of_answers_breaks_the_ledger_or_pays_twice(results: list[tuple[Any, bool]]) -> None:
    city, work = sent()
    for result, is_notice in results:
        city.ask(HearPayment(work.payload["reference"], result, "LIMIT", is_notice))
    city.check_money()
    assert len(city.told(IncentivePaid)) <= 1
    assert len(city.told(IncentiveReturned)) <= 1
    promised = sum(city.person().money.get(each, 0) for each in ("sending", "unknown", "paid"))
    assert funds(city).promised_rupiah == promised
    counts = batch_of(city).counts
    assert sum(counts.values()) == 1
    assert min(counts.values()) >= 0
