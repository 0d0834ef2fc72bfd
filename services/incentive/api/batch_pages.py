"""Payout batches on pages: what is due, a list made by one person, checked by another, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.incentive import store
from services.incentive.api.bodies import ApprovalBody, BatchBody, BatchId, RejectionBody
from services.incentive.api.door import Door
from services.incentive.api.fund_pages import funds_for
from services.incentive.api.staff import batch_of, made
from services.incentive.domain.bank_days import next_working_day
from services.incentive.domain.batches import ApproveBatch, Chunk, RejectBatch, chunk_id
from services.incentive.pages import desk_view
from services.incentive.pages.desk_words import BATCHES, COUNTS
from services.incentive.pages.words import KINDS
from shared.security.accounts import Staff
from shared.web.forms import read, sent, whole
from shared.web.staff_site import HOME, StaffSite

PLACE, DUE = f"{HOME}/daftar", f"{HOME}/jatuh-tempo"
MOST_DUE, MOST_BATCHES, MOST_DIGITS = 200, 50, 13
State = Annotated[str, Query(max_length=20)]
Part = Annotated[int, Query(ge=1, le=100_000)]
DONE = {
    "susun": "Daftar sedang dikumpulkan; muat ulang sebentar lagi.",
    "setuju": "Daftar disetujui dan sedang diserahkan ke bank.",
    "tolak": "Daftar dikembalikan; semua isinya kembali menunggu daftar baru.",
}


def add_batches(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads."""
    anybody = Depends(door.accounts.require())

    @router.get(DUE, include_in_schema=False)
    async def due(staff: Staff = anybody) -> HTMLResponse:
        people = await store.ready_participants(door.service.database, door.today(), MOST_DUE)
        rows = desk_view.due_rows(people, door.today())
        funds = await funds_for(door, staff)
        shown = {"rows": rows, "need": desk_view.need(rows), "full": len(people) == MOST_DUE, "funds": funds}
        shown |= {"closing": await _closing(door), "closed": _closed(door)}
        return site.page("due.html", staff, "daftar", today=door.today(), **shown)

    @router.get(PLACE, include_in_schema=False)
    async def latest(keadaan: State = "", staff: Staff = anybody) -> HTMLResponse:
        database, only = door.service.database, BATCHES.get(keadaan, "")
        found = (
            await store.batches_in(database, keadaan, MOST_BATCHES)
            if only
            else await store.latest_batches(database, MOST_BATCHES)
        )
        return site.page("batches.html", staff, "daftar", batches=found, states=BATCHES, most=MOST_BATCHES, only=only)

    @router.get(f"{PLACE}/{{batch_id}}", include_in_schema=False)
    async def one(batch_id: BatchId, bagian: Part = 1, selesai: str = "", staff: Staff = anybody) -> HTMLResponse:
        batch = await batch_of(door, batch_id)
        chunk = await store.one(door.service.database, Chunk, chunk_id(batch_id, bagian))
        shown = {"lines": chunk.lines if chunk else (), "part": bagian, "kinds": KINDS, "counts": COUNTS}
        shown |= {"closed": _closed(door)}
        funds = await funds_for(door, staff)
        told = {"notice": DONE.get(selesai, ""), "states": BATCHES}
        return site.page("batch.html", staff, "daftar", batch=batch, funds=funds, **told, **shown)


def _closed(door: Door) -> list[tuple[str, datetime]]:
    return desk_view.closed_until(door.reference.desk.calendars, door.service.clock.now())


async def _closing(door: Door) -> list[dict[str, Any]]:
    """What must leave today; nothing is read where all banks are open on all days."""
    calendars, today = door.reference.desk.calendars, door.today()
    if not calendars:
        return []
    until = max(next_working_day(today, calendar) for calendar in calendars.values())
    people = await store.ready_participants(door.service.database, until, MOST_DUE)
    return desk_view.closing_rows(people, door.service.clock.now(), calendars)


def add_batch_forms(router: APIRouter, door: Door, site: StaffSite) -> None:
    """The acts of `staff.add_batches` and `staff.add_second_eye`; the same bodies and commands."""
    maker, checker = Depends(site.acting("secretariat")), Depends(site.acting("approver"))

    @router.post(PLACE, include_in_schema=False)
    async def make(request: Request, staff: Staff = maker) -> RedirectResponse:
        form = await sent(request)
        body = read(BatchBody, {"until": form.get("until")})
        reply = await site.once(staff, form, made(door, body, staff.username))
        return site.to(f"{PLACE}/{reply['batch_id']}?selesai=susun")

    @router.post(f"{PLACE}/{{batch_id}}/setuju", include_in_schema=False)
    async def approve(request: Request, batch_id: BatchId, staff: Staff = checker) -> RedirectResponse:
        """Exactly what was on the page: it carries the totals and the hash that were seen."""
        form = await sent(request)
        numbers = {name: whole(form.get(name, ""), MOST_DIGITS) for name in ("lines", "amount_rupiah")}
        body = read(ApprovalBody, {"list_hash": form.get("list_hash"), **numbers})
        command = ApproveBatch(batch_id, staff.username, body.list_hash, body.lines, body.amount_rupiah)
        await site.once(staff, form, command)
        return site.to(f"{PLACE}/{batch_id}?selesai=setuju")

    @router.post(f"{PLACE}/{{batch_id}}/tolak", include_in_schema=False)
    async def reject(request: Request, batch_id: BatchId, staff: Staff = checker) -> RedirectResponse:
        form = await sent(request)
        body = read(RejectionBody, {"reason": form.get("reason")})
        await site.once(staff, form, RejectBatch(batch_id, staff.username, body.reason))
        return site.to(f"{PLACE}/{batch_id}?selesai=tolak")
