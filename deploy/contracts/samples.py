"""One sample of every event, about one person's way through wave 4 of 2020: made up, and the same on every machine.

A field has the same value in every event that carries it, unless `OF_ONE` says otherwise.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from shared.contracts.base import Event, Sealed

APPLICANT = "5c1f4a52-7d1e-4c1b-9a53-0d6c2b9f1e77"
OTHER_APPLICANT = "a0f6d1c8-2b8e-4f0b-8f5d-6a1b3c9e4d10"


class SampleMissing(Exception):
    """A field has no value here: add one, so that readers see what it looks like."""


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def _sealed(field: str) -> str:
    """Looks like a sealed text (nonce, ciphertext, tag) and opens with no key."""
    return base64.b64encode(hashlib.sha512(field.encode()).digest()[:48]).decode()


VALUES: Mapping[str, Any] = {
    # whom and what it is about
    "applicant_id": APPLICANT,
    "import_id": "d5f0c7f2-4b39-4a3e-9c55-21d3a2a4f6b1",
    "booking_id": "b7c3a0de-3c44-4d0c-8d0b-52c4f0f6a9e2",
    "message_id": "2f6b7f0e-90f4-5c62-b1a7-51f9d4c3e8aa",
    "campaign_id": "wave-4-opened",
    "ticket_id": "7K3M9Q",
    "batch_id": "2020-07-b3",
    "letter_id": _digest("letter"),
    "wave": 4,
    "rule_set": "prakerja-2020",
    "rule_version": "2020.1",
    # what may be counted
    "sex": "F",
    "age_band": "25-34",
    "kecamatan": "12.71.05",
    "education": "SMK",
    "work_status": "LAID_OFF",
    "covid_affected": True,
    "group": "FORMER_MIGRANT_WORKER",
    "channel": "online",
    "heard_from": "INSTAGRAM",
    "consent_campaigns": True,
    # registration
    "by": "applicant",
    "fields": ["birth_date", "mobile"],
    "method": "civil_registry",
    "reasons": ["BIRTH_DATE_CONTRADICTS_NIK"],
    "reason_text": "Usia Anda pada hari pendaftaran belum mencapai 18 tahun.",
    "rule_ref": "Permenko 11/2020 Bab II",
    "result": "taken",
    "purpose": "participation",
    # waves and the draw
    "quota": 5106,
    "recycled_seats": 12,
    "strata": [{"code": "LAID_OFF_LIST", "quota": 500, "members": 812}],
    "change": "Penutupan diundur tiga hari.",
    "entries": 14012,
    "root": _digest("root"),
    "commitment": _digest("commitments"),
    "commitments": ["02" + _digest("first official"), "03" + _digest("second official")],
    "officials": [
        {
            "name": "Inspektur",
            "points": ["02" + _digest("first official")],
            "acknowledged_by": ["Kominfo"],
            "signatures": [_digest("r") + _digest("s")],
        }
    ],
    "threshold": 3,
    "opened_by_shares": ["Inspektur"],
    "frozen_at": "2020-04-16T09:00:03Z",
    "beacon_chain": _digest("chain"),
    "beacon_round": 657413,
    "beacon_signature": _digest("signature") + _digest("signature")[:32],
    "secrets": [_digest("first secret"), _digest("second secret")],
    "seed": _digest("seed"),
    "rule": "gelombang-draw-3",
    "stratum": "GENERAL",
    "stratum_name": "Umum",
    "rank": 311,
    "pool_size": 13200,
    "nik_index": _digest("nik"),
    "training_balance_rupiah": 1_000_000,
    "first_purchase_deadline": "2020-05-16",
    "seats": 3,
    "available": 15,
    "on": "2020-04-21",
    "at": "09:30",
    "queue_no": 7,
    # courses
    "purchase_number": 1,
    "course_code": "PIJAR-014",
    "course_name": "Dasar-Dasar Menjahit",
    "platform_code": "PIJAR",
    "platform": "Pijar Mahir",
    "balance_rupiah": 650_000,
    "own_money_rupiah": 0,
    "first": True,
    "which": "second",
    "days_passed": 20,
    "days_left": 10,
    "days": 7,
    "finished_on": "2020-05-10",
    "certificate_number": "PM-2020-000183",
    "certificate_reconciled": True,
    "rating": 4,
    "aspects": ["NETWORK_POOR"],
    "doubts": ["SIGNED_BEFORE_REVOCATION"],
    "completions_left": 0,
    # money
    "kind": "post_training",
    "number": 1,
    "total": 4,
    "amount_rupiah": 600_000,
    "cause": "ACCOUNT_NOT_LINKED",
    "cause_id": "Rekening atau dompet elektronik belum tersambung.",
    "cause_en": "No bank account or wallet is linked.",
    "actor": "applicant",
    "actor_id": "peserta",
    "remedy_id": "Sambungkan rekening atas nama sendiri.",
    "remedy_en": "Link an account in your own name.",
    "owed": False,
    "unpaid": [{"kind": "post_training", "number": 2, "amount_rupiah": 600_000}],
    "instalments": [
        {"due_on": "2020-07-31", "amount_rupiah": 300_000},
        {"due_on": "2020-08-31", "amount_rupiah": 300_000},
    ],
    "missed_rupiah": 300_000,
    "repaid_rupiah": 200_000,
    "receipt": "TT-2020-0107",
    "left_rupiah": 0,
    "needed_by": "2020-06-26",
    "bank": "BNI",
    "account_kind": "bank",
    "account_index": _digest("account"),
    "shared_by": 2,
    "shared_with": [OTHER_APPLICANT],
    "hold_hours": 72,
    "reference": "9d0b1f52-6c7a-5d1e-8e51-0a4c1f7b2d93",
    "outcome": "failed",
    "code": "ACCOUNT_CLOSED",
    "spent_rupiah": 350_000,
    "answers": {"q1": "a", "q2": "c"},
    # messages and complaints
    "audience": "applicant",
    "template": "selection.accepted",
    "cause_type": "ApplicantSelected",
    "parts": 2,
    "next_channel": "email",
    "channels": ["whatsapp", "facebook", "flyer"],
    "files": 63,
    "topic": "INCENTIVE",
    "topic_name": "Insentif belum diterima",
    "field": "placement",
    "came_by": "walk_in",
    "level": 1,
    "late": False,
    "partition": 7,
}
"""Field -> value."""

OF_ONE: Mapping[str, Mapping[str, Any]] = {
    "ApplicantIneligible": {"reason": "AGE_BELOW_MINIMUM"},
    "ApplicantNotSelected": {"rank": 5311},
    "ApplicantReleased": {"reason": "WAVE_CANCELLED", "reason_text": "Kuota dari pusat ditarik kembali."},
    "WaveChanged": {"reason": "Banyak warga belum sempat mendaftar.", "cancelled": False},
    "SeatsRecycled": {"cause": "PARTICIPATION_REVOKED"},
    "ConsultationBooked": {"topic": "REGISTRATION", "way": "visit", "phase": "before"},
    "ObjectionDecided": {"which": "upheld"},
    "IdentityErased": {"reason": "REQUESTED"},
    "CompletionRejected": {"reason_text": "Platform menjawab bahwa laporan itu bukan darinya."},
    "IncentiveReturned": {"reason": "Rekening tujuan sudah ditutup."},
    "ParticipationRevoked": {
        "reason": "NO_FIRST_PURCHASE",
        "reason_text": "Pelatihan pertama tidak dibeli sampai batas waktu.",
        "amount_rupiah": 1_000_000,
    },
    "ClawbackOpened": {"reason": "NO_LONGER_ELIGIBLE", "reason_text": "Anda tercatat sebagai pejabat negara."},
    "ClawbackCancelled": {"which": "some_repaid"},
    "MessageSent": {"channel": "sms", "cause": "0d9a3c1e-6b55-5f3a-a3a4-0f3f6d1f1a11"},
    "MessageFailed": {"channel": "sms", "cause": "0d9a3c1e-6b55-5f3a-a3a4-0f3f6d1f1a11", "code": "NO_CONTACT"},
    "CampaignPublished": {"cause": "wave-4", "cause_type": "WaveOpened", "kecamatan": ["12.71.05", "12.71.20"]},
    "TicketClosed": {"reason": "SETTLED"},
    "RecordParked": {"reason": "BODY_UNREADABLE", "topic": "gelombang.registration.v1"},
    "RecordReplayed": {"topic": "gelombang.registration.v1"},
}
"""Event -> fields whose value is another one there."""

LATER_AT: Mapping[str, str] = {
    "closes_at": "2020-04-23T16:59:00Z",
    "hold_until": "2020-04-20T01:15:00Z",
    "expires_at": "2020-04-17T01:25:00Z",
}
INSTANT, DAY = "2020-04-17T01:15:00Z", "2020-06-30"


def sample(event: type[Event]) -> Event:
    """The event with every field filled, optional ones too. Raises SampleMissing or pydantic's ValidationError."""
    own = OF_ONE.get(event.type_name(), {})
    return event.model_validate(
        {name: own[name] if name in own else _value(event, name) for name in event.model_fields}
    )


def _value(event: type[Event], name: str) -> Any:
    if _is_sealed(event, name):
        return _sealed(name)
    if name in VALUES:
        return VALUES[name]
    if name.endswith("_at") or name in LATER_AT:
        return LATER_AT.get(name, INSTANT)
    if name.endswith(("_on", "_date", "deadline")):
        return DAY
    raise SampleMissing(f"{event.type_name()}.{name} has no sample: add it to deploy/contracts/samples.py")


def _is_sealed(event: type[Event], name: str) -> bool:
    kind = event.model_fields[name].annotation
    return kind is Sealed or Sealed in getattr(kind, "__args__", ())
