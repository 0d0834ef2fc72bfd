"""What was told to a person, for staff; texts and contacts are not shown."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request

from services.notification import store
from services.notification.api.bodies import ApplicantId, Key, PreferenceBody, SettlementBody
from services.notification.api.door import Door
from services.notification.api.tickets import shown as ticket_shown
from services.notification.domain.messages import Message, MessageState
from services.notification.domain.recipients import PreferChannel
from shared.contracts.decision import Refused
from shared.engine.rules import Outcome, OutcomeState
from shared.security.accounts import Staff

LATEST = 200


def add_people(router: APIRouter, door: Door) -> None:
    anybody, placement = Depends(door.accounts.require()), Depends(door.accounts.require("placement"))

    @router.get("/applicants/{applicant_id}/messages", summary="Pesan kepada satu orang")
    async def messages(applicant_id: ApplicantId, staff: Staff = anybody) -> dict[str, Any]:
        found = await store.messages_to(door.service.database, applicant_id, LATEST)
        asked = await store.tickets_of(door.service.database, applicant_id, LATEST)
        return {"messages": [_shown(each) for each in found], "tickets": [ticket_shown(each) for each in asked]}

    @router.post("/applicants/{applicant_id}/preference", status_code=202, summary="Saluran yang diminta orang ini")
    async def prefer(
        request: Request, applicant_id: ApplicantId, body: PreferenceBody, staff: Staff = placement
    ) -> dict[str, Any]:
        return dict(await door.execute(request, PreferChannel(applicant_id, body.channel)))


def add_settlement(router: APIRouter, door: Door) -> None:
    placement = Depends(door.accounts.require("placement"))

    @router.post("/messages/{message_id}/settlement", status_code=202, summary="Putuskan hasil yang tidak diketahui")
    async def settle(message_id: Key, body: SettlementBody, staff: Staff = placement) -> dict[str, Any]:
        """A person found out whether the message arrived; `failed` tries the next channel."""
        message = await store.one(door.service.database, Message, message_id)
        if message is None:
            raise Refused("MESSAGE_UNKNOWN")
        if message.state is not MessageState.UNKNOWN:
            raise Refused("MESSAGE_STATE")
        sent = body.outcome == "sent"
        outcome = Outcome(OutcomeState.DONE) if sent else Outcome(OutcomeState.FAILED, {"code": "STAFF_DECIDED"})
        await door.service.effects.report(message.effect_id, outcome)
        return {"outcome": body.outcome}


def _shown(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "audience": message.audience,
        "channel": message.channel or None,
        "template": message.template,
        "cause_type": message.cause_type,
        "state": message.state,
        "code": message.code,
        "queued_at": message.queued_at,
        "settled_at": message.settled_at,
        "parts": message.parts,
    }
