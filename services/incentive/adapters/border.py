"""The border's judgement: which claim of a course platform is believed, and why another is not.

Order: size, headers, clock, signature over the raw bytes, and only then the body is parsed. Nothing here raises
for bad input: every forged variant has a reason of its own. The same record gets the same judgement whenever it is
read: its clock is that of its arrival at the broker.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.incentive.adapters.badges import Asked, badge_of
from services.incentive.adapters.claim_body import NotBelieved, claim_of
from services.incentive.adapters.partner_keys import PartnerKey, Proof, proof_by
from services.incentive.adapters.partners import Partner, Partners
from services.incentive.domain.certificates import Badge
from services.incentive.domain.completion import RecordCompletion
from services.incentive.domain.doubts import SIGNED_BEFORE_REVOCATION
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
"""How old a claim may be when it arrives on the topic: platforms and brokers are sometimes away for days."""
DOOR_AGE = timedelta(minutes=5)
"""How old a claim over HTTP may be (Standard Webhooks)."""
MOST_SIGNATURES = 4
_HEADERS = (WEBHOOK_ID, WEBHOOK_TIMESTAMP, WEBHOOK_SIGNATURE)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_PARTNER = re.compile(rb'"partner_code"\s*:\s*"([A-Z][A-Z0-9_]{1,31})"')


@dataclass(frozen=True, slots=True)
class ClaimAccepted:
    """A believed claim as the command it becomes."""

    command: RecordCompletion


@dataclass(frozen=True, slots=True)
class ClaimRefused:
    """A claim that is not believed. `partner_code` and `claim_id` only when a signature proved them."""

    reason: str
    digest: str
    partner_code: str | None = None
    claim_id: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A claim as it came, over Kafka or HTTP."""

    claim_id: str | None
    timestamp: str | None
    signature: str | None
    body: bytes | None
    key: bytes | None = None
    """Record key, which must be the redeem code; None over HTTP."""
    flaw: str | None = None
    """What is wrong with the headers as a set: HEADER_DOUBLED, HEADER_NOT_TEXT."""


@dataclass(frozen=True, slots=True)
class _Signed:
    """What a signature has proven."""

    partner: Partner
    claim_id: str
    at: datetime
    key: PartnerKey
    doubts: tuple[str, ...]
    size: int


class Border:
    """Judges claims against the trust list. Keeps nothing: repetitions are recognised by (partner, claim id) later."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners

    def judge(self, record: Record, now: datetime) -> ClaimAccepted | ClaimRefused:
        """A record of the partner topic. Raises PartnersUnreadable."""
        texts = record.texts()
        envelope = Envelope(
            texts.get(WEBHOOK_ID),
            texts.get(WEBHOOK_TIMESTAMP),
            texts.get(WEBHOOK_SIGNATURE),
            record.value,
            record.key or b"",
            _flaw(record, texts),
        )
        return self.judge_envelope(envelope, _arrival(record, now), TOPIC_AGE)

    def judge_envelope(self, envelope: Envelope, now: datetime, age: timedelta) -> ClaimAccepted | ClaimRefused:
        """A claim that arrived `now`; `age` is how old its timestamp may be. Raises PartnersUnreadable."""
        digest = hashlib.sha256(envelope.body or b"").hexdigest()
        try:
            return ClaimAccepted(self._believed(envelope, now, age, digest))
        except NotBelieved as no:
            return ClaimRefused(no.reason, digest, no.partner_code, no.claim_id)

    def _believed(self, envelope: Envelope, now: datetime, age: timedelta, digest: str) -> RecordCompletion:
        body = _body(envelope)
        claim_id, timestamp = _headers(envelope)
        signed_at = _signed_at(int(timestamp), now, age)
        partner = self._partner(body)
        content = signed_content(claim_id, timestamp, body)
        key, doubts = _key(partner, envelope.signature or "", content, signed_at, claim_id)
        signed = _Signed(partner, claim_id, signed_at, key, doubts, len(body))
        try:
            claim = claim_of(body)
            if envelope.key is not None and envelope.key != claim.redeem_code.encode():
                raise NotBelieved("RECORD_KEY_DIFFERS")
            return _command(signed, claim, digest, self._badge(partner, claim, now))
        except NotBelieved as no:
            raise NotBelieved(no.reason, partner.partner_code, claim_id) from None

    def _partner(self, body: bytes) -> Partner:
        """Whose keys to try. From here on a claim is this partner's, if one of its keys has signed it."""
        hint = _PARTNER.search(body)
        partner = self._partners.by_code(hint[1].decode()) if hint else None
        if partner is None:
            raise NotBelieved("PARTNER_UNKNOWN" if hint else "PARTNER_MISSING")
        return partner

    def _badge(self, partner: Partner, claim: PartnerClaim, now: datetime) -> Badge | None:
        if claim.credential is None:
            return None
        asked = Asked(claim.redeem_code, claim.course_code, now)
        return badge_of(partner, claim.credential, asked, self._partners.status_list(partner.partner_code))


