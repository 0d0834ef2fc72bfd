"""Rules applied one after another inside one transaction: each sees what those before it decided."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.base import Event
from shared.contracts.decision import Decision, Refused, Work, WorkKey
from shared.engine.journal import Entry, Numbering
from shared.engine.ports import Change, Document, Insert, Transaction, Write
from shared.engine.rules import Message, Rule
from shared.engine.states import Snapshot

EFFECTS = "effects"
MOST_CHANGES = MOST_EVENTS = 500
MOST_EVENT_BYTES, MOST_MESSAGE_BYTES = 256 * 1024, 4 * 2**20
ROUNDS = 4
OPEN_WORK = ("due", "unknown", "person")
"""States of outside work that no call is out for, and that is not over."""
_EFFECT_IDS = uuid.UUID("0b2ff3a0-64a5-4c0e-9a6f-7f1c64f0a3de")


class DecisionFailed(Exception):
    """A rule broke its own promise (exception, limits, needs that never settle): a bug, not a refusal."""


@dataclass(slots=True)
class Deciding:
    """What the rules of one commit have decided so far: states, events with their numbers, work to do outside."""

    world: Snapshot
    tx: Transaction
    numbering: Numbering
    at: datetime
    _work: dict[str, Document] = field(default_factory=dict)
    _settled: list[Change] = field(default_factory=list)

    async def decide(self, message: Message, rule: Rule) -> Decision:
        """Raises Refused (nothing changed) or DecisionFailed."""
        for _ in range(ROUNDS + 1):
            with _bugs_named():
                missing = self.world.missing(rule.needs(message.body, self.world))
                decision = None if missing else rule.decide(self.world, message.body, message.now)
            if decision is None:
                await self.world.load(missing)
                continue
            settled = await self._settle(decision.settled)
            with _bugs_named():
                self._accept(message, decision)
            self._settled += settled
            return decision
        raise DecisionFailed("needs names more in every round")

    def say(self, message: Message, events: Sequence[Event]) -> None:
        """Give events their numbers. Raises DecisionFailed when they are too large."""
        entries: list[Entry] = [self.numbering.entry(message, i, event) for i, event in enumerate(events)]
        sizes = [len(entry.data) for entry in entries]
        if sum(sizes) > MOST_MESSAGE_BYTES or max(sizes, default=0) > MOST_EVENT_BYTES:
            raise DecisionFailed("one message says too many bytes")
        self.numbering.append(entries)

    def _accept(self, message: Message, decision: Decision) -> None:
        if len(decision.changes) > MOST_CHANGES or len(decision.events) > MOST_EVENTS:
            raise DecisionFailed("one message changes or says too much")
        self.say(message, decision.events)
        self.world.apply(decision)
        for work in decision.work:
            effect = self._effect(work, message.trace)
            self._work.setdefault(effect["_id"], effect)

    async def _settle(self, keys: Sequence[WorkKey]) -> list[Change]:
        """The end of work that was decided by other means. A claim of it at the same time is a write conflict."""
        ids = [_effect_id(*key) for key in keys]
        found = await self.tx.find(EFFECTS, {"_id": {"$in": ids}}, fields=["state"]) if ids else []
        if any(document["state"] == "attempting" for document in found):
            raise Refused("WORK_UNDER_WAY")
        left = [document["_id"] for document in found if document["state"] in OPEN_WORK]
        decided = {"state": "decided", "settled_at": self.at}
        return [Change(EFFECTS, {"_id": id}, set=decided) for id in left]

    def _effect(self, work: Work, trace: str) -> Document:
        return {
            "_id": _effect_id(work.kind, work.key),
            "kind": work.kind,
            "key": work.key,
            "payload": dict(work.payload),
            "state": "due",
            "next_at": self.at,
            "attempts": 0,
            "created_at": self.at,
            "trace": trace,
        }

    async def writes(self) -> list[Write]:
        """States and work. The same business key is never due twice: what was committed before stays as it is."""
        states = [*self.world.writes(), *self._settled]
        if not self._work:
            return states
        known = await self.tx.find(EFFECTS, {"_id": {"$in": list(self._work)}}, fields=["_id"])
        old = {document["_id"] for document in known}
        return [*states, *(Insert(EFFECTS, document) for id, document in self._work.items() if id not in old)]


@contextmanager
def _bugs_named() -> Iterator[None]:
    """Whatever a rule raises but Refused is its own bug. Reads stay outside: what goes wrong there is tried again."""
    try:
        yield
    except (Refused, DecisionFailed):
        raise
    except Exception as error:
        raise DecisionFailed(type(error).__name__) from error


def _effect_id(kind: str, key: str) -> str:
    return str(uuid.uuid5(_EFFECT_IDS, f"{kind}|{key}"))
