"""The office's door to the banks' statements: lines that nothing explains, and the second eye on explanations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, StrictBool

from services.incentive import money_store
from services.incentive.api.bodies import Body, Note
from services.incentive.api.door import Door
from services.incentive.domain.statement import ByHand, CheckLine, ExplainLine
from services.incentive.domain.statement_lines import BookedLine, StatementDay
from shared.security.accounts import Staff
from shared.web.guard import Day

PAGE = 100
DEFAULT_DAYS = timedelta(days=31)

LineId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Skip = Annotated[int, Query(ge=0, le=100_000)]


class ExplanationBody(Body):
    """What explains a line. `proof`: reference of a payment, number of a deposit or of the bank's document."""

    kind: ByHand
    proof: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_./-]+$")]
    reason: Note


class CheckBody(Body):
    accept: StrictBool


def add_statements(router: APIRouter, door: Door) -> None:
    """The queue of unexplained lines, and the sums of each day."""
    anybody = Depends(door.accounts.require())
    secretariat, approver = Depends(door.accounts.require("secretariat")), Depends(door.accounts.require("approver"))

    @router.get("/staff/statement-lines", summary="Baris rekening koran yang belum dijelaskan")
    async def queue(skip: Skip = 0, staff: Staff = anybody) -> dict[str, Any]:
        now = door.service.clock.now()
        found = await money_store.open_lines(door.service.database, skip, PAGE)
        unexplained = await money_store.unexplained(door.service.database, now)
        following = skip + PAGE if len(found) == PAGE else None
        return {"lines": [line(each, now) for each in found], "unexplained": unexplained, "next": following}

    @router.get("/staff/statement-days", summary="Rekening koran per hari")
    async def days(since: Day | None = None, until: Day | None = None, staff: Staff = anybody) -> dict[str, Any]:
        last = until or door.today()
        found = await money_store.statement_days(door.service.database, since or last - DEFAULT_DAYS, last)
        return {"days": [day(each) for each in found]}

    @router.post("/staff/statement-lines/{line_id}/explanation", status_code=202, summary="Jelaskan satu baris")
    async def explain(line_id: LineId, body: ExplanationBody, staff: Staff = secretariat) -> dict[str, Any]:
        return dict(await door.execute(ExplainLine(line_id, body.kind, body.proof, body.reason, staff.username)))

    @router.post("/staff/statement-lines/{line_id}/decision", status_code=202, summary="Periksa penjelasan")
    async def check(line_id: LineId, body: CheckBody, staff: Staff = approver) -> dict[str, Any]:
        return dict(await door.execute(CheckLine(line_id, body.accept, staff.username)))


def line(each: BookedLine, now: datetime) -> dict[str, Any]:
    """One line for staff. It holds no account number and no name: what a bank writes into its texts is not kept."""
    return {
        "line_id": each.line_id,
        "bank": each.source,
        "bank_line": each.bank_line,
        "booked_at": each.booked_at,
        "age_days": (now - each.booked_at).days,
        "direction": "in" if each.came_in else "out",
        "amount_rupiah": each.amount_rupiah,
        "reference": each.reference,
        "code": each.code,
        "state": each.state.value,
        "why": each.why,
        "names": each.names,
        "kind": each.kind.value if each.kind else None,
        "proof": each.proof,
        "reason": each.reason,
        "by": each.by,
    }


def day(each: StatementDay) -> dict[str, Any]:
    """Sums of one bank and day in rupiah: all lines, and those that nothing explains."""
    on, _, bank = each.day.partition("/")
    return {
        "day": date.fromisoformat(on),
        "bank": bank,
        "lines": each.lines,
        "in_rupiah": each.in_rupiah,
        "out_rupiah": each.out_rupiah,
        "unexplained_lines": each.open_lines,
        "unexplained_in_rupiah": each.open_in_rupiah,
        "unexplained_out_rupiah": each.open_out_rupiah,
    }
