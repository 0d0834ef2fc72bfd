"""What incentive tells of the money of one instalment: due, foretold to be late, late, paid, failed, returned."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from shared.contracts.base import Sealed
from shared.contracts.incentive_terms import Code, Id, InstalmentEvent, Text


class IncentiveDue(InstalmentEvent):
    """All conditions hold: it is owed, and scheduled for `expected_on` (`due_on`, or soon if that has passed)."""

    account_masked: Sealed
    expected_on: date


class CauseEvent(InstalmentEvent):
    """Names one cause of delay. `cause` and `actor` are codes of delay_causes.csv, their texts are for the person."""

    cause: Code
    cause_id: Text
    cause_en: Text
    actor: Code
    actor_id: Text
    remedy_id: Text
    remedy_en: Text


class IncentiveDelayed(CauseEvent):
    """An instalment is late, or late for another cause than told before. Over when IncentivePaid follows.

    `cause` and `actor` are codes of delay_causes.csv, their texts are for the person. `new_date` is an estimate,
    never in the past. `owed`: the conditions hold; else something of the applicant or the platform lacks.
    """

    new_date: date
    owed: bool


class IncentiveForecastLate(CauseEvent):
    """An instalment will be late unless `cause` is gone by `needed_by`. Told before `due_on`, once per cause.

    Codes and texts as in IncentiveDelayed. `expected_on` is when the money arrives if it is gone by then: `due_on`,
    or later where that is no longer possible. Over when IncentivePaid or IncentiveDelayed follows.
    """

    needed_by: date
    expected_on: date
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
