"""What incentive tells of the debts of ineligible people: the claim, reminders, instalments, last day and end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.incentive_terms import Code, Count, IncentiveEvent, Number, Receipt, Rupiah, Text


class ClawbackOpened(IncentiveEvent):
    """A recipient was not eligible and must repay by `deadline`. Said again with the new sum when it grows."""

    opened_at: AwareDatetime
    reason: Code
    reason_text: Text
    amount_rupiah: Rupiah
    deadline: date


class ClawbackReminderDue(IncentiveEvent):
    """`amount_rupiah` are still to be repaid by `deadline`, which is near."""

    amount_rupiah: Rupiah
    deadline: date
    days_left: Count


class ClawbackInstalment(BaseModel):
    """One instalment of a plan of repayment, due until the end of a WIB date."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    due_on: date
    amount_rupiah: Rupiah


class ClawbackPlanAgreed(IncentiveEvent):
    """Two officers agreed that the sum is repaid in these instalments; while they are kept the whole is not due."""

    agreed_at: AwareDatetime
    amount_rupiah: Rupiah
    instalments: Annotated[tuple[ClawbackInstalment, ...], Field(min_length=1)]


class ClawbackInstalmentMissed(IncentiveEvent):
    """Instalment `number` did not come: the plan is over and all that is left is due by `deadline`."""

    number: Number
    due_on: date
    missed_rupiah: Rupiah
    amount_rupiah: Rupiah
    deadline: date


class ClawbackOverdue(IncentiveEvent):
    """Not repaid by `deadline`: Perpres 76/2020 art. 31C speaks of a damages suit."""

    amount_rupiah: Rupiah
    deadline: date


class ClawbackCancelled(IncentiveEvent):
    """Registration found the person eligible after all: nothing is owed, and what came in is to be given back.

    `amount_rupiah` was still to be repaid. `repaid_rupiah` lies in the treasury until its officer returns it.
    """

    which: Literal["some_repaid", "nothing_repaid"]
    """Whether `repaid_rupiah` is above 0."""
    cancelled_at: AwareDatetime
    amount_rupiah: Rupiah
    repaid_rupiah: Rupiah


class ClawbackRefunded(IncentiveEvent):
    """Of what was repaid before the debt was cancelled, `amount_rupiah` were given back; `left_rupiah` still are to be.

    `receipt` is the number of the receipt that the person signed.
    """

    refunded_at: AwareDatetime
    receipt: Receipt
    amount_rupiah: Rupiah
    left_rupiah: Rupiah
