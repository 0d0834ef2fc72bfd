"""What notification tells the others: messages that left or could not, broadcasts, and complaints of people.

No personal data in clear and no message text: a fact names channel, template and the fact that caused it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Event, Sealed

Id = Annotated[str, Field(min_length=1, max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.@:+-]+$")]
Text = Annotated[str, Field(max_length=500)]
Kecamatan = Annotated[str, Field(pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$")]
Count = Annotated[int, Field(ge=0, le=10**9)]
PersonalChannel = Literal["sms", "whatsapp", "email"]
CityChannel = Literal["sms", "whatsapp", "email", "facebook", "instagram", "flyer"]
Audience = Literal["applicant", "former_contact"]
OfficeField = Literal["placement", "secretariat", "disputes", "approver"]
"""Which part of the office answers."""


class NotificationEvent(Event):
    """Common part of all that notification says; not an event itself."""

    source: ClassVar[str] = "notification"


class MessageEvent(NotificationEvent):
    """One message to one person; the record key is the applicant. Not an event itself.

    `cause` identifies the fact that the message is about, `cause_type` is that event's name, `template` the text's
    key. `former_contact` is the phone or address a person had before a change.
    """

    message_id: Id
    applicant_id: Id
    audience: Audience = "applicant"
    template: Code
    cause: Id
    cause_type: Code

    @property
    def subject(self) -> str:
        return self.applicant_id


class MessageSent(MessageEvent):
    """A channel took the message over. It says nothing about whether the person read it."""

    channel: PersonalChannel
    sent_at: AwareDatetime
    parts: Count = 1
    """How many SMS the text takes; 1 on other channels."""


class MessageFailed(MessageEvent):
    """A message will not be sent on this channel.

    `code`: NO_CONTACT, ROUTE_MISSING, TEMPLATE_MISSING, FIELD_MISSING, TEXT_TOO_LONG, IDENTITY_ERASED, EXPIRED,
    GAVE_UP, or what the provider answered. `next_channel` is tried next; None: nobody has been told.
    """

    channel: PersonalChannel | None = None
    """None: there was no channel to choose."""
    failed_at: AwareDatetime
    code: Code
    next_channel: PersonalChannel | None = None


class CampaignPublished(NotificationEvent):
    """One content stands ready as files: one for each channel and kecamatan, to print or to pass on."""

    campaign_id: Id
    template: Code
    published_at: AwareDatetime
    channels: tuple[CityChannel, ...]
    kecamatan: tuple[Kecamatan, ...]
    files: Count
    cause: Id | None = None
    """The fact that caused it (a wave was opened or changed); None: the office wrote it."""
    cause_type: Code | None = None

    @property
    def subject(self) -> str:
        return f"campaign-{self.campaign_id}"


class TicketEvent(NotificationEvent):
    """One complaint or question of a person; the record key is the ticket. Not an event itself."""

    ticket_id: Id
    applicant_id: Id

    @property
    def subject(self) -> str:
        return f"ticket-{self.ticket_id}"


class TicketOpened(TicketEvent):
    """A complaint is recorded, or taken up again at a higher `level` after an answer that did not settle it."""

    opened_at: AwareDatetime
    topic: Code
    """STATUS, REGISTRATION, COURSE, INCENTIVE, ACCOUNT, REVOCATION or OTHER."""
    topic_name: Text
    field: OfficeField
    came_by: Literal["walk_in", "whatsapp", "phone", "letter"]
    due_on: date
    """Last day (WIB) on which the office answers; only working days were counted."""
    level: Annotated[int, Field(ge=1, le=2)] = 1


class TicketAnswered(TicketEvent):
    """The office answered; the person may reply until the end of `reopen_deadline`."""

    answered_at: AwareDatetime
    late: bool
    answer: Sealed
    reopen_deadline: date


class TicketClosed(TicketEvent):
    """Nothing is left to do. `reason`: SETTLED (no reply in time), WITHDRAWN, DUPLICATE or IDENTITY_ERASED."""

    closed_at: AwareDatetime
    reason: Code


EVENTS: tuple[type[Event], ...] = (
    MessageSent,
    MessageFailed,
    CampaignPublished,
    TicketOpened,
    TicketAnswered,
    TicketClosed,
)
"""All of them, for shared/contracts/__init__.py."""
