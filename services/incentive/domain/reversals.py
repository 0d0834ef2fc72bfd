"""A finding of ineligibility is reversed, such as by an objection that two officers upheld: the debt ends with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.incentive.domain.clawbacks import owed, write
from services.incentive.domain.debts import Debt, LetterKind
from services.incentive.domain.draft import Draft
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import Standing
from services.incentive.domain.repayments import give_back
from shared.contracts.incentive import ClawbackCancelled


def found_eligible(draft: Draft, decided_at: datetime) -> None:
    """An ineligible participant was found eligible after all, by a verdict of `decided_at`: nothing need be repaid.

    The participation stays ended and its standing becomes REVOKED: seat and card were given up, and somebody else may
    have them by now (registration says the same of revocations). Nothing changes for anybody who is not INELIGIBLE.
    """
    person = draft.person
    if person.standing != Standing.INELIGIBLE:
        return
    if person.ineligible_at and decided_at < person.ineligible_at:
        return  # a verdict from before, such as one that is heard again: it says nothing about the later one
    if person.debt and person.debt.cancelled_at is None:
        _cancel(draft, person.debt)
    draft.set(standing=Standing.REVOKED, repay_until=None, cleared_at=draft.now)


def _cancel(draft: Draft, debt: Debt) -> None:
    left = owed(draft)
    draft.set(debt=replace(debt, plan=None, cancelled_at=draft.now, to_return_rupiah=debt.repaid_rupiah))
    write(draft, LetterKind.CANCELLED)
    give_back(draft, LedgerAccount.CLAWBACK, left, f"clawback/cancelled/{debt.number}")
    draft.tell(
        ClawbackCancelled(
            applicant_id=draft.person.applicant_id,
            which="some_repaid" if debt.repaid_rupiah else "nothing_repaid",
            cancelled_at=draft.now,
            amount_rupiah=left,
            repaid_rupiah=debt.repaid_rupiah,
        )
    )
