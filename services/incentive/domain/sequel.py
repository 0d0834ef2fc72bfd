"""What follows from a change or from time alone: one pass over everything that may have come due.

Every rule about a participant ends here, and the clock of the service calls nothing else. So it does not matter
whether a condition became true by an act, by a fact heard, or by a day passing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from services.incentive.domain.accounts import leaving_times
from services.incentive.domain.clawbacks import debt_times, run_debt, state_of
from services.incentive.domain.delays import announce, delay_times, is_late, late_rupiah
from services.incentive.domain.draft import Draft
from services.incentive.domain.entitlements import become_due, due_times, is_payable
from services.incentive.domain.forecasts import forecast_times, foresee
from services.incentive.domain.participant import EntitlementState
from services.incentive.domain.participation import clock_times, run_clock
from services.incentive.domain.purchases import hold_times, release_overdue
from services.incentive.domain.reviews import remind, reminder_times
from services.incentive.domain.surveys import run_ladder, survey_times
from shared.contracts.decision import Decision

State = EntitlementState
ON_ITS_WAY = "ON_ITS_WAY"
"""Stands for a cause while a late payment was given to the bank less than a day ago."""


@dataclass(frozen=True, slots=True)
class Advance:
    """A timer says that the time of this participant has come."""

    applicant_id: str


def time_passes(draft: Draft) -> None:
    """Do what time alone has caused. A timer that is late must not let an act slip in before it."""
    if draft.person.active:
        release_overdue(draft)
        run_clock(draft)
    else:
        run_debt(draft)


def settle(draft: Draft, reply: Mapping[str, Any] | None = None) -> Decision:
    """Everything that follows from the draft as it is now, and the decision."""
    time_passes(draft)
    if draft.person.active:
        remind(draft)
        become_due(draft)
        run_ladder(draft)
        announce(draft)
        foresee(draft)
    elif debt := draft.person.debt:
        draft.set(debt_state=state_of(draft).value, debt_since=debt.opened_at)
    _index(draft)
    return draft.decision(**(reply or {}))


def _index(draft: Draft) -> None:
    """Fields that queries look at."""
    person = draft.person
    rows = person.entitlements
    draft.set(
        next_action_at=min((at for at in _times(draft) if at > draft.now), default=None),
        ready_on=_ready_on(draft),
        unsure_payment=any(each.is_unsure for each in rows),
        failed_payment=any(each.has_failed for each in rows),
        unmatched=person.active
        and any(each.finished_on and not each.certificate_reconciled for each in person.purchases),
        account_watch=_account_watch(draft),
        **_late(draft),
        **_forecast(draft),
    )


def _account_watch(draft: Draft) -> str:
    account = draft.person.account
    if account is None or not draft.person.active:
        return ""
    return "shared" if account.shared else "hold" if account.held(draft.now) else ""


def _late(draft: Draft) -> dict[str, Any]:
    """What is late, by the incentive that is late for longest."""
    late = [each for each in draft.person.entitlements if draft.person.active and is_late(draft, each)]
    first = min(late, key=lambda each: each.due_on, default=None)
    if first is None:
        return {"late": False, "late_rupiah": 0, "late_cause": "", "late_since": None}
    return {
        "late": True,
        "late_rupiah": late_rupiah(draft),
        "late_cause": first.cause or ON_ITS_WAY,
        "late_since": first.due_on,
    }


def _forecast(draft: Draft) -> dict[str, Any]:
    """What will be late, by the incentive that is due first."""
    rows = (each for each in draft.person.entitlements if draft.person.active and each.forecast)
    first = min(rows, key=lambda each: each.due_on, default=None)
    return {"forecast_cause": first.forecast if first else "", "forecast_on": first.due_on if first else None}


def _ready_on(draft: Draft) -> date | None:
    due = (each for each in draft.person.entitlements if each.state == State.DUE)
    return min((each.due_on for each in due if is_payable(draft.person, each, draft.now)), default=None)


def _times(draft: Draft) -> Iterator[datetime]:
    if not draft.person.active:
        return chain(debt_times(draft), leaving_times(draft))
    return chain(
        hold_times(draft.person),
        clock_times(draft),
        reminder_times(draft),
        due_times(draft),
        survey_times(draft),
        delay_times(draft),
        forecast_times(draft),
    )
