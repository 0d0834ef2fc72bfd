"""The course platforms we trust, and their keys: one file that staff keep, read again when it changes.

    [{"partner_code": "TOKOPEDIA", "client_code": "...", "sign_key": "...",
      "keys": [{"public_key": "whpk_<base64>", "status": "active"}]}]

`client_code` and `sign_key` belong to the partner interface (HMAC), `keys` to signed claims (Ed25519). A platform may
have two keys while it changes them. A file that cannot be read stops claims instead of trusting old keys.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PUBLIC_PREFIX = "whpk_"


class PartnersUnreadable(Exception):
    """The file of partners is missing or wrong: nobody can be believed until it is mended."""


@dataclass(frozen=True, slots=True)
class PartnerKey:
    """A public key and whether it still counts."""

    key: Ed25519PublicKey
    active: bool

    def verifies(self, signature: bytes, content: bytes) -> bool:
        try:
            self.key.verify(signature, content)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Partner:
    """One course platform."""

    partner_code: str
    client_code: str
    sign_key: bytes = field(repr=False)
    keys: Sequence[PartnerKey] = ()


class Partners(Protocol):
    """Who may speak to us. Both methods raise PartnersUnreadable."""

    def by_code(self, partner_code: str) -> Partner | None: ...

    def by_client(self, client_code: str) -> Partner | None: ...


class PartnerList:
    """Partners in memory."""

    def __init__(self, partners: Sequence[Partner]) -> None:
        self._codes = {partner.partner_code: partner for partner in partners}
        self._clients = {partner.client_code: partner for partner in partners}

    def by_code(self, partner_code: str) -> Partner | None:
        return self._codes.get(partner_code)

    def by_client(self, client_code: str) -> Partner | None:
        return self._clients.get(client_code)


class PartnerFile:
    """Partners in a file. A key that is revoked there counts no more from the next claim on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at: tuple[int, int] | None = None
        self._partners = PartnerList(())

    def by_code(self, partner_code: str) -> Partner | None:
        return self._current().by_code(partner_code)

    def by_client(self, client_code: str) -> Partner | None:
        return self._current().by_client(client_code)

    def _current(self) -> PartnerList:
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp != self._read_at:
                self._partners = PartnerList(read_partners(json.loads(self._path.read_bytes())))
                self._read_at = stamp
        except (OSError, ValueError) as error:
            raise PartnersUnreadable(f"{self._path.name}: {type(error).__name__}") from error
        return self._partners


def read_partners(rows: Any) -> list[Partner]:
    """Partners of the parsed file. Raises ValueError when a field is missing or of another kind."""
    try:
        return [
            Partner(
                partner_code=str(row["partner_code"]),
                client_code=str(row["client_code"]),
                sign_key=str(row["sign_key"]).encode(),
                keys=tuple(_key(key) for key in row["keys"]),
            )
            for row in rows
        ]
    except (KeyError, TypeError) as error:
        raise ValueError("a partner lacks a field") from error


def _key(row: Mapping[str, Any]) -> PartnerKey:
    text = str(row["public_key"]).removeprefix(PUBLIC_PREFIX)
    if row["status"] not in ("active", "revoked"):
        raise ValueError("a key is active or revoked")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    return PartnerKey(key, row["status"] == "active")
