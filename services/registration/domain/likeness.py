"""Is this the person who is here already under another NIK? Compared by marks alone: keyed hashes, never a name.

A mark is of a part of the name AND the birth date, so equal parts of people born on other days have nothing in common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

MOST_HOLDERS = 60
"""Of one block: a birth date and a first letter. A city of 2.5 million has about 10."""
ENOUGH = 4
"""Points from which staff look at two applications side by side."""
SHORT = 16
"""Letters of an index that are kept for comparing: 64 bits."""


@dataclass(frozen=True, slots=True)
class NameMark:
    """One part of a name: `block` is where others with the same first letter and birth date stand."""

    block: str
    exact: str
    near: tuple[str, ...] = ()
    """The part with each one letter left out."""
    initial: bool = False
    optional: bool = False

    def shortened(self, other: NameMark) -> bool:
        """One letter is missing, or all but the first."""
        if self.initial or other.initial:
            return self.block == other.block
        return self.exact in other.near or other.exact in self.near

    def like(self, other: NameMark) -> bool:
        """One slip of the pen apart: a letter is missing, another one, or in the neighbour's place."""
        return self.shortened(other) or not set(self.near).isdisjoint(other.near)


@dataclass(frozen=True, slots=True)
class Holder:
    """What of a person stands in a block for those who come later. Indexes are shortened."""

    applicant_id: str
    nik: str
    kk: str
    mobile: str | None
    sex: str
    kecamatan: str | None
    marks: tuple[NameMark, ...]


@dataclass(frozen=True, slots=True)
class NameBlock:
    """People with one birth date and a part of the name that begins alike. `excess` came when it was full."""

    collection: ClassVar[str] = "name_blocks"

    block: str
    holders: tuple[Holder, ...] = ()
    excess: int = 0

    @property
    def id(self) -> str:
        return self.block


@dataclass(frozen=True, slots=True)
class Traces:
    """What of a form is only compared: marks of the name, and the device (blind index) it came from."""

    marks: tuple[NameMark, ...] = ()
    device: str | None = None


Fits = Callable[[NameMark, NameMark], bool]


def blocks(marks: Sequence[NameMark]) -> tuple[str, ...]:
    """Where a person stands and is looked for: at most four places."""
    return tuple(dict.fromkeys(mark.block for mark in marks if not mark.optional))[:4]


def entered(block: NameBlock | None, place: str, holder: Holder) -> NameBlock:
    """The block with this person in it, once."""
    found = block or NameBlock(place)
    others = tuple(each for each in found.holders if each.applicant_id != holder.applicant_id)
    if len(others) >= MOST_HOLDERS:
        return replace(found, holders=others, excess=found.excess + 1)
    return replace(found, holders=(*others, holder))


def without(block: NameBlock, applicant_id: str) -> NameBlock:
    """The block after a person was forgotten."""
    return replace(block, holders=tuple(each for each in block.holders if each.applicant_id != applicant_id))


def near_duplicates(holder: Holder, found: Iterable[NameBlock | None]) -> tuple[str, ...]:
    """Ids of those in these blocks who seem to be the same person under another NIK; all were born on one day."""
    others = {each.applicant_id: each for block in found if block for each in block.holders}
    others.pop(holder.applicant_id, None)
    return tuple(who for who, other in others.items() if other.nik != holder.nik and points(holder, other) >= ENOUGH)


def points(one: Holder, other: Holder) -> int:
    """How much speaks for one person; 0 when their names are of two.

    Twins stand in one KK, and their names are often one letter apart (Rohani, Rohana): there only a missing letter is
    a slip of the pen.
    """
    if one.sex != other.sex:
        return 0
    fits = NameMark.shortened if one.kk == other.kk else NameMark.like
    named = _names(one.marks, other.marks, fits)
    return named + _around(one, other) if named > 0 else 0


def _around(one: Holder, other: Holder) -> int:
    """What else they have in common. Nothing at all speaks against: in a city of 100,000 more than a hundred pairs of
    strangers have one name of two parts and one birth date."""
    places = (one.kecamatan, other.kecamatan)
    same_mobile = one.mobile is not None and one.mobile == other.mobile
    common = 2 * (one.kk == other.kk) + 2 * same_mobile + (None not in places and places[0] == places[1])
    return common or (0 if None in places else -2)


def _names(one: Sequence[NameMark], other: Sequence[NameMark], fits: Fits) -> int:
    """0 when each has a part that the other lacks; else 2 for an equal part, 1 for a like one, less what is missing."""
    mine, others = ([mark for mark in each if not mark.optional] for each in (one, other))
    equal = _paired(mine, others, lambda a, b: a.exact == b.exact and not a.initial)
    like = _paired(mine, others, fits) + _lettered(mine, other) + _lettered(others, one)
    left, lacking = _optional(one, other), _optional(other, one)
    if (mine and (others or lacking - left)) or (others and left - lacking):
        return 0
    same_whole = not mine and not others and left == lacking
    return 2 * equal + like - len(mine) - len(others) + same_whole


def _lettered(parts: list[NameMark], other: Sequence[NameMark]) -> int:
    """Takes a part out that the other writes as the letter M, which may have been Muhammad."""
    letters = [mark for mark in other if mark.optional and mark.initial]
    return _paired(parts, letters, lambda part, letter: part.block == letter.block)


def _paired(mine: list[NameMark], others: list[NameMark], fits: Fits) -> int:
    """Takes pairs that fit out of both lists; how many there were."""
    count = 0
    for mark in tuple(mine):
        found = next((each for each in others if fits(mark, each)), None)
        if found:
            mine.remove(mark)
            others.remove(found)
            count += 1
    return count


def _optional(marks: Sequence[NameMark], other: Sequence[NameMark]) -> set[str]:
    """What may be left out; a letter M is the Muhammad of the other."""
    letters = {mark.block for mark in marks if mark.optional and mark.initial}
    meant = {mark.exact for mark in other if mark.optional and not mark.initial and mark.block in letters}
    return meant | {mark.exact for mark in marks if mark.optional and not mark.initial}
