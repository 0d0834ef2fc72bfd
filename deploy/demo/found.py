"""What the story saw on its way; compared with the plan at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Drawn:
    """One wave after its draw."""

    wave: Mapping[str, Any] = field(default_factory=dict)
    without_all_secrets: str = ""
    """How the draw was refused before the missing secret was opened."""
    verified: bool = False
    """Whether what was published gives the same draw again."""
    selected: Sequence[str] = ()
    others: Sequence[str] = ()


@dataclass
class CalledOff:
    """A wave that was cancelled."""

    joined: Sequence[str] = ()
    """Applicant ids of who had joined it."""
    shown: int = 0
    """Of these, whose status says why there is no draw."""
    told: int = 0
    """Messages of their own that say so."""


@dataclass
class Reviewed:
    """What stood in the review queue beside what was planted, and what became of it."""

    pairs: int = 0
    """Planted pairs that stand side by side in a case of their own."""
    other_pairs: int = 0
    """Cases of near duplicates that nobody planted."""
    rings: int = 0
    members: int = 0
    """Planted members of a ring in the case of one."""
    other_members: int = 0
    ring: Sequence[str] = ()
    """Applicant ids of the planted ring."""
    decided: dict[str, str] = field(default_factory=dict)
    """Applicant id -> what two people decided about it."""
    refused: Sequence[str] = ()
    """Who was rejected and is out: second NIKs, and members of the ring."""
    confirmed: Sequence[str] = ()
    left: int = 0
    """Near duplicates that are still with staff when the story ends."""
    one_account: int = 0
    """People whom staff see with one payout account, at the end."""


@dataclass
class Newer:
    """A list that came after everybody had joined."""

    foreseen: int = 0
    """People for whom the preview told exactly the planted change."""
    other_foreseen: int = 0
    changed: int = 0
    """Changed when the list was loaded, as foreseen."""
    left_over: int = 0
    """What the same preview still finds afterwards."""
    excluded: list[str] = field(default_factory=list)
    """Applicant ids of those who may no longer take part."""
    let_in: list[str] = field(default_factory=list)
    """Applicant ids of those who may take part now."""
    joined: int = 0
    """Of these, who joined the wave because it was extended."""


@dataclass
class Found:
    """Everything, step after step."""

    imports: list[dict[str, Any]] = field(default_factory=list)
    online: Counter[str] = field(default_factory=Counter)
    refused_codes: Counter[str] = field(default_factory=Counter)
    phones: dict[str, str] = field(default_factory=dict)
    """Applicant id of a sheet's row -> the phone in that row."""
    handed_over: int = 0
    """Sheets whose file has the digest that the office signed."""
    review: Reviewed = field(default_factory=Reviewed)
    newer: Newer = field(default_factory=Newer)
    first: Drawn = field(default_factory=Drawn)
    second: Drawn = field(default_factory=Drawn)
    called_off: CalledOff = field(default_factory=CalledOff)
    joined_again: Sequence[str] = ()
    """Who joined the second wave with the registration of the first."""
    forged: Counter[str] = field(default_factory=Counter)
    badges: int = 0
    """Who finished with an Open Badge instead of a certificate number."""
    batches: list[dict[str, Any]] = field(default_factory=list)

    def selected_of(self, people: Iterable[str]) -> int:
        """How many of these people were selected, in whichever wave."""
        return len({*people} & {*self.first.selected, *self.second.selected})
