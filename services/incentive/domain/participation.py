"""Participation from its first day to its end: the clock of the first purchase, reminders, and every way to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from services.incentive.domain import clawbacks
from services.incentive.domain.applicants import NO_CODE
from services.incentive.domain.days import day_of, end_of, morning_of
from services.incentive.domain.draft import Draft, Office
from services.incentive.domain.entitlements import cancel_open, has_open, unpaid_instalments
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import Participant, PurchaseState, Standing
from services.incentive.domain.purchases import release_all
from services.incentive.domain.repayments import RECEIVED
from shared.contracts.base import Sealed
from shared.contracts.incentive import (
    ClawbackOpened,
    ParticipationRevoked,
    PurchaseReminderDue,
    TrainingBalanceExpired,
)

NO_FIRST_PURCHASE, NO_LONGER_ELIGIBLE = "NO_FIRST_PURCHASE", "NO_LONGER_ELIGIBLE"
WITHDRAWN, IDENTITY_ERASED = "WITHDRAWN", "IDENTITY_ERASED"

REASONS = {
    NO_FIRST_PURCHASE: "pelatihan pertama belum dibeli sampai batas waktu",
    NO_LONGER_ELIGIBLE: "pemeriksaan menyatakan syarat tidak lagi terpenuhi",
    WITHDRAWN: "Anda menarik diri dari program",
    IDENTITY_ERASED: "data diri dihapus atas permintaan",
}
"""Why a participation ended, for the person. Registration's own sentence replaces that of NO_LONGER_ELIGIBLE."""


def open_participation(
    office: Office,
    *,
    applicant_id: str,
    wave: int,
    rule_set: str,
    card_number: Sealed,
    full_name: Sealed,
    nik_index: str,
    selected_at: datetime,
    first_purchase_deadline: date,
    training_balance_rupiah: int,
) -> Draft:
    """The account of a selected person, with the training balance granted (facts 3, 13, 36).

    Balance and deadline are those registration promised the person when it selected them.
    """
    person = Participant(
        applicant_id=applicant_id,
        wave=wave,
        rule_set=rule_set,
        card_number=card_number,
        full_name=full_name,
        nik_index=nik_index,
        selected_at=selected_at,
        notice_on=day_of(selected_at),
        first_purchase_deadline=first_purchase_deadline,
    )
    draft = Draft(person, office, selected_at)
    draft.move(LedgerAccount.TREASURY, LedgerAccount.TRAINING_BALANCE, training_balance_rupiah, "training/granted")
    return draft


def has_bought(person: Participant) -> bool:
    """A platform took a code, or may still take one: an open hold made in time is not cut off."""
    return any(each.state != PurchaseState.RELEASED for each in person.purchases)


def run_clock(draft: Draft) -> None:
    """Reminders, the end of the balance and revocation, as far as their time has come (mission.md, Incentive)."""
    person = draft.person
    if not person.balance_closed and (last := draft.rules.balance_usable_until) and draft.now >= end_of(last):
        _expire_balance(draft)
    if has_bought(person):
        return
    if draft.now >= end_of(person.first_purchase_deadline):
        end(draft, NO_FIRST_PURCHASE)
    else:
        _remind(draft)


def clock_times(draft: Draft) -> Iterator[datetime]:
    """Instants at which `run_clock` has something to do."""
    person = draft.person
    if not person.balance_closed and draft.rules.balance_usable_until:
        yield end_of(draft.rules.balance_usable_until)
    if not has_bought(person):
        yield end_of(person.first_purchase_deadline)
        yield from _reminder_times(draft)


def _reminder_times(draft: Draft) -> list[datetime]:
    # The day of notice is day 1 (derived from two deadlines of 2021).
    return [morning_of(draft.person.notice_on + timedelta(days=n - 1)) for n in draft.rules.purchase_reminder_days]


def _remind(draft: Draft) -> None:
    times, person = _reminder_times(draft), draft.person
    passed = sum(each <= draft.now for each in times)
    if passed <= person.purchase_reminders:
        return
    # After a long pause only the latest reminder is told: three at once would help nobody.
    draft.set(purchase_reminders=passed)
    draft.tell(
        PurchaseReminderDue(
            applicant_id=person.applicant_id,
            which="last" if passed == len(times) else "first" if passed == 1 else "second",
            wave=person.wave,
            days_passed=(draft.today - person.notice_on).days,
            days_left=(person.first_purchase_deadline - draft.today).days,
            deadline=person.first_purchase_deadline,
            balance_rupiah=person.balance_rupiah,
        )
    )


