"""What an ineligible person owes: the case, the plan by which it is repaid, and the letters written about it."""

from __future__ import annotations

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


class LetterKind(StrEnum):
    OPENED = "opened"
    REMINDER = "reminder"
    PLAN = "plan"
    MISSED = "missed"
    DAMAGES = "damages"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, with what it says of the debt on the day it was written."""

    kind: LetterKind
    written_at: datetime
    amount_rupiah: int
    deadline: date


@dataclass(frozen=True, slots=True)
class Instalment:
    due_on: date
    amount_rupiah: int


@dataclass(frozen=True, slots=True)
class RepaymentPlan:
    """Monthly instalments, proposed by one person and agreed by another. `repaid_before`: what had come in by then."""

    instalments: tuple[Instalment, ...]
    proposed_by: str
    proposed_at: datetime
    agreed_by: str | None = None
    agreed_at: datetime | None = None
    repaid_before: int = 0


@dataclass(frozen=True, slots=True)
class Debt:
    """The case of one person. A plan that was broken or rejected is gone from here; its letters stay."""

    opened_at: datetime
    repaid_rupiah: int = 0
    plan: RepaymentPlan | None = None
    letters: tuple[Letter, ...] = ()
    """In order; a letter of one kind may be written again when the case opens again."""
    reminded_for: date | None = None
    """The last day that a reminder was written for."""
