"""Entitlements: the incentives a participant has coming, on dates that are fixed by the first completion.

    waiting -> due -> batched -> sending -> paid | failed | unknown; paid -> returned

`due_on(1)` is the WIB date of the first completion plus the rule file's days, `due_on(n)` the same day n-1 months
later, clamped to the month's end (fact 33; mission.md, Delay).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from services.incentive.domain.days import months_later, start_of
from services.incentive.domain.draft import Draft
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import Entitlement, EntitlementState, Participant
from services.incentive.domain.rules import RuleSet
from shared.contracts.incentive import IncentiveDue, UnpaidInstalment

POST_TRAINING, SURVEY = "post_training", "survey"
State = EntitlementState
PAYMENT_TAKES = timedelta(days=3)
"""From being owed to being paid when nothing goes wrong: batch, second officer, bank; set by this project."""

OPEN_STATES = (State.WAITING, State.DUE, State.BATCHED, State.FAILED, State.RETURNED)
"""Nothing is on its way outside: such an entitlement can still be cancelled."""
OWED_STATES = (State.DUE, State.BATCHED, State.FAILED)
"""Its rupiah stand in the account `owed`."""


def due_on(first_completion: date, number: int, rules: RuleSet) -> date:
    """Day on which post-training instalment `number` (1, 2, ...) should arrive."""
    return months_later(first_completion + timedelta(days=rules.incentive_due_days), number - 1)


def start_incentives(draft: Draft, finished_on: date) -> None:
    """The first completion fixes the dates; an earlier one reported later moves them while none is announced."""
    rules, existing = draft.rules, _of_kind(draft.person, POST_TRAINING)
    if not existing:
        count = rules.post_training_count
        rows = tuple(
            Entitlement(POST_TRAINING, n, count, rules.post_training_rupiah, due_on(finished_on, n, rules))
            for n in range(1, count + 1)
        )
        draft.set(entitlements=(*draft.person.entitlements, *rows))
    elif all(each.state == State.WAITING for each in existing):
        for each in existing:
            draft.set_entitlement(each, due_on=min(each.due_on, due_on(finished_on, each.number, rules)))


def grant_survey_incentive(draft: Draft, number: int) -> None:
    """An answered survey is paid within the rule file's days (fact 34)."""
    rules = draft.rules
    due = draft.today + timedelta(days=rules.survey_pay_days)
    row = Entitlement(SURVEY, number, rules.survey_count, rules.survey_rupiah, due)
    draft.set(entitlements=(*draft.person.entitlements, row))


def conditions_hold(person: Participant, kind: str) -> bool:
    """Course finished, certificate reconciled, review given, account verified (rule file, incentive_conditions).

    A survey incentive follows a paid post-training one, so only the account is looked at again.
    """
    if person.account is None or not person.account.verified:
        return False
    return _earned(person, kind)


def _earned(person: Participant, kind: str) -> bool:
    return kind == SURVEY or any(p.certificate_reconciled and p.reviewed_at for p in person.purchases)


def become_due(draft: Draft) -> None:
    """Announce what is owed from now on. Of the monthly instalments only the one whose time is near is told."""
    for each in draft.person.entitlements:
        if each.state != State.WAITING or draft.now < _announced_from(draft, each):
            continue
        if conditions_hold(draft.person, each.kind) and draft.person.account:
            draft.set_entitlement(each, state=State.DUE)
            step = f"{each.kind}/{each.number}/due"
            draft.move(LedgerAccount.TREASURY, LedgerAccount.OWED, each.amount_rupiah, step)
            draft.tell(
                IncentiveDue(
                    **instalment_fields(draft.person, each),
                    account_masked=draft.person.account.masked,
                    expected_on=max(each.due_on, draft.today + PAYMENT_TAKES),
                )
            )


def due_times(draft: Draft) -> Iterator[datetime]:
    """Instants at which a waiting entitlement may be announced."""
    waiting = (each for each in draft.person.entitlements if each.state == State.WAITING)
    return (_announced_from(draft, each) for each in waiting)


def _announced_from(draft: Draft, each: Entitlement) -> datetime:
    # As many days ahead as the first instalment is due after completion: so the first is told at once.
    return start_of(each.due_on - timedelta(days=draft.rules.incentive_due_days))


def is_payable(person: Participant, each: Entitlement, now: datetime) -> bool:
    """May it be put on a list now, or sent from one? Owed, and nothing holds this participant's payments."""
    return each.state in (State.DUE, State.BATCHED) and not each.conflict and may_be_paid(person, each, now)


def may_be_paid(person: Participant, each: Entitlement, now: datetime) -> bool:
    """Does nothing hold this participant's payments, and has the account room for this one?"""
    account = person.account
    if not person.active or person.under_review:
        return False
    if account is None or account.check is None or not account.verified:
        return False
    if not _earned(person, each.kind):  # a completion may be doubted after its money was owed (doubts.py)
        return False
    room = account.check.room_rupiah
    return not account.held(now) and (room is None or room >= each.amount_rupiah)


def cancel_open(draft: Draft) -> None:
    """The participation ends: what is not on its way is cancelled and what was owed goes back."""
    for each in draft.person.entitlements:
        if each.state not in OPEN_STATES:
            continue
        step = f"{each.kind}/{each.number}/cancelled"
        if each.state in OWED_STATES:
            draft.move(LedgerAccount.OWED, LedgerAccount.TREASURY, each.amount_rupiah, step)
        elif each.state == State.RETURNED:
            draft.move(LedgerAccount.RETURNED, LedgerAccount.TREASURY, each.amount_rupiah, step)
        draft.set_entitlement(each, state=State.CANCELLED, batch_id=None)


def has_open(person: Participant) -> bool:
    """Is anything still to come or on its way?"""
    return any(not each.is_over for each in person.entitlements)


def unpaid_instalments(person: Participant) -> tuple[UnpaidInstalment, ...]:
    """What is still to come or on its way, as the event of the end names it."""
    return tuple(
        UnpaidInstalment(kind=each.kind, number=each.number, amount_rupiah=each.amount_rupiah)
        for each in person.entitlements
        if each.state not in (State.PAID, State.CANCELLED)
    )


def instalment_fields(person: Participant, each: Entitlement) -> dict[str, Any]:
    """The fields every event about an instalment carries."""
    return {
        "applicant_id": person.applicant_id,
        "kind": each.kind,
        "number": each.number,
        "total": each.total,
        "amount_rupiah": each.amount_rupiah,
        "due_on": each.due_on,
    }


def _of_kind(person: Participant, kind: str) -> tuple[Entitlement, ...]:
    return tuple(each for each in person.entitlements if each.kind == kind)
