"""Withdrawn badges: a signed list of bits (Bitstring Status List 1.0), stored here and read without any network.

`encodedList` is `u` + base64url of a GZIP of the bits, at least 131,072 of them; bit 0 is the left-most of byte 0.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.incentive.adapters.claim_body import NotBelieved
from services.incentive.adapters.credentials import opened, unsecured
from services.incentive.adapters.partners import Badges

LEAST_BYTES = 131_072 // 8
MOST_BYTES = 2**21
"""16 million badges of one platform. What unpacks to more is no list: a bomb stops here."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A verified list: which badges are withdrawn, and when it was made."""

    bits: bytes
    made_at: datetime

    def withdrawn(self, index: int) -> bool:
        """Raises NotBelieved BADGE_STATUS_WRONG for an index outside the list."""
        if index >= len(self.bits) * 8:
            raise NotBelieved("BADGE_STATUS_WRONG")
        return bool(self.bits[index // 8] & (0x80 >> index % 8))


def status_list_of(badges: Badges, raw: bytes, now: datetime) -> StatusList:
    """The list in a stored credential. Raises NotBelieved STATUS_LIST_* or BADGE_*, each naming what is wrong."""
    credential = opened(badges, unsecured(raw), now)
    subject = credential.document.get("credentialSubject")
    if credential.document.get("id") != badges.status_list or not isinstance(subject, Mapping):
        raise NotBelieved("STATUS_LIST_OF_OTHER")
    kind = (subject.get("type"), subject.get("statusPurpose"))
    is_list = "BitstringStatusListCredential" in credential.document["type"]
    if not is_list or kind != ("BitstringStatusList", "revocation"):
        raise NotBelieved("STATUS_LIST_KIND_WRONG")
    return StatusList(_bits(subject.get("encodedList")), credential.valid_from)


def _bits(encoded: Any) -> bytes:
    if not isinstance(encoded, str) or not encoded.startswith("u"):
        raise NotBelieved("STATUS_LIST_UNREADABLE")
    try:
        packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        unpacking = zlib.decompressobj(wbits=31)
        bits = unpacking.decompress(packed, MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise NotBelieved("STATUS_LIST_UNREADABLE") from None
    if len(bits) > MOST_BYTES or not unpacking.eof:
        raise NotBelieved("STATUS_LIST_TOO_LARGE")
    if len(bits) < LEAST_BYTES:
        raise NotBelieved("STATUS_LIST_TOO_SHORT")
    return bits


def index_of(badges: Badges, status: Any) -> int:
    """Place of a badge in its platform's list, from its `credentialStatus`. Raises NotBelieved BADGE_STATUS_*."""
    if not isinstance(status, Mapping):
        raise NotBelieved("BADGE_STATUS_MISSING")
    if (status.get("type"), status.get("statusPurpose")) != ("BitstringStatusListEntry", "revocation"):
        raise NotBelieved("BADGE_STATUS_KIND")
    if status.get("statusListCredential") != badges.status_list:
        raise NotBelieved("BADGE_STATUS_OF_OTHER")
    index = status.get("statusListIndex")
    if not isinstance(index, str) or not (index.isascii() and index.isdigit() and len(index) <= 9):
        raise NotBelieved("BADGE_STATUS_WRONG")
    return int(index)
