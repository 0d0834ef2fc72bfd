"""The staff's work queue: complaints of a field, messages that reached nobody, broadcasts to print or pass on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.notification import store
from services.notification.api.bodies import Key
from services.notification.api.door import Door
from services.notification.api.tickets import answer_command
from services.notification.domain.ticket import TOPICS, Ticket
from services.notification.pages import environment
from shared.security.accounts import Staff

FIELDS = {
    "placement": "Penempatan",
    "secretariat": "Sekretariat",
    "disputes": "Perselisihan",
    "approver": "Kepala dinas",
}
CHANNELS = {"sms": "SMS", "whatsapp": "WhatsApp", "email": "Surel", "flyer": "Selebaran untuk dicetak"}
STATES = {"preparing": "sedang disiapkan", "published": "siap dipakai", "failed": "gagal, hubungi pengelola"}
TICKETS, UNSENT, CAMPAIGNS = 200, 50, 10

FieldQuery = Annotated[str, Query(pattern=r"^[a-z]{0,20}$")]
Answer = Annotated[str, Form(min_length=3, max_length=600)]


def add_desk(router: APIRouter, door: Door) -> None:
    anybody = Depends(door.accounts.require())
    staff_only = Depends(door.accounts.require("placement", "secretariat", "disputes", "approver"))
    page, base = environment().get_template("desk.html"), f"{door.settings.root_path}/notification"

    @router.get("/desk", include_in_schema=False)
    async def desk(staff: Staff = anybody, field: FieldQuery = "") -> HTMLResponse:
        chosen = field if field in FIELDS else _own_field(staff)
        content = {**await _content(door, chosen), "staff": staff, "may_answer": chosen in staff.roles}
        html = page.render(**content, base=base, style_href=f"{base}/style.css", fields=FIELDS.items(), field=chosen)
        return HTMLResponse(html)

    @router.post("/desk/tickets/{ticket_id}/answer", include_in_schema=False)
    async def answer(request: Request, ticket_id: Key, answer: Answer, staff: Staff = staff_only) -> RedirectResponse:
        command = await answer_command(door, ticket_id, answer, staff.username)
        await door.execute(request, command)
        return RedirectResponse(f"{base}/desk", status_code=303)


def _own_field(staff: Staff) -> str:
    return next((role for role in staff.roles if role in FIELDS), "placement")


async def _content(door: Door, field: str) -> dict[str, Any]:
    database = door.service.database
    waiting = [each for each in await store.open_tickets(database, TICKETS) if each.field == field]
    return {
        "today": door.today(),
        "tickets": [await _row(door, each) for each in waiting],
        "unsent": await store.unsent_messages(database, UNSENT),
        "campaigns": await store.latest_campaigns(database, CAMPAIGNS),
        "kecamatan": door.reference.kecamatan,
        "states": STATES,
        "channels": CHANNELS,
    }


async def _row(door: Door, ticket: Ticket) -> dict[str, Any]:
    late = ticket.overdue or door.today() > ticket.due_on
    return {
        "ticket": ticket,
        "topic": TOPICS[ticket.topic][0],
        "late": late,
        "complaint": await door.complaint_of(ticket),
    }
