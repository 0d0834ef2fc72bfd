"""What a platform may know of its own refused claims, signed like the rest of the partner interface.

Reasons, its own claim ids and digests of the bodies it sent: nothing about people, and nothing about other platforms.
A claim whose signature did not verify belongs to nobody; whoever can name its digest has the body, and may ask.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.incentive import claim_store
from services.incentive.adapters.partners import Partner, PartnersUnreadable
from services.incentive.api.door import Door
from services.incentive.api.platforms import NOBODYS_KEY, is_fresh, signature_fits
from services.incentive.domain.refused_claims import RefusedClaim
from shared.web.guard import strict_json
from shared.web.problems import Problem

PATH = "/incentive/partner/refused-claims"
LATEST = 200

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class AskedClaims(BaseModel):
    """`digests`: SHA-256 of bodies whose fate is asked for; without any, the latest refused claims."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    digests: tuple[Digest, ...] = Field((), max_length=100)


def add_report(router: APIRouter, door: Door) -> None:
    """Reasons for the platform that asks."""

    @router.post("/partner/refused-claims", summary="Klaim yang ditolak, untuk platformnya sendiri")
    async def refused(request: Request) -> dict[str, Any]:
        raw = await request.body()
        partner = _asking(door, request, raw)
        asked = _asked(raw)
        database = door.service.database
        if asked.digests:
            found = await claim_store.refused_claims_by_digest(database, asked.digests)
        else:
            found = await claim_store.refused_claims(database, LATEST, of=partner.partner_code)
        own = [each for each in found if each.partner_code in (None, partner.partner_code)]
        return {"claims": [_shown(each) for each in own], "reasons": dict(Counter(each.reason for each in own))}


def _asking(door: Door, request: Request, raw: bytes) -> Partner:
    """Who asks. Raises Problem SIGNATURE_WRONG or NOT_READY."""
    headers = request.headers
    client, timestamp = headers.get("client_code", ""), headers.get("timestamp", "")
    try:
        partner = door.partners.by_client(client)
    except PartnersUnreadable:
        raise Problem("NOT_READY") from None
    keys = partner.sign_keys if partner else NOBODYS_KEY
    fits = signature_fits(keys, client, timestamp, PATH, raw, headers.get("signature", ""))
    if partner is None or not fits or not is_fresh(timestamp, door.service.clock.wall()):
        raise Problem(
            "SIGNATURE_WRONG", status=401, sentence="Tanda tangan atau waktunya salah. Periksa kunci dan jam."
        )
    return partner


def _asked(raw: bytes) -> AskedClaims:
    try:
        return AskedClaims.model_validate(strict_json(raw or b"{}"))
    except ValidationError:
        raise Problem(
            "BODY_INVALID", status=422, sentence="Isi permintaan tidak sesuai. Kirim {} atau daftar `digests`."
        ) from None


def _shown(claim: RefusedClaim) -> dict[str, Any]:
    return {
        "claim_id": claim.claim_id,
        "reason": claim.reason,
        "digest": claim.digest,
        "refused_at": claim.refused_at,
    }
