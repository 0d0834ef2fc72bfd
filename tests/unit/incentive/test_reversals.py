"""Somebody who was to repay is found eligible after all: the debt ends, its money goes back, and no letter follows."""

from __future__ import annotations

from datetime import date

import pytest

from services.incentive.domain.clawbacks import DecidePlan, ProposePlan
from services.incentive.domain.debts import DebtState
from services.incentive.domain.ledger import Posting
from services.incentive.domain.participant import Standing
from services.incentive.domain.payouts import HearPayment
from services.incentive.domain.repayments import RecordRepayment
from shared.contracts.decision import Refused
from shared.contracts.incentive import (
    ClawbackCancelled,
    ClawbackOpened,
    ClawbackOverdue,
    ClawbackReminderDue,
    IncentivePaid,
)
from shared.contracts.registration import ApplicantWithdrawn, IdentityErased
from tests.unit.incentive.builders import ANN, BEN, ineligible
from tests.unit.incentive.city import city_with
from tests.unit.incentive.owing import PAID_AND_SPENT, balances, eligible, letters, owing


def test_money_goes_back_where_it_came_from_and_the_person_is_told() -> None:
    city = owing()
    city.pass_days(20)
    city.hear(eligible())
    assert balances(city) == PAID_AND_SPENT
    person = city.person()
    assert (person.standing, person.debt_state, person.repay_until) == (Standing.REVOKED, DebtState.CANCELLED, None)
    assert (person.cleared_at, person.next_action_at) == (city.now, None)
    (told,) = city.told(ClawbackCancelled)
    assert (told.applicant_id, told.cancelled_at, told.which) == (ANN, city.now, "nothing_repaid")
    assert (told.amount_rupiah, told.repaid_rupiah) == (1_050_000, 0)
    back = {each.posting_id: each.move for each in city.all(Posting) if "cancelled" in each.posting_id}
    assert back == {
        "ann/clawback/cancelled/1/platforms": ("clawback", "platforms", 450_000),
        "ann/clawback/cancelled/1/paid": ("clawback", "paid", 600_000),
    }
    city.check_money()


def test_no_reminder_and_no_word_of_a_suit_follows() -> None:
    city = owing()
    city.hear(eligible())
    city.pass_days(400)
    assert letters(city) == ["opened", "cancelled"]
    assert city.told(ClawbackReminderDue) == city.told(ClawbackOverdue) == []
    assert city.person().debt_state == DebtState.CANCELLED


def test_even_after_the_letter_about_a_suit_the_case_ends() -> None:
    city = owing()
    city.pass_days(100)
    assert city.person().debt_state == DebtState.OVERDUE
    city.hear(eligible())
    city.pass_days(400)
    assert letters(city) == ["opened", "reminder", "damages", "cancelled"]
    assert (city.person().debt_state, balances(city)) == (DebtState.CANCELLED, PAID_AND_SPENT)


def test_the_letter_says_what_was_claimed_and_what_had_come_in() -> None:
    city = owing()
    city.ask(RecordRepayment(ANN, "R-1", 200_000, "maker"))
    city.pass_days(5)
    city.hear(eligible())
    opened, cancelled = city.person().debt.letters
    assert (cancelled.kind, cancelled.written_at, cancelled.amount_rupiah) == ("cancelled", city.now, 850_000)
    assert (cancelled.repaid_rupiah, opened.repaid_rupiah) == (200_000, 0)


def test_what_was_repaid_stays_in_the_treasury_and_is_to_be_returned() -> None:
    city = owing()
    city.ask(RecordRepayment(ANN, "R-1", 200_000, "maker"))
    city.hear(eligible())
    assert balances(city) == {"platforms": 450_000, "paid": 400_000, "treasury": -850_000}
    debt = city.person().debt
    assert (debt.repaid_rupiah, debt.to_return_rupiah) == (200_000, 200_000)
    (told,) = city.told(ClawbackCancelled)
    assert (told.which, told.amount_rupiah, told.repaid_rupiah) == ("some_repaid", 850_000, 200_000)
    city.check_money()


def test_less_than_the_course_that_is_left_goes_back_to_the_platforms_alone() -> None:
    city = owing()
    city.ask(RecordRepayment(ANN, "R-1", 900_000, "maker"))
    city.hear(eligible())
    assert balances(city) == {"platforms": 150_000, "treasury": -150_000}
    city.check_money()


