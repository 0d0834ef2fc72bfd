"""Named queries over the projections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.reporting.domain.projections import CAMPAIGNS, COUNTS, JOURNEYS, LETTERS, MONEY, TICKETS, WAVES
from shared.engine.ports import Database, Document, Index

INDEXES: Sequence[Index] = ((JOURNEYS, [("kecamatan", 1)], False), (MONEY, [("state", 1)], False))

FUNNEL: Mapping[str, dict[str, Any]] = {
    "registered": {"registered": True},
    "questioned": {"identity": "questioned"},
    "eligible": {"eligibility": "eligible"},
    "joined": {"joined_wave": {"$gte": 1}},
    "selected": {"selected_wave": {"$gte": 1}},
    "purchased": {"purchased": True},
    "completed": {"completed": True},
    "reviewed": {"reviewed": True},
    "paid": {"paid": True},
    "surveyed": {"surveyed": True},
}
"""Steps of the funnel in their order, and how a journey shows that it was taken (domain notes Q2)."""


async def funnel(database: Database) -> list[Document]:
    """People per kecamatan and step: `{_id: kecamatan, registered: n, ...}`."""
    sums = {name: {"$sum": {"$cond": [_taken(where), 1, 0]}} for name, where in FUNNEL.items()}
    return await database.aggregate(JOURNEYS, [{"$group": {"_id": "$kecamatan", **sums}}, {"$sort": {"_id": 1}}])


async def funnel_by_wave(database: Database) -> list[Document]:
    """The later steps per wave of selection."""
    steps = ("selected", "purchased", "completed", "reviewed", "paid", "surveyed")
    sums = {name: {"$sum": {"$cond": [_taken(FUNNEL[name]), 1, 0]}} for name in steps}
    chosen = {"$match": {"selected_wave": {"$gte": 1}}}
    return await database.aggregate(JOURNEYS, [chosen, {"$group": {"_id": "$selected_wave", **sums}}])


def _taken(where: dict[str, Any]) -> dict[str, Any]:
    ((name, wanted),) = where.items()
    if isinstance(wanted, dict):
        return {"$gte": [{"$ifNull": [f"${name}", 0]}, wanted["$gte"]]}
    return {"$eq": [f"${name}", wanted]}


async def money(database: Database) -> list[Document]:
    """Rupiah and counts per kind, state and cause: `{_id: {kind, state, cause}, rupiah, count}`."""
    group = {
        "_id": {"kind": "$kind", "state": "$state", "cause": "$cause"},
        "rupiah": {"$sum": "$amount_rupiah"},
        "count": {"$sum": 1},
        "cause_text": {"$max": "$cause_text"},
    }
    return await database.aggregate(MONEY, [{"$group": group}])


async def were_late(database: Database) -> int:
    """Instalments that were announced as late at any time."""
    return await database.count(MONEY, {"was_late": True})


async def refused(database: Database) -> list[Document]:
    """Ineligible people per reason."""
    where = {"$match": {"eligibility": "ineligible"}}
    return await database.aggregate(JOURNEYS, [where, {"$group": {"_id": "$refused_for", "count": {"$sum": 1}}}])


async def journey(database: Database, applicant_id: str) -> Document | None:
    return await database.get(JOURNEYS, applicant_id)


async def incentives_of(database: Database, applicant_id: str) -> list[Document]:
    ids = [f"{applicant_id}/{kind}/{n}" for kind in ("post_training", "survey", "training") for n in range(1, 13)]
    return await database.find(MONEY, {"_id": {"$in": ids}}, sort=[("_id", 1)])


async def waves(database: Database) -> list[Document]:
    return await database.find(WAVES, sort=[("wave", 1)], limit=200)


async def messages(database: Database) -> list[Document]:
    return await database.find(COUNTS, sort=[("_id", 1)], limit=2000)


async def campaigns(database: Database) -> list[Document]:
    return await database.find(CAMPAIGNS, sort=[("at", -1)], limit=50)


async def open_tickets(database: Database) -> int:
    return await database.count(TICKETS, {"state": "open"})


async def letters(database: Database) -> int:
    return await database.count(LETTERS)
