"""What the story saw on its way; compared with the plan at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
class Owed:
    """What people who may no longer take part had to repay."""

    ways: dict[str, str] = field(default_factory=dict)
    """Applicant id -> the part they play: how they repay, or that they do not."""
    foreseen: int = 0
    """Of these, whom the preview of the list named."""
    other_foreseen: int = 0
    claimed_rupiah: dict[str, int] = field(default_factory=dict)
    """Applicant id -> what was owed at first."""
    ended: Counter[str] = field(default_factory=Counter)
    """Part -> how many cases ended as that part must, with its letters."""
    letters: int = 0
    """Letters whose pages can be printed."""
    left_rupiah: int = 0
    """What is still owed by the ledger's own proof."""


@dataclass(frozen=True)
class Explained:
    """A planted line of the statement and what explains it; rupiah below 0 left the account."""

    kind: str
    proof: str
    reason: str
    signed_rupiah: int


@dataclass
class Stated:
    """The bank's statement beside what was planted in it."""

    planted: dict[str, Explained] = field(default_factory=dict)
    """The bank's number of a line -> what explains it."""
    first_at: datetime | None = None
    """When the first of them was booked."""
    read_at: datetime | None = None
    """Up to when the statement was compared."""
    aged: int = 0
    """Planted lines that stood open in the queue, with their age."""
    others: int = 0
    """Other lines in it."""
    open_rupiah: tuple[int, int] = (0, 0)
    """What nothing explained: in, out."""
    planted_days: int = 0
    oldest_days: int = -1
    explained: int = 0
    left: int = -1
    out_rupiah: int = 0
    """All that left by the sums of the days."""


@dataclass
class Shelf:
    """A platform's own list of courses, as the service read it."""

    before: dict[str, int] = field(default_factory=dict)
    """Course code -> price before it changed, of those that were planted."""
    sold_before: int = 0
    repriced: int = 0
    histories: int = 0
    """Courses whose page shows the price before and after."""
    new: int = 0
    sold: int = 0


@dataclass
class Files:
    """A bank that takes files, beside the orders that people with accounts there gave rise to."""

    people: set[str] = field(default_factory=set)
    """Applicant ids of those with an account there."""
    orders: int = 0
    """Lines of approved lists that are theirs."""
    lists: int = 0
    """Approved lists with such lines: a file each."""
    closed: int = 0
    """Of the orders, those approved while the bank was closed."""
    waited: int = 0
    """Orders that were still on their way when everything else was done, while it was closed."""
    taken: int = 0
    """Files that the bank took and answered."""
    paid: int = 0
    """Orders in its books."""
    stated: int = 0
    """Lines of its statement that the office read and that are explained."""


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
    owed: Owed = field(default_factory=Owed)
    files: Files = field(default_factory=Files)
    shelf: Shelf = field(default_factory=Shelf)
    statement: Stated = field(default_factory=Stated)
    badges: int = 0
    """Who finished with an Open Badge instead of a certificate number."""
    batches: list[dict[str, Any]] = field(default_factory=list)

    def selected_of(self, people: Iterable[str]) -> int:
        """How many of these people were selected, in whichever wave."""
        return len({*people} & {*self.first.selected, *self.second.selected})
