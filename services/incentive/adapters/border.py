"""The border's judgement: which claim of a course platform is believed, and why another is not.

Order: size, headers, clock, signature over the raw bytes, and only then the body is parsed. Nothing here raises
for bad input: every forged variant has a reason of its own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from services.incentive.adapters.partners import Partner, Partners
from services.incentive.domain.completion import RecordCompletion
from shared.contracts.partner import (
    MAX_CLAIM_BYTES,
    WEBHOOK_ID,
    WEBHOOK_SIGNATURE,
    WEBHOOK_TIMESTAMP,
    PartnerClaim,
    signed_content,
)
from shared.engine.ports import Record

FUTURE = timedelta(minutes=5)
"""How far ahead of ours a platform's clock may be."""
TOPIC_AGE = timedelta(days=7)
"""How old a claim on the topic may be: platforms and brokers are sometimes away for days."""
DOOR_AGE = timedelta(minutes=5)
"""How old a claim over HTTP may be (Standard Webhooks)."""
MOST_SIGNATURES = 4
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_PARTNER = re.compile(rb'"partner_code"\s*:\s*"([A-Z][A-Z0-9_]{1,31})"')


@dataclass(frozen=True, slots=True)
class ClaimAccepted:
    """A believed claim as the command it becomes."""

    command: RecordCompletion


@dataclass(frozen=True, slots=True)
class ClaimRefused:
    """A claim that is not believed. `partner_code` only when a signature proved who it was."""

    reason: str
    digest: str
    partner_code: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A claim as it came, over Kafka or HTTP."""

    claim_id: str | None
    timestamp: str | None
    signature: str | None
    body: bytes | None
    key: bytes | None = None
    """Record key, which must be the redeem code; None over HTTP."""


class _No(Exception):
    """The reason why a claim is not believed."""

    def __init__(self, reason: str, partner_code: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.partner_code = reason, partner_code


class Border:
    """Judges claims against the trust list. Keeps nothing: repetitions are recognised by (partner, claim id) later."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners

    def judge(self, record: Record, now: datetime) -> ClaimAccepted | ClaimRefused:
        """A record of the partner topic."""
        envelope = Envelope(
            record.header(WEBHOOK_ID),
            record.header(WEBHOOK_TIMESTAMP),
            record.header(WEBHOOK_SIGNATURE),
            record.value,
            record.key or b"",
        )
        return self.judge_envelope(envelope, now, TOPIC_AGE)

    def judge_envelope(self, envelope: Envelope, now: datetime, age: timedelta) -> ClaimAccepted | ClaimRefused:
        """A claim from anywhere; `age` is how old its timestamp may be. Raises PartnersUnreadable."""
        digest = hashlib.sha256(envelope.body or b"").hexdigest()
        try:
            return ClaimAccepted(self._believed(envelope, now, age, digest))
        except _No as no:
            return ClaimRefused(no.reason, digest, no.partner_code)

    def _believed(self, envelope: Envelope, now: datetime, age: timedelta, digest: str) -> RecordCompletion:
        body = _body(envelope)
        claim_id, timestamp = _headers(envelope)
        _check_clock(int(timestamp), now, age)
        partner = self._partner(body)
        _check_signature(partner, envelope.signature or "", signed_content(claim_id, timestamp, body))
        try:
            claim = _parsed(body)
        except _No as no:
            raise _No(no.reason, partner.partner_code) from None
        if envelope.key is not None and envelope.key != claim.redeem_code.encode():
            raise _No("RECORD_KEY_DIFFERS", partner.partner_code)
        return RecordCompletion(
            partner_code=partner.partner_code,  # proven by the signature, whatever the body says
            claim_id=claim_id,
            digest=digest,
            redeem_code=claim.redeem_code,
            course_code=claim.course_code,
            finished_on=claim.finished_on,
            certificate_number=claim.certificate_number,
        )

    def _partner(self, body: bytes) -> Partner:
        """Whose keys to try. From here on a claim is this partner's, if one of its keys has signed it."""
        hint = _PARTNER.search(body)
        partner = self._partners.by_code(hint[1].decode()) if hint else None
        if partner is None:
            raise _No("PARTNER_UNKNOWN" if hint else "PARTNER_MISSING")
        return partner


def _body(envelope: Envelope) -> bytes:
    if not envelope.body:
        raise _No("BODY_MISSING")
    if len(envelope.body) > MAX_CLAIM_BYTES:
        raise _No("BODY_TOO_LARGE")
    return envelope.body


def _headers(envelope: Envelope) -> tuple[str, str]:
    if envelope.claim_id is None or envelope.timestamp is None or envelope.signature is None:
        raise _No("HEADER_MISSING")
    if not _ID.fullmatch(envelope.claim_id):
        raise _No("CLAIM_ID_WRONG")
    if not _SECONDS.fullmatch(envelope.timestamp):
        raise _No("TIMESTAMP_WRONG")
    return envelope.claim_id, envelope.timestamp


def _check_clock(seconds: int, now: datetime, age: timedelta) -> None:
    latest = (now + FUTURE).timestamp()
    if seconds > latest:
        raise _No("CLAIM_FROM_FUTURE")
    if datetime.fromtimestamp(seconds, UTC) < now - age:
        raise _No("CLAIM_TOO_OLD")


def _check_signature(partner: Partner, header: str, content: bytes) -> None:
    """Any signature by an active key is enough; one by a revoked key is named as such."""
    signatures = [found for part in header.split()[:MOST_SIGNATURES] if (found := _ed25519(part))]
    if not signatures:
        raise _No("SIGNATURE_FORM_WRONG")
    verified = [key for key in partner.keys for signature in signatures if key.verifies(signature, content)]
    if not verified:
        raise _No("SIGNATURE_WRONG")
    if not any(key.active for key in verified):
        raise _No("KEY_REVOKED", partner.partner_code)


def _ed25519(part: str) -> bytes | None:
    version, _, text = part.partition(",")
    try:
        signature = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return signature if version == "v1a" and len(signature) == 64 else None


def _parsed(body: bytes) -> PartnerClaim:
    """The strict body. Raises _No: not UTF-8 JSON, a doubled key, NaN, an unknown field, a wrong value."""
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_not_finite)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise _No("NOT_JSON") from None
    try:
        return PartnerClaim.model_validate(document)
    except ValidationError:
        raise _No("SCHEMA_WRONG") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _No("DUPLICATE_JSON_KEY")
    return found


def _not_finite(name: str) -> Any:
    raise _No("NOT_FINITE")
