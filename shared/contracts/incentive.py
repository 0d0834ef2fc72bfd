"""What incentive tells the others: courses bought and finished, money due, late, paid, failed and returned.

Money is whole rupiah, days are WIB dates, instants carry their zone. A masked account such as `BNI ••••1234`
stands here only `Sealed` under the field `account_number`. Each event carries what its message text needs.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Event, Sealed
from shared.contracts.incentive_clawback import (
    ClawbackCancelled,
    ClawbackInstalment,
    ClawbackInstalmentMissed,
    ClawbackOpened,
    ClawbackOverdue,
    ClawbackPlanAgreed,
    ClawbackRefunded,
    ClawbackReminderDue,
)
from shared.contracts.incentive_money import (
    IncentiveDelayed,
    IncentiveDue,
    IncentiveFailed,
    IncentiveForecastLate,
    IncentivePaid,
    IncentiveReturned,
)
from shared.contracts.incentive_terms import (
    Code,
    Count,
    CourseEvent,
    Id,
    IncentiveEvent,
    Index,
    InstalmentEvent,
    Name,
    Number,
    Rupiah,
    Text,
    UnpaidInstalment,
    Wave,
)


class TrainingPurchased(CourseEvent):
    """The platform took the redeem code: the balance (and own money, if allowed) pays. Stage 3 ends with the first."""

    purchased_at: AwareDatetime
    amount_rupiah: Rupiah
    own_money_rupiah: Rupiah = 0
    balance_rupiah: Rupiah
    first: bool


class PurchaseReminderDue(IncentiveEvent):
    """Nothing is bought yet. `days_passed` counts from the day after notice; `deadline` is the last day to buy."""

    which: Literal["first", "second", "last"]
    wave: Wave
    days_passed: Count
    days_left: Count
    deadline: date
    balance_rupiah: Rupiah


class TrainingCompleted(CourseEvent):
    """The platform reported the course finished and its certificate is recorded. Stage 4 ends with the first."""

    finished_on: date
    certificate_number: Name
    certificate_reconciled: bool
    """False: the number does not look like this platform's and waits for staff."""
    review_deadline: date
    first: bool


class CompletionRejected(CourseEvent):
    """Staff found that a completion which had been doubted is none: the course counts as not finished.

    A true one may still come. `completions_left` counts the person's courses whose completion was told and stands.
    """

    rejected_at: AwareDatetime
    reason_text: Text
    """Why, in Indonesian, for the person."""
    doubts: tuple[Code, ...]
    completions_left: Count


class ReviewReminderDue(CourseEvent):
    """A finished course is not reviewed; a review's report takes `days` at least, and the incentive waits for it."""

    days: Count
    review_deadline: date


class TrainingReviewed(CourseEvent):
    """The participant rated a finished course. The free text of the review is not told."""

    reviewed_at: AwareDatetime
    rating: Annotated[int, Field(ge=1, le=5)]
    aspects: tuple[Code, ...] = ()
    """What was wrong: TOO_MONOTONOUS, PRICE_TOO_HIGH, NETWORK_POOR, NOT_FITTING, TOO_HARD, TOO_EASY."""


class SurveyOpened(IncentiveEvent):
    """Evaluation survey `number` of `total` can be answered until the end of `deadline`."""

    number: Number
    total: Number
    opened_at: AwareDatetime
    deadline: date
    amount_rupiah: Rupiah


class SurveyReminderDue(IncentiveEvent):
    """An open survey is not answered yet."""

    number: Number
    total: Number
    days_left: Count
    deadline: date
    amount_rupiah: Rupiah


class SurveyAnswered(IncentiveEvent):
    """A survey was answered; the answers are codes of the question file, without free text."""

    number: Number
    total: Number
    answered_at: AwareDatetime
    answers: dict[Code, Code]


class AccountEvent(IncentiveEvent):
    """A payout account of one participant; not an event itself. Equal accounts have an equal `account_index`.

    `shared_by` counts all who linked it; above 1 their payouts are held. `shared_with` names up to 20 others.
    """

    bank: Code
    account_kind: Literal["bank", "wallet"]
    account_index: Index
    account_masked: Sealed
    shared_by: Count
    shared_with: tuple[Id, ...] = ()


class PayoutAccountLinked(AccountEvent):
    """A participant linked a first payout account; the bank is being asked whose it is."""

    linked_at: AwareDatetime


class PayoutAccountChanged(AccountEvent):
    """A participant changed the payout account: payments are held, and the OLD contact must hear of it."""

    changed_at: AwareDatetime
    hold_hours: Count
    hold_until: AwareDatetime


class ParticipationRevoked(IncentiveEvent):
    """Ended early (NO_FIRST_PURCHASE, NO_LONGER_ELIGIBLE, WITHDRAWN, IDENTITY_ERASED): balance back, seat free.

    `unpaid`: incentives nobody waits for any more.
    """

    wave: Wave
    revoked_at: AwareDatetime
    reason: Code
    reason_text: Text
    amount_rupiah: Rupiah
    appeal_deadline: date
    unpaid: tuple[UnpaidInstalment, ...] = ()


class TrainingBalanceExpired(IncentiveEvent):
    """The last day to use the training balance passed; the rest went back to the treasury."""

    expired_at: AwareDatetime
    amount_rupiah: Rupiah
    spent_rupiah: Rupiah


_COURSES = (
    TrainingPurchased,
    PurchaseReminderDue,
    TrainingCompleted,
    CompletionRejected,
    ReviewReminderDue,
    TrainingReviewed,
)
_MONEY = (
    IncentiveDue,
    IncentiveForecastLate,
    IncentiveDelayed,
    IncentivePaid,
    IncentiveFailed,
    IncentiveReturned,
)
_SURVEYS = (SurveyOpened, SurveyReminderDue, SurveyAnswered)
_REST = (PayoutAccountLinked, PayoutAccountChanged, ParticipationRevoked, TrainingBalanceExpired)
_CLAWBACK = (
    ClawbackOpened,
    ClawbackReminderDue,
    ClawbackPlanAgreed,
    ClawbackInstalmentMissed,
    ClawbackOverdue,
    ClawbackCancelled,
    ClawbackRefunded,
)

EVENTS: tuple[type[Event], ...] = (*_COURSES, *_MONEY, *_SURVEYS, *_REST, *_CLAWBACK)

__all__ = [  # money, debts and shared terms are kept in files of their own
    "EVENTS", "AccountEvent", "ClawbackCancelled", "ClawbackInstalment", "ClawbackInstalmentMissed", "ClawbackOpened",
    "ClawbackOverdue", "ClawbackPlanAgreed", "ClawbackRefunded", "ClawbackReminderDue", "CompletionRejected",
    "CourseEvent", "IncentiveDelayed", "IncentiveDue", "IncentiveEvent", "IncentiveFailed", "IncentiveForecastLate",
    "IncentivePaid", "IncentiveReturned", "InstalmentEvent", "ParticipationRevoked", "PayoutAccountChanged",
    "PayoutAccountLinked", "PurchaseReminderDue", "ReviewReminderDue", "SurveyAnswered", "SurveyOpened",
    "SurveyReminderDue", "TrainingBalanceExpired", "TrainingCompleted", "TrainingPurchased", "TrainingReviewed",
    "UnpaidInstalment",
]  # fmt: skip
