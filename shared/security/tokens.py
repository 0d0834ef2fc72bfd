"""What a browser carries for us between two pages, sealed: it can neither read nor change it, and it ends by itself.

AES-256-GCM under a key of its own for each purpose, so that a token of one form says nothing at another.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.engine.ports import Clock
from shared.security.vault import NONCE_BYTES, Vault

MOST_BYTES = 3_900
"""A browser keeps cookies of 4,096 bytes with their name; a larger one it drops without a word."""


class TokenTooLarge(ValueError):
    """What should be carried does not fit into a cookie."""


class TokenSeal:
    """Seals and opens plain JSON data for one purpose."""

    def __init__(self, vault: Vault, purpose: str, clock: Clock) -> None:
        self._cipher, self._bound_to = AESGCM(vault.token_key(purpose)), purpose.encode()
        self._clock = clock

    def seal(self, data: Mapping[str, Any], life: timedelta) -> str:
        """Raises TokenTooLarge."""
        ends = (self._clock.wall() + life).timestamp()
        text = json.dumps({"ends": ends, "data": data}, ensure_ascii=False, separators=(",", ":"))
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, zlib.compress(text.encode(), 9), self._bound_to)
        token = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
        if len(token) > MOST_BYTES:
            raise TokenTooLarge
        return token

    def open(self, token: str | None) -> dict[str, Any] | None:
        """The data, or None for what is missing, foreign, altered or over."""
        if not token or len(token) > MOST_BYTES:
            return None
        try:
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            text = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bound_to)
        except (binascii.Error, ValueError, InvalidTag):
            return None
        found = json.loads(zlib.decompress(text))  # only what we sealed ourselves comes here
        over = found["ends"] <= self._clock.wall().timestamp()
        return None if over else dict(found["data"])

    def now(self) -> datetime:
        """By the clock that ends tokens."""
        return self._clock.wall()
