"""The course platforms' door: the programme's real partner interface (HMAC), and signed claims over HTTP.

Shape, signature and fields of `status` and `commit` are those of the public example repository of the programme;
the error codes behind `ERRPLT` + HTTP status are ours, since the real ones could not be read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from services.incentive import store
from services.incentive.adapters.border import DOOR_AGE, ClaimAccepted, ClaimRefused, Envelope
from services.incentive.adapters.partners import Partner, PartnersUnreadable
from services.incentive.api.door import Door
from services.incentive.domain.completion import RecordCompletion
from services.incentive.domain.participant import Participant, PurchaseState
from services.incentive.domain.redeem_codes import (
    LAST_ATTENDANCE,
    POST_TEST,
    CommitRedeemCode,
    RedeemCode,
    known,
    status,
)
from services.incentive.domain.refusals import REFUSALS
from services.incentive.domain.refused_claims import RefuseClaim
from shared.contracts.decision import Refused
from shared.contracts.partner import WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP
from shared.web.guard import raw_body, strict_json
from shared.web.problems import Problem

PATH = "/api/v1/integration/payment/redeem-code"
TOLERANCE = timedelta(minutes=5)

ERRORS: Mapping[str, tuple[str, int]] = {
    "REDEEM_CODE_UNKNOWN": ("ERRPLT40001", 400),
    "REDEEM_CODE_USED": ("ERRPLT40002", 400),
    "REDEEM_CODE_OF_OTHER_PLATFORM": ("ERRPLT40003", 400),
    "SEQUENCE_WRONG": ("ERRPLT40004", 400),
    "REDEEM_CODE_EXPIRED": ("ERRPLT40005", 400),
    "BODY_INVALID": ("ERRPLT40006", 400),
    "PARTICIPATION_ENDED": ("ERRPLT40005", 400),
    "SIGNATURE_WRONG": ("ERRPLT40101", 401),
    "TIMESTAMP_STALE": ("ERRPLT40102", 401),
}


class PartnerError(Exception):
    """An answer in the partner interface's own form."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RedeemBody(BaseModel):
    """`sequence`: 1 redeems, 2 to 10 are further attendances, 999 is the final test."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    redeem_code: StrictStr = Field(min_length=1, max_length=64)
    sequence: StrictInt = Field(1, ge=1, le=POST_TEST)


def signature_fits(sign_key: bytes, client_code: str, timestamp: str, path: str, raw: bytes, given: str) -> bool:
    """HMAC-SHA1 of client code, timestamp, POST, path and body, in lower-case hexadecimal.

    The body counts as sent or as compact JSON: some of the public samples sign the one and send the other.
    """
    bodies = {raw, _compact(raw)}
    prefix = f"{client_code}{timestamp}POST{path}".encode()
    fitting = [
        hmac.compare_digest(hmac.new(sign_key, prefix + body, hashlib.sha1).hexdigest().encode(), given.encode())
        for body in bodies
    ]
    return any(fitting)


def _compact(raw: bytes) -> bytes:
    try:
        return json.dumps(strict_json(raw), separators=(",", ":"), ensure_ascii=False).encode()
    except (Problem, UnicodeEncodeError):
        return raw


def is_fresh(timestamp: str, now: datetime) -> bool:
    """Unix seconds within TOLERANCE of ours."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(int(timestamp) - now.timestamp()) <= TOLERANCE.total_seconds()


async def _partner(door: Door, request: Request, act: str) -> tuple[Partner, RedeemBody]:
    """Who calls, and what they ask. Raises PartnerError."""
    raw, headers = await raw_body(request), request.headers
    client, timestamp = headers.get("client_code", ""), headers.get("timestamp", "")
    partner = door.partners.by_client(client)
    sign_key = partner.sign_key if partner else b"-"
    fits = signature_fits(sign_key, client, timestamp, f"{PATH}/{act}", raw, headers.get("signature", ""))
    if partner is None or not fits:
        raise PartnerError("SIGNATURE_WRONG")
    if not is_fresh(timestamp, door.service.clock.wall()):
        raise PartnerError("TIMESTAMP_STALE")
    return partner, _body(raw)


