"""A SNAP BI bank over the books of the simulated one: what it carries out is in `bank.ledger`, for tests to read.

Besides the faults of deploy/simulators/bank.py an account may name any case itself: `9` and five digits at its end
(`940314`: 403-14, nothing is booked). `61`: answers 504 and books later. `62`: booked, and the first inquiry says 07.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from deploy.simulators.bank import FAULTS, UNREACHABLE, Bank, Transfer

BOOKED_LATER, HIDDEN_FIRST = "61", "62"
_CASE = re.compile(r"9((?:200|202|400|401|403|404|405|409|429|500|504)[0-9]{2})")
LATEST = {"paid": "00", "pending": "03", "returned": "04", "failed": "06"}
FINAL = {"LIMIT_EXCEEDED": "40305", "ACCOUNT_INACTIVE": "40309", "WALLET_FULL": "40315"}
MOST_RUPIAH = 20_000_000
"""What a registered wallet may hold."""

Answer = tuple[str, dict[str, Any]]
"""Case (five digits) and fields."""


@dataclass(slots=True)
class SnapDesk:
    """Services 16, 18, 36, 37, 38 and 39 for one customer whose requests were let in (snap_checks.py)."""

    bank: Bank
    partners: Mapping[str, str]
    """beneficiaryBankCode -> bank of the simulated accounts."""

    wallet: str = "OVO"
    """Bank of the simulated accounts that are wallets."""

    books_after: timedelta = timedelta(seconds=30)
    seen: dict[str, str] = field(default_factory=dict)
    """partnerReferenceNo -> hash of the body that was taken under it."""

    hidden: set[str] = field(default_factory=set)

    async def transfer(self, body: Mapping[str, Any], raw: bytes) -> Answer:
        bank = self.partners.get(str(body.get("beneficiaryBankCode")))
        if bank is None:
            return "40402", {}
        return await self._pay(bank, str(body.get("beneficiaryAccountNo", "")), body, raw)

    async def top_up(self, body: Mapping[str, Any], raw: bytes) -> Answer:
        if (_rupiah(body) or 0) > MOST_RUPIAH:
            return "40302", {}
        return await self._pay(self.wallet, str(body.get("customerNumber", "")), body, raw)

    async def _pay(self, bank: str, account: str, body: Mapping[str, Any], raw: bytes) -> Answer:
        reference, rupiah = str(body.get("partnerReferenceNo", "")), _rupiah(body)
        if not 0 < len(reference) <= 64 or rupiah is None:
            return "40002", {}
        digest = hashlib.sha256(raw).hexdigest()
        if reference in self.seen:
            return ("40901" if self.seen[reference] == digest else "40418"), {}
        if (case := named_case(account)) and not case.startswith("20"):
            return case, {}
        self.seen[reference] = digest
        return await self._carry_out(Transfer(reference, bank, account, rupiah), case or "")

    async def _carry_out(self, transfer: Transfer, case: str) -> Answer:
        ending = transfer.account_number[-2:]
        if ending == BOOKED_LATER or case == "20200":
            self.bank.book_later(transfer, self.books_after)
            return case or "50400", {}
        taken = await self.bank.pay(transfer)
        if ending == HIDDEN_FIRST:
            self.hidden.add(transfer.reference)
            return "50400", {}
        if taken is None:
            if transfer.reference not in self.bank.transfers:
                self.seen.pop(transfer.reference, None)
            return "50400", {}
        if taken.status == "failed":
            return FINAL[taken.code], {}
        return ("20000" if taken.status == "paid" else "20200"), {"referenceNo": f"B{len(self.bank.ledger)}"}

    async def status(self, body: Mapping[str, Any]) -> Answer:
        reference = str(body.get("originalPartnerReferenceNo", ""))
        found = self.bank.transfers.get(reference)
        if found is None:
            return "40401", {}
        fields = {
            "originalPartnerReferenceNo": reference,
            "serviceCode": body.get("serviceCode"),
            "amount": {"value": f"{found.amount_rupiah}.00", "currency": "IDR"},
            "beneficiaryAccountNo": found.account_number,
            "latestTransactionStatus": self._latest(found),
        }
        return "20000", fields

    def _latest(self, found: Transfer) -> str:
        if found.reference in self.hidden:
            self.hidden.discard(found.reference)
            return "07"
        return LATEST[found.status]

    async def account(self, body: Mapping[str, Any]) -> Answer:
        bank = self.partners.get(str(body.get("beneficiaryBankCode")), "")
        number = str(body.get("beneficiaryAccountNo", ""))
        return self._holder(bank, number, "beneficiaryAccountName")

    async def wallet_account(self, body: Mapping[str, Any]) -> Answer:
        case, fields = self._holder(self.wallet, str(body.get("customerNumber", "")), "customerName")
        return case, ({**fields, "maxAmount": f"{MOST_RUPIAH}.00"} if fields else {})

    def _holder(self, bank: str, number: str, name: str) -> Answer:
        if FAULTS.get(number[-2:]) == UNREACHABLE:
            return "50400", {}
        found = self.bank.accounts.get((bank, number))
        if found is None:
            return "40411", {}
        return ("20000", {name: found.holder_name}) if found.active else ("40318", {})


def named_case(account: str) -> str | None:
    """The case an account's last six digits ask for."""
    found = _CASE.fullmatch(account[-6:])
    return found[1] if found else None


def _rupiah(body: Mapping[str, Any]) -> int | None:
    """The amount as the standard writes it: a text with exactly two decimals."""
    amount = body.get("amount")
    text = amount.get("value") if isinstance(amount, Mapping) else None
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,16}\.[0-9]{2}", text):
        return None
    try:
        return int(Decimal(text))
    except InvalidOperation:
        return None
