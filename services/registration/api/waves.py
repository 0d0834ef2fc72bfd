"""Waves: the office drafts, opens and changes them, and people join. How one is closed and drawn: ceremony.py."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Depends

from services.registration import store
from services.registration.api import lists
from services.registration.api.bodies import (
    BatchJoinBody,
    CancellationBody,
    JoinBody,
    Key,
    OpeningBody,
    TrackingCode,
    WaveBody,
    WaveChangeBody,
    WaveNumber,
    utc,
)
from services.registration.api.desk import Desk
from services.registration.domain import plain_text
from services.registration.domain.cancelling import CancelWave
from services.registration.domain.draw import Stratum
from services.registration.domain.joining import StartBatchJoin
from services.registration.domain.strata import strata_of_rules
from services.registration.domain.waves import ChangeWave, DraftWave, OpenWave
from shared.contracts.decision import Refused
from shared.security.accounts import Staff


def add_preparation(router: APIRouter, desk: Desk) -> None:
    """A wave is drafted by the secretariat and opened, changed or cancelled by the approver."""
    secretariat, approver = _roles(desk)

    @router.post("/waves", status_code=202, summary="Susun gelombang")
    async def draft(body: WaveBody, staff: Staff = secretariat) -> dict[str, Any]:
        return dict(await desk.execute(drafted(desk, body, staff.username)))

    @router.post("/waves/{wave}/opening", status_code=202, summary="Buka gelombang")
    async def open_(wave: WaveNumber, body: OpeningBody, staff: Staff = approver) -> dict[str, Any]:
        reply = await desk.execute(OpenWave(wave, body.take_recycled, staff.username))
        return {**reply, "stale_lists": await lists.alarm_stale(desk)}

    @router.post("/waves/{wave}/changes", status_code=202, summary="Ubah jadwal atau kuota")
    async def change(wave: WaveNumber, body: WaveChangeBody, staff: Staff = approver) -> dict[str, Any]:
        return dict(await desk.execute(changed(wave, body)))

    @router.post("/waves/{wave}/cancellation", status_code=202, summary="Batalkan gelombang")
    async def cancel(wave: WaveNumber, body: CancellationBody, staff: Staff = approver) -> dict[str, Any]:
        return dict(await desk.execute(cancelled(wave, body, staff.username)))


def add_joining(router: APIRouter, desk: Desk) -> None:
    """People join by themselves; imported people together, by the secretariat."""
    secretariat, anybody = _roles(desk)[0], Depends(desk.accounts.require())

    @router.post("/waves/{wave}/joins", status_code=202, summary="Gabung gelombang")
    async def join(wave: WaveNumber, tracking_code: TrackingCode, body: JoinBody) -> dict[str, Any]:
        applicant = await desk.holder(body.applicant_id, tracking_code)
        await desk.join(applicant, wave)
        return {"wave": wave, "applicant_id": body.applicant_id}

    @router.post("/waves/{wave}/joins/batch", status_code=202, summary="Gabungkan peserta satu lembar")
    async def join_batch(wave: WaveNumber, body: BatchJoinBody, staff: Staff = secretariat) -> dict[str, Any]:
        return dict(await desk.execute(await joining_together(desk, wave, body, staff.username)))

    @router.get("/batches/{batch_id}", summary="Kemajuan penggabungan")
    async def progress(batch_id: Key, staff: Staff = anybody) -> dict[str, Any]:
        found = await store.batch_join(desk.service.database, batch_id)
        if found is None:
            raise Refused("IMPORT_UNKNOWN")
        return {
            "batch_id": found.batch_id,
            "wave": found.wave,
            "done": found.done,
            "joined": found.joined,
            "skipped": dict(found.skipped),
        }


def drafted(desk: Desk, body: WaveBody, by: str) -> DraftWave:
    """The command of a draft, under today's rules and with their priorities unless groups are named."""
    rules = desk.reference.rules
    strata = strata_of_rules(rules, body.quota)
    if body.strata is not None:
        strata = tuple(Stratum(each.code, each.quota) for each in body.strata)
    return DraftWave(body.wave, body.quota, utc(body.opens_at), utc(body.closes_at), strata, rules, by)


def changed(wave: int, body: WaveChangeBody) -> ChangeWave:
    opens_at = utc(body.opens_at) if body.opens_at else None
    closes_at = utc(body.closes_at) if body.closes_at else None
    return ChangeWave(wave, opens_at, closes_at, body.quota, plain_text.clean(body.reason, 300))


def cancelled(wave: int, body: CancellationBody, by: str) -> CancelWave:
    return CancelWave(wave, plain_text.clean(body.reason, 300), by)


async def joining_together(desk: Desk, wave: int, body: BatchJoinBody, by: str) -> StartBatchJoin:
    """The command by which the people of a sheet join. Raises Refused IMPORT_UNKNOWN."""
    if await store.import_run(desk.service.database, body.import_id) is None:
        raise Refused("IMPORT_UNKNOWN")
    note = plain_text.clean(body.note, 300)
    return StartBatchJoin(str(uuid.uuid4()), wave, body.import_id, body.test, note, by)


def _roles(desk: Desk) -> tuple[Any, Any]:
    return Depends(desk.accounts.require("secretariat")), Depends(desk.accounts.require("approver"))
