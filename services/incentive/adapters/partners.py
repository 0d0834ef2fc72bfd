"""The course platforms we trust, and their keys: one file that staff keep, read again when it changes.

    [{"partner_code": "TOKOPEDIA", "client_code": "...", "sign_key": "...",
      "keys": [{"public_key": "whpk_<base64>", "status": "active"}],
      "claims_per_hour": 1000, "bytes_per_hour": 2097152, "unusual_above": 300,
      "badges": {"issuer": "https://badges.example", "keys": [...], "status_list": "https://badges.example/status/1",
                 "fresh_days": 7},
      "catalogue": "https://platform.example/catalogue.json"}]

`client_code` and `sign_key` belong to the partner interface (HMAC), `keys` to signed claims (Ed25519): partner_keys.py.
While a platform changes its `sign_key` there are two, `"sign_keys": ["...", "..."]` instead, and both count. What
follows `keys` is optional. A file that cannot be read stops claims instead of trusting old keys. Signed lists of
withdrawn badges lie beside it, in `status_lists/<partner_code>.json` (operations.md, Partners).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from services.incentive.adapters.partner_keys import PartnerKey, read_keys, read_sign_keys
from services.incentive.domain.partner_rates import Limits

__all__ = ["PartnerFile", "PartnerKey", "PartnerList", "Partners", "PartnersUnreadable", "read_partners"]

STATUS_LISTS = "status_lists"
MOST_LIST_BYTES = 2**20
"""A signed status list of a million badges is under 200 KiB even when it hardly compresses."""


class PartnersUnreadable(Exception):
    """The file of partners is missing or wrong: nobody can be believed until it is mended."""


@dataclass(frozen=True, slots=True)
class Badges:
    """What was agreed with a platform that issues Open Badges."""

    issuer: str
    """Id of the issuer in its credentials. Its keys are those below, never one that a message brings along."""
    keys: Sequence[PartnerKey]
    status_list: str | None = None
    """Id of its status-list credential; None: its badges cannot be withdrawn."""
    fresh: timedelta = timedelta(days=7)
    """How old the stored list may be before badges wait for a newer one."""


@dataclass(frozen=True, slots=True)
class Partner:
    """One course platform."""

    partner_code: str
    client_code: str
    sign_keys: Sequence[bytes] = field(repr=False)
    """Secrets of its requests: one, or two while it changes over."""
    keys: Sequence[PartnerKey] = ()
    limits: Limits = field(default_factory=Limits)
    badges: Badges | None = None
    catalogue: str = ""
    """Address of its own list of courses (platform_catalogue.py); empty: staff bring the list as a file."""


class Partners(Protocol):
    """Who may speak to us. All methods raise PartnersUnreadable."""

    def by_code(self, partner_code: str) -> Partner | None: ...

    def by_client(self, client_code: str) -> Partner | None: ...

    def status_list(self, partner_code: str) -> bytes | None:
        """The stored status-list credential of a partner, unverified; None when there is none."""
        ...


class PartnerList:
    """Partners in memory."""

    def __init__(self, partners: Sequence[Partner], lists: Mapping[str, bytes] | None = None) -> None:
        self._codes = {partner.partner_code: partner for partner in partners}
        self._clients = {partner.client_code: partner for partner in partners}
        self._lists = lists or {}

    def by_code(self, partner_code: str) -> Partner | None:
        return self._codes.get(partner_code)

    def by_client(self, client_code: str) -> Partner | None:
        return self._clients.get(client_code)

    def status_list(self, partner_code: str) -> bytes | None:
        return self._lists.get(partner_code)

    def __iter__(self) -> Any:
        return iter(self._codes.values())


class PartnerFile:
    """Partners in a file. A key that is revoked there counts no more from the next claim on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at: tuple[int, int, int] | None = None
        self._partners = PartnerList(())

    def by_code(self, partner_code: str) -> Partner | None:
        return self._current().by_code(partner_code)

    def by_client(self, client_code: str) -> Partner | None:
        return self._current().by_client(client_code)

    def all(self) -> list[Partner]:
        """Every partner of the file. Raises PartnersUnreadable."""
        return list(self._current())

    def status_list(self, partner_code: str) -> bytes | None:
        """A list that is missing or far too large counts as none: its badges wait for a person."""
        path = status_list_path(self._path, partner_code)
        try:
            if path.stat().st_size > MOST_LIST_BYTES:
                return None
            return path.read_bytes()
        except OSError:
            return None

    def _current(self) -> PartnerList:
        try:
            stat = self._path.stat()
            # The inode too: a file that replaces another of the same size within one tick of the clock.
            stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if stamp != self._read_at:
                self._partners = PartnerList(read_partners(json.loads(self._path.read_bytes())))
                self._read_at = stamp
        except (OSError, ValueError) as error:
            raise PartnersUnreadable(f"{self._path.name}: {type(error).__name__}") from error
        return self._partners


def status_list_path(partners_file: Path, partner_code: str) -> Path:
    """Where the stored status list of a partner lies."""
    return partners_file.parent / STATUS_LISTS / f"{partner_code}.json"


def read_partners(rows: Any) -> list[Partner]:
    """Partners of the parsed file. Raises ValueError for a field that is missing or wrong, and for a doubled code."""
    try:
        partners = [_partner(row) for row in rows]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a partner lacks a field") from error
    for codes in ([each.partner_code for each in partners], [each.client_code for each in partners]):
        if len(set(codes)) != len(codes):
            raise ValueError("two partners have the same partner_code or client_code")
    return partners


def _partner(row: Mapping[str, Any]) -> Partner:
    return Partner(
        partner_code=str(row["partner_code"]),
        client_code=str(row["client_code"]),
        sign_keys=read_sign_keys(row),
        keys=read_keys(row["keys"]),
        limits=_limits(row),
        badges=_badges(row["badges"]) if row.get("badges") else None,
        catalogue=_address(row.get("catalogue", "")),
    )


def _address(text: Any) -> str:
    if text and not str(text).startswith(("https://", "http://")):
        raise ValueError("the address of a catalogue begins with https:// or http://")
    return str(text)


def _limits(row: Mapping[str, Any]) -> Limits:
    usual = Limits()
    return Limits(
        _whole(row.get("claims_per_hour", usual.claims_per_hour)),
        _whole(row.get("bytes_per_hour", usual.bytes_per_hour)),
        _whole(row.get("unusual_above", usual.unusual_above)),
    )


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("a limit is a whole number of 1 or more")
    return value


def _badges(row: Mapping[str, Any]) -> Badges:
    fresh = timedelta(days=_whole(row.get("fresh_days", 7)))
    return Badges(str(row["issuer"]), read_keys(row["keys"]), row.get("status_list"), fresh)
