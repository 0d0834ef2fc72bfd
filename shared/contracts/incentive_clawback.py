"""What incentive tells of the debts of ineligible people: the claim, its reminder, instalments, and the last day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.incentive_terms import Code, Count, IncentiveEvent, Number, Rupiah, Text


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
