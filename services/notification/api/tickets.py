"""Complaints: recorded by staff for a person, answered, taken up again, closed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request

from services.notification import store
from services.notification.api.bodies import AnswerBody, ClosingBody, IdempotencyKey, Key, ReopenBody, TicketBody
from services.notification.api.door import Door, new_ticket_id
from services.notification.domain.ticket import AnswerTicket, CloseTicket, OpenTicket, ReopenTicket, Ticket
from shared.contracts.decision import Refused
from shared.security.accounts import Staff

LATEST = 100


def add_tickets(router: APIRouter, door: Door) -> None:
    staff_only = Depends(door.accounts.require("placement", "secretariat", "disputes", "approver"))

    @router.post("/tickets", status_code=202, summary="Catat pengaduan")
    async def opened(
        request: Request, body: TicketBody, staff: Staff = staff_only, idempotency_key: IdempotencyKey = None
    ) -> dict[str, Any]:
        command = await open_command(door, body, staff.username)
        return dict(await door.execute(request, command, idempotency_key))

    @router.post("/tickets/{ticket_id}/answer", status_code=202, summary="Jawab pengaduan")
    async def answered(
        request: Request,
        ticket_id: Key,
        body: AnswerBody,
        staff: Staff = staff_only,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        command = await answer_command(door, ticket_id, body.answer, staff.username)
        return dict(await door.execute(request, command, idempotency_key))

    @router.post("/tickets/{ticket_id}/reopening", status_code=202, summary="Teruskan ke tingkat berikutnya")
    async def reopened(request: Request, ticket_id: Key, body: ReopenBody, staff: Staff = staff_only) -> dict[str, Any]:
        ticket = await known(door, ticket_id)
        complaint = await door.seal(ticket.applicant_id, "complaint", body.complaint)
        return dict(await door.execute(request, ReopenTicket(ticket_id, complaint, staff.username)))

    @router.post("/tickets/{ticket_id}/closing", status_code=202, summary="Tutup pengaduan")
    async def closed(request: Request, ticket_id: Key, body: ClosingBody, staff: Staff = staff_only) -> dict[str, Any]:
        return dict(await door.execute(request, CloseTicket(ticket_id, body.reason)))


def add_queue(router: APIRouter, door: Door) -> None:
    anybody = Depends(door.accounts.require())

    @router.get("/tickets", summary="Pengaduan yang menunggu jawaban")
    async def waiting(staff: Staff = anybody) -> dict[str, Any]:
        found = await store.open_tickets(door.service.database, LATEST)
        return {"tickets": [shown(each) for each in found]}

    @router.get("/tickets/{ticket_id}", summary="Satu pengaduan")
    async def one(ticket_id: Key, staff: Staff = anybody) -> dict[str, Any]:
        return shown(await known(door, ticket_id))


async def known(door: Door, ticket_id: str) -> Ticket:
    """Raises Refused TICKET_UNKNOWN."""
    found = await store.one(door.service.database, Ticket, ticket_id)
    if found is None:
        raise Refused("TICKET_UNKNOWN")
    return found


async def open_command(door: Door, body: TicketBody, by: str) -> OpenTicket:
    """The complaint sealed under the person's key. Raises Refused APPLICANT_UNKNOWN."""
    complaint = await door.seal(body.applicant_id, "complaint", body.complaint)
    return OpenTicket(new_ticket_id(), body.applicant_id, body.topic, body.came_by, complaint, by)


async def answer_command(door: Door, ticket_id: str, answer: str, by: str) -> AnswerTicket:
    """The answer sealed under the key of the person it is for. Raises Refused TICKET_UNKNOWN, APPLICANT_UNKNOWN."""
    ticket = await known(door, ticket_id)
    return AnswerTicket(ticket_id, await door.seal(ticket.applicant_id, "answer", answer), by)


def shown(ticket: Ticket) -> dict[str, Any]:
    """Without complaint and answer, which only the page of whoever answers opens."""
    return {
        "ticket_id": ticket.ticket_id,
        "applicant_id": ticket.applicant_id,
        "topic": ticket.topic,
        "field": ticket.field,
        "came_by": ticket.came_by,
        "state": ticket.state,
        "level": ticket.level,
        "opened_at": ticket.opened_at,
        "due_on": ticket.due_on,
        "overdue": ticket.overdue,
        "answered_at": ticket.answered_at,
        "reopen_until": ticket.reopen_until,
        "closed_at": ticket.closed_at,
        "reason": ticket.reason,
    }
