"""Samples of what incentive says of instalments, endings and debts; samples.py has all the others."""

from __future__ import annotations

from datetime import UTC, date, datetime

from shared.contracts import incentive as money
from shared.contracts.base import Event
from shared.security.vault import PersonKey

NOW = datetime(2020, 4, 3, 1, 0, tzinfo=UTC)
DAY = date(2020, 4, 17)


def instalments(key: PersonKey) -> list[Event]:
    person, masked = key.person, key.seal("account_number", "BNI ••••1234")
    instalment = {"kind": "post_training", "number": 1, "total": 4, "amount_rupiah": 600_000, "due_on": DAY}
    paid = {"reference": "GLB1", "bank": "BNI"}
    why = {"cause": "REVIEW_MISSING", "cause_id": "Ulasan belum diisi.", "cause_en": "-", "actor": "applicant"}
    why |= {"actor_id": "Anda", "remedy_id": "Isi ulasan.", "remedy_en": "-"}
    return [
        money.IncentiveDue(applicant_id=person, account_masked=masked, expected_on=DAY, **instalment),
        money.IncentiveForecastLate(
            applicant_id=person, needed_by=DAY, expected_on=DAY, owed=False, **instalment, **why
        ),
        money.IncentiveDelayed(applicant_id=person, new_date=DAY, owed=False, **instalment, **why),
        money.IncentivePaid(
            applicant_id=person, paid_at=NOW, account_masked=masked, batch_id="B1", **instalment, **paid
        ),
        money.IncentiveReturned(
            applicant_id=person, returned_at=NOW, code="AC04", reason="Rekening ditutup.", **instalment, **paid
        ),
    ]


def endings(key: PersonKey) -> list[Event]:
    return [
        money.ParticipationRevoked(
            applicant_id=key.person,
            wave=1,
            revoked_at=NOW,
            reason="NO_FIRST_PURCHASE",
            reason_text="Pelatihan pertama tidak dibeli.",
            amount_rupiah=1_000_000,
            appeal_deadline=DAY,
        ),
        *_debts(key),
    ]


def _debts(key: PersonKey) -> list[Event]:
    return [
        money.ClawbackOpened(
            applicant_id=key.person,
            opened_at=NOW,
            reason="OFFICIAL_ASN",
            reason_text="Terdaftar sebagai ASN.",
            amount_rupiah=1_600_000,
            deadline=DAY,
        ),
        money.ClawbackReminderDue(applicant_id=key.person, amount_rupiah=900_000, deadline=DAY, days_left=10),
        money.ClawbackPlanAgreed(
            applicant_id=key.person,
            agreed_at=NOW,
            amount_rupiah=900_000,
            instalments=({"due_on": DAY, "amount_rupiah": 900_000},),
        ),
        money.ClawbackInstalmentMissed(
            applicant_id=key.person, number=1, due_on=DAY, missed_rupiah=1, amount_rupiah=900_000, deadline=DAY
        ),
        money.ClawbackOverdue(applicant_id=key.person, amount_rupiah=900_000, deadline=DAY),
        money.ClawbackCancelled(
            applicant_id=key.person, which="some_repaid", cancelled_at=NOW, amount_rupiah=700_000, repaid_rupiah=200_000
        ),
        money.ClawbackCancelled(
            applicant_id=key.person, which="nothing_repaid", cancelled_at=NOW, amount_rupiah=900_000, repaid_rupiah=0
        ),
        money.ClawbackRefunded(
            applicant_id=key.person, refunded_at=NOW, receipt="TT-7", amount_rupiah=150_000, left_rupiah=50_000
        ),
    ]
