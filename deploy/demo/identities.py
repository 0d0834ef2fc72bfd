"""Made-up people who come in twice, and rings of identities: what the watch over identities must find.

The demo plants them (sheets.py), and `make bench-identity` measures the watch with them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Literal

from deploy.demo.people import Person, nik_of
from deploy.demo.spellings import OLD_SOUNDS, WAYS, rewritten
from services.registration.domain.names import words

Thing = Literal["mobile", "kk", "device"]
THINGS: tuple[Thing, ...] = ("mobile", "kk", "device")
NAMESAKE = "namesake"
SHORT = ("one_word", "muhammad")
"""Kinds of names with one full part."""
RING_KK = "12710101"
"""How the KK of a cell begins; nobody else's does."""


# ---- the same person again


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registrations that staff must see side by side; of one person, or of two who are called alike."""

    kind: str
    first: Person
    second: Person

    @property
    def one_person(self) -> bool:
        return self.kind != NAMESAKE


def pairs(counts: Mapping[str, int], source: Iterator[Person], chance: random.Random) -> Iterator[Pair]:
    """So many of each kind: a way of writing the name (spellings.py), `one_word`, or `namesake`."""
    for kind, count in counts.items():
        for number in range(count):
            yield _pair(kind, _way(kind, number), source, chance)


def _way(kind: str, number: int) -> Callable[[str, random.Random], str]:
    """Old spellings take turns: nearly every name has a u. The capital of the first is not in a single word."""
    sounds = {"spelling": OLD_SOUNDS, "one_word": OLD_SOUNDS[1:]}.get(kind)
    if sounds:
        return lambda name, chance: rewritten(name, sounds[number % len(sounds)])
    return WAYS["same" if kind == NAMESAKE else kind]


def _pair(kind: str, way: Callable[[str, random.Random], str], source: Iterator[Person], chance: random.Random) -> Pair:
    for person in map(partial(_named, kind), source):
        written = way(person.full_name, chance)
        if _suits(kind, person.full_name, written):
            other = next(source)
            nik = another_nik(person.nik, person.district_code, person.birth_date, person.sex, chance)
            # A single full name and a birth date are no reason to look: such people also kept the Kartu Keluarga.
            kk = person.kk_number if kind in SHORT else other.kk_number
            second = replace(person, full_name=written, nik=nik, kk_number=kk, mobile=other.mobile, email=other.email)
            return Pair(kind, person, second)
    raise AssertionError("people come for ever")


def _named(kind: str, person: Person) -> Person:
    """Men of one name are called Muhammad besides where that is what it is about: too few are to wait for them."""
    if kind == "muhammad" and person.sex == "M" and " " not in person.full_name:
        return replace(person, full_name=f"Muhammad {person.full_name}")
    return person


def _suits(kind: str, name: str, written: str) -> bool:
    """A name that this way changes, and whose parts say enough: of Siti, Nur or Muhammad there are many."""
    full = sum(not word.optional for word in words(name))
    if kind in SHORT:
        fits = " " not in name if kind == "one_word" else name.startswith("Muhammad ")
        return fits and full == 1 and written != name
    return full >= 2 and (kind == NAMESAKE or written.upper() != name.upper())


def another_nik(nik: str, district_code: str, born: date, sex: str, chance: random.Random) -> str:
    """A second number for somebody who has `nik`."""
    found = nik_of(district_code, born, sex, chance.randint(1, 8999))
    return found if found != nik else found[:12] + "8999"


# ---- rings


@dataclass(frozen=True, slots=True)
class Member:
    """One identity of a ring, and the device that it registers with (empty: none is known)."""

    person: Person
    device: str = ""


def linked(persons: Sequence[Person], cells: Sequence[tuple[Thing, int]], ring: int) -> list[Member]:
    """Chained cells: all of a cell share one thing, and its last one another with the first of the next cell. No
    thing is shared by all, and neighbours in the chain have one thing in common. The last cell may be cut short."""
    made: list[Member] = []
    for number, (thing, size) in enumerate(cells):
        cell = [_member(each, thing, f"{ring:02}{number:06}") for each in persons[len(made) : len(made) + size]]
        if made and cell:
            cell[0] = _hinge(made[-1], cell[0])
        made += cell
    return made


def _member(person: Person, thing: Thing, name: str) -> Member:
    if thing == "mobile":
        return Member(replace(person, mobile=f"0817{name}"))
    if thing == "kk":
        return Member(replace(person, kk_number=f"{RING_KK}{name}"))
    return Member(person, f"ring-{name}")


def _hinge(last: Member, first: Member) -> Member:
    """The first of a cell takes over something of the last of the cell before, but not what its own cell shares."""
    if last.device and not first.device:
        return replace(first, device=last.device)
    if first.person.kk_number.startswith(RING_KK):
        return replace(first, person=replace(first.person, mobile=last.person.mobile))
    return replace(first, person=replace(first.person, kk_number=last.person.kk_number))
