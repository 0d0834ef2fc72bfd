"""Claims of course platforms: genuine ones, and forged ones of every kind with the reason they must be refused for."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deploy.simulators.badges import agreement
from shared.contracts.partner import (
    MAX_CLAIM_BYTES,
    WEBHOOK_ID,
    WEBHOOK_SIGNATURE,
    WEBHOOK_TIMESTAMP,
    signed_content,
)


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform with its secrets."""

    partner_code: str
    client_code: str
    sign_key: str = field(repr=False)
    key: Ed25519PrivateKey = field(repr=False)
    certificate_prefix: str = "CERT"
    badge_key: Ed25519PrivateKey | None = field(default=None, repr=False)
    """Signs Open Badges instead of giving certificate numbers."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """`claims_per_hour`, `bytes_per_hour` and `unusual_above` of its row; empty: the usual ones."""
    catalogue: str = ""
    """Address of its own list of courses; empty: it keeps none."""

    def public_key(self) -> str:
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return "whpk_" + base64.b64encode(raw).decode()

    def row(self, status: str = "active") -> dict[str, Any]:
        """This platform as the partners file names it."""
        catalogue = {"catalogue": self.catalogue} if self.catalogue else {}
        badges = {"badges": agreement(self.client_code, self.badge_key)} if self.badge_key else {}
        return {
            "partner_code": self.partner_code,
            "client_code": self.client_code,
            "sign_key": self.sign_key,
            "keys": [{"public_key": self.public_key(), "status": status}],
            **self.limits,
            **badges,
            **catalogue,
        }


def new_platforms(codes: Mapping[str, str], limits: Mapping[str, int] | None = None) -> list[Platform]:
    """Platforms with fresh secrets that can issue badges: partner code -> prefix of its certificate numbers."""
    return [
        Platform(
            partner_code=code,
            client_code=code.lower(),
            sign_key=secrets.token_hex(16),
            key=Ed25519PrivateKey.generate(),
            certificate_prefix=prefix,
            badge_key=Ed25519PrivateKey.generate(),
            limits=limits or {},
        )
        for code, prefix in codes.items()
    ]


def partners_file(platforms: Iterable[Platform]) -> str:
    """The trust list that makes the border believe these platforms."""
    return json.dumps([platform.row() for platform in platforms], indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as bytes and headers, ready for Kafka or HTTP."""

    redeem_code: str
    body: bytes
    headers: Mapping[str, str]


def sign(platform: Platform, claim_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Genuine headers of a claim."""
    timestamp = str(int(at.timestamp()))
    signature = base64.b64encode(platform.key.sign(signed_content(claim_id, timestamp, body))).decode()
    return {WEBHOOK_ID: claim_id, WEBHOOK_TIMESTAMP: timestamp, WEBHOOK_SIGNATURE: f"v1a,{signature}"}


def make_claim(platform: Platform, at: datetime, claim_id: str, fields: Mapping[str, Any]) -> Claim:
    """A genuine claim; `fields` are those of the partner contract without `partner_code`."""
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}
    body = json.dumps({"partner_code": platform.partner_code, **plain}).encode()
    return Claim(str(fields["redeem_code"]), body, sign(platform, claim_id, at, body))


Forge = Callable[[Platform, datetime, Claim], Claim]


def _resigned(platform: Platform, at: datetime, claim: Claim, body: bytes) -> Claim:
    """Another body under a genuine signature of the platform itself."""
    return replace(claim, body=body, headers=sign(platform, claim.headers[WEBHOOK_ID], at, body))


def _with_header(claim: Claim, name: str, value: str) -> Claim:
    return replace(claim, headers={**claim.headers, name: value})


def _stranger(platform: Platform) -> Platform:
    return replace(platform, key=Ed25519PrivateKey.generate())


def _with_field(platform: Platform, at: datetime, claim: Claim, **fields: Any) -> Claim:
    return _resigned(platform, at, claim, json.dumps({**json.loads(claim.body), **fields}).encode())


def _without_signature(claim: Claim) -> Claim:
    kept = {name: value for name, value in claim.headers.items() if name != WEBHOOK_SIGNATURE}
    return replace(claim, headers=kept)


def _later_day(body: bytes) -> bytes:
    document = json.loads(body)
    return json.dumps({**document, "finished_on": "2020-01-01"}).encode()


def _other_code(platform: Platform, at: datetime, claim: Claim, code: str) -> Claim:
    return replace(_with_field(platform, at, claim, redeem_code=code), redeem_code=code)


FORGERIES: Mapping[str, tuple[str, Forge]] = {
    "body_changed": ("SIGNATURE_WRONG", lambda p, at, c: replace(c, body=_later_day(c.body))),
    "body_reserialised": ("SIGNATURE_WRONG", lambda p, at, c: replace(c, body=c.body.replace(b", ", b","))),
    "strangers_key": ("SIGNATURE_WRONG", lambda p, at, c: _resigned(_stranger(p), at, c, c.body)),
    "id_changed": ("SIGNATURE_WRONG", lambda p, at, c: _with_header(c, WEBHOOK_ID, "another")),
    "time_changed": (
        "SIGNATURE_WRONG",
        lambda p, at, c: _with_header(c, WEBHOOK_TIMESTAMP, str(int(at.timestamp()) - 1)),
    ),
    "symmetric": ("SIGNATURE_FORM_WRONG", lambda p, at, c: _with_header(c, WEBHOOK_SIGNATURE, "v1," + "A" * 44)),
    "no_signature": ("HEADER_MISSING", lambda p, at, c: _without_signature(c)),
    "dotted_id": ("CLAIM_ID_WRONG", lambda p, at, c: _with_header(c, WEBHOOK_ID, "a.b")),
    "odd_time": ("TIMESTAMP_WRONG", lambda p, at, c: _with_header(c, WEBHOOK_TIMESTAMP, "1e9")),
    "too_old": ("CLAIM_TOO_OLD", lambda p, at, c: _resigned(p, at - timedelta(days=8), c, c.body)),
    "from_future": ("CLAIM_FROM_FUTURE", lambda p, at, c: _resigned(p, at + timedelta(days=1), c, c.body)),
    "not_json": ("NOT_JSON", lambda p, at, c: _resigned(p, at, c, c.body[:-1])),
    "doubled_key": ("DUPLICATE_JSON_KEY", lambda p, at, c: _resigned(p, at, c, c.body[:-1] + b', "course_code": "A"}')),
    "unknown_field": ("FIELD_UNKNOWN", lambda p, at, c: _with_field(p, at, c, nik="1271")),
    "not_finite": ("NOT_FINITE", lambda p, at, c: _resigned(p, at, c, c.body[:-1] + b', "score": NaN}')),
    "unknown_partner": ("PARTNER_UNKNOWN", lambda p, at, c: _with_field(p, at, c, partner_code="NOBODY")),
    "no_partner": ("PARTNER_MISSING", lambda p, at, c: _resigned(p, at, c, b"{}")),
    "too_large": ("BODY_TOO_LARGE", lambda p, at, c: _resigned(p, at, c, c.body + b" " * MAX_CLAIM_BYTES)),
    "no_body": ("BODY_MISSING", lambda p, at, c: replace(c, body=b"")),
    "foreign_code": ("REDEEM_CODE_UNKNOWN", lambda p, at, c: _other_code(p, at, c, "FOREIGN-CODE")),
    "other_course": ("CLAIM_FOR_OTHER_COURSE", lambda p, at, c: _with_field(p, at, c, course_code="LAIN-999")),
}
"""Name -> reason for which it must be refused, and how a genuine claim becomes it."""