def _command(signed: _Signed, claim: PartnerClaim, digest: str, badge: Badge | None) -> RecordCompletion:
    return RecordCompletion(
        partner_code=signed.partner.partner_code,  # proven by the signature, whatever the body says
        claim_id=signed.claim_id,
        digest=digest,
        redeem_code=claim.redeem_code,
        course_code=claim.course_code,
        finished_on=claim.finished_on,
        certificate_number=badge.number if badge else claim.certificate_number,
        limits=signed.partner.limits,
        doubts=(*signed.doubts, *(badge.doubts if badge else ())),
        badge=badge,
        key=signed.key.multibase,
        signed_at=signed.at,
        size=signed.size,
    )


def _arrival(record: Record, now: datetime) -> datetime:
    """When the broker took the record. A claim read again, after a restore say, is no older than it was then.

    A producer's own clock can only make this earlier (the topic is created with the broker's, deploy/topics.py).
    """
    if record.timestamp <= 0:
        return now
    return min(now, datetime.fromtimestamp(record.timestamp / 1000, UTC))


def _flaw(record: Record, texts: dict[str, str]) -> str | None:
    names = Counter(name.lower() for name, _ in record.headers)
    if any(names[name] > 1 for name in _HEADERS):
        return "HEADER_DOUBLED"
    there = {name for name, _ in record.headers}
    return "HEADER_NOT_TEXT" if any(name in there and name not in texts for name in _HEADERS) else None


def _body(envelope: Envelope) -> bytes:
    if not envelope.body:
        raise NotBelieved("BODY_MISSING")
    if len(envelope.body) > MAX_CLAIM_BYTES:
        raise NotBelieved("BODY_TOO_LARGE")
    return envelope.body


def _headers(envelope: Envelope) -> tuple[str, str]:
    if envelope.flaw:
        raise NotBelieved(envelope.flaw)
    if envelope.claim_id is None or envelope.timestamp is None or envelope.signature is None:
        raise NotBelieved("HEADER_MISSING")
    if not _ID.fullmatch(envelope.claim_id):
        raise NotBelieved("CLAIM_ID_WRONG")
    if not _SECONDS.fullmatch(envelope.timestamp):
        raise NotBelieved("TIMESTAMP_WRONG")
    return envelope.claim_id, envelope.timestamp


def _signed_at(seconds: int, now: datetime, age: timedelta) -> datetime:
    if seconds > (now + FUTURE).timestamp():
        raise NotBelieved("CLAIM_FROM_FUTURE")
    signed_at = datetime.fromtimestamp(seconds, UTC)
    if signed_at < now - age:
        raise NotBelieved("CLAIM_TOO_OLD")
    return signed_at


def _key(
    partner: Partner, header: str, content: bytes, signed_at: datetime, claim_id: str
) -> tuple[PartnerKey, tuple[str, ...]]:
    """The key that signed, and the doubts about it. Any signature by an active key is enough."""
    signatures = [found for part in header.split()[:MOST_SIGNATURES] if (found := _ed25519(part))]
    if not signatures:
        raise NotBelieved("SIGNATURE_FORM_WRONG")
    verified = [key for key in partner.keys for signature in signatures if key.verifies(signature, content)]
    proof = proof_by(verified, signed_at)
    if proof == Proof.NONE:
        raise NotBelieved("SIGNATURE_WRONG")
    if proof == Proof.REVOKED:
        raise NotBelieved("KEY_REVOKED", partner.partner_code, claim_id)
    key = next((key for key in verified if key.active), verified[0])
    return key, (SIGNED_BEFORE_REVOCATION,) if proof == Proof.BEFORE_REVOCATION else ()


def _ed25519(part: str) -> bytes | None:
    version, _, text = part.partition(",")
    try:
        signature = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return signature if version == "v1a" and len(signature) == 64 else None
