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
from services.notification.unpacking_money import INCENTIVE_VALUES
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
        _variant(event),
        dict(VALUES[type(event)](event)),
        tuple(_sealed(event)),
        secret=code is not None,
        expires_at=code.expires_at if code else None,
    )


def _variant(event: Any) -> str:
    """Tells apart the texts of one event (routing.csv)."""
    if getattr(event, "cancelled", False):
        return "cancelled"
    return getattr(event, "which", "") or getattr(event, "way", "")


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


def _reinstated(event: people.ApplicantReinstated) -> Values:
    return {"wave": str(event.wave)}


def _objection(event: people.ObjectionDecided) -> Values:
    return {"decided_at": long_instant(event.decided_at)}


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


VALUES: Mapping[type[Event], Callable[[Any], Values]] = {
    people.ApplicantRegistered: _registered,
    people.ApplicantCorrected: _corrected,
    people.IdentityQuestioned: _questioned,
    people.ApplicantIneligible: _ineligible,
    people.ApplicantSelected: _selected,
    people.ApplicantNotSelected: _not_selected,
    people.ApplicantReleased: _released,
    people.ApplicantReinstated: _reinstated,
    people.ObjectionDecided: _objection,
    people.ConsultationBooked: _booked,
    people.ConfirmationCodeIssued: _code,
    people.WaveOpened: _wave_times,
    people.WaveChanged: _wave_changed,
    **INCENTIVE_VALUES,
}
