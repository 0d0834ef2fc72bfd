"""One sample of every event that people must hear of, about one applicant, sealed under that person's key."""

from __future__ import annotations

from datetime import timedelta

from shared.contracts import incentive as money
from shared.contracts import registration as people
from shared.contracts.base import Event
from shared.security.vault import PersonKey
from tests.component.notification.samples_money import DAY, endings, instalments
from tests.component.notification.samples_money import NOW as NOW

NAME, MOBILE, EMAIL, TRACKING = "Sari Dewi", "+628120000111", "sari@example.org", "KLM-2345-XYZ"
CANCELLED = "Kuota dari pusat ditarik kembali."
COURSE = {
    "purchase_number": 1,
    "course_code": "C1",
    "course_name": "Menjahit Dasar",
    "platform_code": "P1",
    "platform": "Pijar Mahir",
}
FEATURES = {
    "sex": "F",
    "age_band": "25-34",
    "kecamatan": "12.71.05",
    "education": "SMA",
    "work_status": "JOB_SEEKER",
    "consent_campaigns": False,
}


def registered(key: PersonKey, mobile: str | None = MOBILE, email: str | None = EMAIL) -> people.ApplicantRegistered:
    return people.ApplicantRegistered(
        applicant_id=key.person,
        received_at=NOW,
        channel="online",
        full_name=key.seal("full_name", NAME),
        mobile=key.seal("mobile", mobile) if mobile else None,
        email=key.seal("email", email) if email else None,
        tracking_code=key.seal("tracking_code", TRACKING),
        **FEATURES,
    )


def corrected(key: PersonKey, mobile: str) -> people.ApplicantCorrected:
    sealed = key.seal("mobile", mobile)
    return people.ApplicantCorrected(
        applicant_id=key.person, corrected_at=NOW, by="applicant", fields=("mobile",), mobile=sealed, **FEATURES
    )


def wave_opened() -> people.WaveOpened:
    closes = NOW + timedelta(days=7)
    return people.WaveOpened(wave=1, opens_at=NOW, closes_at=closes, quota=5106, strata=(), rule_set="prakerja-2020")


def wave_changed() -> people.WaveChanged:
    return people.WaveChanged(
        wave=1,
        changed_at=NOW,
        change="Penutupan diundur.",
        reason="Listrik padam di tiga kecamatan.",
        opens_at=NOW,
        closes_at=NOW + timedelta(days=9),
        quota=5106,
    )


def wave_cancelled() -> people.WaveChanged:
    """Wave 3: what registration says of a cancellation."""
    times = {"opens_at": NOW, "closes_at": NOW + timedelta(days=9)}
    return people.WaveChanged(
        wave=3, changed_at=NOW, change="pembatalan", reason=CANCELLED, cancelled=True, quota=10, **times
    )


def code(key: PersonKey, digits: str = "314159", life: timedelta = timedelta(minutes=5)) -> Event:
    sealed = key.seal("code", digits)
    return people.ConfirmationCodeIssued(
        applicant_id=key.person, issued_at=NOW, expires_at=NOW + life, purpose="correction", code=sealed
    )


def _identity_and_verdict(key: PersonKey) -> list[Event]:
    person, tracking = key.person, key.seal("tracking_code", TRACKING)
    return [
        people.IdentityQuestioned(
            applicant_id=person,
            questioned_at=NOW,
            fields=("nik", "birth_date"),
            reasons=("BIRTH_DATE_CONTRADICTS_NIK",),
            deadline=DAY,
            tracking_code=tracking,
        ),
        people.ApplicantIneligible(
            applicant_id=person,
            decided_at=NOW,
            reason="AGE_BELOW_MINIMUM",
            reason_text="Usia di bawah 18 tahun.",
            rule_ref="Permenko 11/2020 Bab II",
            appeal_deadline=DAY,
            tracking_code=tracking,
            rule_set="prakerja-2020",
            rule_version="1",
        ),
    ]


def _draw(key: PersonKey) -> list[Event]:
    drawn = {"applicant_id": key.person, "wave": 1, "stratum": "GENERAL"}
    return [
        people.ApplicantSelected(
            selected_at=NOW,
            rank=3,
            card_number=key.seal("card_number", "4000123412341234"),
            full_name=key.seal("full_name", NAME),
            nik_index="0" * 64,
            rule_set="prakerja-2020",
            training_balance_rupiah=1_000_000,
            first_purchase_deadline=DAY,
            **drawn,
        ),
        people.ApplicantNotSelected(
            decided_at=NOW, stratum_name="umum", rank=6000, pool_size=14_569, quota=5106, **drawn
        ),
        people.ApplicantReleased(
            applicant_id=key.person, wave=2, released_at=NOW, reason="WAVE_CANCELLED", reason_text=CANCELLED
        ),
        people.ApplicantReinstated(applicant_id=key.person, wave=1, reinstated_at=NOW),
        people.ObjectionDecided(applicant_id=key.person, decided_at=NOW, which="upheld"),
    ]


def _visit(key: PersonKey) -> Event:
    return people.ConsultationBooked(
        applicant_id=key.person, booking_id="b1", booked_at=NOW, on=DAY, at="09:00", queue_no=3, topic="HELP"
    )


def _courses(key: PersonKey) -> list[Event]:
    person = key.person
    reminder = {"wave": 1, "days_passed": 14, "days_left": 16, "deadline": DAY, "balance_rupiah": 1_000_000}
    return [
        money.TrainingPurchased(
            applicant_id=person,
            purchased_at=NOW,
            amount_rupiah=400_000,
            balance_rupiah=600_000,
            first=True,
            **COURSE,
        ),
        *(
            money.PurchaseReminderDue(applicant_id=person, which=which, **reminder)
            for which in ("first", "second", "last")
        ),
        money.TrainingCompleted(
            applicant_id=person,
            finished_on=DAY,
            certificate_number="S-1",
            certificate_reconciled=True,
            review_deadline=DAY,
            first=True,
            **COURSE,
        ),
        money.CompletionRejected(
            applicant_id=person,
            rejected_at=NOW,
            reason_text="Platform menjawab bahwa laporan itu bukan darinya.",
            doubts=("KEY_STOLEN",),
            completions_left=0,
            **COURSE,
        ),
        money.ReviewReminderDue(applicant_id=person, days=2, review_deadline=DAY, **COURSE),
    ]


def _surveys(key: PersonKey) -> list[Event]:
    survey = {"number": 1, "total": 3, "deadline": DAY, "amount_rupiah": 50_000}
    return [
        money.SurveyOpened(applicant_id=key.person, opened_at=NOW, **survey),
        money.SurveyReminderDue(applicant_id=key.person, days_left=5, **survey),
    ]


def _account_changed(key: PersonKey) -> Event:
    return money.PayoutAccountChanged(
        applicant_id=key.person,
        changed_at=NOW,
        hold_hours=72,
        hold_until=NOW + timedelta(hours=72),
        bank="BNI",
        account_kind="bank",
        account_index="0" * 64,
        account_masked=key.seal("account_number", "BNI ••••1234"),
        shared_by=1,
    )


def all_of(key: PersonKey) -> list[Event]:
    """Every event about a person, ApplicantRegistered apart."""
    of_registration = [*_identity_and_verdict(key), *_draw(key), _visit(key), code(key)]
    of_incentive = [*_courses(key), *instalments(key), *_surveys(key), _account_changed(key), *endings(key)]
    return [*of_registration, *of_incentive]
