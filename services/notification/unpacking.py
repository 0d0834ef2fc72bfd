"""What each event of the other services says to people: its values in Indonesian words, and what is sealed.

One function per event; the names of values are the placeholders of the texts in data/messages_id.csv.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from services.notification.domain.facts import Fact, SealedField
from services.notification.domain.words import listed, long_date, long_instant, number, rupiah
from shared.contracts import incentive as money
from shared.contracts import registration as people
from shared.contracts.base import Event, Sealed

Values = Mapping[str, str]


def fact_of(event: Any, at: datetime) -> Fact:
    """The fact behind an event of `VALUES`; `at` is the event's own time."""
    code = event if isinstance(event, people.ConfirmationCodeIssued) else None
    return Fact(
        cause_of(event, at),
        event.type_name(),
        at,
        getattr(event, "which", "") or getattr(event, "way", ""),
        dict(VALUES[type(event)](event)),
        tuple(_sealed(event)),
        secret=code is not None,
        expires_at=code.expires_at if code else None,
    )


_TELLING_APART = ("kind", "number", "purchase_number", "booking_id", "which", "cause", "purpose", "reference")


def cause_of(event: Event, at: datetime) -> str:
    """Identifies a fact: 96 bits of SHA-256 over type, subject, time and what tells facts of one instant apart.

    A rule is not given the record's ce_id; this names the same fact whenever and however often it is heard, and
    a field that a later release adds to the event does not change it.
    """
    parts = [event.type_name(), event.subject, at.isoformat()]
    parts += [str(getattr(event, name, "")) for name in _TELLING_APART]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


_SEALED: tuple[tuple[str, str, str], ...] = (
    ("tracking_code", "tracking_code", "tracking_code"),
    ("card_number", "card_number", "card_number"),
    ("account_masked", "account_masked", "account_number"),
    ("code", "code", "code"),
)
"""Placeholder, field of the event, name under which the vault sealed it."""


def _sealed(event: Event) -> Iterable[SealedField]:
    for name, field, sealed_as in _SEALED:
        if isinstance(text := getattr(event, field, None), Sealed):
            yield SealedField(name, sealed_as, text)


def _registered(event: people.ApplicantRegistered) -> Values:
    return {"received_at": long_instant(event.received_at)}


def _corrected(event: people.ApplicantCorrected) -> Values:
    return {"changed_at": long_instant(event.corrected_at)}


def _questioned(event: people.IdentityQuestioned) -> Values:
    names = [people.FIELD_NAMES.get(field, field) for field in event.fields]
    return {"fields": listed(names) or "data pribadi", "deadline": long_date(event.deadline)}


def _ineligible(event: people.ApplicantIneligible) -> Values:
    deadline = long_date(event.appeal_deadline)
    return {"reason": event.reason_text.rstrip(". "), "rule_ref": event.rule_ref, "appeal_deadline": deadline}


def _selected(event: people.ApplicantSelected) -> Values:
    return {
        "wave": str(event.wave),
        "amount": rupiah(event.training_balance_rupiah),
        "deadline": long_date(event.first_purchase_deadline),
    }


def _not_selected(event: people.ApplicantNotSelected) -> Values:
    counts = {"rank": number(event.rank), "pool_size": number(event.pool_size), "quota": number(event.quota)}
    return {"wave": str(event.wave), "stratum": event.stratum_name, **counts}


def _released(event: people.ApplicantReleased) -> Values:
    return {"wave": str(event.wave), "reason": event.reason_text.rstrip(". ")}


def _booked(event: people.ConsultationBooked) -> Values:
    return {"date": long_date(event.on), "time": event.at.replace(":", "."), "queue_no": str(event.queue_no)}


