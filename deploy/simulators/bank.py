"""A bank that misbehaves: answers late, not at all after having paid, tells its result twice, takes money back.

What it does with a payment follows from the last two digits of the account (FAULTS), or from a seeded share of all
references, so a run can be repeated. Its books (`ledger`) are the truth that tests compare with.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.engine.ports import Clock

LATE, SILENT, LOST, MISLAID, PENDING, REVERSED = "late", "silent", "lost", "mislaid", "pending", "reversed"
REFUSED, INACTIVE, FULL, CONTRADICTED, UNREACHABLE = "refused", "inactive", "full", "contradicted", "unreachable"

FAULTS: Mapping[str, str] = {
    "51": LATE,
    "52": SILENT,
    "53": LOST,
    "54": PENDING,
    "55": REVERSED,
    "56": REFUSED,
    "57": INACTIVE,
    "58": FULL,
    "59": CONTRADICTED,
    "60": UNREACHABLE,
    "61": MISLAID,
}
"""Last two digits of an account -> what goes wrong with it.

late: pays, answers after the caller gave up. silent: pays and never answers. lost: fails before anything happened.
mislaid: loses the first order of a reference and takes the next.
pending: answers `received`, pays later and says so twice. reversed: pays and takes it back later. refused, inactive,
full: refuses for good. contradicted: its notice says failed while its books say pending, then it pays.
unreachable: does not answer whose account it is.
"""

REFUSALS = {REFUSED: "LIMIT_EXCEEDED", INACTIVE: "ACCOUNT_INACTIVE", FULL: "WALLET_FULL"}

Notify = Callable[[Mapping[str, str], bytes], Awaitable[None]]
"""Where notices go: headers and body, signed."""


@dataclass(slots=True)
class Account:
    """One account or wallet and its holder."""

    holder_nik: str
    holder_name: str
    active: bool = True
    identity_checked: bool = True
    ceiling_rupiah: int | None = None
    balance_rupiah: int = 0


@dataclass(slots=True)
class Transfer:
    """What became of one reference."""

    reference: str
    bank: str
    account_number: str
    amount_rupiah: int
    status: str = "pending"
    code: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of the books: money out (paid, charged), back (returned), or in from elsewhere (received, with text)."""

    reference: str
    status: str
    amount_rupiah: int
    booked_at: datetime
    code: str = ""
    text: str = ""


@dataclass(slots=True)
class Bank:
    """The bank's whole state. `seed` and `share` make faults of their own kind at random, but repeatably."""

    clock: Clock
    notify: Notify | None = None
    secret: bytes = b""
    deduplicates: bool = True
    late_seconds: float = 30.0
    later: timedelta = timedelta(days=2)
    seed: int = 0
    share: float = 0.0
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    ledger: list[Booking] = field(default_factory=list)
    _mislaid: set[str] = field(default_factory=set)
    _due: list[tuple[datetime, str, Transfer]] = field(default_factory=list)
    _acting: int = 0
    _notices: int = 0

    def open_account(self, bank: str, account_number: str, account: Account) -> None:
        self.accounts[(bank, account_number)] = account

    def fault_of(self, account_number: str, reference: str) -> str | None:
        """What goes wrong with this payment, if anything."""
        if fault := FAULTS.get(account_number[-2:]):
            return fault
        digest = hashlib.sha256(f"{self.seed}/{reference}".encode()).digest()
        if int.from_bytes(digest[:4], "big") >= self.share * 2**32:
            return None
        return (LATE, SILENT, LOST, PENDING, REVERSED)[digest[4] % 5]

    def paid_times(self, reference: str) -> int:
        """How often money left for a reference: more than once is the failure everybody fears."""
        return sum(line.reference == reference and line.status == "paid" for line in self.ledger)

    async def pay(self, transfer: Transfer) -> Transfer | None:
        """Take an order. None: the caller gets no answer that means anything."""
        known = self.transfers.get(transfer.reference)
        if known and self.deduplicates:
            return known
        fault = self.fault_of(transfer.account_number, transfer.reference)
        if fault == LOST and not known:
            self.transfers.pop(transfer.reference, None)
            return None
        if fault == MISLAID and transfer.reference not in self._mislaid:
            self._mislaid.add(transfer.reference)
            return None
        self.transfers[transfer.reference] = transfer
        self._carry_out(transfer, fault)
        if fault == LATE:
            await self.clock.sleep(self.late_seconds)
        return None if fault == SILENT else transfer

    def _carry_out(self, transfer: Transfer, fault: str | None) -> None:
        if fault in REFUSALS:
            transfer.status, transfer.code = "failed", REFUSALS[fault]
        elif fault == PENDING:
            self._plan(transfer, "paid", "paid")
        elif fault == CONTRADICTED:
            self._plan(transfer, "said_failed", "paid")
        else:
            self._book(transfer, "paid")
            if fault == REVERSED:
                self._plan(transfer, "returned")

    def receive(self, amount_rupiah: int, text: str) -> None:
        """Money comes to our account, with what its sender wrote."""
        self.ledger.append(Booking("", "received", amount_rupiah, self.clock.now(), text=text))

    def charge(self, amount_rupiah: int, text: str) -> None:
        """The bank takes its own costs from our account; too much for what an office would let pass unseen."""
        self.ledger.append(Booking("", "charged", amount_rupiah, self.clock.now(), "BANK_FEE", text))

    def book_later(self, transfer: Transfer, after: timedelta) -> None:
        """Take an order without telling anybody, and pay it after this time."""
        self.transfers[transfer.reference] = transfer
        self._due.append((self.clock.now() + after, "paid", transfer))

    def _plan(self, transfer: Transfer, *acts: str) -> None:
        now = self.clock.now()
        self._due += [(now + self.later * number, act, transfer) for number, act in enumerate(acts, 1)]

    def _book(self, transfer: Transfer, status: str, code: str = "") -> None:
        transfer.status, transfer.code = status, code
        line = Booking(transfer.reference, status, transfer.amount_rupiah, self.clock.now(), code)
        self.ledger.append(line)

    async def run_due(self) -> int:
        """Do what was put off and has come due; returns how much that was."""
        now = self.clock.now()
        ready = [planned for planned in self._due if planned[0] <= now]
        self._due = [planned for planned in self._due if planned[0] > now]
        self._acting += len(ready)
        for _, act, transfer in ready:
            await self._late_act(act, transfer)
            self._acting -= 1
        return len(ready)

    def waiting(self) -> int:
        """Late acts that have come due and are not over, with their notices."""
        now = self.clock.now()
        return self._acting + sum(planned[0] <= now for planned in self._due)

    async def _late_act(self, act: str, transfer: Transfer) -> None:
        if act == "said_failed":
            await self._tell(transfer.reference, "failed", "LIMIT_EXCEEDED")
        elif act == "returned":
            self._book(transfer, "returned", "ACCOUNT_INACTIVE")
            await self._tell(transfer.reference, "returned", transfer.code)
        else:
            if transfer.status != "paid":
                self._book(transfer, "paid")
            await self._tell(transfer.reference, "paid", "")

    async def _tell(self, reference: str, status: str, code: str) -> None:
        if self.notify is None:
            return
        self._notices += 1
        body = json.dumps({"reference": reference, "status": status, "code": code}).encode()
        await self.notify(
            signed(self.secret, f"notice_{self._notices}", int(self.clock.wall().timestamp()), body), body
        )


def signed(secret: bytes, id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Headers of a genuine notice (Standard Webhooks, `v1`)."""
    content = f"{id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    return {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}
