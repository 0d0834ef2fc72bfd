"""The report that adds up: every late rupiah under its one current cause, its actor, its age and its kecamatan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

AGES: tuple[tuple[str, str, int | None], ...] = (
    ("baru", "sampai 7 hari", 7),
    ("lama", "8 sampai 30 hari", 30),
    ("sangat-lama", "lebih dari 30 hari", None),
)
"""Code, words, and at most so many days late; the same as on incentive's pages."""
NO_CAUSE = "CAUSE_MISSING"
"""Where a late row names no cause. There is none; if there were, its rupiah must be seen and not lost."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """What will be late for one cause."""

    words: str
    rupiah: int
    count: int


class Late(NamedTuple):
    """One late instalment. `kecamatan` is None where nobody knows it."""

    cause: str | None
    cause_text: str | None
    actor: str | None
    actor_text: str | None
    due_on: date
    kecamatan: str | None
    amount_rupiah: int


@dataclass(slots=True)
class Sum:
    """Rupiah and how many instalments."""

    rupiah: int = 0
    count: int = 0

    def add(self, amount_rupiah: int) -> None:
        self.rupiah += amount_rupiah
        self.count += 1


@dataclass(frozen=True, slots=True)
class Cell:
    """What one line of the report stands for."""

    cause: str
    actor: str
    age: str
    kecamatan: str | None


@dataclass(slots=True)
class Lateness:
    """Each instalment in exactly one cell, so that every way of summing them gives the total."""

    cells: dict[Cell, Sum] = field(default_factory=lambda: defaultdict(Sum))
    words: dict[str, str] = field(default_factory=dict)
    """Code of a cause or actor -> its words."""

    @property
    def total(self) -> Sum:
        return Sum(sum(each.rupiah for each in self.cells.values()), sum(each.count for each in self.cells.values()))

    def by(self, name: str) -> Mapping[str | None, Sum]:
        """Sums by `cause`, `actor`, `age` or `kecamatan`."""
        sums: dict[str | None, Sum] = defaultdict(Sum)
        for cell, each in self.cells.items():
            found = sums[getattr(cell, name)]
            found.rupiah += each.rupiah
            found.count += each.count
        return dict(sums)


def age_of(due_on: date, today: date) -> str:
    """Code of the age of what was due on that day."""
    days = (today - due_on).days
    return next(code for code, _, most in AGES if most is None or days <= most)


def add(report: Lateness, rows: Iterable[Late], today: date) -> None:
    """Put each instalment into its cell; days are WIB dates."""
    for row in rows:
        cause, actor = row.cause or NO_CAUSE, row.actor or "unknown"
        report.words[cause], report.words[actor] = row.cause_text or cause, row.actor_text or actor
        report.cells[Cell(cause, actor, age_of(row.due_on, today), row.kecamatan)].add(row.amount_rupiah)
