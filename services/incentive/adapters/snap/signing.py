"""Signatures and the small formats of SNAP BI (integrations.md 1.1 and 1.2): pure functions.

What is signed is what is sent: a body is made into bytes once, and those bytes are hashed and put on the wire.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

WIB = ZoneInfo("Asia/Jakarta")
Encoding = Literal["hex", "base64"]
"""ASPI's samples show hexadecimal, BCA demands Base64: each bank says."""


def body_bytes(body: Mapping[str, Any] | None) -> bytes:
    """The body in its one form, minified; nothing at all for None. Never raises for texts that are no UTF-8."""
    if body is None:
        return b""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def timestamp(now: datetime) -> str:
    """`2026-01-01T09:00:00+07:00`: Medan's time without a fraction. `now` must carry a zone."""
    return now.astimezone(WIB).isoformat(timespec="seconds")


def external_id(now: datetime) -> str:
    """32 digits, new for every HTTP attempt: the second in Medan and 18 random ones, so no two of a day are equal."""
    return now.astimezone(WIB).strftime("%Y%m%d%H%M%S") + f"{secrets.randbelow(10**18):018d}"


def amount(rupiah: int) -> dict[str, str]:
    """The standard's money: a text with two decimals, whatever the currency needs."""
    return {"value": f"{Decimal(rupiah):.2f}", "currency": "IDR"}


def token_signature(key: RSAPrivateKey, client_id: str, at: str, encoding: Encoding) -> str:
    """SHA256withRSA over `client_id|timestamp`, for the token call alone."""
    return encoded(key.sign(f"{client_id}|{at}".encode(), PKCS1v15(), hashes.SHA256()), encoding)


def signature(secret: bytes, method: str, path: str, token: str, body: bytes, at: str, encoding: Encoding) -> str:
    """HMAC-SHA512 over `METHOD:path:token:lowerhex(sha256(body)):timestamp`; an empty body counts as empty text."""
    content = f"{method}:{path}:{token}:{hashlib.sha256(body).hexdigest()}:{at}"
    return encoded(hmac.new(secret, content.encode(), hashlib.sha512).digest(), encoding)


def encoded(raw: bytes, encoding: Encoding) -> str:
    return raw.hex() if encoding == "hex" else base64.b64encode(raw).decode()
