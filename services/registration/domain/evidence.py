"""What staff see side by side: the registry's stamp, and which fields of two people are equal, near or different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.registration.domain.names import Word, nearby, words

ASKED = ("nik", "full_name", "birth_date", "sex", "kk_number")
"""Fields that the civil registry is asked about; its answers are about each but the first."""
Degree = Literal["equal", "near", "different", "unknown"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The civil registry's answer about one version of the data: what was asked, when, and what does not match."""

    asked_at: datetime
    revision: int
    found: str
    asked: tuple[str, ...] = ASKED
    differing: tuple[str, ...] = ()

    def fields(self) -> dict[str, str]:
        """SESUAI or TIDAK SESUAI per field; nothing where the registry did not come to compare them."""
        if self.found not in ("match", "mismatch"):
            return {}
        return {each: "TIDAK SESUAI" if each in self.differing else "SESUAI" for each in self.asked}


def compared(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, Degree]:
    """Field by field; both in clear, for a moment, at the door. An empty value is of nobody."""
    return {name: _degree(name, one[name], other[name]) for name in one}


def _degree(name: str, one: str, other: str) -> Degree:
    if not one or not other:
        return "unknown"
    if one.casefold() == other.casefold():
        return "equal"
    near = _names_near(one, other) if name == "full_name" else _slips(one, other) <= 2
    return "near" if near else "different"


def _names_near(one: str, other: str) -> bool:
    """Each part of the shorter name has its like in the longer: the same, a slip of the pen, or a first letter."""
    mine, others = sorted((words(one), words(other)), key=len)
    return all(any(_like(each, part) for part in others) for each in mine)


def _like(one: Word, other: Word) -> bool:
    if one.initial or other.initial:
        return one.text[0] == other.text[0]
    return not {one.text, *nearby(one)}.isdisjoint({other.text, *nearby(other)})


def _slips(one: str, other: str) -> int:
    """Places in which two values differ, and letters that one has more."""
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))
