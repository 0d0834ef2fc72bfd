"""The terms in which incentive speaks: bounded values, and what its events share."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import MAX_RUPIAH, Event

Id = Annotated[str, Field(min_length=1, max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.@:+-]+$")]
Receipt = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_./-]+$")]
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


class UnpaidInstalment(BaseModel):
    """An instalment that was not paid when the participation ended; what is on its way to the bank may still be."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: Literal["post_training", "survey"]
    number: Number
    amount_rupiah: Rupiah
