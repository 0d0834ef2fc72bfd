"""The office's door: payout batches, payments that need a person, delays, certificates, funds and proof of money."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from services.incentive import claim_store, delay_store, money_proof, store
from services.incentive.adapters.bank import BankAway
from services.incentive.adapters.statement import reconcile
from services.incentive.api import views
from services.incentive.api.bodies import (
    After,
    ApplicantId,
    ApprovalBody,
    BatchBody,
    BatchId,
    CertificateBody,
    ChunkNumber,
    DecisionBody,
    DepositBody,
    KindPath,
    PageNumber,
    PartnerQuery,
    ReconciliationBody,
    Reference,
    RejectionBody,
)
from services.incentive.api.door import Door
from services.incentive.domain.batches import ApproveBatch, Batch, Chunk, MakeBatch, RejectBatch, chunk_id
from services.incentive.domain.completion import ReconcileCertificate
from services.incentive.domain.funds import DepositFunds
from services.incentive.domain.participant import Participant
from services.incentive.domain.payouts import DecidePayment, RetryPayment
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.problems import Problem

PAGE = 100
Trouble = Annotated[Literal["unknown", "failed"], Query()]
BANK_AWAY = "Bank belum menjawab. Tidak ada yang berubah; coba lagi sebentar lagi."


def add_batches(router: APIRouter, door: Door) -> None:
    """Making a list."""
    maker, anybody = Depends(door.accounts.require("secretariat")), Depends(door.accounts.require())

    @router.post("/staff/batches", status_code=202, summary="Buat daftar pembayaran")
    async def make(body: BatchBody, staff: Staff = maker) -> dict[str, Any]:
        return dict(await door.execute(made(door, body, staff.username)))

    @router.get("/staff/batches", summary="Daftar-daftar pembayaran")
    async def latest(staff: Staff = anybody) -> dict[str, Any]:
        found = await store.latest_batches(door.service.database, PAGE)
        return {"batches": [views.batch(each) for each in found]}

    @router.get("/staff/batches/{batch_id}", summary="Satu daftar pembayaran")
    async def one(batch_id: BatchId, staff: Staff = anybody) -> dict[str, Any]:
        return views.batch(await batch_of(door, batch_id))

    @router.get("/staff/batches/{batch_id}/chunks/{number}", summary="Baris-baris satu bagian")
    async def lines(batch_id: BatchId, number: ChunkNumber, staff: Staff = anybody) -> dict[str, Any]:
        chunk = await store.one(door.service.database, Chunk, chunk_id(batch_id, number))
        return {"lines": [line.text() for line in chunk.lines] if chunk else []}


def made(door: Door, body: BatchBody, by: str) -> MakeBatch:
    """The command that begins a list, under a number of its own."""
    until = body.until or door.today()
    return MakeBatch(f"B{until:%Y%m%d}-{secrets.token_hex(4).upper()}", until, by)


async def batch_of(door: Door, batch_id: str) -> Batch:
    """Raises BATCH_UNKNOWN."""
    found = await store.one(door.service.database, Batch, batch_id)
    if found is None:
        raise Refused("BATCH_UNKNOWN")
    return found


async def compared(door: Door, since: datetime) -> dict[str, Any]:
    """Our payments beside the bank's statement. Raises Problem BANK_AWAY."""
    if door.bank is None:
        raise Problem("BANK_AWAY", status=503, sentence=BANK_AWAY)
    try:
        return await reconcile(door.execute, door.bank, since)
    except BankAway:
        raise Problem("BANK_AWAY", status=503, sentence=BANK_AWAY) from None


def add_second_eye(router: APIRouter, door: Door) -> None:
    """What the second officer decides; nobody is both eyes."""
    approver = Depends(door.accounts.require("approver"))

    @router.post("/staff/batches/{batch_id}/approval", status_code=202, summary="Setujui daftar")
    async def approve(batch_id: BatchId, body: ApprovalBody, staff: Staff = approver) -> dict[str, Any]:
        command = ApproveBatch(batch_id, staff.username, body.list_hash, body.lines, body.amount_rupiah)
        return dict(await door.execute(command))

    @router.post("/staff/batches/{batch_id}/rejection", status_code=202, summary="Kembalikan daftar")
    async def reject(batch_id: BatchId, body: RejectionBody, staff: Staff = approver) -> dict[str, Any]:
        return dict(await door.execute(RejectBatch(batch_id, staff.username, body.reason)))

    @router.post("/staff/payments/{reference}/decision", status_code=202, summary="Putuskan pembayaran")
    async def decide(reference: Reference, body: DecisionBody, staff: Staff = approver) -> dict[str, Any]:
        command = DecidePayment(reference, body.paid, body.evidence, staff.username)
        return dict(await door.execute(command))


