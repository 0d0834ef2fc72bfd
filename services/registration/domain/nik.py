"""NIK (Nomor Induk Kependudukan) and KK number: 16 digits and what they say about a person.

`PPRRSS DDMMYY NNNN`: area of FIRST issue, birth date (women: day + 40), serial from 0001. No check digit.
Source: domain notes 5.1 (F5, F6), paper facts 18 and 109.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.decision import Refused
from shared.contracts.registration_terms import Sex

_SIXTEEN = re.compile(r"[0-9]{16}")


@dataclass(frozen=True, slots=True)
class Nik:
    """What a NIK says. `born` has the century of the declared birth date."""

    area: str
    area_known: bool
    sex: Sex
    born: date


def normalise(text: str) -> str:
    """The 16 digits of a NIK, else Refused NIK_FORMAT.

    NFKC turns full-width and mathematical digits into 0-9; digits of other scripts stay what they are and
    are refused, since all of them would be the same number to a careless parser and a unique key would be bypassed.
    """
    return _digits(text, "NIK_FORMAT")


def normalise_kk(text: str) -> str:
    """The 16 digits of a KK (family card) number, else Refused KK_FORMAT. It changes during life: never a key."""
    return _digits(text, "KK_FORMAT")


def _digits(text: str, code: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    digits = text.strip()
    if not _SIXTEEN.fullmatch(digits):
        raise Refused(code)
    return digits


def parse(nik: str, regions: Mapping[str, str], declared: date) -> Nik:
    """Read a normalised NIK. `regions` maps Kemendagri codes to names; `declared` only settles the century.

    Raises Refused NIK_FORMAT for a date that no calendar has or the serial 0000: such a NIK was never issued.
    An unknown area is no reason to refuse: old codes live on in NIKs.
    """
    area = f"{nik[0:2]}.{nik[2:4]}.{nik[4:6]}"
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    female = day > 40
    born = _born(day - 40 if female else day, month, year, declared)
    if born is None or nik[12:] == "0000":
        raise Refused("NIK_FORMAT")
    return Nik(area, area in regions, "F" if female else "M", born)


def _born(day: int, month: int, year: int, declared: date) -> date | None:
    """The real date with these two-digit parts whose year lies nearest to the declared one."""
    century = declared.year // 100 * 100
    candidates = sorted((century + year + shift for shift in (-100, 0, 100)), key=lambda y: abs(y - declared.year))
    for candidate in candidates:
        try:
            return date(candidate, month, day)
        except ValueError:
            continue
    return None


def contradictions(nik: Nik, declared: date, sex: Sex | None) -> tuple[str, ...]:
    """Reason codes where the NIK and the form disagree. A question for staff, never a refusal."""
    found = []
    if nik.born != declared:
        found.append("BIRTH_DATE_CONTRADICTS_NIK")
    if sex is not None and nik.sex != sex:
        found.append("SEX_CONTRADICTS_NIK")
    return tuple(found)
