"""Consultations: at the office, or called by telephone or WhatsApp, with a queue number in an hour that is not
overbooked. Source: paper facts 80-88 and 121.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from services.registration.domain.applicant import Applicant
from services.registration.domain.calendar import wib_date
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import ConsultationBooked
from shared.contracts.registration_terms import ConsultationPhase, ConsultationWay

SLOTS = ("08:30", "09:30", "10:30", "13:30", "14:30")
"""Hours (WIB) at which visitors are asked to come."""
TOPICS = ("REGISTRATION", "DATA", "SELECTION", "TRAINING", "INCENTIVE", "EMAIL_OR_WALLET")
MOST_AHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class ConsultationDay:
    """Bookings of one day: hour -> applicants in the order of their booking; whom we call stands under `hour/way`."""

    collection: ClassVar[str] = "consultation_days"

    on: str
    booked: dict[str, tuple[str, ...]]

    @property
    def id(self) -> str:
        return self.on


@dataclass(frozen=True, slots=True)
class BookConsultation:
    booking_id: str
    applicant_id: str
    on: date
    slot: str
    topic: str
    slot_capacity: int
    way: ConsultationWay = "visit"


def phase_of(applicant: Applicant) -> ConsultationPhase:
    """Fact 81: before, during and after the programme."""
    if applicant.stage == "selected":
        return "during"
    return "after" if applicant.stage == "revoked" else "before"


def book(
    applicant: Applicant | None, day: ConsultationDay | None, command: BookConsultation, now: datetime
) -> Decision:
    """Reply {queue_no, at}.

    Raises Refused APPLICANT_UNKNOWN, SLOT_UNKNOWN (no such day or hour), SLOT_FULL, BOOKED_ALREADY.
    """
    if applicant is None:
        raise Refused("APPLICANT_UNKNOWN")
    ahead = (command.on - wib_date(now)).days
    if not 1 <= ahead <= MOST_AHEAD_DAYS or command.on.weekday() > 4 or command.slot not in SLOTS:
        raise Refused("SLOT_UNKNOWN")
    found = day or ConsultationDay(command.on.isoformat(), {})
    if any(command.applicant_id in people for people in found.booked.values()):
        raise Refused("BOOKED_ALREADY")
    place = command.slot if command.way == "visit" else f"{command.slot}/{command.way}"
    people = found.booked.get(place, ())
    if len(people) >= command.slot_capacity:
        raise Refused("SLOT_FULL")
    queue_no = SLOTS.index(command.slot) * command.slot_capacity + len(people) + 1
    grown = replace(found, booked={**found.booked, place: (*people, command.applicant_id)})
    told = ConsultationBooked(
        applicant_id=command.applicant_id,
        booking_id=command.booking_id,
        booked_at=now,
        on=command.on,
        at=command.slot,
        queue_no=queue_no,
        topic=command.topic,
        way=command.way,
        phase=phase_of(applicant),
    )
    return Decision(changes=(grown,), events=(told,), reply={"queue_no": queue_no, "at": command.slot})
