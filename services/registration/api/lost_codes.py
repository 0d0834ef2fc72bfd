"""Who is meant by a NIK, a KK number and a birth date: the holder of the NIK, or one of its shadows."""

from __future__ import annotations

from services.registration import store
from services.registration.api import sealing
from services.registration.api.bodies import LostCode
from services.registration.api.desk import Desk
from services.registration.domain import imports, nik


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
