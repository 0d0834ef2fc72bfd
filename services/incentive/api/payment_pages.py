"""Payments that staff look at: unknown ones are asked about or decided with evidence, failed ones are sent again."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.incentive import store
from services.incentive.adapters.bank import BankStatus, PaymentOrder
from services.incentive.api.bodies import After, ApplicantId, ChunkNumber, DecisionBody, KindPath, Reference
from services.incentive.api.door import Door
from services.incentive.api.staff import BANK_AWAY
from services.incentive.domain.batches import Batch
from services.incentive.domain.participant import Participant
from services.incentive.domain.payouts import DecidePayment, HearPayment, Payment, Result, RetryPayment
from services.incentive.pages import desk_view
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.forms import read, sent
from shared.web.problems import Problem
from shared.web.staff_site import HOME, StaffSite

PLACE = f"{HOME}/pembayaran"
MOST = 100
FAILED = "gagal"
SAID: Mapping[BankStatus, str] = {
    BankStatus.PAID: "Bank menjawab: sudah dibayarkan.",
    BankStatus.FAILED: "Bank menjawab: gagal.",
    BankStatus.RETURNED: "Bank menjawab: dikembalikan.",
    BankStatus.NOT_FOUND: "Bank tidak mengenal nomor ini. Itu belum berarti gagal: cocokkan dengan rekening koran.",
}
FINAL: Mapping[BankStatus, Result] = {
    BankStatus.PAID: "paid",
    BankStatus.FAILED: "failed",
    BankStatus.RETURNED: "returned",
}
"""Answers that are recorded at once, as those to the questions of outside work are."""
STILL_OPEN = "Bank belum memutuskan. Tanyakan lagi nanti; jangan mengirim ulang."
DONE = {each.value: words for each, words in SAID.items()} | {
    "belum": STILL_OPEN,
    "putus": "Keputusan sudah dicatat.",
    "ulang": "Pembayaran kembali jatuh tempo dan menunggu daftar berikutnya.",
}


def add_payments(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Two lists, and one payment."""
    anybody = Depends(door.accounts.require())

    @router.get(PLACE, include_in_schema=False)
    async def waiting(apa: str = "", after: After = "", selesai: str = "", staff: Staff = anybody) -> HTMLResponse:
        unknown = apa != FAILED
        found = await store.participants_in_doubt(door.service.database, unknown, after, MOST)
        rows = desk_view.payments(found, door.service.clock.now(), unknown=unknown)
        more = found[-1].applicant_id if len(found) == MOST else ""
        shown = {"rows": rows, "unknown": unknown, "more": more, "notice": DONE.get(selesai, "")}
        return site.page("payments.html", staff, "pembayaran", **shown)

    @router.get(f"{PLACE}/{{reference}}", include_in_schema=False)
    async def one(reference: Reference, selesai: str = "", staff: Staff = anybody) -> HTMLResponse:
        payment, person = await _known(door, reference)
        each = person.entitlement(payment.kind, payment.number)
        batch = await store.one(door.service.database, Batch, payment.batch_id)
        row = desk_view.payment(person, each, door.service.clock.now()) if each else {}
        return site.page(
            "payment.html",
            staff,
            "pembayaran",
            payment=payment,
            row=row,
            maker=batch.made_by if batch else "",
            bank=door.bank is not None,
            notice=DONE.get(selesai, ""),
        )


def add_payment_forms(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Asking the bank changes only what the bank says; deciding needs another person than who made the batch."""
    asker, decider = Depends(site.acting("secretariat", "approver")), Depends(site.acting("approver"))
    secretariat = Depends(site.acting("secretariat"))

    @router.post(f"{PLACE}/{{reference}}/tanya", include_in_schema=False)
    async def ask(request: Request, reference: Reference, staff: Staff = asker) -> RedirectResponse:
        await sent(request)
        payment, person = await _known(door, reference)
        each = person.entitlement(payment.kind, payment.number)
        if each is None or not each.is_unsure:
            raise Refused("PAYMENT_NOT_OPEN")
        return site.to(f"{PLACE}/{reference}?selesai={await asked(door, payment)}")

    @router.post(f"{PLACE}/{{reference}}/putuskan", include_in_schema=False)
    async def decide(request: Request, reference: Reference, staff: Staff = decider) -> RedirectResponse:
        form = await sent(request)
        paid = {"ya": True, "tidak": False}.get(form.get("paid", ""))
        body = read(DecisionBody, {"paid": paid, "evidence": form.get("evidence")})
        await site.once(staff, form, DecidePayment(reference, body.paid, body.evidence, staff.username))
        return site.to(f"{PLACE}/{reference}?selesai=putus")

    @router.post(f"{PLACE}/{{applicant_id}}/{{kind}}/{{number}}/ulang", include_in_schema=False)
    async def again(
        request: Request, applicant_id: ApplicantId, kind: KindPath, number: ChunkNumber, staff: Staff = secretariat
    ) -> RedirectResponse:
        form = await sent(request)
        await site.once(staff, form, RetryPayment(applicant_id, kind, number, staff.username))
        return site.to(f"{PLACE}?apa={FAILED}&selesai=ulang")


async def asked(door: Door, payment: Payment) -> str:
    """Our own inquiry, made now; what it said, as a word of DONE. Raises Problem BANK_AWAY.

    `Not found` is only told: it counts after the bank's horizon, which outside work keeps (effects.py).
    """
    if door.bank is None:
        raise Problem("BANK_AWAY", status=503, sentence=BANK_AWAY)
    order = PaymentOrder(payment.reference, payment.bank, "", payment.amount_rupiah, batch_id=payment.batch_id)
    answer = await door.bank.payment(order)
    if result := FINAL.get(answer.status):
        await door.execute(HearPayment(payment.reference, result, answer.code))
    return answer.status.value if answer.status in SAID else "belum"


async def _known(door: Door, reference: str) -> tuple[Payment, Participant]:
    payment = await store.one(door.service.database, Payment, reference)
    person = await store.one(door.service.database, Participant, payment.applicant_id) if payment else None
    if payment is None or person is None:
        raise Refused("PAYMENT_UNKNOWN")
    return payment, person
