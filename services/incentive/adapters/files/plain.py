"""Plain CSV for a bank without an interface: the same things as the ISO files say, in UTF-8, commas, dot, one head row.

to the bank:  reference,bank_code,account_number,holder_name,amount_rupiah     last row: TOTAL,<count>,,,<sum>
report:       REPORT,<report id>,<file id>      then reference,status,reason   (status: paid | failed | pending)
statement:    STATEMENT,<account>,<id>,<number>,<opening>,<closing>
              then number,booked_on,direction,amount_rupiah,reference,kind     (direction: in | out | returned)
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time

from services.incentive.adapters.bank import BankStatus
from services.incentive.adapters.files.iso_codes import failure_code, refused
from services.incentive.adapters.files.messages import (
    MOST_BYTES,
    MOST_LINES,
    AccountStatement,
    FileRefused,
    Movement,
    OrderFile,
    Report,
    Said,
    found_reference,
    plain,
)
from services.incentive.adapters.files.xml import WIB, rupiah_of
from services.incentive.adapters.remittance import named_documents

HEAD = ("reference", "bank_code", "account_number", "holder_name", "amount_rupiah")
REPORT_HEAD = ["reference", "status", "reason"]
STATEMENT_HEAD = ["number", "booked_on", "direction", "amount_rupiah", "reference", "kind"]
_STATUSES = {"paid": BankStatus.PAID, "failed": BankStatus.FAILED, "pending": BankStatus.PENDING}


def write_plain(file: OrderFile) -> bytes:
    """The same file gives the same bytes."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEAD)
    for each in file.orders:
        name = plain(each.holder_name, 140)
        rows.writerow([each.reference, each.bank_code, each.account_number, name, each.amount_rupiah])
    rows.writerow(["TOTAL", len(file.orders), "", "", file.sum_rupiah])
    return text.getvalue().encode()


def read_plain(raw: bytes) -> Report | AccountStatement:
    """Raises FileRefused FILE_TOO_LARGE, NOT_CSV, HEAD_WRONG, and those of the two kinds."""
    rows = _rows(raw)
    if rows and len(rows[0]) == 3 and rows[0][0] == "REPORT":
        return _report(rows)
    if rows and len(rows[0]) == 6 and rows[0][0] == "STATEMENT":
        return _statement(rows)
    raise FileRefused("HEAD_WRONG")


def _rows(raw: bytes) -> list[list[str]]:
    if len(raw) > MOST_BYTES:
        raise FileRefused("FILE_TOO_LARGE")
    try:
        rows = [row for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        raise FileRefused("NOT_CSV") from None
    if len(rows) > MOST_LINES + 2:
        raise FileRefused("TOO_MANY_LINES")
    return [[cell.strip() for cell in row] for row in rows]


def _report(rows: list[list[str]]) -> Report:
    """Raises FileRefused HEAD_WRONG, FIELD_WRONG, REFERENCE_TWICE."""
    lines = _body(rows, REPORT_HEAD)
    said = tuple(_said(*row) for row in lines)
    if len({each.reference for each in said}) != len(said):
        raise FileRefused("REFERENCE_TWICE")
    return Report(_id(rows[0][1]), _id(rows[0][2]), said)


def _said(reference: str, status: str, reason: str) -> Said:
    if status not in _STATUSES:
        raise FileRefused("FIELD_WRONG")
    return Said(_id(reference), *(refused(reason) if status == "failed" else (_STATUSES[status], "")))


def _statement(rows: list[list[str]]) -> AccountStatement:
    """Raises FileRefused HEAD_WRONG, FIELD_WRONG, AMOUNT_WRONG, DATE_WRONG, BALANCE_DIFFERS, LINE_TWICE."""
    _, account, id, number, opening, closing = rows[0]
    if not account or not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise FileRefused("FIELD_WRONG")
    movements = tuple(_movement(*row) for row in _body(rows, STATEMENT_HEAD))
    return AccountStatement(account, _id(id), int(number), _signed(opening), _signed(closing), movements).checked()


def _movement(number: str, booked_on: str, direction: str, rupiah: str, reference: str, kind: str) -> Movement:
    if direction not in ("in", "out", "returned"):
        raise FileRefused("FIELD_WRONG")
    returned = direction == "returned"
    code = failure_code(kind) if returned else (kind if kind.isascii() and kind.isalpha() and kind.isupper() else "")
    return Movement(
        number=_id(number),
        booked_at=_instant(booked_on),
        came_in=direction != "out",
        amount_rupiah=rupiah_of(rupiah),
        reference=found_reference(reference),
        returned=returned,
        code=code[:40],
        documents=named_documents(reference) if direction == "in" else (),
    )


def _body(rows: list[list[str]], head: list[str]) -> list[list[str]]:
    if len(rows) < 2 or rows[1] != head:
        raise FileRefused("HEAD_WRONG")
    if any(len(row) != len(head) for row in rows[2:]):
        raise FileRefused("FIELD_MISSING")
    return rows[2:]


def _id(text: str) -> str:
    if not 1 <= len(text) <= 35 or not text.isprintable():
        raise FileRefused("FIELD_WRONG")
    return text


def _signed(text: str) -> int:
    return -rupiah_of(text[1:]) if text.startswith("-") else rupiah_of(text)


def _instant(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), WIB).astimezone(UTC)
    except (ValueError, OverflowError):
        raise FileRefused("DATE_WRONG") from None