def _code(event: people.ConfirmationCodeIssued) -> Values:
    seconds = (event.expires_at - event.issued_at).total_seconds()
    return {"minutes": str(max(1, int(seconds // 60)))}


def _wave_times(event: people.WaveOpened | people.WaveChanged) -> dict[str, str]:
    times = {"opens_at": long_instant(event.opens_at), "closes_at": long_instant(event.closes_at)}
    return {"wave": str(event.wave), "quota": number(event.quota), **times}


def _wave_changed(event: people.WaveChanged) -> Values:
    return {**_wave_times(event), "change": event.change.rstrip(". "), "reason": event.reason.rstrip(". ")}


def _purchased(event: money.TrainingPurchased) -> Values:
    amounts = {"amount": rupiah(event.amount_rupiah), "balance": rupiah(event.balance_rupiah)}
    return {"course_name": event.course_name, "platform": event.platform, **amounts}


def _purchase_reminder(event: money.PurchaseReminderDue) -> Values:
    days = {"days_passed": str(event.days_passed), "days_left": str(event.days_left)}
    last = {"deadline": long_date(event.deadline), "amount": rupiah(event.balance_rupiah)}
    return {"wave": str(event.wave), **days, **last}


def _completed(event: money.TrainingCompleted) -> Values:
    course = {"course_name": event.course_name, "platform": event.platform}
    return {**course, "certificate_no": event.certificate_number, "deadline": long_date(event.review_deadline)}


def _review_reminder(event: money.ReviewReminderDue) -> Values:
    return {"course_name": event.course_name, "platform": event.platform, "days": str(event.days)}


def _instalment(event: money.InstalmentEvent) -> dict[str, str]:
    """The survey's incentives are counted apart, so their number says which it is."""
    count = str(event.number) if event.kind == "post_training" else f"{event.number} (survei)"
    return {"instalment_no": count, "instalment_total": str(event.total), "amount": rupiah(event.amount_rupiah)}


def _due(event: money.IncentiveDue) -> Values:
    return {**_instalment(event), "due_date": long_date(event.expected_on)}


def _delayed(event: money.IncentiveDelayed) -> Values:
    why = {"cause": event.cause_id, "actor": event.actor_id, "remedy": event.remedy_id}
    days = {"due_date": long_date(event.due_on), "new_date": long_date(event.new_date)}
    return {**_instalment(event), **{name: text.rstrip(". ") for name, text in why.items()}, **days}


def _paid(event: money.IncentivePaid) -> Values:
    return {**_instalment(event), "paid_at": long_instant(event.paid_at), "payment_ref": event.reference}


def _returned(event: money.IncentiveReturned) -> Values:
    return {**_instalment(event), "bank": event.bank, "reason": event.reason.rstrip(". ")}


def _survey(event: money.SurveyOpened | money.SurveyReminderDue) -> Values:
    left = {"days_left": str(event.days_left)} if isinstance(event, money.SurveyReminderDue) else {}
    last = {"deadline": long_date(event.deadline), "amount": rupiah(event.amount_rupiah)}
    return {"survey_no": str(event.number), **last, **left}


def _revoked(event: money.ParticipationRevoked) -> Values:
    last = {"amount": rupiah(event.amount_rupiah), "appeal_deadline": long_date(event.appeal_deadline)}
    return {"wave": str(event.wave), "reason": event.reason_text.rstrip(". "), **last}


def _account_changed(event: money.PayoutAccountChanged) -> Values:
    return {"changed_at": long_instant(event.changed_at), "hours": str(event.hold_hours)}


def _clawback(event: money.ClawbackOpened) -> Values:
    last = {"amount": rupiah(event.amount_rupiah), "deadline": long_date(event.deadline)}
    return {"reason": event.reason_text.rstrip(". "), **last}


VALUES: Mapping[type[Event], Callable[[Any], Values]] = {
    people.ApplicantRegistered: _registered,
    people.ApplicantCorrected: _corrected,
    people.IdentityQuestioned: _questioned,
    people.ApplicantIneligible: _ineligible,
    people.ApplicantSelected: _selected,
    people.ApplicantNotSelected: _not_selected,
    people.ApplicantReleased: _released,
    people.ConsultationBooked: _booked,
    people.ConfirmationCodeIssued: _code,
    people.WaveOpened: _wave_times,
    people.WaveChanged: _wave_changed,
    money.TrainingPurchased: _purchased,
    money.PurchaseReminderDue: _purchase_reminder,
    money.TrainingCompleted: _completed,
    money.ReviewReminderDue: _review_reminder,
    money.IncentiveDue: _due,
    money.IncentiveDelayed: _delayed,
    money.IncentivePaid: _paid,
    money.IncentiveReturned: _returned,
    money.SurveyOpened: _survey,
    money.SurveyReminderDue: _survey,
    money.PayoutAccountChanged: _account_changed,
    money.ParticipationRevoked: _revoked,
    money.ClawbackOpened: _clawback,
}
