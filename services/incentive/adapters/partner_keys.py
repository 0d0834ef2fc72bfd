"""Keys of course platforms: how they are written, whether they still count, and what a signature proves.

A public key is `whpk_<base64>` (Standard Webhooks) or `z6Mk...` (multibase, as credentials name it), with a status:

    {"public_key": "whpk_...", "status": "active"}
    {"public_key": "whpk_...", "status": "revoked", "revoked_at": "2020-08-20T03:00:00Z"}

What a revoked key signed before `revoked_at` is taken and a person decides on it; without `revoked_at`, and from that
instant on, its signatures count for nothing. Whoever stole a key can write an earlier time, hence the person.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PUBLIC_PREFIX = "whpk_"
MOST_ACTIVE = 2
"""While a platform changes its key both count; a third would be one that nobody looks after."""
LEAST_SIGN_KEY = 16
"""Letters of the shortest secret of a platform's requests."""
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"
"""Multicodec of an Ed25519 public key; `z6Mk` begins every such key in base58btc (VC Data Integrity)."""


@dataclass(frozen=True, slots=True)
class PartnerKey:
    """A public key and whether it still counts."""

    key: Ed25519PublicKey
    active: bool
    revoked_at: datetime | None = None

    def verifies(self, signature: bytes, content: bytes) -> bool:
        try:
            self.key.verify(signature, content)
        except InvalidSignature:
            return False
        return True

    @property
    def multibase(self) -> str:
        return multibase(self.key)


class Proof(StrEnum):
    """What the keys that verify a signature say about it."""

    ACTIVE = "active"
    BEFORE_REVOCATION = "before_revocation"
    """Only by a revoked key, at a time before it was revoked: a person decides."""
    REVOKED = "revoked"
    NONE = "none"
    """By no key of this partner."""


def proof_by(keys: Iterable[PartnerKey], signed_at: datetime) -> Proof:
    """What these verifying keys prove about something signed at that time. One active key is enough."""
    verified = list(keys)
    if not verified:
        return Proof.NONE
    if any(key.active for key in verified):
        return Proof.ACTIVE
    early = any(key.revoked_at is not None and signed_at < key.revoked_at for key in verified)
    return Proof.BEFORE_REVOCATION if early else Proof.REVOKED


def read_keys(rows: Iterable[Mapping[str, Any]]) -> tuple[PartnerKey, ...]:
    """Keys of the parsed partners file. Raises ValueError, also for more than MOST_ACTIVE active keys."""
    keys = tuple(_key(row) for row in rows)
    if sum(key.active for key in keys) > MOST_ACTIVE:
        raise ValueError(f"a partner has at most {MOST_ACTIVE} active keys")
    return keys


def _key(row: Mapping[str, Any]) -> PartnerKey:
    if row["status"] not in ("active", "revoked"):
        raise ValueError("a key is active or revoked")
    revoked_at = datetime.fromisoformat(row["revoked_at"]) if row.get("revoked_at") else None
    if revoked_at is not None and revoked_at.tzinfo is None:
        raise ValueError("revoked_at needs a time zone")
    return PartnerKey(public_key(str(row["public_key"])), row["status"] == "active", revoked_at)


def sign_keys_of(row: Mapping[str, Any]) -> list[str]:
    """The secrets of a platform's requests as its row has them: `sign_keys`, or the one `sign_key`."""
    return list(row["sign_keys"]) if "sign_keys" in row else [row["sign_key"]]


def read_sign_keys(row: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Those secrets. Raises ValueError for none, more than MOST_ACTIVE, the same twice, and one that is too short."""
    found = sign_keys_of(row)
    if any(not isinstance(each, str) or len(each.strip()) < LEAST_SIGN_KEY for each in found):
        raise ValueError(f"a sign key is a text of {LEAST_SIGN_KEY} letters or more")
    if not 1 <= len(found) <= MOST_ACTIVE or len(set(found)) != len(found):
        raise ValueError(f"a partner has one sign key, or {MOST_ACTIVE} that differ")
    return tuple(each.encode() for each in found)


def fingerprint(secret: str) -> str:
    """What a secret is called where it must not be shown: twelve digits of its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()[:12]


def public_key(text: str) -> Ed25519PublicKey:
    """A key from its text, in either form. Raises ValueError."""
    try:
        raw = _multibase_bytes(text) if text.startswith("z") else base64.b64decode(_bare(text), validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except binascii.Error:
        raise ValueError("a key is no base64") from None


def _bare(text: str) -> str:
    return text.removeprefix(PUBLIC_PREFIX)


def _multibase_bytes(text: str) -> bytes:
    raw = base58_decoded(text[1:])
    if not raw.startswith(_ED25519):
        raise ValueError("only Ed25519 keys")
    return raw[len(_ED25519) :]


def multibase(key: Ed25519PublicKey) -> str:
    """The key as credentials name it: `z` + base58btc of 0xED 0x01 and the 32 bytes."""
    return "z" + base58_encoded(_ED25519 + key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def base58_encoded(raw: bytes) -> str:
    """Base58 with Bitcoin's alphabet; leading zero bytes become `1`."""
    number, text = int.from_bytes(raw), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def base58_decoded(text: str) -> bytes:
    """The bytes. Raises ValueError for a sign outside the alphabet, or more than 128 of them."""
    if len(text) > 128:  # the longest we expect is a signature of 88 signs; the arithmetic is quadratic
        raise ValueError("base58 text is too long")
    number = 0
    for sign in text:
        number = number * 58 + _BASE58.index(sign)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)
