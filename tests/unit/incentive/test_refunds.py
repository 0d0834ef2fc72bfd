"""What somebody had repaid before their debt was cancelled goes back to them, by receipts, and they hear of each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.incentive.domain.days import morning_of
from services.incentive.domain.debts import DebtState
from services.incentive.domain.ledger import Posting
from services.incentive.domain.repayments import RecordRefund, RecordRepayment
from shared.contracts.decision import Refused
from shared.contracts.incentive import ClawbackOpened, ClawbackRefunded
from shared.contracts.registration import IdentityErased
from tests.unit.incentive.builders import ANN, ineligible
from tests.unit.incentive.city import City
from tests.unit.incentive.owing import PAID_AND_SPENT, balances, eligible, letters, owing, proof_of


def refund(rupiah: int, receipt: str = "T-1") -> RecordRefund:
    return RecordRefund(ANN, receipt, rupiah, "maker")


def refunding(repaid: int = 900_000) -> City:
    """Ann repaid so much of 1,050,000 rupiah, and was found eligible after all."""
    city = owing()
    city.ask(RecordRepayment(ANN, "R-1", repaid, "maker"))
    city.hear(eligible())
    return city


def test_all_that_was_repaid_goes_back_to_where_it_had_come_from_and_the_case_is_over() -> None:
    city = refunding()
    assert balances(city) == {"platforms": 150_000, "treasury": -150_000}
    assert city.ask(refund(900_000)) == {"left_rupiah": 0}
    assert balances(city) == PAID_AND_SPENT
    assert (city.person().debt_state, city.person().debt.to_return_rupiah) == (DebtState.CANCELLED, 0)
    back = {each.posting_id: each.move for each in city.all(Posting) if "refunded" in each.posting_id}
    assert back == {
        "ann/clawback/refunded/T-1/platforms": ("treasury", "platforms", 300_000),
        "ann/clawback/refunded/T-1/paid": ("treasury", "paid", 600_000),
    }
    city.check_money()


def test_in_parts_each_with_a_receipt_of_its_own_and_the_person_hears_what_is_left() -> None:
    city = refunding()
    for number, rupiah in enumerate((200_000, 150_000, 550_000), 1):
        city.pass_days(1)
        city.ask(refund(rupiah, f"T-{number}"))
    told = [(each.receipt, each.amount_rupiah, each.left_rupiah) for each in city.told(ClawbackRefunded)]
    assert told == [("T-1", 200_000, 700_000), ("T-2", 150_000, 550_000), ("T-3", 550_000, 0)]
    assert city.told(ClawbackRefunded)[-1].refunded_at == city.now
    assert balances(city) == PAID_AND_SPENT
    city.check_money()


def test_it_is_no_second_payment_to_the_audit() -> None:
    city = refunding(1_050_000)
    for number, rupiah in enumerate((500_000, 550_000), 1):
        city.ask(refund(rupiah, f"T-{number}"))
    proof = proof_of(city)
    assert (proof.paid, proof.doubled, proof.above, proof.differing) == (600_000, [], [], {})


@pytest.mark.parametrize("rupiah", [900_001, 1_050_000])
def test_more_than_was_repaid_is_refused_with_what_is_left(rupiah: int) -> None:
    city = refunding()
    before = city.person()
    with pytest.raises(Refused, match="REFUND_ABOVE_REPAID") as refused:
        city.ask(refund(rupiah))
    assert refused.value.details == {"left_rupiah": 900_000}
    assert city.person() == before


@pytest.mark.parametrize(("first", "number"), [(100_000, "T-1"), (500_000, "T-1"), (100_000, "T-2"), (400_000, "T-2")])
def test_a_receipt_is_recorded_once_whichever_accounts_it_touched(first: int, number: str) -> None:
    """300,000 rupiah of what goes back are the course's: T-1 touches that or both, T-2 after a T-1 of 300,000 none."""
    city = refunding()
    if number == "T-2":
        city.ask(refund(300_000))
    city.ask(refund(first, number))
    left, told = city.person().debt.to_return_rupiah, len(city.told(ClawbackRefunded))
    for rupiah in (first, 1):
        with pytest.raises(Refused, match="RECEIPT_KNOWN"):
            city.ask(refund(rupiah, number))
    assert (city.person().debt.to_return_rupiah, len(city.told(ClawbackRefunded))) == (left, told)


def test_a_receipt_of_a_repayment_is_recorded_once_as_well() -> None:
    city = owing()
    city.ask(RecordRepayment(ANN, "R-1", 200_000, "maker"))
    with pytest.raises(Refused, match="RECEIPT_KNOWN"):
        city.ask(RecordRepayment(ANN, "R-1", 300_000, "maker"))
    assert city.person().debt.repaid_rupiah == 200_000


@pytest.mark.parametrize("state", ["no debt", "open", "nothing repaid"])
def test_nothing_is_given_back_to_whom_nothing_is_owed(state: str) -> None:
    city = owing()
    if state == "open":
        city.ask(RecordRepayment(ANN, "R-1", 200_000, "maker"))
    if state == "nothing repaid":
        city.hear(eligible())
    with pytest.raises(Refused, match="REFUND_ABOVE_REPAID"):
        city.ask(refund(1))


def test_who_is_found_ineligible_again_owes_what_had_been_given_back_too() -> None:
    city = refunding(200_000)
    city.ask(refund(150_000))
    city.pass_to(morning_of(date(2021, 3, 1)))
    city.hear(ineligible().model_copy(update={"decided_at": city.now}))
    assert [each.amount_rupiah for each in city.told(ClawbackOpened)] == [1_050_000, 1_000_000]
    debt = city.person().debt
    assert (debt.repaid_rupiah, debt.to_return_rupiah) == (50_000, 0)
    assert debt.letters[-1].repaid_rupiah == 50_000
    with pytest.raises(Refused, match="REFUND_ABOVE_REPAID"):
        city.ask(refund(50_000, "T-2"))
    city.ask(RecordRepayment(ANN, "R-2", 1_000_000, "maker"))
    assert (city.person().debt_state, balances(city)) == (DebtState.SETTLED, {})
    city.check_money()


def test_money_is_still_given_back_after_the_persons_data_are_erased() -> None:
    city = refunding(200_000)
    city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now + timedelta(days=1), reason="REQUEST"))
    city.ask(refund(200_000))
    assert (city.person().debt_state, letters(city)) == (DebtState.CANCELLED, ["opened", "cancelled"])
    city.check_money()