def _body(raw: bytes) -> RedeemBody:
    try:
        body = RedeemBody.model_validate(strict_json(raw))
    except (Problem, ValidationError):
        raise PartnerError("BODY_INVALID") from None
    if LAST_ATTENDANCE < body.sequence < POST_TEST:
        raise PartnerError("BODY_INVALID")
    return body


async def _status(door: Door, partner: Partner, body: RedeemBody) -> Mapping[str, Any]:
    database = door.service.database
    code = known(await store.one(database, RedeemCode, body.redeem_code), partner.partner_code)
    person = await store.one(database, Participant, code.applicant_id)
    if person is None or person.purchases[code.purchase_number - 1].state == PurchaseState.RELEASED:
        raise Refused("REDEEM_CODE_EXPIRED")
    return status(person, code, body.sequence)


async def _commit(door: Door, partner: Partner, body: RedeemBody) -> Mapping[str, Any]:
    return await door.execute(CommitRedeemCode(partner.partner_code, body.redeem_code, body.sequence))


async def _answer(door: Door, request: Request, act: Literal["status", "commit"]) -> Response:
    try:
        partner, body = await _partner(door, request, act)
        data = await (_status if act == "status" else _commit)(door, partner, body)
    except (PartnerError, Refused) as error:
        return _error(error.code)
    except PartnersUnreadable:
        raise Problem("NOT_READY") from None
    return JSONResponse({"success": True, "message": "OK", "data": dict(data)})


def _error(code: str) -> Response:
    number, http = ERRORS.get(code, ("ERRPLT40000", 400))
    message = REFUSALS[code].sentence if code in REFUSALS else code
    return JSONResponse({"success": False, "code": number, "message": message}, http)


def add_redeem_codes(router: APIRouter, door: Door) -> None:
    """`status` and `commit` of the real partner interface."""

    @router.post(f"{PATH}/status", summary="Status kode penukaran")
    async def code_status(request: Request) -> Response:
        return await _answer(door, request, "status")

    @router.post(f"{PATH}/commit", summary="Pakai kode penukaran")
    async def code_commit(request: Request) -> Response:
        return await _answer(door, request, "commit")


def add_claims(router: APIRouter, door: Door) -> None:
    """Completion claims in the shape of the partner topic."""

    @router.post("/partner/claims", status_code=202, summary="Klaim pelatihan selesai")
    async def claim(request: Request) -> dict[str, Any]:
        judged = await _judged(door, request)
        if isinstance(judged, ClaimRefused):
            await _refuse(door, judged.reason, judged, len(await raw_body(request)))
            raise Problem(judged.reason, status=403, sentence=NOT_BELIEVED)
        try:
            return dict(await door.execute(judged.command))
        except Refused as refused:
            await _refuse(door, refused.code, judged.command, judged.command.size)
            raise


NOT_BELIEVED = (
    "Klaim tidak dapat dipercaya. Periksa tanda tangan, waktu, dan isinya, lalu kirim lagi dengan nomor baru."
)


async def _judged(door: Door, request: Request) -> ClaimAccepted | ClaimRefused:
    names = (WEBHOOK_ID, WEBHOOK_TIMESTAMP, WEBHOOK_SIGNATURE)
    doubled = any(len(request.headers.getlist(name)) > 1 for name in names)
    flaw = "HEADER_DOUBLED" if doubled else None
    claim_id, timestamp, signature = (request.headers.get(name) for name in names)
    envelope = Envelope(claim_id, timestamp, signature, await raw_body(request), flaw=flaw)
    try:
        return door.border.judge_envelope(envelope, door.service.clock.wall(), DOOR_AGE)
    except PartnersUnreadable:
        raise Problem("NOT_READY") from None


async def _refuse(door: Door, reason: str, claim: ClaimRefused | RecordCompletion, size: int) -> None:
    place = f"http/{claim.digest}"
    await door.execute(RefuseClaim(place, reason, claim.partner_code, claim.digest, claim.claim_id, size))
