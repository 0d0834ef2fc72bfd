"""Completions that somebody must look at before money moves on them: which, why, and that one is none.

Accepting one is matching its certificate (`staff.add_people`), since both say that the certificate is right.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from services.incentive import store
from services.incentive.api.bodies import After, ApplicantId, RejectBody
from services.incentive.api.door import Door
from services.incentive.domain.doubts import RejectCompletion
from services.incentive.domain.participant import Participant
from shared.security.accounts import Staff

PAGE = 100


def add_held(router: APIRouter, door: Door) -> None:
    """Everybody of the office reads, the counter decides."""
    anybody = Depends(door.accounts.require())
    counter = Depends(door.accounts.require("placement", "secretariat"))

    @router.get("/staff/held-completions", summary="Penyelesaian pelatihan yang diragukan")
    async def held(after: After = "", staff: Staff = anybody) -> dict[str, Any]:
        found = await store.unmatched_participants(door.service.database, after, PAGE)
        more = found[-1].applicant_id if len(found) == PAGE else None
        return {"completions": [row for person in found for row in _rows(person)], "after": more}

    @router.post("/staff/participants/{applicant_id}/completions/reject", status_code=202, summary="Tolak penyelesaian")
    async def reject(applicant_id: ApplicantId, body: RejectBody, staff: Staff = counter) -> dict[str, Any]:
        command = RejectCompletion(applicant_id, body.purchase_number, staff.username, body.reason)
        return dict(await door.execute(command))


def _rows(person: Participant) -> list[dict[str, Any]]:
    return [
        {
            "applicant_id": person.applicant_id,
            "purchase_number": each.number,
            "partner_code": each.platform_code,
            "course_code": each.course_code,
            "finished_on": each.finished_on,
            "certificate_number": each.certificate_number,
            "reviewed": each.reviewed_at is not None,
            "doubts": each.doubts,
        }
        for each in person.purchases
        if each.finished_on and each.doubts
    ]
