"""Lines of the banks' statements that nothing explains, on a page: one person explains, a second one looks at it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.incentive import money_store
from services.incentive.api.door import Door
from services.incentive.api.statements import CheckBody, ExplanationBody, LineId
from services.incentive.domain.statement import CheckLine, ExplainLine
from services.incentive.pages.desk_words import LINE_KINDS, LINE_REASONS
from shared.security.accounts import Staff
from shared.web.forms import read, sent
from shared.web.staff_site import HOME, StaffSite

PLACE = f"{HOME}/rekening-koran"
MOST = 50
PageNumber = Annotated[int, Query(ge=0, le=2000)]
DONE = {
    "jelas": "Penjelasan sudah dicatat.",
    "setuju": "Penjelasan diterima.",
    "buka": "Baris kembali ke antrean.",
}


def add_lines(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads; the acts are those of `statements.add_statements`."""
    anybody = Depends(door.accounts.require())
    secretariat, approver = Depends(site.acting("secretariat")), Depends(site.acting("approver"))

    @router.get(PLACE, include_in_schema=False)
    async def queue(page_no: PageNumber = 0, selesai: str = "", staff: Staff = anybody) -> HTMLResponse:
        now = door.service.clock.now()
        return site.page(
            "lines.html",
            staff,
            "dana",
            lines=await money_store.open_lines(door.service.database, page_no * MOST, MOST),
            sums=await money_store.unexplained(door.service.database, now),
            page_no=page_no,
            most=MOST,
            now=now,
            reasons=LINE_REASONS,
            kinds=LINE_KINDS,
            notice=DONE.get(selesai, ""),
        )

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
