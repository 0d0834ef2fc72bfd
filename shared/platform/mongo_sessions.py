"""Transactions that a killed process left open hold their documents: MongoDB itself waits a minute before it ends
them (transactionLifetimeLimitSeconds), and the head of a journal must not be held so long.

So each process notes the sessions in which it opens transactions, and who finds them abandoned ends them
(killSessions; a user may always end its own). Whoever lives and lost a transaction by it tries again (ADR 0013).
"""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from bson.binary import Binary

SESSIONS = "open_sessions"
RENEW_SECONDS = 600.0
ENDED_AFTER = timedelta(hours=1)
"""The server itself forgets a session that was not used for half an hour."""


class OpenSessions:
    """The sessions of this process, noted in the database before they are used."""

    def __init__(self) -> None:
        self._process = uuid.uuid4().hex
        self._noted: dict[Binary, float] = {}

    async def note(self, session: Any, collection: Any) -> None:
        """One small write for a session that is new; the driver uses few and for long."""
        id, now = session.session_id["id"], time.monotonic()
        if now - self._noted.get(id, float("-inf")) < RENEW_SECONDS:
            return
        noted = {"process": self._process, "at": datetime.now(UTC)}
        await collection.update_one({"_id": id}, {"$set": noted}, upsert=True)
        self._noted = {known: at for known, at in self._noted.items() if now - at < ENDED_AFTER.total_seconds()}
        self._noted[id] = now

    async def end_others(self, collection: Any) -> int:
        """End what other processes have open; returns how many sessions that were."""
        found: list[dict[str, Any]] = await collection.find({"process": {"$ne": self._process}}).to_list(None)
        recent = [each["_id"] for each in found if datetime.now(UTC) - each["at"] < ENDED_AFTER]
        if recent:
            await collection.database.client.admin.command("killSessions", [{"id": id} for id in recent])
        if found:
            await collection.delete_many({"_id": {"$in": [each["_id"] for each in found]}})
        return len(recent)
