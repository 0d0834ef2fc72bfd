"""What files to and from a bank say, whatever their format, and how one is refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

from services.incentive.adapters.bank import BankStatus

OUR_REFERENCE = re.compile(r"(?<![A-Z0-9])GLB[A-Z2-7]{27}(?![A-Z0-9])")
"""A reference as domain/payouts.py makes it, wherever a bank puts it into its texts."""

MOST_BYTES = 10 * 1024 * 1024
MOST_LINES = 50_000
MOST_RUPIAH = 10**15


class FileRefused(Exception):
    """A file of a bank that is not taken. `code` says why; no text of the file is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class FileOrder:
    """One payment in a file to the bank."""

    reference: str
    bank_code: str
    account_number: str = field(repr=False)
    holder_name: str = field(repr=False)
    amount_rupiah: int


@dataclass(frozen=True, slots=True)
class Debtor:
    """Our own account, from which is paid."""

    name: str
    account_number: str = field(repr=False)
    bank_code: str


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A file to the bank: its id never occurs twice, and count and sum are what both sides compare."""

    file_id: str
    made_at: datetime
    pay_on: date
    debtor: Debtor
    orders: tuple[FileOrder, ...]

    @property
    def sum_rupiah(self) -> int:
        return sum(order.amount_rupiah for order in self.orders)


@dataclass(frozen=True, slots=True)
class Said:
    """What a bank's report says of one of our references."""

    reference: str
    status: BankStatus
    code: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A bank's report on a file of ours. `whole`: said of all its orders at once (only a refusal is believed so)."""

    report_id: str
    file_id: str
    said: tuple[Said, ...]
    whole: Said | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement on our account. `of_file`: it stands for a whole file of ours, which the bank booked in one sum."""

    number: str
    booked_at: datetime
    came_in: bool
    amount_rupiah: int
    reference: str
    returned: bool
    code: str
    of_file: str = ""
    documents: tuple[str, ...] = ()
    """Of money that came in: numbers in the bank's texts that may be of a disbursement document."""


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """A statement whose sums are right: opening and movements make the closing balance."""

    account_number: str = field(repr=False)
    statement_id: str
    number: int | None
    """The bank's running number of its statements; a gap means that one was not received."""

    opening_rupiah: int
    closing_rupiah: int
    movements: tuple[Movement, ...]

    def checked(self) -> AccountStatement:
        """Raises FileRefused BALANCE_DIFFERS, TOO_MANY_LINES or LINE_TWICE."""
        moved = sum(each.amount_rupiah if each.came_in else -each.amount_rupiah for each in self.movements)
        if self.opening_rupiah + moved != self.closing_rupiah:
            raise FileRefused("BALANCE_DIFFERS")
        if len(self.movements) > MOST_LINES:
            raise FileRefused("TOO_MANY_LINES")
        if len({each.number for each in self.movements}) != len(self.movements):
            raise FileRefused("LINE_TWICE")
        return self


def found_reference(*texts: str) -> str:
    """Our reference in the first text that has one; empty when none has."""
    for text in texts:
        if found := OUR_REFERENCE.search(text):
            return found[0]
    return ""


def plain(text: str, most: int) -> str:
    """A text for a bank's file: one line, no control characters, at most so long."""
    letters = "".join(
        letter if unicodedata.category(letter)[0] not in "CZ" else " " for letter in unicodedata.normalize("NFKC", text)
    )
    return " ".join(letters.split())[:most].rstrip()
