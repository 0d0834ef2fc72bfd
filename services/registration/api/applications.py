"""The citizens' door: apply, see the status, correct, withdraw, object, take the test."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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
from services.registration.api.lost_codes import ask_lost_code, renew_tracking
from services.registration.domain import imports, plain_text
from services.registration.domain.applicant import Applicant
from services.registration.domain.codes import Purpose
from services.registration.domain.consultations import BookConsultation
from services.registration.domain.correction import Withdraw
from services.registration.domain.joining import TakeTest
from services.registration.domain.objections import Object
from shared.contracts.registration_terms import Channel
from shared.web.guard import CALLER


async def apply(desk: Desk, body: ApplicationBody, key: str | None, raw: bytes, channel: Channel) -> dict[str, Any]:
    """Take an application; the answer means it is on disk. The same key again gets the first answer again.

    Key and body are kept only as keyed hashes: a client may have put a NIK into either.
    """
    device = CALLER.get().device if channel == "online" else ""
    command, code = desk.registration(sealing.form_of(body), channel, desk.today(), device=device)
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


async def ask_code(desk: Desk, applicant: Applicant, purpose: Purpose) -> dict[str, Any]:
    """Raises Problem TOO_MANY_CODES, and Refused as `new_code`."""
    if desk.limits:
        desk.limits.code_asked(applicant.mobile_index)
    return dict(await desk.new_code(applicant.applicant_id, purpose))


async def correct(desk: Desk, applicant: Applicant, changes: Mapping[str, Any], code: str) -> list[str]:
    """The names of the fields that really changed."""
    command = await desk.correction(applicant, changes, "applicant")
    if command is None:
        return []
    await desk.confirmed(applicant.applicant_id, "correction", code, command)
    return list(command.fields)


async def withdraw(desk: Desk, applicant_id: str, code: str) -> None:
    await desk.confirmed(applicant_id, "withdrawal", code, Withdraw(applicant_id, "applicant"))


async def object_to(desk: Desk, applicant_id: str, text: str, code: str) -> None:
    """An objection to the verdict, in the person's own words."""
    sealed = await desk.sealed_for(applicant_id, "objection", plain_text.clean(text, 1500))
    await desk.confirmed(applicant_id, "objection", code, Object(applicant_id, sealed))


async def take_test(desk: Desk, applicant_id: str, answers: Mapping[str, str]) -> None:
    await desk.execute(TakeTest(applicant_id, answers, desk.reference.questions))


async def book_visit(desk: Desk, applicant_id: str, body: VisitBody, key: str | None = None) -> dict[str, Any]:
    """{queue_no, at}; the same key again gets the first number again."""
    command = BookConsultation(
        f"{applicant_id}/{body.on}"[:64], applicant_id, imports.day(body.on), body.slot, body.topic,
        desk.settings.consultation_slot_capacity, body.way,
    )  # fmt: skip
    keyed = f"visits/{applicant_id}/{desk.vault.index('nik', key)}" if key else None
    digest = hashlib.sha256(body.model_dump_json().encode()).hexdigest() if key else ""
    return dict(await desk.execute(command, key=keyed, digest=digest))


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

    @router.post(
        "/applications/{applicant_id}/codes", status_code=202, summary="Minta kode sekali pakai", name="ask_code"
    )
    async def ask(applicant_id: ApplicantId, tracking_code: TrackingCode, body: CodeRequest) -> dict[str, Any]:
        return await ask_code(desk, await desk.holder(applicant_id, tracking_code), body.purpose)

    @router.post("/applications/{applicant_id}/corrections", status_code=202, summary="Perbaiki data", name="correct")
    async def correct_(applicant_id: ApplicantId, tracking_code: TrackingCode, body: CorrectionBody) -> dict[str, Any]:
        applicant = await desk.holder(applicant_id, tracking_code)
        return {"fields": await correct(desk, applicant, sealing.changes_of(body), body.code)}

    @router.post(
        "/applications/{applicant_id}/withdrawal", status_code=202, summary="Batalkan pendaftaran", name="withdraw"
    )
    async def withdraw_(applicant_id: ApplicantId, tracking_code: TrackingCode, body: CodeBody) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        await withdraw(desk, applicant_id, body.code)
        return {}

    @router.post("/applications/{applicant_id}/objections", status_code=202, summary="Ajukan keberatan")
    async def object_(applicant_id: ApplicantId, tracking_code: TrackingCode, body: ObjectionBody) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        await object_to(desk, applicant_id, body.text, body.code)
        return {}


def add_lost_codes(router: APIRouter, desk: Desk) -> None:
    """A new tracking code for one who knows NIK, KK and birth date and holds the phone.

    The answer never says whether anybody is known.
    """

    @router.post("/lost-codes", status_code=202, summary="Kode lacak hilang")
    async def ask(body: LostCode) -> dict[str, Any]:
        await ask_lost_code(desk, body)
        return {}

    @router.post("/lost-codes/renewals", status_code=202, summary="Kode lacak baru")
    async def renew(body: LostCodeRenewal) -> dict[str, Any]:
        return await renew_tracking(desk, body)


def add_next_steps(router: APIRouter, desk: Desk) -> None:
    """The test before joining, and a visit to the office."""

    @router.get("/test", summary="Pertanyaan tes motivasi dan kemampuan dasar")
    async def questions() -> dict[str, Any]:
        return dict(desk.reference.test)

    @router.post("/applications/{applicant_id}/test", status_code=202, summary="Kirim jawaban tes")
    async def take(applicant_id: ApplicantId, tracking_code: TrackingCode, body: TestBody) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        await take_test(desk, applicant_id, body.answers)
        return {}

    @router.post("/applications/{applicant_id}/consultations", status_code=202, summary="Janji konsultasi")
    async def visit(
        applicant_id: ApplicantId, tracking_code: TrackingCode, body: VisitBody, key: IdempotencyKey = None
    ) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        return await book_visit(desk, applicant_id, body, key)
