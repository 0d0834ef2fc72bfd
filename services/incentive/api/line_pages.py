"""Lines of the banks' statements that nothing explains, on a page: one person explains, a second one looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.incentive import money_store
from services.incentive.api.bodies import PageNumber
from services.incentive.api.door import Door
from services.incentive.api.fund_pages import oversees
from services.incentive.api.statements import CheckBody, ExplanationBody, LineId
from services.incentive.domain.funds import BOOKED_WITHIN, Deposit
from services.incentive.domain.statement import SECOND_EYE_FROM_RUPIAH, CheckLine, ExplainLine
from services.incentive.pages.desk_words import LINE_KINDS, LINE_REASONS
from shared.security.accounts import Staff
from shared.web.forms import read, sent
from shared.web.staff_site import HOME, StaffSite

PLACE = f"{HOME}/rekening-koran"
MOST = 50
DONE = {
    "jelas": "Penjelasan sudah dicatat.",
    "setuju": "Penjelasan diterima.",
    "buka": "Baris kembali ke antrean.",
}


async def _waiting(door: Door, page_no: int) -> dict[str, Any]:
    """A page of the queue, and what all of it adds up to."""
    database, now = door.service.database, door.service.clock.now()
    lines = await money_store.open_lines(database, page_no * MOST, MOST)
    return {"lines": lines, "sums": await money_store.unexplained(database, now), "now": now}


async def unbooked(door: Door, staff: Staff) -> Sequence[Deposit]:
    """Recorded funds that no statement shows, for those who may see the programme's funds."""
    if not oversees(staff):
        return ()
    return await money_store.unbooked_deposits(door.service.database, door.service.clock.now())


def add_lines(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads; the acts are those of `statements.add_statements`."""
    anybody = Depends(door.accounts.require())
    secretariat, approver = Depends(site.acting("secretariat")), Depends(site.acting("approver"))

    @router.get(PLACE, include_in_schema=False)
    async def queue(page_no: PageNumber = 0, selesai: str = "", staff: Staff = anybody) -> HTMLResponse:
        shown = {"page_no": page_no, "most": MOST, "notice": DONE.get(selesai, ""), **await _waiting(door, page_no)}
        shown |= {"overseer": oversees(staff), "deposits": await unbooked(door, staff), "days": BOOKED_WITHIN.days}
        shown |= {"reasons": LINE_REASONS, "kinds": LINE_KINDS, "second_eye": SECOND_EYE_FROM_RUPIAH}
        return site.page("lines.html", staff, "dana", **shown)

    @router.post(f"{PLACE}/{{line_id}}/jelaskan", include_in_schema=False)
    async def explain(request: Request, line_id: LineId, staff: Staff = secretariat) -> RedirectResponse:
        form = await sent(request)
        body = read(ExplanationBody, {name: form.get(name, "").strip() for name in ("kind", "proof", "reason")})
        await site.once(staff, form, ExplainLine(line_id, body.kind, body.proof, body.reason, staff.username))
        return site.to(f"{PLACE}?selesai=jelas")

    @router.post(f"{PLACE}/{{line_id}}/periksa", include_in_schema=False)
    async def check(request: Request, line_id: LineId, staff: Staff = approver) -> RedirectResponse:
        form = await sent(request)
        body = read(CheckBody, {"accept": {"ya": True, "tidak": False}.get(form.get("accept", ""))})
        await site.once(staff, form, CheckLine(line_id, body.accept, staff.username))
        return site.to(f"{PLACE}?selesai={'setuju' if body.accept else 'buka'}")
