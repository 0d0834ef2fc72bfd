"""One way of writing each payout account, so that one account under two people is seen as one."""

from __future__ import annotations

import re
import unicodedata

from shared.contracts.decision import Refused

_NUMBER = re.compile(r"[0-9]{8,20}")
_COUNTRY = re.compile(r"(\+|00)?620*")
_BETWEEN_DIGITS = re.compile(r"[\s\-‐‑‒–]")
"""Spaces, and the hyphens and dashes that keyboards put between groups."""


def canonical_number(typed: str, is_wallet: bool) -> str:
    """Digits alone; the number of an electronic wallet is that of a mobile phone and begins with 0.

    `+62 812-3456-7890`, `6281234567890`, `81234567890` and `081234567890` are one wallet. A bank account keeps all
    its digits. Raises ACCOUNT_NUMBER_WRONG unless there are 8 to 20.
    """
    number = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", typed))
    if is_wallet:
        number = _national(number)
    if not _NUMBER.fullmatch(number):
        raise Refused("ACCOUNT_NUMBER_WRONG")
    return number


def _national(number: str) -> str:
    country = _COUNTRY.match(number)
    if country:
        return f"0{number[country.end() :]}"
    return f"0{number}" if number.startswith("8") else number
