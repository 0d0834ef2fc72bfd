"""Verdicts that follow one another: each case has its own postings, days and letters, and money is paid once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from services.incentive.domain.days import end_of, morning_of
from services.incentive.domain.debts import DebtState
from services.incentive.domain.ledger import Posting
from services.incentive.domain.participant import Standing
from services.incentive.domain.repayments import RecordRepayment
from shared.contracts.incentive import ClawbackCancelled, ClawbackOpened
from tests.unit.incentive.builders import ANN, ineligible
from tests.unit.incentive.owing import UPHELD_AT, balances, eligible, letters, owing, proof_of


def test_a_verdict_from_before_that_is_heard_again_takes_nothing_back() -> None:
    """A release that learns of an event hears all of its kind again, from the first one on."""
    city = owing()
    city.hear(eligible(decided_at=datetime(2020, 8, 31, 23, 59, tzinfo=UTC)))
    assert (city.person().standing, city.person().debt_state) == (Standing.INELIGIBLE, DebtState.OPEN)
    assert letters(city) == ["opened"]
    city.hear(eligible(decided_at=datetime(2020, 9, 1, tzinfo=UTC)))
    assert city.person().debt_state == DebtState.CANCELLED


def test_found_ineligible_again_a_case_of_its_own_begins() -> None:
    city = owing()
    city.ask(RecordRepayment(ANN, "R-1", 200_000, "maker"))
    city.hear(eligible())
    city.pass_to(morning_of(date(2021, 3, 1)))
    later = ineligible().model_copy(update={"decided_at": city.now, "reason_text": "Anda menerima bantuan lain."})
    city.hear(later)
    person = city.person()
    assert (person.standing, person.debt_state, person.cleared_at) == (Standing.INELIGIBLE, DebtState.OPEN, None)
    assert (person.repay_until, person.appeal_until) == (date(2021, 4, 30), date(2021, 3, 15))
    debt = person.debt
    assert (debt.opened_at, debt.repaid_rupiah, debt.to_return_rupiah) == (city.now, 200_000, 0), "kept, and counted"
    assert [each.amount_rupiah for each in city.told(ClawbackOpened)] == [1_050_000, 850_000]
    assert [(each.kind.value, each.reason_text) for each in debt.letters] == [
        ("opened", "Anda tercatat sebagai aparatur sipil negara."),
        ("cancelled", "Anda tercatat sebagai aparatur sipil negara."),
        ("opened", "Anda menerima bantuan lain."),
    ]
    city.hear(eligible())
    assert city.person().debt_state == DebtState.OPEN, "the earlier verdict says nothing about the later one"
    city.pass_to(end_of(date(2021, 4, 30)))
    assert letters(city) == ["opened", "cancelled", "opened", "reminder", "damages"]
    city.check_money()


def test_found_ineligible_and_eligible_again_and_again_each_posting_has_an_id_of_its_own() -> None:
    city = owing()
    for number in range(1, 4):
        city.ask(RecordRepayment(ANN, f"R-{number}", 100_000, "maker"))
        city.pass_days(30)
        city.hear(eligible(decided_at=UPHELD_AT + timedelta(days=30 * number)))
        assert city.person().debt.to_return_rupiah == 100_000 * number
        if number < 3:
            verdict_at = UPHELD_AT + timedelta(days=30 * number + 1)
            city.hear(ineligible().model_copy(update={"decided_at": verdict_at}))
    assert balances(city) == {"platforms": 450_000, "paid": 300_000, "treasury": -750_000}
    claimed = sorted(each.posting_id for each in city.all(Posting) if "/claimed" in each.posting_id)
    assert claimed == [
        "ann/clawback/paid/claimed",
        "ann/clawback/paid/claimed/2",
        "ann/clawback/paid/claimed/3",
        "ann/clawback/platforms/claimed",
        "ann/clawback/platforms/claimed/2",
        "ann/clawback/platforms/claimed/3",
    ]
    city.check_money()


def test_what_had_been_repaid_is_kept_by_a_later_finding_even_where_nothing_is_left_to_claim() -> None:
    city = owing()
    city.ask(RecordRepayment(ANN, "R-1", 1_050_000, "maker"))
    city.hear(eligible())
    city.hear(ineligible().model_copy(update={"decided_at": UPHELD_AT + timedelta(days=1)}))
    person = city.person()
    assert (person.standing, person.debt_state, person.debt.to_return_rupiah) == (Standing.INELIGIBLE, "settled", 0)
    assert len(city.told(ClawbackOpened)) == 1, "nothing is demanded"
    city.hear(eligible(decided_at=UPHELD_AT + timedelta(days=2)))
    assert (city.person().standing, city.person().debt.to_return_rupiah) == (Standing.REVOKED, 1_050_000)
    assert [each.repaid_rupiah for each in city.told(ClawbackCancelled)] == [1_050_000, 1_050_000]
    assert letters(city) == ["opened", "cancelled", "opened", "cancelled"]
    city.check_money()


def test_money_that_is_claimed_no_more_counts_as_paid_once() -> None:
    city = owing()
    city.hear(eligible())
    city.hear(ineligible().model_copy(update={"decided_at": UPHELD_AT + timedelta(days=1)}))
    city.hear(eligible(decided_at=UPHELD_AT + timedelta(days=2)))
    proof = proof_of(city)
    assert (proof.paid, proof.returned, proof.doubled, proof.above, proof.differing) == (600_000, 0, [], [], {})
