"""Queries about who is late and who will be, each bounded and on an index of store.py."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from services.incentive.domain.delays import late_by_cause
from services.incentive.domain.participant import Participant
from services.incentive.store import LONG_AGO, some
from shared.engine.ports import Database, Where


async def late_count(database: Database, cause: str, since: date | None = None, until: date | None = None) -> int:
    """How many participants are late for this cause; with due dates from `since` on, and before `until`."""
    return await database.count("participants", _late(cause, since, until))


async def late_for(
    database: Database, cause: str, since: date | None, until: date | None, skip: int, limit: int
) -> list[Participant]:
    """A page of those participants, the longest waiting first."""
    where, sort = _late(cause, since, until), [("late_since", 1), ("_id", 1)]
    return await some(database, Participant, where, sort=sort, skip=skip, limit=limit)


def _late(cause: str, since: date | None, until: date | None) -> Where:
    span = {"$gte": (since or LONG_AGO.date()).isoformat()}
    return {"late_cause": cause, "late_since": {**span, "$lt": until.isoformat()} if until else span}


async def late_participants(database: Database, after: str, limit: int) -> list[Participant]:
    """A page of participants with late incentives, in order of id, from `after` on."""
    return await some(database, Participant, {"late": True, "_id": {"$gt": after}}, limit=limit)


async def late_rupiah(database: Database, page: int = 500) -> dict[str, Any]:
    """Prove that every late rupiah has exactly one current cause: rupiah in all, by cause, and who contradicts it."""
    total, after = 0, ""
    causes: Counter[str] = Counter()
    violations: list[str] = []
    while people := await late_participants(database, after, page):
        after = people[-1].applicant_id
        for person in people:
            own = late_by_cause(person)
            causes.update(own)
            total += person.late_rupiah
            if sum(own.values()) != person.late_rupiah:
                violations.append(f"{person.applicant_id}: {person.late_rupiah} rupiah are late, causes name {own}")
    return {"total": total, "by_cause": dict(sorted(causes.items())), "violations": violations}


async def forecast_count(database: Database, cause: str) -> int:
    """How many participants will be late for this cause unless it goes."""
    return await database.count("participants", {"forecast_cause": cause})


async def forecast_for(database: Database, cause: str, skip: int, limit: int) -> list[Participant]:
    """A page of them, the next due first."""
    sort = [("forecast_on", 1), ("_id", 1)]
    return await some(database, Participant, {"forecast_cause": cause}, sort=sort, skip=skip, limit=limit)