def add_payments(router: APIRouter, door: Door) -> None:
    """Payments that failed, are unknown or late, and the bank's statement."""
    anybody, secretariat = Depends(door.accounts.require()), Depends(door.accounts.require("secretariat"))

    @router.get("/staff/payments", summary="Pembayaran yang perlu dilihat")
    async def payments(state: Trouble = "unknown", after: After = "", staff: Staff = anybody) -> dict[str, Any]:
        """People with a payment that is unknown or in conflict, or with one that failed or came back."""
        return _page(door, await store.participants_in_doubt(door.service.database, state == "unknown", after, PAGE))

    @router.get("/staff/delays", summary="Insentif yang terlambat")
    async def late(after: After = "", staff: Staff = anybody) -> dict[str, Any]:
        return _page(door, await delay_store.late_participants(door.service.database, after, PAGE))

    @router.post("/staff/participants/{applicant_id}/{kind}/{number}/retry", status_code=202, summary="Bayar ulang")
    async def retry(
        applicant_id: ApplicantId, kind: KindPath, number: ChunkNumber, staff: Staff = secretariat
    ) -> dict[str, Any]:
        return dict(await door.execute(RetryPayment(applicant_id, kind, number, staff.username)))

    @router.post("/staff/reconciliation", summary="Cocokkan dengan rekening koran")
    async def compare(body: ReconciliationBody, staff: Staff = secretariat) -> dict[str, Any]:
        return await compared(door, body.since)


def _page(door: Door, found: list[Participant]) -> dict[str, Any]:
    """A page of a list in order of id; `next` continues it."""
    last = found[-1].applicant_id if len(found) == PAGE else None
    return {"participants": [views.queue(each, door.reference) for each in found], "next": last}


def add_people(router: APIRouter, door: Door) -> None:
    """One participant, and certificates."""
    anybody = Depends(door.accounts.require())
    counter = Depends(door.accounts.require("placement", "secretariat"))

    @router.get("/staff/participants/{applicant_id}", summary="Satu peserta, tersamar")
    async def one(applicant_id: ApplicantId, staff: Staff = anybody) -> dict[str, Any]:
        person = await participant_of(door, applicant_id)
        keys = await door.vault.keys([applicant_id])
        return views.participant(person, keys.get(applicant_id), door.reference, codes=False)

    @router.post("/staff/participants/{applicant_id}/certificates", status_code=202, summary="Cocokkan sertifikat")
    async def certificate(applicant_id: ApplicantId, body: CertificateBody, staff: Staff = counter) -> dict[str, Any]:
        command = ReconcileCertificate(applicant_id, body.purchase_number, body.certificate_number, staff.username)
        return dict(await door.execute(command))


async def participant_of(door: Door, applicant_id: str) -> Participant:
    """Raises PARTICIPANT_UNKNOWN."""
    person = await store.one(door.service.database, Participant, applicant_id)
    if person is None:
        raise Refused("PARTICIPANT_UNKNOWN")
    return person


def add_claims(router: APIRouter, door: Door) -> None:
    """Claims that were not believed, so that a platform can be told why."""
    anybody = Depends(door.accounts.require())

    @router.get("/staff/refused-claims", summary="Klaim yang ditolak")
    async def refused(
        partner_code: PartnerQuery = "", page_no: PageNumber = 0, staff: Staff = anybody
    ) -> dict[str, Any]:
        """The latest first; with `partner_code` (`-` for unproven ones) nobody else's push a platform's own out."""
        found = await claim_store.refused_claims(door.service.database, PAGE, of=partner_code, skip=page_no * PAGE)
        shown = [
            {
                "place": each.place,
                "reason": each.reason,
                "partner_code": each.partner_code,
                "digest": each.digest,
                "refused_at": each.refused_at,
            }
            for each in found
        ]
        return {"claims": shown, "next": page_no + 1 if len(found) == PAGE else None}


def add_funds(router: APIRouter, door: Door) -> None:
    """The programme's funds, and the proof that every rupiah is explained."""
    secretariat = Depends(door.accounts.require("secretariat"))
    overseer = Depends(door.accounts.require("auditor", "approver", "secretariat"))

    @router.post("/staff/funds", status_code=202, summary="Catat dana masuk")
    async def deposit(body: DepositBody, staff: Staff = secretariat) -> dict[str, Any]:
        return dict(await door.execute(DepositFunds(body.deposit_id, body.amount_rupiah, staff.username)))

    @router.get("/staff/funds", summary="Dana program")
    async def show(staff: Staff = overseer) -> dict[str, Any]:
        return views.funds(await store.funds(door.service.database))

    @router.get("/staff/audit", summary="Bukti buku besar")
    async def audit(staff: Staff = overseer) -> dict[str, Any]:
        late = await delay_store.late_rupiah(door.service.database)
        proof = await money_proof.audit(door.service.database, door.reference.desk.rules)
        return proof | {"late_rupiah": late}
