"""Payouts: what is given to the bank, under a reference that is decided and stored before anybody is called.

    due -> batched -> sending -> paid | failed | unknown -> paid | failed; paid -> returned

What comes back is judged in outcomes.py. A new attempt has a new reference and happens only after the last one
ended for good: the same reference is never a second payment.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from services.incentive.domain.account import ACCOUNT_FAILURES, Account
from services.incentive.domain.bank_days import opening_for
from services.incentive.domain.draft import Draft, participating
from services.incentive.domain.entitlements import may_be_paid
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import Entitlement, EntitlementState, Participant
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused, Work, WorkKey

State = EntitlementState
Result = Literal["paid", "failed", "unknown", "not_found", "returned", "held"]

FAILURE_TEXTS: Mapping[str, str] = {
    "ACCOUNT_INACTIVE": "rekening atau dompet elektronik tidak aktif",
    "ACCOUNT_NAME_MISMATCH": "nama pemilik rekening tidak sama dengan data kami",
    "WALLET_NOT_KYC": "dompet elektronik belum diverifikasi penuh",
    "WALLET_FULL": "saldo dompet elektronik melewati batas maksimum",
    "ACCOUNT_UNKNOWN": "nomor rekening tidak dikenal oleh bank",
    "LIMIT_EXCEEDED": "jumlahnya melewati batas transaksi rekening itu",
}
"""Why a payment came back, for the person; any other code is told as the sentence below."""
OTHER_FAILURE = "bank mengembalikan pembayaran tanpa menyebut sebab yang kami kenal"


IN_FILE = "IN_FILE"
"""Code of an order that waits for its file, or for the bank's word on it."""
HELD = "ORDER_HELD"
"""Code of an order that was kept back when its time came, since what it stood on had changed."""


@dataclass(frozen=True, slots=True)
class HearPayment:
    """What was heard about a reference. A notice alone never declares a payment failed: our own inquiry does."""

    reference: str
    result: Result
    code: str = ""
    is_notice: bool = False
    amount_rupiah: int | None = None
    """How much, where that was told; another amount than the order's is no news of it."""


@dataclass(frozen=True, slots=True)
class DecidePayment:
    """A person decides, from the bank's statement, what became of a payment that is unknown or contradictory."""

    reference: str
    paid: bool
    evidence: str
    """Number or page of the statement that shows it."""
    by: str


@dataclass(frozen=True, slots=True)
class Payment:
    """What one reference given to the bank stands for. Never changed afterwards."""

    collection: ClassVar[str] = "payments"

    reference: str
    applicant_id: str
    kind: str
    number: int
    attempt: int
    amount_rupiah: int
    bank: str
    account_version: int
    account_masked: Sealed
    batch_id: str
    sent_at: datetime

    @property
    def id(self) -> str:
        return self.reference

    @property
    def work(self) -> WorkKey:
        """The order as outside work."""
        return WorkKey("pay", f"incentive/{self.applicant_id}/{self.kind}/{self.number}/{self.attempt}")


@dataclass(frozen=True, slots=True)
class RetryPayment:
    """Staff read the failure code and the cause is mended: due again (delay_causes.csv, TRANSFER_FAILED)."""

    applicant_id: str
    kind: str
    number: int
    by: str


def reference_of(applicant_id: str, kind: str, number: int, attempt: int) -> str:
    """Reference of one attempt: 30 characters A-Z and 2-7, within the shortest limit of all payment interfaces."""
    digest = hashlib.sha256(f"{applicant_id}/{kind}/{number}/{attempt}".encode()).digest()
    return "GLB" + base64.b32encode(digest).decode()[:27]


def send(draft: Draft, each: Entitlement, account: Account, batch_id: str) -> None:
    """Give one owed entitlement to the bank, or to its next opening: until then the order lies with us."""
    person, attempt = draft.person, each.attempt + 1
    sent_at = opening_for(account.bank, draft.office.calendars, draft.now)
    payment = Payment(
        reference=reference_of(person.applicant_id, each.kind, each.number, attempt),
        applicant_id=person.applicant_id,
        kind=each.kind,
        number=each.number,
        attempt=attempt,
        amount_rupiah=each.amount_rupiah,
        bank=account.bank,
        account_version=account.version,
        account_masked=account.masked,
        batch_id=batch_id,
        sent_at=sent_at,
    )
    draft.set_entitlement(
        each, state=State.SENDING, attempt=attempt, reference=payment.reference, failure=None, sent_at=sent_at
    )
    step = f"{each.kind}/{each.number}/sending/{attempt}"
    draft.move(LedgerAccount.OWED, LedgerAccount.SENDING, each.amount_rupiah, step)
    draft.add(payment)
    payload = {
        "applicant_id": person.applicant_id,
        "reference": payment.reference,
        "amount_rupiah": payment.amount_rupiah,
        "bank": payment.bank,
        "account_version": account.version,
        "account_number": account.number,
        "full_name": person.full_name,
        "batch_id": batch_id,
        "ordered_at": draft.now.isoformat(),
    }
    draft.work.append(Work(*payment.work, payload))


def may_go(person: Participant | None, reference: str, account_version: int, now: datetime) -> bool:
    """May an order still go to the bank when its time has come?

    It may have lain with us for days, for a closed bank: the account may be another one now, the identity in
    question, the participation over, or the payment decided by a person (reliability.md, E1).
    """
    each = next((e for e in person.entitlements if e.reference == reference), None) if person else None
    if person is None or each is None or each.state not in (State.SENDING, State.UNKNOWN):
        return False
    account = person.account
    return account is not None and account.version == account_version and may_be_paid(person, each, now)


def retry(draft: Draft, command: RetryPayment) -> dict[str, Any]:
    """Put a failed or returned payment back among what is due. Raises PAYMENT_UNKNOWN, PAYMENT_NOT_FAILED."""
    each = participating(draft.person).entitlement(command.kind, command.number)
    if each is None:
        raise Refused("PAYMENT_UNKNOWN")
    if each.state not in (State.FAILED, State.RETURNED):
        raise Refused("PAYMENT_NOT_FAILED")
    owe_again(draft, each)
    return {"state": State.DUE.value}


def mend(draft: Draft) -> None:
    """The account is right again: what failed because of the account is due again."""
    for each in draft.person.entitlements:
        if each.state in (State.FAILED, State.RETURNED) and each.failure in ACCOUNT_FAILURES:
            owe_again(draft, each)


def owe_again(draft: Draft, each: Entitlement) -> None:
    """A payment that ended without money arriving is owed as before; its next attempt has a new reference."""
    if each.state == State.RETURNED:
        step = f"{each.kind}/{each.number}/owed/{each.attempt}"
        draft.move(LedgerAccount.RETURNED, LedgerAccount.OWED, each.amount_rupiah, step)
    draft.set_entitlement(each, state=State.DUE, failure=None, batch_id=None, paid_at=None)
