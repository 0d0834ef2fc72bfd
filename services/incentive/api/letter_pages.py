"""Letters about debts, to be printed; a name and an address stand on them only after it is recorded who opened them."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse

from services.incentive.api import views
from services.incentive.api.bodies import ApplicantId, OpeningBody
from services.incentive.api.clawback_pages import PLACE
from services.incentive.api.door import Door
from services.incentive.api.staff import participant_of
from services.incentive.domain.days import day_of
from services.incentive.domain.participant import Participant
from services.incentive.pages import clawback_view
from services.incentive.pages.clawback_view import LETTERS
from shared.contracts.decision import Refused
from shared.security.accounts import Role, Staff
from shared.security.openings import OpenIdentity
from shared.web.forms import read, sent
from shared.web.staff_site import StaffSite

OPENER: Role = "approver"
PURPOSE = "clawback_letter"
LetterNumber = Annotated[int, Path(ge=1, le=99)]


def add_letters(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody reads what was written; the head of the office, who signs it, opens to whom it goes."""
    anybody, head = Depends(door.accounts.require()), Depends(site.acting(OPENER))

    @router.get(f"{PLACE}/{{applicant_id}}/surat/{{number}}", include_in_schema=False)
    async def letter(applicant_id: ApplicantId, number: LetterNumber, staff: Staff = anybody) -> HTMLResponse:
        person = await participant_of(door, applicant_id)
        return site.page("letter.html", staff, "beranda", to=None, **_letter(door, person, number))

    @router.post(f"{PLACE}/{{applicant_id}}/surat/{{number}}", include_in_schema=False)
    async def opened(
        request: Request, applicant_id: ApplicantId, number: LetterNumber, staff: Staff = head
    ) -> HTMLResponse:
        body = read(OpeningBody, {"reason": (await sent(request)).get("reason", "").strip()})
        person = await participant_of(door, applicant_id)
        shown = _letter(door, person, number)
        to = await _addressed(door, person, f"{PURPOSE}/{number}", body.reason, staff)
        return site.page("letter.html", staff, "beranda", to=to, **shown)


def _letter(door: Door, person: Participant, number: int) -> dict[str, Any]:
    """Letter 1, 2, ... of a person's case without whom it goes to. Raises DEBT_UNKNOWN."""
    found = clawback_view.letter_of(person.debt, number) if person.debt else None
    if found is None:
        raise Refused("DEBT_UNKNOWN")
    return {
        "letter": found,
        "title": LETTERS[found.kind],
        "kind": found.kind.value,
        "number": number,
        "written_on": day_of(found.written_at),
        "person": person,
        "why": (found.reason_text or person.ended_text or "").rstrip(". "),
        "appeal_until": found.appeal_until or person.appeal_until,
        "office": door.settings,
    }


async def _addressed(door: Door, person: Participant, purpose: str, reason: str, staff: Staff) -> dict[str, str | None]:
    """Name and address in clear, once it is on disk that they were opened. Raises PARTICIPANT_UNKNOWN: erased."""
    key = await door.key(person.applicant_id)
    fields = ("full_name", "domicile") if person.domicile else ("full_name",)
    opening = OpenIdentity(str(uuid.uuid4()), person.applicant_id, staff.username, purpose, reason, fields)
    # Without a key of the form: a page sent again shows the data again, and that is recorded again.
    await door.execute(opening)
    address = views.opened(key, "domicile", person.domicile) if person.domicile else None
    return {"name": views.opened(key, "full_name", person.full_name), "address": address}
