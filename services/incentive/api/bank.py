"""The bank's door: notices about payments, believed only with the right signature."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError

from services.incentive.adapters.bank import verify_notice
from services.incentive.api.bodies import NoticeBody
from services.incentive.api.door import Door
from services.incentive.domain.payouts import HearPayment
from shared.contracts.partner import WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP
from shared.web.guard import strict_json
from shared.web.problems import Problem

TOLERANCE = timedelta(minutes=5)
NOT_BELIEVED = "Pemberitahuan tidak dapat dipercaya. Periksa tanda tangan dan waktunya."


def add_notices(router: APIRouter, door: Door) -> None:
    """A notice told twice changes nothing; one that contradicts our inquiries is shown to staff."""

    @router.post("/bank/notices", status_code=202, summary="Pemberitahuan bank")
    async def notice(request: Request) -> dict[str, Any]:
        raw = await request.body()
        _check(door, request, raw)
        try:
            body = NoticeBody.model_validate(strict_json(raw))
        except ValidationError:
            raise Problem("INPUT_INVALID") from None
        await door.execute(HearPayment(body.reference, body.status, body.code, is_notice=True))
        return {}


def _check(door: Door, request: Request, raw: bytes) -> None:
    id, timestamp, signature = (
        request.headers.get(name, "") for name in (WEBHOOK_ID, WEBHOOK_TIMESTAMP, WEBHOOK_SIGNATURE)
    )
    secret, now = door.settings.bank_notice_secret(), door.service.clock.wall().timestamp()
    digits = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    fresh = digits and abs(int(timestamp) - now) <= TOLERANCE.total_seconds()
    if not secret or not fresh or not verify_notice(secret, id, timestamp, signature, raw):
        raise Problem("NOTICE_REFUSED", status=403, sentence=NOT_BELIEVED)
