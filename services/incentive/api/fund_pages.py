"""The programme's funds on a page: recorded, promised and needed; the bank's statement; the proof of every rupiah."""

from __future__ import annotations

import re

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.incentive import delay_store, money_proof, store
from services.incentive.api.bodies import DepositBody, ReconciliationBody
from services.incentive.api.door import Door
from services.incentive.api.staff import compared
from services.incentive.domain.funds import DepositFunds, Funds
from services.incentive.pages import desk_view
from services.incentive.pages.desk_words import finding
from shared.security.accounts import Role, Staff
from shared.web.forms import read, sent, whole
from shared.web.staff_site import HOME, StaffSite

PLACE = f"{HOME}/dana"
OVERSEERS: tuple[Role, ...] = ("auditor", "approver", "secretariat")
MOST_DUE, MOST_DEPOSITS, MOST_DIGITS = 200, 30, 13
DONE = {"catat": "Dana masuk sudah dicatat."}
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
ACCOUNTS = {
    "treasury": "kas negara, yang sudah diberikan",
    "training_balance": "saldo pelatihan peserta",
    "holds": "disisihkan untuk kode yang belum ditukarkan",
    "platforms": "dibayarkan kepada platform",
    "owed": "insentif terutang",
    "sending": "sedang dikirim",
    "unknown": "dikirim, hasilnya tidak diketahui",
    "paid": "insentif dibayarkan",
    "returned": "kembali dari bank",
    "clawback": "harus dikembalikan peserta",
}


def oversees(staff: Staff) -> bool:
    """Whether somebody may see the programme's funds."""
    return bool(set(OVERSEERS) & set(staff.roles))


async def funds_for(door: Door, staff: Staff) -> Funds | None:
    """The programme's funds for those who may see them."""
    return await store.funds(door.service.database) if oversees(staff) else None


def add_funds(router: APIRouter, door: Door, site: StaffSite) -> None:
    """The acts of `staff.add_funds`; the same bodies and commands."""
    overseer, secretariat = Depends(door.accounts.require(*OVERSEERS)), Depends(site.acting("secretariat"))

    @router.get(PLACE, include_in_schema=False)
    async def show(selesai: str = "", staff: Staff = overseer) -> HTMLResponse:
        database = door.service.database
        people = await store.ready_participants(database, door.today(), MOST_DUE)
        return site.page(
            "funds.html",
            staff,
            "dana",
            funds=await store.funds(database),
            need=desk_view.need(desk_view.due_rows(people, door.today())),
            full=len(people) == MOST_DUE,
            deposits=await store.latest_deposits(database, MOST_DEPOSITS),
            notice=DONE.get(selesai, ""),
        )

    @router.post(PLACE, include_in_schema=False)
    async def deposit(request: Request, staff: Staff = secretariat) -> RedirectResponse:
        form = await sent(request)
        given = {"deposit_id": form.get("deposit_id"), "amount_rupiah": whole(form.get("amount", ""), MOST_DIGITS)}
        body = read(DepositBody, given)
        await site.once(staff, form, DepositFunds(body.deposit_id, body.amount_rupiah, staff.username))
        return site.to(f"{PLACE}?selesai=catat")


def add_proofs(router: APIRouter, door: Door, site: StaffSite) -> None:
    """The statement beside our payments, and the ledger. Both read much, so a person asks for them."""
    overseer, secretariat = Depends(door.accounts.require(*OVERSEERS)), Depends(site.acting("secretariat"))

    @router.get(f"{PLACE}/bukti", include_in_schema=False)
    async def proof(staff: Staff = overseer) -> HTMLResponse:
        found = await money_proof.audit(door.service.database, door.reference.desk.rules)
        late = await delay_store.late_rupiah(door.service.database)
        words = {cause.code: cause.meaning_id for cause in door.reference.desk.causes}
        return site.page("proof.html", staff, "dana", found=found, late=late, words=words, accounts=ACCOUNTS)

    @router.post(f"{PLACE}/rekening-koran", include_in_schema=False)
    async def compare(request: Request, staff: Staff = secretariat) -> HTMLResponse:
        form = await sent(request)
        body = read(ReconciliationBody, {"since": _morning(form.get("since", ""))})
        found = await compared(door, body.since)
        findings = [finding(each) for each in found["findings"]]
        return site.page("statement.html", staff, "dana", found=found, findings=findings, since=body.since)


def _morning(day: str) -> str:
    """The beginning of a day in Medan, as the body has instants; what is no day stays as it is."""
    return f"{day}T00:00:00+07:00" if _DAY.fullmatch(day) else day
