"""A lost tracking code: who is meant by a NIK, a KK number and a birth date, and a new code for who holds the phone."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from services.registration import store
from services.registration.api import sealing
from services.registration.api.bodies import LostCode, LostCodeRenewal
from services.registration.api.desk import Desk
from services.registration.domain import imports, nik
from services.registration.domain.objections import RenewTracking
from shared.contracts.decision import Refused
from shared.web.problems import Problem


async def person_of(desk: Desk, body: LostCode) -> str | None:
    """The applicant's id, or None. Raises Refused NIK_FORMAT, KK_FORMAT, DATE_FORMAT."""
    number, kk = nik.normalise(body.nik), nik.normalise_kk(body.kk_number)
    proof = sealing.proof_index(desk.vault, number, kk, imports.day(body.birth_date))
    claim = await store.nik_claim(desk.service.database, desk.vault.index("nik", number))
    if claim is None:
        return None
    if claim.proof_index == proof:
        return claim.holder
    return next((each.applicant_id for each in claim.shadows if each.proof_index == proof), None)


async def ask_lost_code(desk: Desk, body: LostCode) -> None:
    """Send a code to whoever is meant; nothing tells whether anybody is. Raises as `person_of`, and TOO_MANY_CODES."""
    if desk.limits:
        desk.limits.code_asked()
    applicant_id = await person_of(desk, body)
    if applicant_id is None:
        return
    # Too soon, too often, too many to one number, or closed: not for strangers to know.
    with suppress(Refused, Problem):
        await _send(desk, applicant_id)


async def _send(desk: Desk, applicant_id: str) -> None:
    if desk.limits:
        desk.limits.number_asked((await desk.known(applicant_id)).mobile_index)
    await desk.new_code(applicant_id, "tracking")


async def renew_tracking(desk: Desk, body: LostCodeRenewal) -> dict[str, Any]:
    """A new tracking code; the old one opens nothing any more.

    Raises Refused CODE_WRONG, CODE_EXPIRED (also for who is not known), and as `person_of`; Problem TOO_MANY_TRIES.
    """
    if desk.limits:
        desk.limits.may_try()
    applicant_id = await person_of(desk, body)
    if applicant_id is None:
        if desk.limits:
            desk.limits.tried_wrongly()
        raise Refused("CODE_EXPIRED")
    code = sealing.new_tracking_code()
    sealed = await desk.sealed_for(applicant_id, "tracking_code", code)
    act = RenewTracking(applicant_id, sealed, sealing.tracking_index(desk.vault, code))
    await desk.confirmed(applicant_id, "tracking", body.code, act)
    return {"applicant_id": applicant_id, "tracking_code": code}
