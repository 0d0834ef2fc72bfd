"""The staff's work queue: complaints, written down and answered by field; messages that reached nobody; broadcasts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.notification import store
from services.notification.api.bodies import Key, Letter, TicketBody
from services.notification.api.door import Door
from services.notification.api.tickets import answer_command, open_command
from services.notification.domain.ticket import TOPICS, Ticket
from services.notification.pages import environment
from shared.security.accounts import Staff
from shared.web.forms import read, sent
from shared.web.staff_site import new_key

FIELDS = {
    "placement": "Penempatan",
    "secretariat": "Sekretariat",
    "disputes": "Perselisihan",
    "approver": "Kepala dinas",
}
CHANNELS = {
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "email": "E-mail",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "flyer": "Selebaran untuk dicetak",
}
STATES = {"preparing": "sedang disiapkan", "published": "siap dipakai", "failed": "gagal, hubungi pengelola"}
FAILURES = {
    "NO_CONTACT": "tidak ada nomor ponsel atau e-mail",
    "ADDRESS_UNUSABLE": "alamat e-mail tidak dapat dipakai",
    "EXPIRED": "batas waktunya lewat sebelum terkirim",
    "GAVE_UP": "saluran tidak menjawab terlalu lama",
    "IDENTITY_ERASED": "data orang ini sudah dihapus",
    "STAFF_DECIDED": "petugas menyatakan tidak sampai",
}
"""What staff can act on, in words; other codes are for the operator (docs/operations.md)."""
CAME_BY = {"walk_in": "Datang ke kantor", "whatsapp": "WhatsApp", "phone": "Telepon", "letter": "Surat"}
TICKETS, UNSENT, CAMPAIGNS = 200, 50, 10

FieldQuery = Annotated[str, Query(pattern=r"^[a-z]{0,20}$")]
IdQuery = Annotated[str, Query(pattern=r"^[0-9a-f-]{0,36}$")]
Answer = Annotated[Letter, Form()]


def add_desk(router: APIRouter, door: Door) -> None:
    anybody = Depends(door.accounts.require())
    staff_only = Depends(door.accounts.require("placement", "secretariat", "disputes", "approver"))
    page, base = environment().get_template("desk.html"), f"{door.settings.root_path}/notification"

    @router.get("/desk", include_in_schema=False)
    async def desk(
        staff: Staff = anybody,
        field: FieldQuery = "",
        orang: IdQuery = "",
        siaran: IdQuery = "",
        dicatat: FieldQuery = "",
    ) -> HTMLResponse:
        chosen = field if field in FIELDS else _own_field(staff)
        content = {**await _content(door, chosen), "staff": staff, "may_answer": chosen in staff.roles}
        content |= {"person": orang, "chosen": siaran, "noted": FIELDS.get(dicatat, ""), "new_key": new_key}
        content |= {"may_write": bool(set(FIELDS) & set(staff.roles)), "topics": TOPICS, "came_by": CAME_BY}
        html = page.render(**content, base=base, style_href=f"{base}/style.css", fields=FIELDS.items(), field=chosen)
        return HTMLResponse(html)

    @router.post("/desk/tickets/{ticket_id}/answer", include_in_schema=False)
    async def answer(request: Request, ticket_id: Key, answer: Answer, staff: Staff = staff_only) -> RedirectResponse:
        command = await answer_command(door, ticket_id, answer, staff.username)
        await door.execute(request, command)
        return RedirectResponse(f"{base}/desk", status_code=303)


def add_complaints(router: APIRouter, door: Door) -> None:
    """Somebody at the counter or on the phone complains: written down once, sent twice or not."""
    staff_only = Depends(door.accounts.require("placement", "secretariat", "disputes", "approver"))
    base = f"{door.settings.root_path}/notification"

    @router.post("/desk/tickets", include_in_schema=False)
    async def note(request: Request, staff: Staff = staff_only) -> RedirectResponse:
        form = await sent(request)
        body = read(TicketBody, {name: form.get(name, "").strip() for name in TicketBody.model_fields})
        await door.execute(request, await open_command(door, body, staff.username), form.get("key", "")[:64] or None)
        return RedirectResponse(f"{base}/desk?dicatat={TOPICS[body.topic][1]}", status_code=303)


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
        "titles": door.reference.routes.titles(),
        "failures": FAILURES,
    }


async def _row(door: Door, ticket: Ticket) -> dict[str, Any]:
    late = ticket.overdue or door.today() > ticket.due_on
    return {
        "ticket": ticket,
        "topic": TOPICS[ticket.topic][0],
        "late": late,
        "complaint": await door.complaint_of(ticket),
    }
