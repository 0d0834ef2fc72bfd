"""Queries about money under way, debts and the banks' statements, each bounded and on an index of store.py."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.incentive.domain.batches import Batch, BatchState
from services.incentive.domain.funds import BOOKED_WITHIN, Deposit
from services.incentive.domain.participant import Participant
from services.incentive.domain.statement_lines import BookedLine, Kind, LineState, StatementDay, claim_id
from services.incentive.store import LONG_AGO, one, some
from shared.engine.ports import Database, TransientError

NOT_EXPLAINED = {"state": {"$in": [LineState.OPEN.value, LineState.PROPOSED.value]}}
MOST_DAYS = 400
MOST_DEPOSITS = 200
"""A deposit is a document of the treasury: years of them."""


async def released_orders(database: Database, batch_id: str, partners: frozenset[str]) -> int | None:
    """How many payments a batch gave to these payment partners; None while it is being released, or unreadable."""
    try:
        batch = await one(database, Batch, batch_id)
        if batch is None or batch.state not in (BatchState.SENT, BatchState.CLOSED):
            return None
        return await database.count("payments", {"batch_id": batch_id, "bank": {"$in": sorted(partners)}})
    except TransientError:
        return None  # asked again soon; the orders wait


async def debt_count(database: Database, state: str, since: datetime | None, until: datetime | None) -> int:
    """How many cases of clawback are in a state; opened from `since` on, and before `until`."""
    return await database.count("participants", _debts(state, since, until))


async def debts(
    database: Database, state: str, since: datetime | None, until: datetime | None, skip: int, limit: int
) -> list[Participant]:
    """A page of those people, the oldest case first."""
    where, sort = _debts(state, since, until), [("debt_since", 1), ("_id", 1)]
    return await some(database, Participant, where, sort=sort, skip=skip, limit=limit)


def _debts(state: str, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    span = {"$gte": since or LONG_AGO}
    return {"debt_state": state, "debt_since": {**span, "$lt": until} if until else span}


async def open_lines(database: Database, skip: int, limit: int) -> list[BookedLine]:
    """A page of the lines that nothing explains yet, the oldest first; proposed ones among them."""
    found = await database.find(
        "statement_lines", NOT_EXPLAINED, sort=[("booked_at", 1), ("_id", 1)], skip=skip, limit=limit, fields=["_id"]
    )
    ids = [document["_id"] for document in found]
    lines = {line.line_id: line for line in await some(database, BookedLine, {"_id": {"$in": ids}}, sort=(), limit=0)}
    return [lines[id] for id in ids if id in lines]


async def unbooked_deposits(database: Database, now: datetime) -> list[Deposit]:
    """Funds recorded more than BOOKED_WITHIN ago that no line of a statement shows; of the latest MOST_DEPOSITS."""
    where = {"deposited_at": {"$gt": LONG_AGO, "$lte": now - BOOKED_WITHIN}}
    found = await some(database, Deposit, where, sort=[("deposited_at", -1)], limit=MOST_DEPOSITS)
    claims = {claim_id(Kind.DEPOSIT, each.deposit_id) for each in found}
    booked = await database.find("statement_claims", {"_id": {"$in": sorted(map(str, claims))}}, fields=["_id"])
    shown = {document["_id"] for document in booked}
    return [each for each in found if claim_id(Kind.DEPOSIT, each.deposit_id) not in shown]


async def statement_days(database: Database, since: date, until: date) -> list[StatementDay]:
    """Sums of each bank and day from `since` to `until`, both included, at most MOST_DAYS rows."""
    where = {"_id": {"$gte": since.isoformat(), "$lt": f"{until.isoformat()}0"}}
    return await some(database, StatementDay, where, limit=MOST_DAYS)


async def unexplained(database: Database, now: datetime) -> dict[str, Any]:
    """How much no one has explained, in rupiah, and the age of the oldest line in whole days (None: there is none)."""
    lines, rupiah_in, rupiah_out, after = 0, 0, 0, ""
    while days := await some(database, StatementDay, {"_id": {"$gt": after}, "open_lines": {"$gt": 0}}, limit=500):
        after = days[-1].day
        lines += sum(day.open_lines for day in days)
        rupiah_in += sum(day.open_in_rupiah for day in days)
        rupiah_out += sum(day.open_out_rupiah for day in days)
    oldest = await open_lines(database, 0, 1)
    return {
        "lines": lines,
        "in_rupiah": rupiah_in,
        "out_rupiah": rupiah_out,
        "oldest_days": (now - oldest[0].booked_at).days if oldest else None,
    }
