"""Lists by NIK with source and date: officials, students, other aid, previous recipients, and the laid-off list.

Source: paper facts 20-27 and 61. A NIK stands here only as its blind index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from services.registration.domain.calendar import wib_date
from shared.contracts.decision import Decision, Refused

OTHER_CODES = ("STUDENT", "OTHER_AID", "PREVIOUS_RECIPIENT", "LAID_OFF")
"""Lists besides the kinds of officials that the rule set names. LAID_OFF helps; the others exclude."""


@dataclass(frozen=True, slots=True)
class ListEntry:
    code: str
    source: str
    as_of: date
    edition: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One delivery of a list: who sent it, the day it is true for, and who uploaded it when."""

    number: int
    source: str
    as_of: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ListBook:
    """The edition of each list that counts now. One document, read with every decision on eligibility."""

    collection: ClassVar[str] = "list_books"
    ID: ClassVar[str] = "book"

    current: Mapping[str, Edition]
    arriving: Mapping[str, Edition]
    """Editions whose rows are still being read; entries of both count until it is complete."""

    @property
    def id(self) -> str:
        return self.ID

    def label(self) -> str:
        """`ASN 2020-03-31 (2), TNI 2020-04-02 (1)`: what a verdict rests on."""
        known = {**self.current, **self.arriving}
        return ", ".join(f"{code} {known[code].as_of.isoformat()} ({known[code].number})" for code in sorted(known))


@dataclass(frozen=True, slots=True)
class Listing:
    """The lists one NIK stands on."""

    collection: ClassVar[str] = "listings"

    nik_index: str
    entries: tuple[ListEntry, ...]

    @property
    def id(self) -> str:
        return self.nik_index


def codes_of(listing: Listing | None, book: ListBook | None) -> frozenset[str]:
    """Codes of the lists on which a NIK stands now; entries of a replaced edition no longer count."""
    if listing is None or book is None:
        return frozenset()
    return frozenset(each.code for each in listing.entries if each.edition >= _first_valid(book, each.code))


def _first_valid(book: ListBook, code: str) -> int:
    current = book.current.get(code)
    return current.number if current else 0


@dataclass(frozen=True, slots=True)
class OpenEditions:
    """Staff begin to upload a list. `codes` are all that its rows name; `known_codes` those the rules allow."""

    codes: tuple[str, ...]
    known_codes: frozenset[str]
    source: str
    as_of: date
    by: str


@dataclass(frozen=True, slots=True)
class CompleteEditions:
    """All rows are on disk: from now on only this delivery counts for its codes."""

    codes: tuple[str, ...]


def open_editions(book: ListBook | None, command: OpenEditions, now: datetime) -> Decision:
    """Reply {code: edition number}. Raises Refused LIST_FROM_FUTURE, LIST_CODE_UNKNOWN, LIST_OLDER (detail: list)."""
    if command.as_of > wib_date(now):  # a slip of the year would keep every real list out
        raise Refused("LIST_FROM_FUTURE")
    found = book or ListBook({}, {})
    arriving = dict(found.arriving)
    for code in command.codes:
        if code not in command.known_codes:
            raise Refused("LIST_CODE_UNKNOWN")
        current = found.current.get(code)
        if current and command.as_of < current.as_of:
            raise Refused("LIST_OLDER", list=code)
        last = max(each.number if each else 0 for each in (current, found.arriving.get(code)))
        arriving[code] = Edition(last + 1, command.source, command.as_of, command.by, now)
    reply = {code: arriving[code].number for code in command.codes}
    return Decision(changes=(replace(found, arriving=arriving),), reply=reply)


def complete_editions(book: ListBook | None, command: CompleteEditions) -> Decision:
    """What arrived becomes current. Codes that are not arriving are left alone."""
    if book is None:
        return Decision()
    done = {code: book.arriving[code] for code in command.codes if code in book.arriving}
    arriving = {code: edition for code, edition in book.arriving.items() if code not in done}
    return Decision(changes=(ListBook({**book.current, **done}, arriving),))


def entered(listing: Listing | None, nik_index: str, entry: ListEntry) -> Listing:
    """The NIK's lists with one entry more; the same list's older entry is replaced."""
    kept = tuple(each for each in listing.entries if each.code != entry.code) if listing else ()
    return Listing(nik_index, (*kept, entry))
