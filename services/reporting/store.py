"""Named queries over the projections."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.reporting.domain.lateness import Foretold, Late, Lateness, add
from services.reporting.domain.money import MONEY
from services.reporting.domain.projections import CAMPAIGNS, COUNTS, JOURNEYS, LETTERS, SURVEYS, TICKETS, WAVES
from shared.engine.ports import Database, Document, Index

INDEXES: Sequence[Index] = (
    (JOURNEYS, [("kecamatan", 1)], False),
    (MONEY, [("state", 1)], False),
    (MONEY, [("late", 1), ("_id", 1)], False),
    (MONEY, [("foretold", 1), ("_id", 1)], False),
)
PAGE = 1000

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
    """Rupiah and counts per kind, state and cause: `{_id: {kind, state, cause}, rupiah, count}`.

    What is late stands under `late`, whatever the bank said of it since (domain/money.py).
    """
    group = {
        "_id": {"kind": "$kind", "state": "$state", "cause": "$cause", "late": "$late"},
        "rupiah": {"$sum": "$amount_rupiah"},
        "count": {"$sum": 1},
        "cause_text": {"$max": "$cause_text"},
    }
    return under_late(await database.aggregate(MONEY, [{"$group": group}]))


def under_late(rows: Iterable[Document]) -> list[Document]:
    """The groups with `late` as the state of all that is late."""
    found: dict[tuple[Any, ...], Document] = {}
    for row in rows:
        kind, cause = row["_id"].get("kind"), row["_id"].get("cause")
        state = "late" if row["_id"].get("late") else row["_id"].get("state")
        sums = found.setdefault((kind, state, cause), {"rupiah": 0, "count": 0, "cause_text": row.get("cause_text")})
        sums |= {"_id": {"kind": kind, "state": state, "cause": cause}}
        sums["rupiah"], sums["count"] = sums["rupiah"] + row["rupiah"], sums["count"] + row["count"]
    return list(found.values())


async def lateness(database: Database, today: date) -> Lateness:
    """All late rupiah by cause, actor, age and kecamatan, each once; read a page at a time."""
    report = Lateness()
    fields = ["applicant_id", "cause", "cause_text", "actor", "actor_text", "due_on", "amount_rupiah"]
    async for rows in _pages(database, "late", fields):
        ids = sorted({row["applicant_id"] for row in rows})
        known = await database.find(JOURNEYS, {"_id": {"$in": ids}}, fields=["kecamatan"])
        places = {document["_id"]: document.get("kecamatan") for document in known}
        add(report, [_late(row, places.get(row["applicant_id"])) for row in rows], today)
    return report


def _late(row: Document, kecamatan: str | None) -> Late:
    words = (row.get("cause"), row.get("cause_text"), row.get("actor"), row.get("actor_text"))
    return Late(*words, date.fromisoformat(str(row["due_on"])[:10]), kecamatan, row["amount_rupiah"])


async def foretold(database: Database) -> dict[str, Foretold]:
    """Of which instalments it is told that they will be late: cause -> words, rupiah and how many."""
    found: dict[str, Foretold] = {}
    fields = ["forecast", "forecast_text", "amount_rupiah"]
    async for row in _rows(database, "foretold", fields):
        known = found.get(row["forecast"], Foretold(row["forecast_text"], 0, 0))
        found[row["forecast"]] = Foretold(known.words, known.rupiah + row["amount_rupiah"], known.count + 1)
    return found


async def _rows(database: Database, flag: str, fields: Sequence[str]) -> AsyncIterator[Document]:
    """All instalments of which this is so, read a page at a time."""
    async for page in _pages(database, flag, fields):
        for row in page:
            yield row


async def _pages(database: Database, flag: str, fields: Sequence[str]) -> AsyncIterator[list[Document]]:
    after = ""
    while rows := await database.find(
        MONEY, {flag: True, "_id": {"$gt": after}}, sort=[("_id", 1)], limit=PAGE, fields=fields
    ):
        after = rows[-1]["_id"]
        yield rows


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


async def surveys(database: Database) -> list[Document]:
    """How often each answer was given: `{survey, question, answer, count}`."""
    return await database.find(SURVEYS, sort=[("_id", 1)], limit=1000)


async def campaigns(database: Database) -> list[Document]:
    return await database.find(CAMPAIGNS, sort=[("at", -1)], limit=50)


async def open_tickets(database: Database) -> int:
    return await database.count(TICKETS, {"state": "open"})


async def letters(database: Database) -> int:
    return await database.count(LETTERS)
