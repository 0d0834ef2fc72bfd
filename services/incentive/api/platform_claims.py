"""Completion claims over HTTP, in the shape of the partner topic: judged as the border does, kept when refused."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from services.incentive.adapters.border import DOOR_AGE, ClaimAccepted, ClaimRefused, Envelope
from services.incentive.adapters.partners import PartnersUnreadable
from services.incentive.api.door import Door
from services.incentive.domain.completion import RecordCompletion
from services.incentive.domain.refused_claims import RefuseClaim
from shared.contracts.decision import Refused
from shared.contracts.partner import WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP
from shared.web.limiter import Limit
from shared.web.problems import Problem

NOT_BELIEVED = (
    "Klaim tidak dapat dipercaya. Periksa tanda tangan, waktu, dan isinya, lalu kirim lagi dengan nomor baru."
)
TOO_MANY = (
    "Terlalu banyak klaim yang tanda tangannya tidak terbukti. Periksa kunci dan isinya, lalu kirim lagi setelah "
    "{minutes} menit."
)


def add_claims(router: APIRouter, door: Door) -> None:
    """Completion claims in the shape of the partner topic."""
    unproven = door.limits.limit(
        "TOO_MANY_CLAIMS",
        TOO_MANY,
        address=door.settings.unproven_claims_per_address_per_hour,
        everybody=door.settings.unproven_claims_per_hour,
    )

    @router.post("/partner/claims", status_code=202, summary="Klaim pelatihan selesai")
    async def claim(request: Request) -> dict[str, Any]:
        judged = await _judged(door, request)
        if isinstance(judged, ClaimRefused):
            if judged.partner_code is None or judged.reason == "KEY_REVOKED":  # a thief may have that key
                _bounded(door, unproven)
            await _refuse(door, judged.reason, judged, len(await request.body()))
            raise Problem(judged.reason, status=403, sentence=NOT_BELIEVED)
        try:
            return dict(await door.execute(judged.command))
        except Refused as refused:
            await _refuse(door, refused.code, judged.command, judged.command.size)
            raise


def _bounded(door: Door, unproven: Limit) -> None:
    """Whoever proves nothing may be anybody: what they send is kept only so often. Raises Problem TOO_MANY_CLAIMS."""
    try:
        door.limits.take(unproven, everybody="everybody")
    except Problem as problem:
        door.service.metrics.limited.labels(problem.code).inc()
        raise


async def _judged(door: Door, request: Request) -> ClaimAccepted | ClaimRefused:
    names = (WEBHOOK_ID, WEBHOOK_TIMESTAMP, WEBHOOK_SIGNATURE)
    doubled = any(len(request.headers.getlist(name)) > 1 for name in names)
    flaw = "HEADER_DOUBLED" if doubled else None
    claim_id, timestamp, signature = (request.headers.get(name) for name in names)
    envelope = Envelope(claim_id, timestamp, signature, await request.body(), flaw=flaw)
    try:
        return door.border.judge_envelope(envelope, door.service.clock.wall(), DOOR_AGE)
    except PartnersUnreadable:
        raise Problem("NOT_READY") from None


async def _refuse(door: Door, reason: str, claim: ClaimRefused | RecordCompletion, size: int) -> None:
    # One body may be refused unsigned, and again signed, for another reason: each is kept, and counts in its quota.
    place = f"http/{claim.digest}/{claim.claim_id or '-'}/{reason}"
    await door.execute(RefuseClaim(place, reason, claim.partner_code, claim.digest, claim.claim_id, size))
