"""What is kept of the banks' statements: each line, what explains it, and the sums of each day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from services.incentive.domain.days import day_of


class Kind(StrEnum):
    """What explains a line."""

    PAYMENT = "payment"
    RETURN = "return"
    DEPOSIT = "deposit"
    FEE = "fee"
    INTEREST = "interest"
    OTHER = "other"


class LineState(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"
    """Somebody explained it and a second person has not looked yet: it still counts as unexplained."""
    EXPLAINED = "explained"


@dataclass(frozen=True, slots=True)
class BookedLine:
    """One line of a bank's statement about our account, and what explains it. Amounts are whole rupiah."""

    collection: ClassVar[str] = "statement_lines"

    line_id: str
    source: str
    """Name of the bank's file (adapters/banks.py)."""

    bank_line: str
    """The bank's own name of the line."""

    booked_at: datetime
    came_in: bool
    amount_rupiah: int
    reference: str
    code: str
    recorded_at: datetime
    state: LineState = LineState.OPEN
    why: str = ""
    """Why it is open: NOT_OURS, AMOUNT_DIFFERS, PAID_TWICE, RETURNED_TWICE, UNKNOWN_CREDIT, UNKNOWN_DEBIT,
    DEPOSIT_DIFFERS, DEPOSIT_TWICE, DEPOSITS_NAMED."""

    names: str = ""
    """Numbers of recorded deposits that the bank's text names, where they do not explain the line by themselves."""

    kind: Kind | None = None
    proof: str = ""
    """Reference of the payment, number of the deposit or of the bank's document."""

    reason: str = ""
    by: str | None = None
    checked_by: str | None = None
    decided_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.line_id

    @property
    def day_id(self) -> str:
        return day_id(self.source, self.booked_at)


@dataclass(frozen=True, slots=True)
class LineClaim:
    """Which line a payment, return or deposit explains."""

    collection: ClassVar[str] = "statement_claims"

    claim_id: str
    line_id: str

    @property
    def id(self) -> str:
        return self.claim_id


@dataclass(frozen=True, slots=True)
class StatementDay:
    """All lines of one bank that were booked on one WIB date. Whole rupiah; `open_`: of lines not explained."""

    collection: ClassVar[str] = "statement_days"

    day: str
    lines: int = 0
    in_rupiah: int = 0
    out_rupiah: int = 0
    open_lines: int = 0
    open_in_rupiah: int = 0
    open_out_rupiah: int = 0

    @property
    def id(self) -> str:
        return self.day

    def counted(self, before: BookedLine | None, after: BookedLine) -> StatementDay:
        """The day after a line came or changed its state."""
        rupiah, came_in = after.amount_rupiah, after.came_in
        opened = _is_open(after) - (_is_open(before) if before else 0)
        new = 0 if before else 1
        return replace(
            self,
            lines=self.lines + new,
            in_rupiah=self.in_rupiah + new * came_in * rupiah,
            out_rupiah=self.out_rupiah + new * (not came_in) * rupiah,
            open_lines=self.open_lines + opened,
            open_in_rupiah=self.open_in_rupiah + opened * came_in * rupiah,
            open_out_rupiah=self.open_out_rupiah + opened * (not came_in) * rupiah,
        )


def day_id(source: str, booked_at: datetime) -> str:
    """`2020-09-01/<source>`: days in order, whatever the bank."""
    return f"{day_of(booked_at).isoformat()}/{source}"


def claim_id(kind: str, proof: str) -> str | None:
    """Id of the claim that a kind of explanation makes; None for those that may explain many lines."""
    return f"{kind}/{proof}" if kind in (Kind.PAYMENT, Kind.RETURN, Kind.DEPOSIT) else None


def _is_open(line: BookedLine) -> int:
    return int(line.state != LineState.EXPLAINED)


STATEMENT_STATES = (BookedLine, LineClaim, StatementDay)
"""What the store keeps of statements."""
