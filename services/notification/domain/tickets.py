"""Complaints and questions of people: open -> answered -> closed, with the last day for an answer (NF9).

An answer that does not settle it takes the ticket to the next level.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from typing import cast

from services.notification.domain.facts import Fact, SealedField
from services.notification.domain.ticket import (
    CAME_BY,
    NEXT_LEVEL,
    REASONS,
    TOPICS,
    AnswerTicket,
    CloseTicket,
    Office,
    OpenTicket,
    ReopenTicket,
    Ticket,
)
from services.notification.domain.words import day_of, long_date
from shared.contracts.decision import Decision, Refused
from shared.contracts.notification import OfficeField, TicketAnswered, TicketClosed, TicketOpened

_IDS = uuid.UUID("9f9c1d53-4a52-4b6b-9f27-2e7c6e0c7a93")


def open_ticket(existing: Ticket | None, command: OpenTicket, office: Office, now: datetime) -> tuple[Decision, Fact]:
    """What is recorded, and what the person is told. Raises Refused TICKET_EXISTS, TOPIC_UNKNOWN, CAME_BY_UNKNOWN."""
    if existing:
        raise Refused("TICKET_EXISTS")
    if command.topic not in TOPICS:
        raise Refused("TOPIC_UNKNOWN")
    if command.came_by not in CAME_BY:
        raise Refused("CAME_BY_UNKNOWN")
    ticket = Ticket(
        command.ticket_id,
        command.applicant_id,
        command.topic,
        TOPICS[command.topic][1],
        command.came_by,
        command.complaint,
        now,
        command.by,
        office.due(now),
    )
    return _opened(ticket, now)


def answer_ticket(ticket: Ticket | None, command: AnswerTicket, office: Office, now: datetime) -> tuple[Decision, Fact]:
    """Raises Refused TICKET_UNKNOWN, TICKET_STATE."""
    known = _in_state(ticket, "open")
    until = office.reply_until(now)
    answered = replace(
        known, state="answered", answer=command.answer, answered_by=command.by, answered_at=now, reopen_until=until
    )
    told = TicketAnswered(
        ticket_id=known.ticket_id,
        applicant_id=known.applicant_id,
        answered_at=now,
        late=day_of(now) > known.due_on,
        answer=command.answer,
        reopen_deadline=until,
    )
    values = {
        "ticket_no": known.ticket_id,
        "reopen_deadline": long_date(until),
        "next_level": NEXT_LEVEL[known.level],
    }
    sealed = (SealedField("answer", "answer", command.answer),)
    fact = Fact(ticket_cause(known.ticket_id, "answered", known.level), "TicketAnswered", now, "", values, sealed)
    return Decision(changes=(answered,), events=(told,), reply={"reopen_deadline": until.isoformat()}), fact


def reopen_ticket(ticket: Ticket | None, command: ReopenTicket, office: Office, now: datetime) -> tuple[Decision, Fact]:
    """The head of the office answers next. Raises Refused TICKET_UNKNOWN, TICKET_STATE, REPLY_TOO_LATE, LAST_LEVEL."""
    known = _in_state(ticket, "answered")
    if known.reopen_until is None or day_of(now) > known.reopen_until:
        raise Refused("REPLY_TOO_LATE")
    if known.level >= max(NEXT_LEVEL):
        raise Refused("LAST_LEVEL")
    again = replace(
        known,
        state="open",
        level=known.level + 1,
        field="approver",
        complaint=command.complaint,
        opened_at=now,
        opened_by=command.by,
        due_on=office.due(now),
        overdue=False,
    )
    return _opened(again, now)


def _opened(ticket: Ticket, now: datetime) -> tuple[Decision, Fact]:
    name = TOPICS[ticket.topic][0]
    told = TicketOpened(
        ticket_id=ticket.ticket_id,
        applicant_id=ticket.applicant_id,
        opened_at=now,
        topic=ticket.topic,
        topic_name=name,
        field=cast(OfficeField, ticket.field),
        came_by=ticket.came_by,
        due_on=ticket.due_on,
        level=ticket.level,
    )
    values = {"topic": name, "ticket_no": ticket.ticket_id, "due_at": long_date(ticket.due_on)}
    fact = Fact(ticket_cause(ticket.ticket_id, "opened", ticket.level), "TicketOpened", now, "", values)
    reply = {"ticket_id": ticket.ticket_id, "due_on": ticket.due_on.isoformat()}
    return Decision(changes=(ticket,), events=(told,), reply=reply), fact


def close_ticket(ticket: Ticket | None, command: CloseTicket, now: datetime) -> Decision:
    """Raises Refused TICKET_UNKNOWN, TICKET_STATE, REASON_UNKNOWN; SETTLED needs an answer."""
    if command.reason not in REASONS:
        raise Refused("REASON_UNKNOWN")
    known = _in_state(ticket, "answered") if command.reason == "SETTLED" else _in_state(ticket, "open", "answered")
    closed = replace(known, state="closed", closed_at=now, reason=command.reason)
    told = TicketClosed(
        ticket_id=known.ticket_id, applicant_id=known.applicant_id, closed_at=now, reason=command.reason
    )
    return Decision(changes=(closed,), events=(told,))


def mark_overdue(ticket: Ticket | None, now: datetime) -> Decision:
    """Raises Refused TICKET_UNKNOWN, TICKET_STATE (answered in the meantime, or not overdue yet)."""
    known = _in_state(ticket, "open")
    if known.overdue or day_of(now) <= known.due_on:
        raise Refused("TICKET_STATE", state=known.state)
    return Decision(changes=(replace(known, overdue=True),))


def ticket_cause(ticket_id: str, what: str, level: int) -> str:
    """Identifies what happened to a ticket, for the message about it."""
    return str(uuid.uuid5(_IDS, f"{ticket_id}|{what}|{level}"))


def _in_state(ticket: Ticket | None, *states: str) -> Ticket:
    if ticket is None:
        raise Refused("TICKET_UNKNOWN")
    if ticket.state not in states:
        raise Refused("TICKET_STATE", state=ticket.state)
    return ticket
