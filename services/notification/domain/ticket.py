"""The state of one complaint, what may be done with it, and who answers. Texts are sealed under the person's key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from services.notification.domain.words import day_of, working_days_later
from shared.contracts.base import Sealed
from shared.contracts.notification import OfficeField

TOPICS: Mapping[str, tuple[str, OfficeField]] = {
    "STATUS": ("status pendaftaran", "placement"),
    "REGISTRATION": ("pendaftaran dan data diri", "placement"),
    "COURSE": ("pelatihan", "placement"),
    "INCENTIVE": ("insentif", "secretariat"),
    "ACCOUNT": ("rekening atau dompet elektronik", "secretariat"),
    "REVOCATION": ("pencabutan kepesertaan", "disputes"),
    "OTHER": ("hal lain", "placement"),
}
"""Topic code -> Indonesian name, and who answers (mission.md, Who may do what)."""

CAME_BY = ("walk_in", "whatsapp", "phone", "letter")
NEXT_LEVEL = {1: "kepala dinas", 2: "pelaksana program pusat"}
REASONS = ("SETTLED", "WITHDRAWN", "DUPLICATE", "IDENTITY_ERASED")


@dataclass(frozen=True, slots=True)
class Office:
    """How many working days an answer and a reply may take, and the days the office is closed."""

    answer_days: int
    reply_days: int
    holidays: Collection[date] = ()

    def due(self, now: datetime) -> date:
        return working_days_later(day_of(now), self.answer_days, self.holidays)

    def reply_until(self, now: datetime) -> date:
        return working_days_later(day_of(now), self.reply_days, self.holidays)


@dataclass(frozen=True, slots=True)
class Ticket:
    """`state` is open, answered or closed; `overdue` is set by time and stays in the record."""

    collection: ClassVar[str] = "tickets"

    ticket_id: str
    applicant_id: str
    topic: str
    field: str
    came_by: str
    complaint: Sealed
    opened_at: datetime
    opened_by: str
    due_on: date
    level: int = 1
    state: str = "open"
    overdue: bool = False
    answer: Sealed | None = None
    answered_by: str = ""
    answered_at: datetime | None = None
    reopen_until: date | None = None
    closed_at: datetime | None = None
    reason: str = ""

    @property
    def id(self) -> str:
        return self.ticket_id


@dataclass(frozen=True, slots=True)
class OpenTicket:
    ticket_id: str
    applicant_id: str
    topic: str
    came_by: str
    complaint: Sealed
    by: str


@dataclass(frozen=True, slots=True)
class AnswerTicket:
    ticket_id: str
    answer: Sealed
    by: str


@dataclass(frozen=True, slots=True)
class ReopenTicket:
    """The person replied that the answer does not settle it."""

    ticket_id: str
    complaint: Sealed
    by: str


@dataclass(frozen=True, slots=True)
class CloseTicket:
    ticket_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class MarkOverdue:
    ticket_id: str
