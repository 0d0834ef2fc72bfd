"""Rules applied one after another inside one transaction: each sees what those before it decided."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.base import Event
from shared.contracts.decision import Decision, Refused, Work
from shared.engine.journal import Entry, Numbering
from shared.engine.ports import Document, Insert, Transaction, Write
from shared.engine.rules import Message, Rule
from shared.engine.states import Snapshot

EFFECTS = "effects"
MOST_CHANGES = MOST_EVENTS = 500
MOST_EVENT_BYTES, MOST_MESSAGE_BYTES = 256 * 1024, 4 * 2**20
ROUNDS = 4
_EFFECT_IDS = uuid.UUID("0b2ff3a0-64a5-4c0e-9a6f-7f1c64f0a3de")


class DecisionFailed(Exception):
    """A rule broke its own promise (exception, limits, needs that never settle): a bug, not a refusal."""


@dataclass(slots=True)
class Deciding:
    """What the rules of one commit have decided so far: states, events with their numbers, work to do outside."""

    world: Snapshot
    numbering: Numbering
    at: datetime
    _work: dict[str, Document] = field(default_factory=dict)

    async def decide(self, message: Message, rule: Rule) -> Decision:
        """Raises Refused (nothing changed) or DecisionFailed."""
        for _ in range(ROUNDS + 1):
            try:
                missing = self.world.missing(rule.needs(message.body, self.world))
                if not missing:
                    decision = rule.decide(self.world, message.body, message.now)
                    self._accept(message, decision)
                    return decision
            except (Refused, DecisionFailed):
                raise
            except Exception as error:
                raise DecisionFailed(type(error).__name__) from error
            await self.world.load(missing)
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

    def _effect(self, work: Work, trace: str) -> Document:
        return {
            "_id": str(uuid.uuid5(_EFFECT_IDS, f"{work.kind}|{work.key}")),
            "kind": work.kind,
            "key": work.key,
            "payload": dict(work.payload),
            "state": "due",
            "next_at": self.at,
            "attempts": 0,
            "created_at": self.at,
            "trace": trace,
        }

    async def writes(self, tx: Transaction) -> list[Write]:
        """States and work. The same business key is never due twice: what was committed before stays as it is."""
        states = list(self.world.writes())
        if not self._work:
            return states
        known = await tx.find(EFFECTS, {"_id": {"$in": list(self._work)}}, fields=["_id"])
        old = {document["_id"] for document in known}
        return [*states, *(Insert(EFFECTS, document) for id, document in self._work.items() if id not in old)]
