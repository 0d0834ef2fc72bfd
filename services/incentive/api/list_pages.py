"""Lists of what staff look after: certificates that do not match, payout accounts on hold or shared, refused claims."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.incentive import claim_store, store
from services.incentive.api import views
from services.incentive.api.bodies import After, ApplicantId, CertificateBody, PageNumber, PartnerQuery, RejectBody
from services.incentive.api.door import Door
from services.incentive.api.staff import participant_of
from services.incentive.domain.completion import ReconcileCertificate
from services.incentive.domain.doubts import RejectCompletion
from services.incentive.domain.participant import Participant
from services.incentive.domain.partner_rates import KEPT_PER_HOUR
from services.incentive.pages import desk_view
from services.incentive.pages.desk_words import claim_reason
from shared.contracts.decision import Refused
from shared.security.accounts import Role, Staff
from shared.web.forms import read, sent, whole
from shared.web.staff_site import HOME, StaffSite

CERTIFICATES, ACCOUNTS, CLAIMS = f"{HOME}/sertifikat", f"{HOME}/rekening", f"{HOME}/klaim"
COUNTER: tuple[Role, ...] = ("placement", "secretariat")
MOST = 100
SHARED, LATELY = "bersama", "minggu"
CLAIM_TIME = timedelta(days=7)
"""Claims refused so long ago are counted on the start page, and listed by `?sejak=minggu`."""
AGREED = "ya"
DONE = {
    "cocok": "Sertifikat sudah dicocokkan.",
    "tolak": "Penyelesaian ditolak; pelatihan itu belum tercatat selesai, dan peserta diberi tahu alasannya.",
}


def add_lists(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads."""
    anybody = Depends(door.accounts.require())

    @router.get(CERTIFICATES, include_in_schema=False)
    async def certificates(after: After = "", selesai: str = "", staff: Staff = anybody) -> HTMLResponse:
        found = await store.unmatched_participants(door.service.database, after, MOST)
        rows = desk_view.certificates(found, door.today())
        shown = {"rows": rows, "more": _more(found), "notice": DONE.get(selesai, ""), "counter": COUNTER}
        return site.page("certificates.html", staff, "sertifikat", **shown)

    @router.get(ACCOUNTS, include_in_schema=False)
    async def accounts(apa: str = "", after: After = "", staff: Staff = anybody) -> HTMLResponse:
        shared = apa == SHARED
        found = await store.watched_accounts(door.service.database, "shared" if shared else "hold", after, MOST)
        keys = await door.vault.keys([each.applicant_id for each in found])
        rows = [
            {
                "applicant_id": each.applicant_id,
                "masked": views.opened(keys.get(each.applicant_id), "account_number", each.account.masked),
                "account": each.account,
            }
            for each in found
            if each.account
        ]
        return site.page("accounts.html", staff, "rekening", rows=rows, shared=shared, more=_more(found))

    @router.get(CLAIMS, include_in_schema=False)
    async def claims(
        sejak: str = "", platform: PartnerQuery = "", page_no: PageNumber = 0, staff: Staff = anybody
    ) -> HTMLResponse:
        shown = await _claims(door, sejak == LATELY, platform, page_no)
        return site.page("claims.html", staff, "sertifikat", reason=claim_reason, page_no=page_no, **shown)


async def _claims(door: Door, lately: bool, of: str, page_no: int) -> dict[str, Any]:
    """Refused claims with the names of their platforms, the latest first: all, or those counted on the start page."""
    since = door.service.clock.now() - CLAIM_TIME if lately else store.LONG_AGO
    database, skip = door.service.database, page_no * MOST
    found = await claim_store.refused_claims(database, MOST, of=of, since=since, skip=skip)
    names = await door.shelf.platforms()
    rows = [(each, names.get(each.partner_code or "", each.partner_code)) for each in found]
    choices = [("", "semua"), *names.items(), (claim_store.NOBODYS, "tidak terbukti")]
    floods = [(names.get(each.partner_code, each.partner_code), each) for each in await claim_store.floods(database)]
    shown = {"of": of, "platforms": choices, "full": len(found) == MOST, "floods": floods, "kept": KEPT_PER_HOUR}
    return {"rows": rows, "days": CLAIM_TIME.days if lately else None, "since": LATELY if lately else "", **shown}


def add_certificate_form(router: APIRouter, door: Door, site: StaffSite) -> None:
    """The acts of `staff.add_people` and `held_completions.add_held`; the same bodies and commands."""
    counter = Depends(site.acting(*COUNTER))

    @router.post(f"{CERTIFICATES}/{{applicant_id}}", include_in_schema=False)
    async def match(request: Request, applicant_id: ApplicantId, staff: Staff = counter) -> RedirectResponse:
        form = await sent(request)
        number = whole(form.get("purchase_number", ""))
        given = {"purchase_number": number, "certificate_number": form.get("certificate_number", "").strip()}
        body = read(CertificateBody, given)
        command = ReconcileCertificate(applicant_id, body.purchase_number, body.certificate_number, staff.username)
        await site.once(staff, form, command)
        return site.to(f"{CERTIFICATES}?selesai=cocok")

    @router.post(f"{CERTIFICATES}/{{applicant_id}}/tolak", include_in_schema=False)
    async def reject(request: Request, applicant_id: ApplicantId, staff: Staff = counter) -> Response:
        """First the reason is read back; only the second click rejects."""
        form = await sent(request)
        number = whole(form.get("purchase_number", ""))
        body = read(RejectBody, {"purchase_number": number, "reason": form.get("reason", "").strip()})
        if form.get("sure") != AGREED:
            person = await participant_of(door, applicant_id)
            rows = desk_view.certificates([person], door.today())
            row = next((each for each in rows if each["purchase_number"] == number and each["doubts"]), None)
            if row is None:
                raise Refused("COMPLETION_NOT_DOUBTED")
            return site.page("rejection.html", staff, "sertifikat", row=row, reason=body.reason)
        command = RejectCompletion(applicant_id, body.purchase_number, staff.username, body.reason)
        await site.once(staff, form, command)
        return site.to(f"{CERTIFICATES}?selesai=tolak")


def _more(found: list[Participant]) -> str:
    return found[-1].applicant_id if len(found) == MOST else ""
