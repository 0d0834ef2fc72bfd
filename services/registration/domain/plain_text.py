"""What may stand in a text field: letters a person can read, in one spelling, nothing that breaks a sink."""

from __future__ import annotations

import re
import unicodedata

from shared.contracts.decision import Refused

_FORBIDDEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_BIDI = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_SPACES = re.compile(r"\s+")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}")
_MOBILE = re.compile(r"\+62[0-9]{8,12}")


def clean(text: str, limit: int, code: str = "TEXT_FORMAT") -> str:
    """NFC, single spaces, no control, bidi or surrogate character, 1 to `limit` characters; else Refused(code)."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        tidy = " ".join(text.split())
    else:
        tidy = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
        if any(unicodedata.category(c) in _FORBIDDEN or c in _BIDI for c in tidy):
            raise Refused(code)
    if not 1 <= len(tidy) <= limit:
        raise Refused(code)
    return tidy


def email(text: str) -> str:
    """An address that can receive mail, as typed; else Refused EMAIL_FORMAT."""
    address = text.strip()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise Refused("EMAIL_FORMAT")
    return address


def mobile(text: str) -> str:
    """An Indonesian mobile number as +62...; 08..., 62... and 8... are understood; else Refused MOBILE_FORMAT."""
    digits = re.sub(r"[\s().-]", "", unicodedata.normalize("NFKC", text))
    for prefix, replacement in (("+", "+"), ("62", "+62"), ("0", "+62"), ("8", "+628")):
        if digits.startswith(prefix):
            digits = replacement + digits[len(prefix) :]
            break
    if not _MOBILE.fullmatch(digits):
        raise Refused("MOBILE_FORMAT")
    return digits


def name_key(full_name: str) -> str:
    """Equal for spellings of one name: letters only, upper case, words in alphabetical order."""
    folded = unicodedata.normalize("NFKD", full_name).upper()
    words = re.sub(r"[^A-Z ]", "", re.sub(r"[.,/-]", " ", folded)).split()
    return " ".join(sorted(words))


def word_key(text: str) -> str:
    """Equal for the ways a heading or a choice is typed: lower case letters and digits, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", folded).split())
