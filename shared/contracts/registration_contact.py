"""What registration tells about meeting a person: an appointment, an objection decided, a one-time code on its way."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Sealed
from shared.contracts.registration_terms import Code, ConsultationPhase, ConsultationWay, Count, Id, PersonEvent


class ConsultationBooked(PersonEvent):
    """A person has an appointment (WIB date and time) with a queue number: comes, or is called.

    `phase` is where the person stands in the programme when booking: not selected yet, taking part, or out of it.
    """

    booking_id: Id
    booked_at: AwareDatetime
    on: date
    at: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
    queue_no: Count
    topic: Code
    way: ConsultationWay = "visit"
    phase: ConsultationPhase = "before"


class ObjectionDecided(PersonEvent):
    """Two members of staff decided an objection against a verdict or a revoked participation, and the person is told.

    Rejected: the decision stands. Upheld, of a participation alone: the NIK is free again and the person may register
    anew. An objection to a verdict that is upheld is told by ApplicantEligible.
    """

    decided_at: AwareDatetime
    which: Literal["upheld", "rejected"]


class ConfirmationCodeIssued(PersonEvent):
    """A one-time code must reach the person now (message `code.one_time`); only its hash is kept with us.

    `purpose` is correction, withdrawal, objection, tracking, or participation: the last is for acts at
    incentive's door, which opens `code` to check what the person types, until `expires_at`.
    """

    issued_at: AwareDatetime
    expires_at: AwareDatetime
    purpose: Code
    code: Sealed
