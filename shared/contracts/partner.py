"""What course platforms tell us on `partner.training.v1`, and over HTTP in the same shape: signed claims.

Signing follows Standard Webhooks 1.0 (asymmetric form) with the headers carried as Kafka headers: the
signature is Ed25519 over `<webhook-id>.<webhook-timestamp>.<raw body>`. The person is known by the redeem code alone.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

TOPIC = "partner.training.v1"

WEBHOOK_ID = "webhook-id"
"""Id of the claim, the same on every retry: what the claim is de-duplicated by, together with the partner."""
WEBHOOK_TIMESTAMP = "webhook-timestamp"
"""Unix seconds of this attempt."""
WEBHOOK_SIGNATURE = "webhook-signature"
"""Signatures separated by blanks, each `v1a,<base64 Ed25519>`; with two keys in rotation there are two."""

MAX_CLAIM_BYTES = 8 * 1024
"""A longer body is refused unread."""

PartnerCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,31}$")]
RedeemCodeText = Annotated[str, Field(pattern=r"^[A-Z0-9-]{8,32}$")]
CourseCode = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_-]{1,39}$")]
CertificateNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9/._-]{3,63}$")]
CompactCredential = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]
"""A credential as JWT (`header.payload.signature`)."""


def _plain_date(value: Any) -> Any:
    """Only `YYYY-MM-DD`: pydantic would also take Unix seconds written as text."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return date.fromisoformat(value)
    return value


class PartnerClaim(BaseModel):
    """The bearer of a redeem code finished a course.

    `certificate_number` may be null when the certificate follows; the platform then sends the claim again,
    with a new id, once it exists. `finished_on` is a WIB date. Instead of a number a platform that issues
    Open Badges 3.0 sends the `credential` itself: as JWT, or as JSON with its proof inside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    partner_code: PartnerCode
    redeem_code: RedeemCodeText
    course_code: CourseCode
    finished_on: Annotated[date, BeforeValidator(_plain_date)]
    certificate_number: CertificateNumber | None
    credential: CompactCredential | dict[str, Any] | None = None


def signed_content(claim_id: str, timestamp: str, body: bytes) -> bytes:
    """The bytes a claim's signature covers. The id holds no dot, so the parts cannot run into each other."""
    return f"{claim_id}.{timestamp}.".encode() + body
