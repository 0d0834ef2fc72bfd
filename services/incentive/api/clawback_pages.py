"""Debts of ineligible people on pages: cases by age, plans and what is given back (letters: letter_pages.py)."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.incentive import money_store
from services.incentive.api.bodies import ApplicantId, PageNumber, PlanBody, PlanDecisionBody, RefundBody, RepaymentBody
from services.incentive.api.delay_pages import AgeCode
from services.incentive.api.door import Door
from services.incentive.api.staff import participant_of
from services.incentive.domain.clawbacks import DecidePlan, ProposePlan, last_first_day
from services.incentive.domain.debts import DebtState
from services.incentive.domain.repayments import RecordRefund, RecordRepayment
from services.incentive.pages import clawback_view
from services.incentive.pages.ages import DEBTS
from services.incentive.pages.clawback_view import OWING, STATES, opened_in
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.forms import read, sent, whole
from shared.web.staff_site import HOME, StaffSite

PLACE = f"{HOME}/pengembalian"
MOST, MOST_DIGITS = 50, 13
DONE = {
    "usul": "Rencana cicilan diusulkan; orang lain memeriksanya.",
    "setuju": "Rencana cicilan disetujui; peserta diberi tahu.",
    "tolak": "Rencana cicilan dikembalikan.",
    "masuk": "Pengembalian sudah dicatat.",
    "kembali": "Uang yang dikembalikan sudah dicatat; peserta diberi tahu.",
}


def add_clawbacks(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads."""
    anybody = Depends(door.accounts.require())

    @router.get(PLACE, include_in_schema=False)
    async def by_age(staff: Staff = anybody) -> HTMLResponse:
        states = [(state, *words, await _ages(door, state)) for state, words in STATES.items()]
        return site.page("clawbacks.html", staff, "beranda", states=states, ages=DEBTS)

    @router.get(f"{PLACE}/keadaan/{{state}}", include_in_schema=False)
    async def cases(
        state: DebtState, umur: AgeCode = "", page_no: PageNumber = 0, staff: Staff = anybody
    ) -> HTMLResponse:
        span = opened_in(umur, door.today())
        found = await money_store.debts(door.service.database, state.value, *span, page_no * MOST, MOST)
        shown = {"rows": clawback_view.rows(found, door.today()), "words": STATES[state][0], "age": umur}
        return site.page("clawback_list.html", staff, "beranda", full=len(found) == MOST, page_no=page_no, **shown)

    @router.get(f"{PLACE}/{{applicant_id}}", include_in_schema=False)
    async def one(applicant_id: ApplicantId, selesai: str = "", staff: Staff = anybody) -> HTMLResponse:
        person = await participant_of(door, applicant_id)
        if person.debt is None:
            raise Refused("DEBT_UNKNOWN")
        case = clawback_view.case(person, person.debt, door.today())
        rules, today = door.reference.desk.rules[person.rule_set], door.today()
        first_days = {"first_day": today + timedelta(days=1), "last_day": last_first_day(person, rules, today)}
        shown = {"case": case, "most": rules.repayment_instalments, "notice": DONE.get(selesai, ""), **first_days}
        return site.page("clawback.html", staff, "beranda", **shown)


async def _ages(door: Door, state: DebtState) -> list[tuple[str, str, int]]:
    database, today = door.service.database, door.today()
    return [
        (code, words, await money_store.debt_count(database, state.value, *opened_in(code, today)))
        for code, words, _, _ in DEBTS
    ]


async def waiting(door: Door) -> tuple[int, int]:
    """How many people have something to repay, and how many have something to get back."""
    counts = {state: await money_store.debt_count(door.service.database, state.value, None, None) for state in STATES}
    return sum(counts[state] for state in OWING), counts[DebtState.REFUNDING]


def add_plan_forms(router: APIRouter, door: Door, site: StaffSite) -> None:
    """The secretariat proposes, the head of the office decides exactly what the page showed."""
    maker, checker = Depends(site.acting("secretariat")), Depends(site.acting("approver"))

    @router.post(f"{PLACE}/{{applicant_id}}/rencana", include_in_schema=False)
    async def propose(request: Request, applicant_id: ApplicantId, staff: Staff = maker) -> RedirectResponse:
        form = await sent(request)
        given = {"instalments": whole(form.get("instalments", ""), 2), "first_on": form.get("first_on")}
        body = read(PlanBody, given)
        await site.once(staff, form, ProposePlan(applicant_id, body.instalments, body.first_on, staff.username))
        return site.to(f"{PLACE}/{applicant_id}?selesai=usul")

    @router.post(f"{PLACE}/{{applicant_id}}/keputusan", include_in_schema=False)
    async def decide(request: Request, applicant_id: ApplicantId, staff: Staff = checker) -> RedirectResponse:
        form = await sent(request)
        agreed = {"ya": True, "tidak": False}.get(form.get("agreed", ""))
        numbers = {name: whole(form.get(name, ""), MOST_DIGITS) for name in ("instalments", "amount_rupiah")}
        body = read(PlanDecisionBody, {"agreed": agreed, "plan_hash": form.get("plan_hash"), **numbers})
        seen = (body.plan_hash, body.instalments, body.amount_rupiah)
        command = DecidePlan(applicant_id, body.agreed, *seen, staff.username)
        await site.once(staff, form, command)
        return site.to(f"{PLACE}/{applicant_id}?selesai={'setuju' if body.agreed else 'tolak'}")


def add_receipt_forms(router: APIRouter, door: Door, site: StaffSite) -> None:
    """The secretariat records money by receipt: what came in, and what the treasurer gave back."""
    secretariat = Depends(site.acting("secretariat"))

    @router.post(f"{PLACE}/{{applicant_id}}/uang-masuk", include_in_schema=False)
    async def repaid(request: Request, applicant_id: ApplicantId, staff: Staff = secretariat) -> RedirectResponse:
        form = await sent(request)
        given = {"repayment_id": form.get("repayment_id"), "amount_rupiah": whole(form.get("amount", ""), MOST_DIGITS)}
        body = read(RepaymentBody, given)
        command = RecordRepayment(applicant_id, body.repayment_id, body.amount_rupiah, staff.username)
        await site.once(staff, form, command)
        return site.to(f"{PLACE}/{applicant_id}?selesai=masuk")

    @router.post(f"{PLACE}/{{applicant_id}}/uang-kembali", include_in_schema=False)
    async def refunded(request: Request, applicant_id: ApplicantId, staff: Staff = secretariat) -> RedirectResponse:
        form = await sent(request)
        given = {"refund_id": form.get("refund_id"), "amount_rupiah": whole(form.get("amount", ""), MOST_DIGITS)}
        body = read(RefundBody, given)
        command = RecordRefund(applicant_id, body.refund_id, body.amount_rupiah, staff.username)
        await site.once(staff, form, command)
        return site.to(f"{PLACE}/{applicant_id}?selesai=kembali")
