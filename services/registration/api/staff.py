"""The office's door for people: assisted intake, tests on paper, corrections at the counter, search, erasure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request

from services.registration import store
from services.registration.api import sealing
from services.registration.api.applications import apply
from services.registration.api.bodies import (
    ApplicantId,
    ApplicationBody,
    CorrectionFields,
    ErasureBody,
    IdempotencyKey,
    SearchBody,
    TestRecordBody,
)
from services.registration.api.desk import Desk
from services.registration.api.masks import shown
from services.registration.domain import nik, plain_text
from services.registration.domain.applicant import NikClaim
from services.registration.domain.joining import RecordTest
from services.registration.domain.objections import EraseIdentity
from shared.contracts.decision import ref
from shared.security.accounts import Staff
from shared.security.vault import WrappedKey


def add_counter(router: APIRouter, desk: Desk) -> None:
    """What staff do for a person who is present; the act names both."""
    counter = Depends(desk.accounts.require("placement", "secretariat"))

    @router.post("/assisted-applications", status_code=202, summary="Daftarkan pengunjung")
    async def register(
        request: Request, body: ApplicationBody, staff: Staff = counter, idempotency_key: IdempotencyKey = None
    ) -> dict[str, Any]:
        return await apply(desk, body, idempotency_key, await request.body(), "offline_individual")

    @router.post("/applications/{applicant_id}/assisted-corrections", status_code=202, summary="Perbaiki di loket")
    async def correct(applicant_id: ApplicantId, body: CorrectionFields, staff: Staff = counter) -> dict[str, Any]:
        applicant = await desk.known(applicant_id)
        command = await desk.correction(applicant, sealing.changes_of(body), "staff")
        if command is None:
            return {"fields": []}
        await desk.execute(command)
        return {"fields": list(command.fields)}

    @router.post("/applications/{applicant_id}/test-record", status_code=202, summary="Catat atau bebaskan tes")
    async def record(applicant_id: ApplicantId, body: TestRecordBody, staff: Staff = counter) -> dict[str, Any]:
        note = plain_text.clean(body.note, 300)
        return dict(await desk.execute(RecordTest(applicant_id, body.result, note, staff.username)))


def add_search(router: APIRouter, desk: Desk) -> None:
    """Staff find people by NIK and see them masked; a kecamatan nobody knows is a task for them."""
    anybody = Depends(desk.accounts.require())

    @router.post("/search", summary="Cari menurut NIK")
    async def search(body: SearchBody, staff: Staff = anybody) -> dict[str, Any]:
        number = nik.normalise(body.nik)
        claim = await store.nik_claim(desk.service.database, desk.vault.index("nik", number))
        found = await store.applicants(desk.service.database, people_of(claim))
        return {"applicants": await shown(desk, found)}

    @router.get("/applicants/{applicant_id}", summary="Satu pendaftar, tersamar")
    async def one(applicant_id: ApplicantId, staff: Staff = anybody) -> dict[str, Any]:
        applicant = await desk.known(applicant_id)
        (masked,) = await shown(desk, [applicant])
        return {**masked, "status": asdict(desk.status(applicant))}

    @router.get("/tasks/kecamatan", summary="Pendaftar tanpa kecamatan")
    async def unplaced(after: str = "", staff: Staff = anybody) -> dict[str, Any]:
        ids = await store.without_kecamatan(desk.service.database, after[:64], 100)
        found = await store.applicants(desk.service.database, ids)
        return {"applicants": await shown(desk, found), "next": ids[-1] if len(ids) == 100 else None}


def people_of(claim: NikClaim | None) -> list[str]:
    """Who registered with one NIK: the holder first, then its shadows."""
    if claim is None:
        return []
    holder = [claim.holder] if claim.holder else []
    return [*holder, *(shadow.applicant_id for shadow in claim.shadows)]


def add_erasure(router: APIRouter, desk: Desk) -> None:
    """The person's right to be forgotten (UU 27/2022), decided by the head of the office."""
    approver = Depends(desk.accounts.require("approver"))

    @router.post("/applications/{applicant_id}/erasure", status_code=202, summary="Hapus data pribadi")
    async def erase(applicant_id: ApplicantId, body: ErasureBody, staff: Staff = approver) -> dict[str, Any]:
        await desk.execute(EraseIdentity(applicant_id, ref(WrappedKey, applicant_id), body.reason))
        await desk.vault.erase(applicant_id)  # also out of this process's memory
        return {}
