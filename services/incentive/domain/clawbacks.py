"""Clawback (Perpres 76/2020 art. 31C): 60 days to repay, in instalments if two officers agree, else a damages suit.

    open -> overdue;  open -> proposed -> planned -> settled;  planned -> open again when an instalment is missed
    any of them -> refunding -> cancelled, when the person is found eligible after all (reversals.py)

Letters and messages follow from the clock of the participant; money moves only by receipts (repayments.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from services.incentive.domain.days import end_of, months_later, morning_of
from services.incentive.domain.debts import Debt, DebtState, Instalment, Letter, LetterKind, RepaymentPlan
from services.incentive.domain.draft import Draft
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import Participant, Standing
from services.incentive.domain.rules import RuleSet
from shared.contracts.decision import Refused
from shared.contracts.incentive import (
    ClawbackInstalment,
    ClawbackInstalmentMissed,
    ClawbackOverdue,
    ClawbackPlanAgreed,
    ClawbackReminderDue,
)


@dataclass(frozen=True, slots=True)
class ProposePlan:
    """Instalments on the same day of each month, the first on `first_on`."""

    applicant_id: str
    instalments: int
    first_on: date
    by: str


@dataclass(frozen=True, slots=True)
class DecidePlan:
    """The second officer agrees to exactly the plan that was seen, or sends that one back."""

    applicant_id: str
    agreed: bool
    plan_hash: str
    instalments: int
    amount_rupiah: int
    by: str


def owed(draft: Draft) -> int:
    """Rupiah that are still to be repaid."""
    return draft.holds(LedgerAccount.CLAWBACK)


def open_debt(draft: Draft) -> None:
    """Begin the case, once; a sum that grows later belongs to the same case, with new days if all had been repaid."""
    debt = draft.person.debt
    if debt is None or debt.cancelled_at:
        draft.set(debt=_following(debt, draft.now) if debt else Debt(draft.now))
        write(draft, LetterKind.OPENED)
    elif draft.person.debt_state == DebtState.SETTLED:
        draft.set(repay_until=draft.today + timedelta(days=draft.rules.repayment_days))


def _following(debt: Debt, now: datetime) -> Debt:
    """What was still to be given back stays in the treasury and counts as repaid: the person may not keep it."""
    return Debt(now, letters=debt.letters, number=debt.number + 1, repaid_rupiah=debt.to_return_rupiah)


def propose(draft: Draft, command: ProposePlan) -> dict[str, Any]:
    """Raises DEBT_UNKNOWN, PLAN_AGREED, PLAN_TOO_LONG, PLAN_DATE_WRONG.

    The first instalment lies within the days in which the whole sum would be due.
    """
    debt, most = _debt(draft), draft.rules.repayment_instalments
    if debt.plan and debt.plan.agreed_at:
        raise Refused("PLAN_AGREED")
    if not 2 <= command.instalments <= most or owed(draft) < command.instalments:
        raise Refused("PLAN_TOO_LONG", most=most)
    last = last_first_day(draft.person, draft.rules, draft.today)
    if not draft.today < command.first_on <= last:
        raise Refused("PLAN_DATE_WRONG", last=last.isoformat())
    rows = _split(owed(draft), command.instalments, command.first_on)
    draft.set(debt=replace(debt, plan=RepaymentPlan(rows, command.by, draft.now)))
    return {"instalments": len(rows), "amount_rupiah": owed(draft)}


def last_first_day(person: Participant, rules: RuleSet, today: date) -> date:
    """The last day (WIB) for the first instalment of a plan that is proposed today."""
    return max(person.repay_until or today, today + timedelta(days=rules.repayment_reminder_days))


def _split(rupiah: int, count: int, first_on: date) -> tuple[Instalment, ...]:
    """Equal parts; what does not divide is in the first."""
    part = rupiah // count
    first = rupiah - part * (count - 1)
    return tuple(Instalment(months_later(first_on, n), part if n else first) for n in range(count))


def decide(draft: Draft, command: DecidePlan) -> dict[str, Any]:
    """Raises DEBT_UNKNOWN, PLAN_NOT_PROPOSED, SAME_PERSON, PLAN_CHANGED, PLAN_DATE_WRONG (its first day has come)."""
    debt = _debt(draft)
    plan = debt.plan
    if plan is None or plan.agreed_at:
        raise Refused("PLAN_NOT_PROPOSED")
    if plan.proposed_by == command.by:
        raise Refused("SAME_PERSON")
    total = sum(each.amount_rupiah for each in plan.instalments)
    seen = (command.plan_hash, command.instalments, command.amount_rupiah)
    if (plan.plan_hash, len(plan.instalments), total) != seen:
        raise Refused("PLAN_CHANGED")
    if not command.agreed:
        draft.set(debt=replace(debt, plan=None))
        return {"agreed": False}
    if total != owed(draft):
        raise Refused("PLAN_CHANGED")
    if plan.instalments[0].due_on <= draft.today:
        raise Refused("PLAN_DATE_WRONG", last=last_first_day(draft.person, draft.rules, draft.today).isoformat())
    agreed = replace(plan, agreed_by=command.by, agreed_at=draft.now, repaid_before=debt.repaid_rupiah)
    draft.set(debt=replace(debt, plan=agreed))
    write(draft, LetterKind.PLAN, plan.instalments)
    rows = tuple(ClawbackInstalment(due_on=each.due_on, amount_rupiah=each.amount_rupiah) for each in plan.instalments)
    draft.tell(
        ClawbackPlanAgreed(
            applicant_id=draft.person.applicant_id, agreed_at=draft.now, amount_rupiah=total, instalments=rows
        )
    )
    return {"agreed": True}


def missing(draft: Draft) -> tuple[int, Instalment] | None:
    """The first instalment of an agreed plan that is not covered yet, with its number; None: there is none."""
    debt = draft.person.debt
    plan = debt.plan if debt and debt.plan and debt.plan.agreed_at else None
    if debt is None or plan is None or not owed(draft):
        return None
    covered, needed = debt.repaid_rupiah - plan.repaid_before, 0
    for number, each in enumerate(plan.instalments, 1):
        needed += each.amount_rupiah
        if covered < needed:
            return number, each
    return len(plan.instalments), plan.instalments[-1]  # the sum grew after the plan: due with the last one


def run_debt(draft: Draft) -> None:
    """Reminders, missed instalments and the end of the 60 days, as far as their time has come."""
    if not _runs(draft):
        return
    following = missing(draft)
    if following and draft.now >= end_of(following[1].due_on):
        _miss(draft, *following)
    if missing(draft) is None:
        _run_whole(draft)


def debt_times(draft: Draft) -> Iterator[datetime]:
    """Instants at which `run_debt` has something to do."""
    if not _runs(draft):
        return
    if following := missing(draft):
        yield end_of(following[1].due_on)
    else:
        yield _reminded_from(draft)
        yield end_of(_deadline(draft))


def state_of(draft: Draft) -> DebtState:
    """Where the case stands, for queries."""
    debt = _debt(draft, settled=True)
    if debt.cancelled_at:
        return DebtState.REFUNDING if debt.to_return_rupiah else DebtState.CANCELLED
    if not owed(draft):
        return DebtState.SETTLED
    if debt.plan:
        return DebtState.PLANNED if debt.plan.agreed_at else DebtState.PROPOSED
    return DebtState.OVERDUE if draft.now >= end_of(_deadline(draft)) else DebtState.OPEN


def _run_whole(draft: Draft) -> None:
    debt, deadline = _debt(draft), _deadline(draft)
    if draft.now >= end_of(deadline):
        if not any(each.kind == LetterKind.DAMAGES and each.deadline == deadline for each in debt.letters):
            write(draft, LetterKind.DAMAGES)
            draft.tell(ClawbackOverdue(**_fields(draft), deadline=deadline))
    elif draft.now >= _reminded_from(draft) and debt.reminded_for != deadline:
        draft.set(debt=replace(debt, reminded_for=deadline))
        write(draft, LetterKind.REMINDER)
        days_left = (deadline - draft.today).days
        draft.tell(ClawbackReminderDue(**_fields(draft), deadline=deadline, days_left=days_left))


def _miss(draft: Draft, number: int, each: Instalment) -> None:
    """The plan is over and the whole rest is due: on the first deadline, or soon where that has passed."""
    notice = draft.today + timedelta(days=draft.rules.repayment_reminder_days)
    deadline = max(_deadline(draft), notice)
    # The letter of today is the reminder of that new day: a second one would follow it within hours.
    draft.set(debt=replace(_debt(draft), plan=None, reminded_for=deadline), repay_until=deadline)
    write(draft, LetterKind.MISSED)
    draft.tell(
        ClawbackInstalmentMissed(
            **_fields(draft), number=number, due_on=each.due_on, missed_rupiah=each.amount_rupiah, deadline=deadline
        )
    )


def _runs(draft: Draft) -> bool:
    return draft.person.standing == Standing.INELIGIBLE and draft.person.debt is not None and owed(draft) > 0


def _debt(draft: Draft, *, settled: bool = False) -> Debt:
    debt = draft.person.debt
    if debt is None or not (owed(draft) or settled):
        raise Refused("DEBT_UNKNOWN")
    return debt


def _deadline(draft: Draft) -> date:
    return draft.person.repay_until or draft.today


def _reminded_from(draft: Draft) -> datetime:
    return morning_of(_deadline(draft) - timedelta(days=draft.rules.repayment_reminder_days))


def write(draft: Draft, kind: LetterKind, instalments: tuple[Instalment, ...] = ()) -> None:
    """Add a letter to the case, with what it says of today."""
    debt, person = _debt(draft, settled=True), draft.person
    finding = (person.ended_text or "", person.appeal_until)
    letter = Letter(kind, draft.now, owed(draft), _deadline(draft), instalments, debt.repaid_rupiah, *finding)
    draft.set(debt=replace(debt, letters=(*debt.letters, letter)))


def _fields(draft: Draft) -> dict[str, Any]:
    return {"applicant_id": draft.person.applicant_id, "amount_rupiah": owed(draft)}
