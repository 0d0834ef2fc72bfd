"""What a bank's files change in the register: each report and statement once, and no final word is taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from hmac import compare_digest
from itertools import islice, pairwise
from typing import Literal

from services.incentive.adapters.bank import BankStatus, StatementLine
from services.incentive.adapters.files.messages import AccountStatement, FileRefused, Movement, Report, Said
from services.incentive.adapters.files.register import Register

UNREADABLE = "NOTPROVIDED"
"""What a bank gives as our file's id when it could not read the file at all."""

FINAL = {BankStatus.PAID, BankStatus.FAILED, BankStatus.RETURNED}

Doubt = tuple[Literal["contradiction", "amount"], str]
"""What staff must look at, and the reference it is about."""


class Inbound:
    """Applies reports and statements of one bank. `account_number` is our account there."""

    def __init__(self, register: Register, account_number: str) -> None:
        self._register, self._account = register, account_number

    def report(self, report: Report, digest: str, now: datetime) -> list[Doubt]:
        """Returns a contradiction for each reference whose final word the bank takes back.

        Raises FileRefused FILE_UNREADABLE_AT_BANK, FILE_UNKNOWN, REFERENCE_UNKNOWN, ID_TWICE.
        """
        if report.file_id == UNREADABLE:
            raise FileRefused("FILE_UNREADABLE_AT_BANK")
        with self._register.transaction() as tx:
            if not _is_new(tx, f"report/{report.report_id}", digest, now):
                return []
            ours = {row[0] for row in tx.execute("SELECT reference FROM orders WHERE file_id=?", (report.file_id,))}
            if not ours:
                raise FileRefused("FILE_UNKNOWN")
            if any(said.reference not in ours for said in report.said):
                raise FileRefused("REFERENCE_UNKNOWN")
            said = {each.reference: each for each in report.said}
            if report.whole:
                whole = report.whole
                said = {each: said.get(each, Said(each, whole.status, whole.code)) for each in ours}
            return [doubt for each in said.values() for doubt in _hear(tx, each)]

    def statement(self, statement: AccountStatement, digest: str, now: datetime) -> list[Doubt]:
        """As `report`, and an amount for each line of an order whose rupiah are not the order's.

        Raises FileRefused ACCOUNT_DIFFERS, ID_TWICE.
        """
        if not compare_digest(statement.account_number.encode(), self._account.encode()):
            raise FileRefused("ACCOUNT_DIFFERS")
        doubts: list[Doubt] = []
        with self._register.transaction() as tx:
            if not _is_new(tx, f"statement/{statement.statement_id}", digest, now):
                return []
            tx.execute(
                "INSERT INTO statements VALUES (?,?,?,?)",
                (statement.statement_id, statement.number, statement.opening_rupiah, statement.closing_rupiah),
            )
            movements = [part for each in statement.movements for part in _divided(tx, each)]
            for place, each in enumerate(movements):
                status = _status(each)
                tx.execute("INSERT INTO lines VALUES (?,?,?,?,?,?,?,?,?,?)", _row(statement, place, each, status))
                if status in FINAL:
                    doubts += _hear(tx, Said(each.reference, status, each.code), each.amount_rupiah)
        return doubts

    def lines(self, since: datetime, after: int, limit: int) -> list[StatementLine]:
        """Lines of all statements taken, in order of booking."""
        text = (
            "SELECT reference, status, code, amount_rupiah, booked_at, line_id, came_in, documents FROM lines"
            " WHERE booked_at>=? ORDER BY booked_at, statement_id, place LIMIT ? OFFSET ?"
        )
        return [_line(*row) for row in self._register.rows(text, since.timestamp(), limit, after)]

    def missing(self) -> list[int]:
        """Running numbers of statements that were never received, between the first and the last one; at most 100."""
        numbers = [row[0] for row in self._register.rows("SELECT DISTINCT number FROM statements ORDER BY number")]
        known = [number for number in numbers if number is not None]
        gaps = (number for a, b in pairwise(known) for number in range(a + 1, b))
        return list(islice(gaps, 100))


def _is_new(tx: sqlite3.Connection, identity: str, digest: str, now: datetime) -> bool:
    """False for the very same again. Raises FileRefused ID_TWICE when an id comes again with something else."""
    known = tx.execute("SELECT digest FROM inbound WHERE identity=?", (identity,)).fetchone()
    if known and known[0] != digest:
        raise FileRefused("ID_TWICE")
    if not known:
        tx.execute("INSERT INTO inbound VALUES (?,?,?)", (identity, digest, now.timestamp()))
    return not known


def _hear(tx: sqlite3.Connection, said: Said, moved_rupiah: int | None = None) -> list[Doubt]:
    """Keep what is said of an order, unless it takes back a final word. Others' references: no matter.

    `moved_rupiah`: of a statement line. Another amount than the order's settles nothing: banks book their fee, or a
    part that came back, under the reference of the order.
    """
    row = tx.execute("SELECT status, amount_rupiah FROM orders WHERE reference=?", (said.reference,)).fetchone()
    if row is None:
        return []
    old, new = BankStatus(row[0]), said.status
    if moved_rupiah not in (None, row[1]):
        return [("amount", said.reference)]
    if new not in FINAL or old == new or (old, new) == (BankStatus.RETURNED, BankStatus.PAID):
        return []
    if old in FINAL and (old, new) != (BankStatus.PAID, BankStatus.RETURNED):
        return [("contradiction", said.reference)]
    tx.execute("UPDATE orders SET status=?, code=? WHERE reference=?", (new.value, said.code, said.reference))
    return []


def _divided(tx: sqlite3.Connection, movement: Movement) -> Iterator[Movement]:
    """A sum that stands for a whole file of ours becomes one movement per order of it."""
    file = tx.execute("SELECT sum_rupiah FROM files WHERE file_id=?", (movement.of_file,)).fetchone()
    if file is None or movement.came_in or file[0] != movement.amount_rupiah:
        yield movement
        return
    text = "SELECT reference, amount_rupiah FROM orders WHERE file_id=? ORDER BY reference"
    for place, (reference, rupiah) in enumerate(tx.execute(text, (movement.of_file,)).fetchall(), 1):
        number = f"{movement.number}#{place}"
        yield Movement(number, movement.booked_at, False, rupiah, reference, False, movement.code)


def _status(movement: Movement) -> BankStatus:
    """Which a movement says of an order of ours, paid or returned; anything else is for reconciliation to explain."""
    if not movement.reference:
        return BankStatus.UNKNOWN
    if movement.came_in:
        return BankStatus.RETURNED if movement.returned else BankStatus.UNKNOWN
    return BankStatus.PAID


def _line(
    reference: str, status: str, code: str, rupiah: int, at: float, line_id: str, came_in: int, documents: str
) -> StatementLine:
    booked_at, named = datetime.fromtimestamp(at, UTC), tuple(documents.split())
    return StatementLine(reference, BankStatus(status), code, rupiah, booked_at, line_id, bool(came_in), named)


def _row(statement: AccountStatement, place: int, each: Movement, status: BankStatus) -> tuple[object, ...]:
    line_id = f"{statement.statement_id}/{each.number}"
    at, came_in = each.booked_at.timestamp(), int(each.came_in)
    id = statement.statement_id
    named = " ".join(each.documents)
    return line_id, id, place, at, came_in, each.amount_rupiah, each.reference, status.value, each.code, named