def _expire_balance(draft: Draft) -> None:
    draft.set(balance_closed=True)
    rest = draft.person.balance_rupiah
    if rest == 0:
        return
    draft.move(LedgerAccount.TRAINING_BALANCE, LedgerAccount.TREASURY, rest, "training/expired")
    draft.tell(
        TrainingBalanceExpired(
            applicant_id=draft.person.applicant_id,
            expired_at=draft.now,
            amount_rupiah=rest,
            spent_rupiah=draft.holds(LedgerAccount.PLATFORMS),
        )
    )


def end(draft: Draft, reason: str, reason_text: str = "") -> None:
    """End a participation: open holds, the balance and what is owed go back; what is on its way is waited for."""
    release_all(draft)
    rest = draft.person.balance_rupiah
    draft.move(LedgerAccount.TRAINING_BALANCE, LedgerAccount.TREASURY, rest, "training/ended")
    unpaid = unpaid_instalments(draft.person)
    cancel_open(draft)
    appeal_until = draft.today + timedelta(days=draft.rules.appeal_days)
    draft.set(standing=Standing.REVOKED, ended_reason=reason, balance_closed=True, appeal_until=appeal_until)
    draft.tell(
        ParticipationRevoked(
            applicant_id=draft.person.applicant_id,
            wave=draft.person.wave,
            revoked_at=draft.now,
            reason=reason,
            reason_text=reason_text or REASONS[reason],
            amount_rupiah=rest,
            appeal_deadline=appeal_until,
            unpaid=unpaid,
        )
    )


def declare_ineligible(draft: Draft, reason: str, reason_text: str) -> None:
    """A re-screening found the participant not eligible: everything stops and what was received is reclaimed."""
    if draft.person.standing in (Standing.INELIGIBLE, Standing.ERASED):
        return
    if draft.person.active:
        end(draft, NO_LONGER_ELIGIBLE, reason_text)
    debt = draft.person.debt
    draft.set(
        standing=Standing.INELIGIBLE,
        ended_reason=reason,
        ended_text=reason_text,
        cleared_at=None,
        appeal_until=draft.today + timedelta(days=draft.rules.appeal_days),
        repay_until=draft.today + timedelta(days=draft.rules.repayment_days),
    )
    # An id of a posting occurs once in a life: who has a case here was found eligible again after it (reversals.py).
    reclaim(draft, f"claimed/{debt.number + 1}" if debt else "claimed")


def reclaim(draft: Draft, step: str) -> None:
    """Turn what an ineligible person received into a debt (60 days to repay: Perpres 76/2020 art. 31C)."""
    for source in RECEIVED:
        draft.move(source, LedgerAccount.CLAWBACK, draft.holds(source), f"clawback/{source}/{step}")
    owed, debt = draft.holds(LedgerAccount.CLAWBACK), draft.person.debt
    if owed or (debt and debt.to_return_rupiah):  # the latter is the person's no more
        clawbacks.open_debt(draft)
    if owed:
        draft.tell(
            ClawbackOpened(
                applicant_id=draft.person.applicant_id,
                opened_at=draft.now,
                reason=draft.person.ended_reason or NO_LONGER_ELIGIBLE,
                reason_text=draft.person.ended_text or REASONS[NO_LONGER_ELIGIBLE],
                amount_rupiah=owed,
                deadline=draft.person.repay_until or draft.today,
            )
        )


def withdraw(draft: Draft) -> None:
    """The person took part no longer of their own will; what was paid stays theirs."""
    if draft.person.active:
        end(draft, WITHDRAWN)


def erase(draft: Draft) -> None:
    """The person's key is gone: nothing can be paid any more, and what was still open goes back."""
    person = draft.person
    if person.active and (person.balance_rupiah or draft.holds(LedgerAccount.HOLDS) or has_open(person)):
        end(draft, IDENTITY_ERASED)
    account = replace(person.account, left=True) if person.account else None
    draft.set(standing=Standing.ERASED, balance_closed=True, nik_index="", tracking_index=NO_CODE, account=account)
