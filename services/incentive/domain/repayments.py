"""Money by receipt: what an ineligible person repays, and what goes back to somebody whose debt was cancelled."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.incentive.domain.draft import Draft
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import PurchaseState
from shared.contracts.decision import Refused
from shared.contracts.incentive import ClawbackRefunded

RECEIVED = (LedgerAccount.PLATFORMS, LedgerAccount.PAID)
"""Where stands what a person received: courses, and incentives."""


@dataclass(frozen=True, slots=True)
class RecordRepayment:
    """Staff saw money of an ineligible person arrive. `repayment_id` is the number of the receipt."""

    applicant_id: str
    repayment_id: str
    amount_rupiah: int
    by: str

    @property
    def step(self) -> str:
        return f"clawback/repaid/{self.repayment_id}"


@dataclass(frozen=True, slots=True)
class RecordRefund:
    """The treasurer gave back what somebody had repaid before their debt was cancelled.

    `refund_id` is the number of the receipt that the person signed. The person is told, so that nobody signs for them.
    """

    applicant_id: str
    refund_id: str
    amount_rupiah: int
    by: str

    @property
    def step(self) -> str:
        return f"clawback/refunded/{self.refund_id}"


def postings_of(command: RecordRepayment | RecordRefund) -> list[str]:
    """Ids of the postings that a receipt may have made: once one of them is there, it has been recorded."""
    step = f"{command.applicant_id}/{command.step}"
    return [step] if isinstance(command, RecordRepayment) else [f"{step}/{account}" for account in RECEIVED]


def record_repayment(draft: Draft, command: RecordRepayment, is_known: bool) -> dict[str, int]:
    """Replies with what is left to repay, in rupiah. Raises RECEIPT_KNOWN, REPAYMENT_ABOVE_DEBT."""
    if is_known:
        raise Refused("RECEIPT_KNOWN")
    owed = draft.holds(LedgerAccount.CLAWBACK)
    if command.amount_rupiah > owed:
        raise Refused("REPAYMENT_ABOVE_DEBT", debt_rupiah=owed)
    draft.move(LedgerAccount.CLAWBACK, LedgerAccount.TREASURY, command.amount_rupiah, command.step)
    if debt := draft.person.debt:
        draft.set(debt=replace(debt, repaid_rupiah=debt.repaid_rupiah + command.amount_rupiah))
    return {"left_rupiah": owed - command.amount_rupiah}


def record_refund(draft: Draft, command: RecordRefund, is_known: bool) -> dict[str, int]:
    """Replies with what is left to give back, in rupiah. Raises RECEIPT_KNOWN, REFUND_ABOVE_REPAID."""
    if is_known:
        raise Refused("RECEIPT_KNOWN")
    debt = draft.person.debt
    owed = debt.to_return_rupiah if debt else 0
    if debt is None or command.amount_rupiah > owed:
        raise Refused("REFUND_ABOVE_REPAID", left_rupiah=owed)
    left = owed - command.amount_rupiah
    give_back(draft, LedgerAccount.TREASURY, command.amount_rupiah, command.step)
    draft.set(debt=replace(debt, to_return_rupiah=left))
    draft.tell(
        ClawbackRefunded(
            applicant_id=draft.person.applicant_id,
            refunded_at=draft.now,
            receipt=command.refund_id,
            amount_rupiah=command.amount_rupiah,
            left_rupiah=left,
        )
    )
    return {"left_rupiah": left}


def give_back(draft: Draft, source: LedgerAccount, rupiah: int, step: str) -> None:
    """What is claimed no more stands again where it was claimed from: courses up to their price, then incentives."""
    bought = (each for each in draft.person.purchases if each.state == PurchaseState.COMMITTED)
    spent = sum(each.price_rupiah for each in bought) - draft.holds(LedgerAccount.PLATFORMS)
    courses = min(rupiah, spent)
    for target, amount in zip(RECEIVED, (courses, rupiah - courses), strict=True):
        draft.move(source, target, amount, f"{step}/{target}")
