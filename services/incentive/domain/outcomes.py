"""Outcomes: what is heard about a payment, from our own calls and inquiries, or the bank's notices and statements.

Hearing the same again changes nothing. `unknown` is only inquired about. Answers that contradict what is already
known move no money: they are marked as a conflict, which a person settles (decisions.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from services.incentive.domain.account import ACCOUNT_FAILURES, AccountCheck
from services.incentive.domain.draft import Draft
from services.incentive.domain.entitlements import instalment_fields
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import Entitlement, EntitlementState, Standing
from services.incentive.domain.participation import reclaim
from services.incentive.domain.payouts import (
    FAILURE_TEXTS,
    OTHER_FAILURE,
    HearPayment,
    Payment,
    owe_again,
)
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveFailed, IncentivePaid, IncentiveReturned

State = EntitlementState


@dataclass(slots=True)
class Hearing:
    """One payment and what is said about it, while it is judged."""

    draft: Draft
    each: Entitlement
    payment: Payment
    heard: HearPayment

    @property
    def is_over(self) -> bool:
        """The participation ended while the payment was on its way: nothing will be sent again."""
        return not self.draft.person.active

    def move(self, source: LedgerAccount, target: LedgerAccount, word: str) -> None:
        step = f"{self.each.kind}/{self.each.number}/{word}/{self.payment.attempt}"
        self.draft.move(source, target, self.payment.amount_rupiah, step)

    def set(self, **fields: object) -> None:
        self.each = self.draft.set_entitlement(self.each, **fields)

    def fields(self) -> dict[str, object]:
        shared = instalment_fields(self.draft.person, self.each)
        return {**shared, "reference": self.payment.reference, "bank": self.payment.bank}


def hear(draft: Draft, payment: Payment, heard: HearPayment) -> None:
    """Judge what was heard about a payment of this participant."""
    each = draft.person.entitlement(payment.kind, payment.number)
    if each is None:
        raise Refused("PAYMENT_UNKNOWN")
    if heard.amount_rupiah not in (None, payment.amount_rupiah):
        raise Refused("AMOUNT_DIFFERS", amount_rupiah=payment.amount_rupiah)
    if payment.attempt in each.returned:
        return
    if each.reference != payment.reference:
        # That attempt had ended; news that it was paid after all would be a second payment.
        take: Taker | None = _conflict if heard.result == "paid" else None
    else:
        table = ON_ITS_WAY if each.state in (State.SENDING, State.UNKNOWN) else AFTERWARDS.get(each.state, {})
        take = table.get(heard.result)
    if take:
        take(Hearing(draft, each, payment, heard))


def paid(hearing: Hearing) -> None:
    draft, listed = hearing.draft, hearing.each.state in (State.SENDING, State.UNKNOWN)
    hearing.move(_stands_in(hearing.each), LedgerAccount.PAID, "paid")
    hearing.set(
        state=State.PAID,
        reference=hearing.payment.reference,
        batch_id=hearing.each.batch_id if listed else None,
        paid_at=draft.now,
        failure=None,
        conflict=False,
        conflict_with=None,
        asks_person=False,
        cause=None,
    )
    draft.tell(
        IncentivePaid(
            **hearing.fields(),
            paid_at=draft.now,
            account_masked=hearing.payment.account_masked,
            batch_id=hearing.payment.batch_id,
        )
    )
    if draft.person.standing == Standing.INELIGIBLE:
        reclaim(draft, hearing.payment.reference)


def failed(hearing: Hearing) -> None:
    if hearing.heard.is_notice:
        _conflict(hearing)
        return
    hearing.move(_stands_in(hearing.each), LedgerAccount.OWED, "failed")
    code = hearing.heard.code
    hearing.set(state=State.FAILED, failure=code, conflict=False, conflict_with=None, asks_person=False, batch_id=None)
    _tell_failed(hearing, "failed")
    _note_account(hearing)
    if hearing.is_over:
        hearing.move(LedgerAccount.OWED, LedgerAccount.TREASURY, "ended")
        hearing.set(state=State.CANCELLED)


def _held(hearing: Hearing) -> None:
    """It never left us: owed as before, and its next attempt goes to the account as it is then."""
    hearing.move(_stands_in(hearing.each), LedgerAccount.OWED, "held")
    hearing.set(state=State.DUE, batch_id=None)
    if hearing.is_over:
        hearing.move(LedgerAccount.OWED, LedgerAccount.TREASURY, "ended")
        hearing.set(state=State.CANCELLED)


def _unknown(hearing: Hearing) -> None:
    if hearing.each.state == State.SENDING:
        hearing.move(LedgerAccount.SENDING, LedgerAccount.UNKNOWN, "unknown")
        hearing.set(state=State.UNKNOWN)
        _tell_failed(hearing, "unknown")


def _not_found(hearing: Hearing) -> None:
    _unknown(hearing)
    hearing.set(asks_person=True)


def returned(hearing: Hearing) -> None:
    """It came back: after it was paid, or the news of being paid was lost on the way."""
    if hearing.each.state != State.PAID:
        paid(hearing)
    draft, code = hearing.draft, hearing.heard.code
    reclaimed = draft.person.standing == Standing.INELIGIBLE
    source = LedgerAccount.CLAWBACK if reclaimed else LedgerAccount.PAID
    if draft.holds(source) < hearing.payment.amount_rupiah:  # repaid by the person before the bank sent it back
        _conflict(hearing)
        return
    hearing.move(source, LedgerAccount.RETURNED, "returned")
    returned = (*hearing.each.returned, hearing.payment.attempt)
    hearing.set(state=State.RETURNED, failure=code, batch_id=None, returned=returned)
    reason = FAILURE_TEXTS.get(code, OTHER_FAILURE)
    draft.tell(IncentiveReturned(**hearing.fields(), returned_at=draft.now, code=code or "OTHER", reason=reason))
    _note_account(hearing)
    if hearing.is_over:
        hearing.move(LedgerAccount.RETURNED, LedgerAccount.TREASURY, "ended")
        hearing.set(state=State.CANCELLED)


def _conflict(hearing: Hearing) -> None:
    hearing.set(conflict=True, conflict_with=hearing.payment.reference)


Taker = Callable[[Hearing], None]
ON_ITS_WAY: Mapping[str, Taker] = {
    "paid": paid,
    "failed": failed,
    "unknown": _unknown,
    "not_found": _not_found,
    "returned": returned,
    "held": _held,
}
AFTERWARDS: Mapping[EntitlementState, Mapping[str, Taker]] = {
    State.PAID: {"returned": returned, "failed": _conflict},
    State.FAILED: {"paid": _conflict, "returned": _conflict},
    State.DUE: {"paid": _conflict, "returned": _conflict},
    State.BATCHED: {"paid": _conflict, "returned": _conflict},
    State.CANCELLED: {"paid": _conflict, "returned": _conflict},
}
"""What may still be said about a payment that ended; what is not listed is a repetition."""


def _stands_in(each: Entitlement) -> LedgerAccount:
    """The account in which the rupiah of a payment stand that is not paid yet."""
    elsewhere = {
        State.SENDING: LedgerAccount.SENDING,
        State.UNKNOWN: LedgerAccount.UNKNOWN,
        State.RETURNED: LedgerAccount.RETURNED,
        State.CANCELLED: LedgerAccount.TREASURY,
    }
    return elsewhere.get(each.state, LedgerAccount.OWED)


def _tell_failed(hearing: Hearing, outcome: str) -> None:
    code = hearing.heard.code or ("NO_ANSWER" if outcome == "unknown" else "OTHER")
    hearing.draft.tell(
        IncentiveFailed(
            **hearing.fields(),
            failed_at=hearing.draft.now,
            outcome=outcome,
            code=code,
            batch_id=hearing.payment.batch_id,
        )
    )


def _note_account(hearing: Hearing) -> None:
    """A failure that names the account's fault is what we know of that account; a newer account is tried again."""
    account, code = hearing.draft.person.account, hearing.heard.code
    if code not in ACCOUNT_FAILURES or account is None or account.check is None:
        return
    if account.version == hearing.payment.account_version:
        hearing.draft.set(account=replace(account, check=_with_fault(account.check, code)))
    elif account.verified and not hearing.is_over:
        owe_again(hearing.draft, hearing.each)


def _with_fault(check: AccountCheck, code: str) -> AccountCheck:
    faults = {
        "ACCOUNT_INACTIVE": {"active": False},
        "ACCOUNT_UNKNOWN": {"active": False},
        "ACCOUNT_NAME_MISMATCH": {"name_matches": False},
        "WALLET_NOT_KYC": {"identity_checked": False},
        "WALLET_FULL": {"room_rupiah": 0},
    }
    return replace(check, **faults[code])  # type: ignore[arg-type]  # each fault is a field of the check
