"""What will be late, told before its day: what is missing, and until when it helps to bring it.

A condition that takes days by its nature is too late when it is still missing so many days before the due date.
Which one is missing is asked of the tests that name a delay (delays.py): what is told now is what would be told
after the day. Told once per incentive and cause, and never about what is late, paid or cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from services.incentive.domain.days import morning_of
from services.incentive.domain.delays import SILENCE, cause_fields, cause_of, is_late
from services.incentive.domain.draft import DelayCause, Draft
from services.incentive.domain.entitlements import OWED_STATES, PAYMENT_TAKES, instalment_fields
from services.incentive.domain.participant import Entitlement, EntitlementState
from shared.contracts.incentive import IncentiveForecastLate

State = EntitlementState
LIST, CHECK, ANSWER = PAYMENT_TAKES.days, 1, 1
"""Days that a list, its second officer and the bank take; that a bank's look at an account, or a second pair of eyes
on a person, takes; and that a bank's answer takes."""

DAYS_NEEDED: Mapping[str, int] = {
    "BANK_UNKNOWN": ANSWER,
    "STATUS_CONFLICT": ANSWER,
    "TRANSFER_FAILED": LIST,
    "ELIGIBILITY_REVIEW": CHECK + LIST,
    "CERT_NOT_RECEIVED": LIST,
    "CERT_NOT_RECONCILED": LIST,
    "REVIEW_MISSING": LIST,
    "ACCOUNT_NOT_LINKED": CHECK + LIST,
    "ACCOUNT_NIK_MISMATCH": CHECK + LIST,
    "ACCOUNT_NAME_MISMATCH": CHECK + LIST,
    "ACCOUNT_INACTIVE": CHECK + LIST,
    "WALLET_NOT_KYC": CHECK + LIST,
    "WALLET_FULL": CHECK + LIST,
    "PARTNER_VERIFICATION_PENDING": LIST,
    "FUNDS_NOT_AVAILABLE": LIST,
    "BATCH_NOT_APPROVED": ANSWER,
}
"""From the moment a cause is gone until the money arrives, in days; set by this project. Nobody can shorten a hold of
72 hours, and a backlog has no one day: neither is foretold."""

_MOST_DAYS = max(DAYS_NEEDED.values())


def forecast_of(draft: Draft, each: Entitlement) -> DelayCause | None:
    """Why it will be late, as things stand; None while there is time, or when it is late, over or well on its way."""
    if _is_far(draft, each) or _is_over(draft, each):
        return None
    cause = cause_of(draft, each)
    begins = _begins(each, cause.code) if cause else None
    return cause if begins and draft.now >= begins else None


def last_chance(draft: Draft, each: Entitlement, code: str) -> tuple[date, date]:
    """Until when removing the cause helps, today at the earliest, and when the money arrives then."""
    days = timedelta(days=DAYS_NEEDED.get(code, 0))
    needed_by = max(each.due_on - days, draft.today)
    return needed_by, needed_by + days


def foresee(draft: Draft) -> None:
    """Tell of every incentive that will be late why, and keep which will."""
    for each in draft.person.entitlements:
        cause = forecast_of(draft, each)
        code = cause.code if cause else None
        if cause and cause.code not in each.forecasts:
            _tell(draft, each, cause)
            draft.set_entitlement(each, forecast=code, forecasts=(*each.forecasts, cause.code))
        elif code != each.forecast:
            draft.set_entitlement(each, forecast=code)


def forecast_times(draft: Draft) -> Iterator[datetime]:
    """Instants at which something becomes too late. Of each kind only the next: the others' come weeks after it."""
    rows = sorted(draft.person.entitlements, key=lambda each: each.due_on)
    following = {each.kind: each for each in reversed(rows) if not _is_over(draft, each)}
    for each in following.values():
        yield from _times(draft, each)


def _times(draft: Draft, each: Entitlement) -> Iterator[datetime]:
    if each.state == State.SENDING and each.sent_at:
        yield max(each.sent_at + SILENCE, morning_of(each.due_on - timedelta(days=ANSWER)))
    cause = cause_of(draft, each)
    if cause and (begins := _begins(each, cause.code)):
        yield begins
    if each.state in OWED_STATES:  # funds may run short, and a list may lie, while nothing happens to this person
        yield morning_of(each.due_on - timedelta(days=LIST))
    if each.state == State.BATCHED:
        yield from (morning_of(each.due_on - timedelta(days=days)) for days in range(ANSWER + 1))


def _begins(each: Entitlement, code: str) -> datetime | None:
    days = DAYS_NEEDED.get(code)
    return None if days is None else morning_of(each.due_on - timedelta(days=days))


def _is_far(draft: Draft, each: Entitlement) -> bool:
    """No cause can be too late yet: most decisions need look no further."""
    return draft.today + timedelta(days=_MOST_DAYS) < each.due_on


def _is_over(draft: Draft, each: Entitlement) -> bool:
    return each.is_over or is_late(draft, each)


def _tell(draft: Draft, each: Entitlement, cause: DelayCause) -> None:
    needed_by, expected_on = last_chance(draft, each, cause.code)
    draft.tell(
        IncentiveForecastLate(
            **instalment_fields(draft.person, each),
            **cause_fields(cause),
            needed_by=needed_by,
            expected_on=expected_on,
            owed=each.state != State.WAITING,
        )
    )
