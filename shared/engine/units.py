"""What waits in the committer's lanes: commands asked, records told, letters to replay; and the model they meet."""

from __future__ import annotations

from asyncio import Future
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.base import Event
from shared.engine.dead_letters import Seal, Unseal
from shared.engine.marks import Heard, Verdict, feed_id
from shared.engine.ports import Change
from shared.engine.rules import Message, Rule
from shared.engine.states import States


@dataclass(frozen=True, slots=True)
class Model:
    """All the engine knows about a service."""

    source: str
    topic: str
    partitions: int
    states: States
    reactions: Mapping[str, tuple[type[Event], Rule]]
    seal: Seal
    unseal: Unseal

    @property
    def events(self) -> dict[str, type[Event]]:
        return {name: kind for name, (kind, _) in self.reactions.items()}


@dataclass(slots=True, eq=False)
class Ask:
    """A command, or the outcome of outside work, with the caller who waits for the reply."""

    message: Message
    rule: Rule
    answer: Future[Mapping[str, Any]]
    key: str | None = None
    digest: str = ""
    outcome: Change | None = None
    """How the effect's own document changes when its outcome is decided, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a delivery. With a gap, some records were neither applied nor passed over."""

    gap: bool
    applied: int
    letters: int


@dataclass(slots=True, eq=False)
class Delivery:
    """Consecutive records of one partition, with the feed that waits."""

    topic: str
    partition: int
    answer: Future[Delivered]
    left: int
    type: str | None = None
    """Set when records are read again for a type that this release has just learned."""
    verdicts: Counter[Verdict] = field(default_factory=Counter)

    @property
    def mark_id(self) -> str:
        """Which mark judges these records: the partition's, or the one of the newly learned type."""
        return feed_id(self.topic, self.partition) + (f"#{self.type}" if self.type else "")


@dataclass(slots=True, eq=False)
class Told:
    """One record of a delivery."""

    delivery: Delivery
    heard: Heard


@dataclass(slots=True, eq=False)
class Replay:
    """Take the waiting letters of one lane again, in order; answers how many were taken."""

    id: str
    lane: str
    answer: Future[Mapping[str, Any]]


Unit = Ask | Told | Replay


def is_over(unit: Unit) -> bool:
    """Nobody waits for it any more: the caller left before anything was done."""
    return (unit.delivery if isinstance(unit, Told) else unit).answer.done()


def settle(unit: Unit, result: Any) -> None:
    """Give whoever waits for the unit its result: a reply or an exception, or a record's verdict."""
    if isinstance(unit, Told):
        _settle_told(unit, result)
    elif unit.answer.done():
        return
    elif isinstance(result, Exception):
        unit.answer.set_exception(result)
    else:
        unit.answer.set_result(result)


def _settle_told(told: Told, verdict: Verdict) -> None:
    delivery = told.delivery
    delivery.left -= 1
    delivery.verdicts[verdict] += 1
    if delivery.left == 0 and not delivery.answer.done():
        seen = delivery.verdicts
        applied = seen[Verdict.NEXT] + seen[Verdict.PARKED]
        delivery.answer.set_result(Delivered(seen[Verdict.GAP] > 0, applied, seen[Verdict.PARKED]))
