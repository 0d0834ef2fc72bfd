"""One participant as staff see them: masked, with everything that is theirs."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from services.incentive.api import views
from services.incentive.api.bodies import ApplicantId
from services.incentive.api.door import Door
from services.incentive.api.staff import participant_of
from services.incentive.domain.participant import Participant
from services.incentive.domain.participation import REASONS
from services.incentive.pages import desk_view
from services.incentive.pages.account_view import staff_remarks
from services.incentive.pages.desk_words import STANDINGS, WARNINGS
from services.incentive.pages.words import KINDS, PURCHASES, STAGES, STATES
from shared.security.accounts import Staff
from shared.web.staff_site import HOME, StaffSite

PLACE = f"{HOME}/peserta"


def add_people(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads."""
    anybody = Depends(door.accounts.require())

    @router.get(f"{PLACE}/{{applicant_id}}", include_in_schema=False)
    async def one(applicant_id: ApplicantId, staff: Staff = anybody) -> HTMLResponse:
        person = await participant_of(door, applicant_id)
        keys = await door.vault.keys([applicant_id])
        shown = views.participant(person, keys.get(applicant_id), door.reference, codes=False)
        words = {"kinds": KINDS, "states": STATES, "stages": STAGES, "purchases": PURCHASES, "standings": STANDINGS}
        return site.page(
            "person.html",
            staff,
            "orang",
            person=shown,
            remarks=staff_remarks(person.account) if person.account else (),
            held=bool(person.account and person.account.held(door.service.clock.now())),
            causes={each.code: (desk_view.actor(each), desk_view.remedy(each)) for each in door.reference.desk.causes},
            warned={each.number: [WARNINGS.get(code, code) for code in each.warned] for each in person.purchases},
            fits={each.number: each.fit_points for each in person.purchases},
            why=_why(person),
            has_case=person.debt is not None,
            **words,
        )


def _why(person: Participant) -> str:
    """Why the participation ended; nothing where that finding was reversed, which the page tells of by itself."""
    if person.cleared_at:
        return ""
    return person.ended_text or REASONS.get(person.ended_reason or "", person.ended_reason or "")
