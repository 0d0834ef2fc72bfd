"""Decisions that time alone causes: a complaint is late, or nobody replied to its answer. Every query is bounded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.notification import store
from services.notification.domain.ticket import CloseTicket, MarkOverdue
from services.notification.domain.words import day_of
from shared.engine.ports import Database
from shared.engine.rules import Timer

TICKETS_AT_ONCE = 200


async def tickets(database: Database, now: datetime) -> Sequence[Any]:
    """Tickets whose day has passed; the rules check again."""
    today = day_of(now)
    late = await store.overdue_tickets(database, today, TICKETS_AT_ONCE)
    quiet = await store.settled_tickets(database, today, TICKETS_AT_ONCE)
    return [*(MarkOverdue(id) for id in late), *(CloseTicket(id, "SETTLED") for id in quiet)]


TIMERS = (Timer("tickets", timedelta(seconds=30), tickets),)