def test_who_had_repaid_everything_has_everything_to_get_back() -> None:
    city = owing()
    city.ask(RecordRepayment(ANN, "R-1", 1_050_000, "maker"))
    assert city.person().debt_state == DebtState.SETTLED
    city.hear(eligible())
    assert (city.person().debt_state, city.person().debt.to_return_rupiah) == (DebtState.REFUNDING, 1_050_000)
    (told,) = city.told(ClawbackCancelled)
    assert (told.which, told.amount_rupiah, told.repaid_rupiah) == ("some_repaid", 0, 1_050_000)
    assert balances(city) == {}
    city.check_money()


@pytest.mark.parametrize("agreed", [True, False])
def test_a_plan_is_gone_and_none_of_its_instalments_is_missed(agreed: bool) -> None:
    city = owing()
    city.ask(ProposePlan(ANN, 3, date(2020, 9, 10), "maker"))
    shown = city.person().debt.plan.plan_hash
    if agreed:
        city.ask(DecidePlan(ANN, True, shown, 3, 1_050_000, "checker"))
    city.pass_days(3)
    city.hear(eligible())
    assert city.person().debt.plan is None
    city.pass_days(200)
    assert letters(city) == (["opened", "plan", "cancelled"] if agreed else ["opened", "cancelled"])
    for command in (
        DecidePlan(ANN, True, shown, 3, 1_050_000, "checker"),
        ProposePlan(ANN, 3, date(2021, 3, 1), "maker"),
    ):
        with pytest.raises(Refused, match="DEBT_UNKNOWN"):
            city.ask(command)
    with pytest.raises(Refused, match="REPAYMENT_ABOVE_DEBT"):
        city.ask(RecordRepayment(ANN, "R-1", 1, "maker"))


def test_heard_twice_it_happens_once() -> None:
    city = owing()
    city.ask(RecordRepayment(ANN, "R-1", 200_000, "maker"))
    city.hear(eligible())
    city.pass_days(1)
    before, events = city.person(), len(city.events)
    city.hear(eligible())
    assert (city.person(), len(city.events)) == (before, events)
    assert city.person().debt.to_return_rupiah == 200_000


@pytest.mark.parametrize("who", ["active", "revoked", "withdrawn", "erased", "erased with a debt"])
def test_for_anybody_else_nothing_changes(who: str) -> None:
    city = owing() if who == "erased with a debt" else city_with()
    if who == "active":
        city.ready()
    if who == "revoked":
        city.pass_days(31)
    if who == "withdrawn":
        city.hear(ApplicantWithdrawn(applicant_id=ANN, withdrawn_at=city.now, by="applicant"))
    if who.startswith("erased"):
        city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now, reason="REQUEST"))
    before, events, postings = city.person(), len(city.events), len(city.all(Posting))
    city.hear(eligible())
    assert (city.person(), len(city.events), len(city.all(Posting))) == (before, events, postings)


def test_of_somebody_who_was_never_selected_nothing_is_known() -> None:
    city = city_with()
    city.hear(eligible(BEN))
    assert (city.events, [each.applicant_id for each in city.all(type(city.person()))]) == ([], [ANN])


def test_who_received_nothing_has_no_case_and_is_no_longer_ineligible() -> None:
    city = city_with()
    city.hear(ineligible())
    city.hear(eligible())
    person = city.person()
    assert (person.standing, person.debt, person.cleared_at) == (Standing.REVOKED, None, city.now)
    assert city.told(ClawbackCancelled) == []


def test_a_payment_on_its_way_stays_the_persons_once_it_arrives() -> None:
    city = city_with()
    city.ready()
    work = city.send()
    city.hear(ineligible())
    city.hear(eligible())
    city.pay(work)
    assert len(city.told(IncentivePaid)) == 1
    assert [each.amount_rupiah for each in city.told(ClawbackOpened)] == [450_000]
    assert balances(city) == PAID_AND_SPENT
    city.check_money()


def test_a_payment_that_the_bank_sends_back_later_comes_out_of_what_was_paid() -> None:
    city = city_with()
    city.ready()
    work = city.send()
    city.pay(work)
    city.hear(ineligible())
    city.hear(eligible())
    city.ask(HearPayment(work.payload["reference"], "returned", "LIMIT", is_notice=True))
    assert balances(city) == {"platforms": 450_000, "treasury": -450_000}
    city.check_money()
