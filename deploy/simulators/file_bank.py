"""A bank that takes files, over the books of the simulated one: reads its customer's outbox, answers into the inbox.

It checks what real banks check (count, control sum, an id it had before) and answers with pain.002.001.10 and
camt.053.001.08, or with the plain CSV of services/incentive/adapters/files/plain.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from deploy.simulators.bank import Bank, Booking, Transfer
from deploy.simulators.iso_answers import Verdict, camt053, pain002

PAIN001 = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
REASONS = {"LIMIT_EXCEEDED": "AM02", "ACCOUNT_INACTIVE": "AC04", "WALLET_FULL": "AM02"}
JAKARTA = timezone(timedelta(hours=7))


@dataclass(slots=True)
class FileDesk:
    """The bank's side of one customer's folder."""

    bank: Bank
    folder: Path
    account: str
    bank_code: str = "BNINIDJA"
    balance_rupiah: int = 10**9
    seen: set[str] = field(default_factory=set)
    """Ids of files that were taken; one that comes again is refused as a whole (DUPL)."""

    _reports: int = 0
    _statements: int = 0
    taken: int = 0
    """Files that were read and reported on."""
    _told: int = 0
    """Lines of the ledger that stand in a statement already."""

    def waiting(self) -> list[Path]:
        """Files that lie in the outbox; none while the customer has no folder yet."""
        outbox = self.folder / "outbox"
        return sorted(each for each in outbox.iterdir() if not each.name.startswith(".")) if outbox.is_dir() else []

    async def run(self) -> int:
        """Take all that lies in the outbox and report on it; returns how many files there were."""
        files = self.waiting()
        for path in files:
            orders = _orders(path)
            refused = self._refused(path.stem, path)
            self.seen.add(path.stem)
            verdicts = [] if refused else [await self._carry_out(each) for each in orders]
            self._report(path, verdicts, refused)
            path.unlink()
            self.taken += 1
        return len(files)

    def _refused(self, file_id: str, path: Path) -> str:
        if file_id in self.seen:
            return "DUPL"
        count, total = _controls(path)
        orders = _orders(path)
        if count != len(orders):
            return "AM18"
        return "" if total == sum(each.amount_rupiah for each in orders) else "AM10"

    async def _carry_out(self, order: Transfer) -> Verdict:
        order.bank = self._bank_of(order.bank)
        taken = await self.bank.pay(order)
        if taken is None:
            return Verdict(order.reference, "ACSP")  # it does not know yet, or never will
        status = {"paid": "ACSC", "failed": "RJCT"}.get(taken.status, "PDNG")
        return Verdict(order.reference, status, REASONS.get(taken.code, ""))

    def _bank_of(self, code: str) -> str:
        return {self.bank_code: "BNI"}.get(code, code)

    def _report(self, path: Path, verdicts: Sequence[Verdict], refused: str) -> None:
        self._reports += 1
        report_id = f"R{self._reports:06d}"
        if path.suffix == ".xml":
            raw = pain002(report_id, path.stem, self.bank.clock.now(), verdicts, refused)
            self._put(f"{report_id}.xml", raw)
            return
        words = {"ACSC": "paid", "RJCT": "failed"}
        rows = [[each.reference, words.get(each.status, "pending"), each.reason] for each in verdicts]
        self._put(
            f"{report_id}.csv", _csv([["REPORT", report_id, path.stem], ["reference", "status", "reason"], *rows])
        )

    def state(self, suffix: str = ".xml", extra: Sequence[Booking] = ()) -> str:
        """Write a statement of all that was booked since the last one; `extra`: movements that are no order of ours.

        Returns its id.
        """
        lines = [*self.bank.ledger[self._told :], *extra]
        self._told = len(self.bank.ledger)
        self._statements += 1
        id, opening = f"S{self._statements:06d}", self.balance_rupiah
        for each in lines:
            self.balance_rupiah += each.amount_rupiah if each.status in ("returned", "in") else -each.amount_rupiah
        if suffix == ".xml":
            raw = camt053(id, self._statements, self.account, (opening, self.balance_rupiah), lines)
        else:
            head = ["STATEMENT", self.account, id, self._statements, opening, self.balance_rupiah]
            rows = [[n, *_row(each)] for n, each in enumerate(lines, 1)]
            names = ["number", "booked_on", "direction", "amount_rupiah", "reference", "kind"]
            raw = _csv([head, names, *rows])
        self._put(f"{id}{suffix}", raw)
        return id

    def _put(self, name: str, raw: bytes) -> None:
        """As a careful bank does: the name appears when the file is whole."""
        unfinished = self.folder / "inbox" / f".{name}"
        unfinished.write_bytes(raw)
        unfinished.rename(self.folder / "inbox" / name)


def _row(line: Booking) -> list[object]:
    direction = {"returned": "returned", "in": "in"}.get(line.status, "out")
    day = line.booked_at.astimezone(JAKARTA).date().isoformat()
    return [day, direction, line.amount_rupiah, line.reference, REASONS.get(line.code, line.code)]


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _orders(path: Path) -> list[Transfer]:
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))[1:-1]
        return [Transfer(row[0], row[1], row[2], int(row[4])) for row in rows]
    return [_transfer(each) for each in fromstring(path.read_bytes()).iter(f"{PAIN001}CdtTrfTxInf")]


def _transfer(each: Element) -> Transfer:
    def text(path: str) -> str:
        return each.findtext("/".join(PAIN001 + part for part in path.split("/"))) or ""

    code = text("CdtrAgt/FinInstnId/BICFI") or text("CdtrAgt/FinInstnId/ClrSysMmbId/MmbId")
    money = int(Decimal(text("Amt/InstdAmt")))
    return Transfer(text("PmtId/EndToEndId"), code, text("CdtrAcct/Id/Othr/Id"), money)


def _controls(path: Path) -> tuple[int, int]:
    """Count and control sum as the file states them."""
    if path.suffix == ".csv":
        last = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))[-1]
        return int(last[1]), int(last[4])
    head = fromstring(path.read_bytes()).find(f"{PAIN001}CstmrCdtTrfInitn/{PAIN001}GrpHdr")
    assert head is not None
    return int(head.findtext(f"{PAIN001}NbOfTxs") or 0), int(Decimal(head.findtext(f"{PAIN001}CtrlSum") or 0))
