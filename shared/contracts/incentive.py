"""What incentive tells the others: courses bought and finished, money due, late, paid, failed and returned.

Money is whole rupiah, days are WIB dates, instants carry their zone. A masked account such as `BNI ••••1234`
stands here only `Sealed` under the field `account_number`. Each event carries what its message text needs.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import MAX_RUPIAH, Event, Sealed

Id = Annotated[str, Field(min_length=1, max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.@:+-]+$")]
Text = Annotated[str, Field(max_length=500)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Index = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Rupiah = Annotated[int, Field(ge=0, le=MAX_RUPIAH)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Number = Annotated[int, Field(ge=1, le=99)]
Wave = Annotated[int, Field(ge=1, le=9999)]


class IncentiveEvent(Event):
    """Common part of all that incentive says about one participant; not an event itself."""

    source: ClassVar[str] = "incentive"

    applicant_id: Id


class InstalmentEvent(IncentiveEvent):
    """Instalment `number` of `total` of its kind, late once `due_on` passed and not paid; not an event itself."""

    kind: Literal["post_training", "survey"]
    number: Number
    total: Number
    amount_rupiah: Rupiah
    due_on: date


class CourseEvent(IncentiveEvent):
    """One course of one participant, counted in `purchase_number`, and its platform's name; not an event itself."""

    purchase_number: Number
    course_code: Code
    course_name: Name
    platform_code: Code
    platform: Name


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


class IncentiveDue(InstalmentEvent):
    """All conditions hold: it is owed, and scheduled for `expected_on` (`due_on`, or soon if that has passed)."""

    account_masked: Sealed
    expected_on: date


class IncentiveDelayed(InstalmentEvent):
    """An instalment is late, or late for another cause than told before. Over when IncentivePaid follows.

    `cause` and `actor` are codes of delay_causes.csv, their texts are for the person. `new_date` is an estimate,
    never in the past. `owed`: the conditions hold; else something of the applicant or the platform lacks.
    """

    cause: Code
    cause_id: Text
    cause_en: Text
    actor: Code
    actor_id: Text
    remedy_id: Text
    remedy_en: Text
    new_date: date
    owed: bool


class IncentivePaid(InstalmentEvent):
    """The bank confirmed the payment."""

    paid_at: AwareDatetime
    reference: Id
    bank: Code
    account_masked: Sealed
    batch_id: Id


class IncentiveFailed(InstalmentEvent):
    """The bank refused a payment for good, or the result is unknown and only inquired about, never sent twice."""

    failed_at: AwareDatetime
    outcome: Literal["failed", "unknown"]
    code: Code
    reference: Id
    bank: Code
    batch_id: Id


class IncentiveReturned(InstalmentEvent):
    """A payment that had arrived came back; the right stays and it is sent again once the cause is mended."""

    returned_at: AwareDatetime
    bank: Code
    code: Code
    reason: Text
    reference: Id


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
    """Ended early (NO_FIRST_PURCHASE, NO_LONGER_ELIGIBLE, WITHDRAWN, IDENTITY_ERASED): balance back, seat free."""

    wave: Wave
    revoked_at: AwareDatetime
    reason: Code
    reason_text: Text
    amount_rupiah: Rupiah
    appeal_deadline: date


class TrainingBalanceExpired(IncentiveEvent):
    """The last day to use the training balance passed; the rest went back to the treasury."""

    expired_at: AwareDatetime
    amount_rupiah: Rupiah
    spent_rupiah: Rupiah


class ClawbackOpened(IncentiveEvent):
    """A recipient was not eligible and must repay by `deadline`. Said again with the new sum when it grows."""

    opened_at: AwareDatetime
    reason: Code
    reason_text: Text
    amount_rupiah: Rupiah
    deadline: date


_COURSES = (TrainingPurchased, PurchaseReminderDue, TrainingCompleted, ReviewReminderDue, TrainingReviewed)
_MONEY = (IncentiveDue, IncentiveDelayed, IncentivePaid, IncentiveFailed, IncentiveReturned)
_SURVEYS = (SurveyOpened, SurveyReminderDue, SurveyAnswered)
_REST = (PayoutAccountLinked, PayoutAccountChanged, ParticipationRevoked, TrainingBalanceExpired, ClawbackOpened)

EVENTS: tuple[type[Event], ...] = (*_COURSES, *_MONEY, *_SURVEYS, *_REST)
