"""Somebody who owes what was received, and the verdict that reverses it."""

from __future__ import annotations

from datetime import UTC, datetime

from services.incentive.domain.ledger import Posting
from services.incentive.domain.proofs import Proof
from shared.contracts.registration import ApplicantEligible
from tests.unit.incentive.builders import ANN, ineligible, rules
from tests.unit.incentive.city import City, city_with

UPHELD_AT = datetime(2020, 9, 3, tzinfo=UTC)
"""Two days after the verdict of `ineligible()`."""
PAID_AND_SPENT = {"platforms": 450_000, "paid": 600_000, "treasury": -1_050_000}
"""What Ann received: a course and her first incentive."""


def eligible(applicant_id: str = ANN, decided_at: datetime = UPHELD_AT) -> ApplicantEligible:
    return ApplicantEligible(
        applicant_id=applicant_id, decided_at=decided_at, rule_set="prakerja-2020", rule_version="1"
    )


def owing() -> City:
    """Ann received 1,050,000 rupiah before she was found ineligible, on 10 August."""
    city = city_with()
    city.ready()
    city.pay(city.send())
    city.hear(ineligible())
    return city


def balances(city: City) -> dict[str, int]:
    """Rupiah in each account that holds something."""
    return {account: amount for account, amount in city.person().money.items() if amount}


def letters(city: City) -> list[str]:
    debt = city.person().debt
    return [each.kind.value for each in debt.letters] if debt else []


def proof_of(city: City) -> Proof:
    """What the audit finds in Ann's ledger."""
    proof, person = Proof(), city.person()
    planned = [f"{each.kind}/{each.number}" for each in person.entitlements]
    steps = [(each.posting_id, each.move) for each in city.all(Posting)]
    proof.judge(ANN, person.money, rules(), planned, steps)
    return proof
