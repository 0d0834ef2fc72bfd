"""The course platforms' door: the programme's real partner interface (HMAC). Claims: platform_claims.py.

Shape, signature and fields of `status` and `commit` are those of the public example repository of the programme;
the error codes behind `ERRPLT` + HTTP status are ours, since the real ones could not be read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from services.incentive import store
from services.incentive.adapters.partners import Partner, PartnersUnreadable
from services.incentive.api.door import Door
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
from shared.contracts.decision import Refused
from shared.engine.committer import Overloaded
from shared.engine.ports import TransientError
from shared.engine.service import Unavailable
from shared.web.door_refusals import BUSY_PLATFORM
from shared.web.guard import strict_json
from shared.web.problems import COMMON, Problem, own_form

PATH = "/api/v1/integration/payment/redeem-code"
TOLERANCE = timedelta(minutes=5)
AGAIN_SECONDS = 5

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
    "BUSY": (BUSY_PLATFORM, 503),
    "NOT_READY": ("ERRPLT50302", 503),
}


ERRORS_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["success", "code", "message"],
    "properties": {"success": {"const": False}, "code": {"type": "string", "pattern": "^ERRPLT[0-9]{5}$"}},
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


NOBODYS_KEY = (b"-",)
"""What the signature of somebody unknown is compared with: it takes as long as with a key."""


def signature_fits(
    sign_keys: Sequence[bytes], client_code: str, timestamp: str, path: str, raw: bytes, given: str
) -> bool:
    """HMAC-SHA1 of client code, timestamp, POST, path and body, in lower-case hexadecimal, by one of the keys.

    The body counts as sent or as compact JSON: some of the public samples sign the one and send the other.
    """
    bodies = {raw, _compact(raw)}
    prefix = f"{client_code}{timestamp}POST{path}".encode()
    fitting = [
        hmac.compare_digest(hmac.new(key, prefix + body, hashlib.sha1).hexdigest().encode(), given.encode())
        for key in sign_keys
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
    raw, headers = await request.body(), request.headers
    client, timestamp = headers.get("client_code", ""), headers.get("timestamp", "")
    partner = door.partners.by_client(client)
    sign_keys = partner.sign_keys if partner else NOBODYS_KEY
    fits = signature_fits(sign_keys, client, timestamp, f"{PATH}/{act}", raw, headers.get("signature", ""))
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
    except Overloaded as busy:
        return _error("BUSY", busy.retry_after_seconds)
    except (PartnersUnreadable, Unavailable, TransientError):
        return _error("NOT_READY", AGAIN_SECONDS)
    return JSONResponse({"success": True, "message": "OK", "data": dict(data)})


def _error(code: str, retry_after: int | None = None) -> Response:
    number, http = ERRORS.get(code, ("ERRPLT40000", 400))
    message = REFUSALS[code].sentence if code in REFUSALS else COMMON.get(code, (http, code))[1]
    later = {"Retry-After": str(retry_after)} if retry_after else None
    return JSONResponse({"success": False, "code": number, "message": message}, http, later)


def add_redeem_codes(router: APIRouter, door: Door) -> None:
    """`status` and `commit` of the real partner interface."""

    told = own_form(ERRORS_SCHEMA)

    @router.post(f"{PATH}/status", summary="Status kode penukaran", responses=told)
    async def code_status(request: Request) -> Response:
        return await _answer(door, request, "status")

    @router.post(f"{PATH}/commit", summary="Pakai kode penukaran", responses=told)
    async def code_commit(request: Request) -> Response:
        return await _answer(door, request, "commit")
