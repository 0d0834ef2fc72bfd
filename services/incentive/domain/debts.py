"""What an ineligible person owes: the case, the plan by which it is repaid, and the letters written about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class DebtState(StrEnum):
    OPEN = "open"
    """The whole sum is due within the days of the rule file."""
    PROPOSED = "proposed"
    """A plan waits for the second officer; the clock of the whole sum goes on."""
    PLANNED = "planned"
    OVERDUE = "overdue"
    """Its last day passed; the letter about a damages suit was written."""
    SETTLED = "settled"
    REFUNDING = "refunding"
    """Cancelled, and what had been repaid is still to be given back."""
    CANCELLED = "cancelled"
    """The person was found eligible after all: nobody owes anything any more."""


class LetterKind(StrEnum):
    OPENED = "opened"
    REMINDER = "reminder"
    PLAN = "plan"
    MISSED = "missed"
    DAMAGES = "damages"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Instalment:
    due_on: date
    amount_rupiah: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, with what it says of the debt on the day it was written."""

    kind: LetterKind
    written_at: datetime
    amount_rupiah: int
    deadline: date
    instalments: tuple[Instalment, ...] = ()
    """Those that a letter about an agreed plan names: the plan of the case may be another by now, or gone."""
    repaid_rupiah: int = 0
    reason_text: str = ""
    """Why the person was found ineligible, and until when they could object: another finding may follow."""
    appeal_until: date | None = None


@dataclass(frozen=True, slots=True)
class RepaymentPlan:
    """Monthly instalments, proposed by one person and agreed by another. `repaid_before`: what had come in by then."""

    instalments: tuple[Instalment, ...]
    proposed_by: str
    proposed_at: datetime
    agreed_by: str | None = None
    agreed_at: datetime | None = None
    repaid_before: int = 0

    @property
    def plan_hash(self) -> str:
        """What somebody agrees to: SHA-256, hexadecimal, over who proposed it and each day with its rupiah."""
        rows = (f"{each.due_on.isoformat()}|{each.amount_rupiah}" for each in self.instalments)
        return hashlib.sha256("\n".join([self.proposed_by, *rows]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Debt:
    """The case of one person. A plan that was broken or rejected is gone from here; its letters stay.

    Who is found ineligible again after a case was cancelled has a new one, with the letters of the old ones before it.
    """

    opened_at: datetime
    repaid_rupiah: int = 0
    plan: RepaymentPlan | None = None
    letters: tuple[Letter, ...] = ()
    """In order; a letter of one kind may be written again when the case opens again."""
    reminded_for: date | None = None
    """The last day that a reminder was written for."""
    number: int = 1
    """1 for a person's first case; part of the ids of its postings."""
    cancelled_at: datetime | None = None
    to_return_rupiah: int = 0
    """What had been repaid when the case was cancelled, less what was given back: owed to the person."""
