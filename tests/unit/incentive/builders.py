"""People, courses and rules for the tests of incentive, as the real data have them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from services.incentive.domain.days import day_of
from services.incentive.domain.rules import RuleSet
from services.incentive.reference import Reference, read_reference
from shared.contracts.base import Sealed
from shared.contracts.registration import ApplicantIneligible, ApplicantSelected

SELECTED_AT = datetime(2020, 8, 10, 3, 0, tzinfo=UTC)
"""10:00 WIB, long before the balance of 2020 ends."""
ANN, BEN = "ann", "ben"
COURSE, DEAR_COURSE = "TKP-002", "PJM-002"
"""450,000 rupiah at Tokopedia; 1,250,000 rupiah at Pijar Mahir."""
NIK, OTHER_NIK = "a" * 64, "b" * 64


@cache
def reference() -> Reference:
    return read_reference()


def rules(year: int = 2020) -> RuleSet:
    return reference().desk.rules[f"prakerja-{year}"]


def selected(applicant_id: str = ANN, year: int = 2020, at: datetime = SELECTED_AT, **fields: Any) -> ApplicantSelected:
    """A person of wave 5 was drawn."""
    days = 30 if year == 2020 else 15
    known: dict[str, Any] = {
        "applicant_id": applicant_id,
        "wave": 5,
        "selected_at": at,
        "stratum": "GENERAL",
        "rank": 1,
        "card_number": Sealed("card"),
        "full_name": Sealed("name"),
        "nik_index": NIK,
        "rule_set": f"prakerja-{year}",
        "training_balance_rupiah": rules(year).training_balance_rupiah,
        "first_purchase_deadline": day_of(at) + timedelta(days=days - 1),
    }
    return ApplicantSelected(**{**known, **fields})


def ineligible(applicant_id: str = ANN) -> ApplicantIneligible:
    """A person was found not to be eligible after all."""
    return ApplicantIneligible(
        applicant_id=applicant_id,
        decided_at=datetime(2020, 9, 1, tzinfo=UTC),
        reason="OFFICIAL_ASN",
        reason_text="Anda tercatat sebagai aparatur sipil negara.",
        rule_ref="Permenko 11/2020",
        appeal_deadline=date(2020, 9, 15),
        rule_set="prakerja-2020",
        rule_version="1",
        tracking_code="code",
    )


def codes(events: Iterable[Any]) -> list[str]:
    return [event.cause for event in events]
