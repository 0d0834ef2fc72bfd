"""How a SNAP bank decides whether to listen: signatures, token, time and request number, as the standard says.

Written from the standard's text, not from our client: a mistake in one of them is seen by the other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.engine.ports import Clock

JAKARTA = timezone(timedelta(hours=7))
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@dataclass(frozen=True, slots=True)
class SnapClient:
    """A customer of the bank as the bank knows it: never the private key."""

    client_id: str
    partner_id: str
    public_key: RSAPublicKey
    secret: bytes = field(repr=False)


@dataclass(slots=True)
class Gate:
    """Answers a case (five digits) for whoever may not come in, or None."""

    clock: Clock
    client: SnapClient
    encoding: Literal["hex", "base64"] = "hex"
    token_seconds: int = 900
    skew: timedelta = timedelta(minutes=5)
    tokens: dict[str, datetime] = field(default_factory=dict)
    numbers: set[tuple[str, str]] = field(default_factory=set)
    """(day in UTC+7, X-EXTERNAL-ID) that were used."""

    def refuses_token_call(self, headers: Mapping[str, str]) -> str | None:
        at = headers.get("x-timestamp", "")
        if headers.get("x-client-key") != self.client.client_id or not self._is_now(at):
            return "40100"
        content = f"{self.client.client_id}|{at}".encode()
        try:
            self.client.public_key.verify(self._raw(headers), content, PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return "40100"
        return None

    def new_token(self) -> str:
        token = secrets.token_urlsafe(32)
        self.tokens[token] = self.clock.now()
        return token

    def refuses(self, path: str, headers: Mapping[str, str], body: bytes) -> str | None:
        """Token first, then the signature over it, then the request's number of the day."""
        token = headers.get("authorization", "").removeprefix("Bearer ")
        issued = self.tokens.get(token)
        if issued is None or self.clock.now() - issued >= timedelta(seconds=self.token_seconds):
            return "40101"
        at = headers.get("x-timestamp", "")
        if headers.get("x-partner-id") != self.client.partner_id or not self._is_now(at):
            return "40100"
        if not headers.get("channel-id") or not self._is_signed(f"POST:{path}:{token}", body, at, headers):
            return "40100"
        number = headers.get("x-external-id", "")
        if not number.isdigit() or len(number) > 36:
            return "40001"
        used = (f"{self.clock.now().astimezone(JAKARTA):%Y-%m-%d}", number)
        if used in self.numbers:
            return "40900"
        self.numbers.add(used)
        return None

    def _is_signed(self, begin: str, body: bytes, at: str, headers: Mapping[str, str]) -> bool:
        digest = hashlib.sha256(_minified(body)).hexdigest() if body else EMPTY
        expected = hmac.new(self.client.secret, f"{begin}:{digest}:{at}".encode(), hashlib.sha512).digest()
        try:
            return hmac.compare_digest(expected, self._raw(headers))
        except ValueError:
            return False

    def _raw(self, headers: Mapping[str, str]) -> bytes:
        text = headers.get("x-signature", "")
        return bytes.fromhex(text) if self.encoding == "hex" else base64.b64decode(text, validate=True)

    def _is_now(self, text: str) -> bool:
        """The standard's form only: a zone and no fraction."""
        try:
            at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            return False
        return abs(self.clock.now() - at) <= self.skew


def _minified(body: bytes) -> bytes:
    """Raises ValueError when it is no JSON."""
    return json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
