"""Why money is late or will be: how many people wait for which cause and since when, and who they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse

from services.incentive import delay_store
from services.incentive.api.bodies import PageNumber
from services.incentive.api.door import Door
from services.incentive.domain.draft import DelayCause
from services.incentive.pages import desk_view
from services.incentive.pages.ages import LATE, span_of
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.staff_site import HOME, StaffSite

PLACE = f"{HOME}/keterlambatan"
MOST = 50
CausePath = Annotated[str, Path(pattern=r"^[A-Z_]{1,40}$")]
AgeCode = Annotated[str, Query(max_length=20)]


def causes(door: Door) -> Sequence[DelayCause]:
    """All causes by which late people are counted, in order of precedence."""
    return desk_view.causes_of(door.reference.desk.causes)


def add_delays(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads."""
    anybody = Depends(door.accounts.require())

    @router.get(PLACE, include_in_schema=False)
    async def by_cause(staff: Staff = anybody) -> HTMLResponse:
        rows = [row for each in causes(door) if (row := await _row(door, each))["total"]]
        foretold = [row for each in door.reference.desk.causes if (row := await _foretold(door, each))["total"]]
        return site.page("delays.html", staff, "keterlambatan", rows=rows, ages=LATE, foretold=foretold)

    @router.get(f"{PLACE}/{{code}}", include_in_schema=False)
    async def people(
        code: CausePath, umur: AgeCode = "", page_no: PageNumber = 0, staff: Staff = anybody
    ) -> HTMLResponse:
        cause = _known(causes(door), code)
        since, until = span_of(LATE, umur, door.today())
        found = await delay_store.late_for(door.service.database, code, since, until, page_no * MOST, MOST)
        words = next((name for age, name, _, _ in LATE if age == umur), "")
        rows = desk_view.late_rows(found, door.today())
        shown = {"rows": rows, "full": len(found) == MOST, "page_no": page_no, "age": umur, "age_words": words}
        return site.page("delayed.html", staff, "keterlambatan", **_said(cause), **shown)


def add_forecasts(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Who will be late, while somebody can still act."""
    anybody = Depends(door.accounts.require())

    @router.get(f"{PLACE}/akan/{{code}}", include_in_schema=False)
    async def people(code: CausePath, page_no: PageNumber = 0, staff: Staff = anybody) -> HTMLResponse:
        cause = _known(door.reference.desk.causes, code)
        found = await delay_store.forecast_for(door.service.database, code, page_no * MOST, MOST)
        rows = desk_view.forecast_rows(found, door.today())
        shown = {"rows": rows, "full": len(found) == MOST, "page_no": page_no}
        return site.page("forecast.html", staff, "keterlambatan", **_said(cause), **shown)


def _known(known: Sequence[DelayCause], code: str) -> DelayCause:
    """Raises CAUSE_UNKNOWN."""
    cause = next((each for each in known if each.code == code), None)
    if cause is None:
        raise Refused("CAUSE_UNKNOWN")
    return cause


def _said(cause: DelayCause) -> dict[str, object]:
    """A cause as staff read it: who must act, and what helps."""
    return {"cause": cause, "actor": desk_view.actor(cause), "remedy": desk_view.remedy(cause)}


async def _foretold(door: Door, cause: DelayCause) -> dict[str, object]:
    total = await delay_store.forecast_count(door.service.database, cause.code)
    return {**_said(cause), "total": total}


async def _row(door: Door, cause: DelayCause) -> dict[str, object]:
    """A cause with its people, in all and by age; ages are only counted where there is anybody."""
    database, today = door.service.database, door.today()
    total = await delay_store.late_count(database, cause.code)
    ages = [(code, *span_of(LATE, code, today)) for code, *_ in LATE] if total else []
    counts = {code: await delay_store.late_count(database, cause.code, since, until) for code, since, until in ages}
    return {**_said(cause), "total": total, "counts": counts}
