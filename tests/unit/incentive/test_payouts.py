"""Payouts: whatever the bank answers, and in whatever order, a payment leaves once and never vanishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.payouts import HearPayment, Payment, reference_of
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveDelayed, IncentiveFailed, IncentivePaid, IncentiveReturned
from shared.engine.rules import OutcomeState
from tests.unit.incentive.builders import ANN, codes
from tests.unit.incentive.city import city_with, funds
from tests.unit.incentive.payments import answered, batch_of, notice, sent, withdrawn


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
    assert (city.person().unsure_payment, city.person().failed_payment) == (True, False)
    assert batch_of(city).state == "sent"
    answered(city, work, OutcomeState.DONE)
    assert city.entitlement().state == State.PAID
    assert not city.person().unsure_payment
    assert batch_of(city).state == "closed"
    city.check_money()


def test_an_order_in_a_file_is_on_its_way_and_nobody_is_told_otherwise() -> None:
    city, work = sent()
    for _ in range(2):
        answered(city, work, OutcomeState.UNKNOWN, "IN_FILE")
    assert city.told(IncentiveFailed) == []
    assert (city.entitlement().state, city.person().money["sending"]) == (State.SENDING, 600_000)
    city.pay(work)
    assert city.entitlement().state == State.PAID
    city.check_money()


def test_a_payment_says_whose_it_is_on_which_list_and_since_when() -> None:
    city, work = sent()
    assert work.payload["full_name"] == city.person().full_name
    assert work.payload["batch_id"] == batch_of(city).batch_id
    assert work.payload["ordered_at"] == city.now.isoformat()


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
