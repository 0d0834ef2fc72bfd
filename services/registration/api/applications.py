"""The citizens' door: apply, see the status, correct, withdraw, object, take the test."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from services.registration.api import sealing
from services.registration.api.bodies import (
    ApplicantId,
    ApplicationBody,
    CodeBody,
    CodeRequest,
    CorrectionBody,
    IdempotencyKey,
    LostCode,
    LostCodeRenewal,
    ObjectionBody,
    TestBody,
    TrackingCode,
    VisitBody,
)
from services.registration.api.desk import Desk
from services.registration.api.lost_codes import person_of
from services.registration.domain import imports, plain_text
from services.registration.domain.consultations import BookConsultation
from services.registration.domain.correction import Withdraw
from services.registration.domain.joining import TakeTest
from services.registration.domain.objections import Object, RenewTracking
from shared.contracts.decision import Refused
from shared.contracts.registration_terms import Channel


async def apply(desk: Desk, body: ApplicationBody, key: str | None, raw: bytes, channel: Channel) -> dict[str, Any]:
    """Take an application; the answer means it is on disk. The same key again gets the first answer again.

    Key and body are kept only as keyed hashes: a client may have put a NIK into either.
    """
    command, code = desk.registration(sealing.form_of(body), channel, desk.today())
    keyed = f"applications/{desk.vault.index('nik', key)}" if key else None
    digest = desk.vault.index("nik", hashlib.sha256(raw).hexdigest()) if key else ""
    reply = await desk.execute(command, key=keyed, digest=digest)
    applicant_id = reply["applicant_id"]
    if applicant_id != command.applicant_id:
        code = await desk.open_for(applicant_id, "tracking_code", reply["tracking_code"])
    return {
        "applicant_id": applicant_id,
        "tracking_code": code,
        "status_url": f"/registration/applications/{applicant_id}",
    }


def add_intake(router: APIRouter, desk: Desk) -> None:
    """Apply, and see what became of it."""

    @router.post("/applications", status_code=202, summary="Daftar")
    async def register(
        request: Request, body: ApplicationBody, idempotency_key: IdempotencyKey = None
    ) -> dict[str, Any]:
        return await apply(desk, body, idempotency_key, await request.body(), "online")

    @router.get("/applications/{applicant_id}", summary="Status pendaftaran")
    async def show(applicant_id: ApplicantId, tracking_code: TrackingCode) -> dict[str, Any]:
        applicant = await desk.holder(applicant_id, tracking_code)
        return {"applicant_id": applicant_id, **asdict(desk.status(applicant))}


def add_changes(router: APIRouter, desk: Desk) -> None:
    """All that changes an application needs the tracking code and a one-time code to the confirmed contact."""

    @router.post("/applications/{applicant_id}/codes", status_code=202, summary="Minta kode sekali pakai")
    async def ask_code(applicant_id: ApplicantId, tracking_code: TrackingCode, body: CodeRequest) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        return dict(await desk.new_code(applicant_id, body.purpose))

    @router.post("/applications/{applicant_id}/corrections", status_code=202, summary="Perbaiki data")
    async def correct(applicant_id: ApplicantId, tracking_code: TrackingCode, body: CorrectionBody) -> dict[str, Any]:
        applicant = await desk.holder(applicant_id, tracking_code)
        command = await desk.correction(applicant, sealing.changes_of(body), "applicant")
        if command is None:
            return {"fields": []}
        await desk.confirmed(applicant_id, "correction", body.code, command)
        return {"fields": list(command.fields)}

    @router.post("/applications/{applicant_id}/withdrawal", status_code=202, summary="Batalkan pendaftaran")
    async def withdraw(applicant_id: ApplicantId, tracking_code: TrackingCode, body: CodeBody) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        await desk.confirmed(applicant_id, "withdrawal", body.code, Withdraw(applicant_id, "applicant"))
        return {}

    @router.post("/applications/{applicant_id}/objections", status_code=202, summary="Ajukan keberatan")
    async def object_(applicant_id: ApplicantId, tracking_code: TrackingCode, body: ObjectionBody) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        text = await desk.sealed_for(applicant_id, "objection", plain_text.clean(body.text, 1500))
        await desk.confirmed(applicant_id, "objection", body.code, Object(applicant_id, text))
        return {}


def add_lost_codes(router: APIRouter, desk: Desk) -> None:
    """A new tracking code for one who knows NIK, KK and birth date and holds the phone.

    The answer never says whether anybody is known.
    """

    @router.post("/lost-codes", status_code=202, summary="Kode lacak hilang")
    async def ask(body: LostCode) -> dict[str, Any]:
        applicant_id = await person_of(desk, body)
        if applicant_id is not None:
            try:
                await desk.new_code(applicant_id, "tracking")
            except Refused:
                return {}  # too soon, too often or closed: not for strangers to know
        return {}

    @router.post("/lost-codes/renewals", status_code=202, summary="Kode lacak baru")
    async def renew(body: LostCodeRenewal) -> dict[str, Any]:
        applicant_id = await person_of(desk, body)
        if applicant_id is None:
            raise Refused("CODE_EXPIRED")
        code = sealing.new_tracking_code()
        sealed = await desk.sealed_for(applicant_id, "tracking_code", code)
        act = RenewTracking(applicant_id, sealed, sealing.tracking_index(desk.vault, code))
        await desk.confirmed(applicant_id, "tracking", body.code, act)
        return {"applicant_id": applicant_id, "tracking_code": code}


def add_next_steps(router: APIRouter, desk: Desk) -> None:
    """The test before joining, and a visit to the office."""

    @router.get("/test", summary="Pertanyaan tes motivasi dan kemampuan dasar")
    async def questions() -> dict[str, Any]:
        return dict(desk.reference.test)

    @router.post("/applications/{applicant_id}/test", status_code=202, summary="Kirim jawaban tes")
    async def take(applicant_id: ApplicantId, tracking_code: TrackingCode, body: TestBody) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        await desk.execute(TakeTest(applicant_id, body.answers, desk.reference.questions))
        return {}

    @router.post("/applications/{applicant_id}/consultations", status_code=202, summary="Janji konsultasi")
    async def visit(
        applicant_id: ApplicantId, tracking_code: TrackingCode, body: VisitBody, key: IdempotencyKey = None
    ) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        on = imports.day(body.on)
        command = BookConsultation(
            f"{applicant_id}/{body.on}"[:64], applicant_id, on, body.slot, body.topic,
            desk.settings.consultation_slot_capacity,
        )  # fmt: skip
        return dict(await desk.execute(command))
