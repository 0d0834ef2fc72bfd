"""What this service stores: its aggregates, their indexes, and every query by name, each bounded and on an index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from services.notification.domain.campaigns import Campaign
from services.notification.domain.messages import Message, OneTimeText
from services.notification.domain.recipients import Recipient
from services.notification.domain.ticket import Ticket
from shared.contracts.decision import Aggregate, State
from shared.engine.ports import Database, Index, Where
from shared.engine.states import States

AGGREGATES: tuple[type[Aggregate], ...] = (Recipient, Message, OneTimeText, Campaign, Ticket)

INDEXES: tuple[Index, ...] = (
    ("messages", (("applicant_id", 1), ("queued_at", -1)), False),
    ("messages", (("state", 1), ("queued_at", -1)), False),
    ("tickets", (("state", 1), ("due_on", 1)), False),
    ("tickets", (("state", 1), ("reopen_until", 1)), False),
    ("tickets", (("applicant_id", 1), ("opened_at", -1)), False),
    ("campaigns", (("made_at", -1),), False),
)
"""(collection, keys, unique). What must be unique is the id of an aggregate, so no index needs to be."""

_STATES = States(AGGREGATES)


async def one(database: Database, kind: type[State], id: str) -> State | None:
    """The state of that id as a majority of the database holds it."""
    found = await database.get(kind.collection, id)
    return cast(State, _STATES.state(kind.collection, found)) if found else None


async def _some(
    database: Database, kind: type[State], where: Where, sort: Sequence[tuple[str, int]], limit: int
) -> list[State]:
    found = await database.find(kind.collection, where, sort=sort, limit=limit)
    return [cast(State, _STATES.state(kind.collection, document)) for document in found]


async def messages_to(database: Database, applicant_id: str, limit: int) -> list[Message]:
    """The latest messages to a person, on whatever channel."""
    return await _some(database, Message, {"applicant_id": applicant_id}, [("queued_at", -1)], limit)


async def unsent_messages(database: Database, limit: int) -> list[Message]:
    """The latest messages that reached nobody, or whose outcome a person must find out."""
    where = {"state": {"$in": ["failed", "unknown"]}, "passed_on": False}
    return await _some(database, Message, where, [("queued_at", -1)], limit)


async def open_tickets(database: Database, limit: int) -> list[Ticket]:
    """Tickets that wait for an answer, the most urgent first."""
    return await _some(database, Ticket, {"state": "open"}, [("due_on", 1)], limit)


async def answered_tickets(database: Database, limit: int) -> list[Ticket]:
    """Tickets that wait for a reply of the person, those that close first at the top."""
    return await _some(database, Ticket, {"state": "answered"}, [("reopen_until", 1)], limit)


async def tickets_of(database: Database, applicant_id: str, limit: int) -> list[Ticket]:
    return await _some(database, Ticket, {"applicant_id": applicant_id}, [("opened_at", -1)], limit)


async def overdue_tickets(database: Database, today: date, limit: int) -> list[str]:
    """Ids of open tickets whose last day passed and that are not marked yet."""
    where = {"state": "open", "overdue": False, "due_on": {"$lt": today.isoformat()}}
    found = await database.find("tickets", where, sort=[("due_on", 1)], limit=limit, fields=["_id"])
    return [document["_id"] for document in found]


async def settled_tickets(database: Database, today: date, limit: int) -> list[str]:
    """Ids of answered tickets to which nobody replied in time."""
    where = {"state": "answered", "reopen_until": {"$lt": today.isoformat()}}
    found = await database.find("tickets", where, sort=[("reopen_until", 1)], limit=limit, fields=["_id"])
    return [document["_id"] for document in found]


async def latest_campaigns(database: Database, limit: int) -> list[Campaign]:
    return await _some(database, Campaign, {}, [("made_at", -1)], limit)
