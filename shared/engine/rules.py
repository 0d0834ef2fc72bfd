"""The vocabulary between engine and service: messages, rules, outcomes of outside work, timers."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from shared.contracts.decision import Decision, Ref, World
from shared.engine.ports import Database

_EVENT_IDS = uuid.UUID("8f5c7c1e-53a7-4bd1-9d0e-6c6e3c1a0b57")


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to decide on: a command from the door, an event heard, an outcome, a timer's command.

    `now` is when the door took it, or the event's own time, so a replay decides the same.
    """

    id: str
    body: Any
    now: datetime
    trace: str = ""

    def event_id(self, type_name: str, ordinal: int) -> str:
        """Derived, so that a second decision of the same message makes the same events."""
        return str(uuid.uuid5(_EVENT_IDS, f"{self.id}|{type_name}|{ordinal}"))


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of message is decided.

    `needs(body, world)` names the states to read. It is asked again with what has been read so far
    until it names nothing new (at most 4 rounds), so a look-up may lead to the next state.
    `decide(world, body, now)` is pure and returns a Decision or raises Refused.
    """

    needs: Callable[[Any, World], Iterable[Ref]]
    decide: Callable[[World, Any, datetime], Decision]


class OutcomeState(StrEnum):
    """How an attempt in the outside world ended."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_STARTED = "not_started"
    """Surely nothing happened outside (refused connection, cut-off), or it was taken back before anything did: due
    again later, same reference."""
    NOT_FOUND = "not_found"
    """Answer of an inquiry only: the provider does not know our reference (yet)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the provider said. `data` is plain JSON without personal data in clear."""

    state: OutcomeState
    data: Mapping[str, Any] = field(default_factory=dict)
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Work that was committed. `id` is the reference given outside, the same at every attempt."""

    id: str
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempts: int = 0
    first_attempt_at: datetime | None = None
    unknown_since: datetime | None = None
    """First attempt that may have arrived without an answer; None: nothing of it can be known outside."""


@dataclass(frozen=True, slots=True)
class EffectFinished:
    """The message an outcome becomes: decided by the rule of its kind, like any other."""

    effect: Effect
    outcome: Outcome


class EffectHandler(Protocol):
    """One kind of outside work: pay, send a message, ask the civil registry."""

    timeout: timedelta
    """A call is given up after this; it is made only with more lease left than this + 5 s."""
    horizon: timedelta
    """`not found` counts only this long after the first attempt that may have arrived (a provider may book late)."""
    deduplicates: bool
    """True when the provider does one reference once: then not-found after the horizon may be sent again."""

    async def perform(self, effect: Effect) -> Outcome: ...

    async def inquire(self, effect: Effect) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class EffectKind:
    """A row of a service's table of outside work: who does it, and the rule that hears the outcome."""

    handler: EffectHandler
    rule: Rule
    concurrency: int = 20


@dataclass(frozen=True, slots=True)
class Timer:
    """Decisions that time alone causes: `due` reads what is overdue and returns ordinary commands.

    Their rules check the state again, so a command made twice does nothing the second time.
    """

    name: str
    every: timedelta
    due: Callable[[Database, datetime], Awaitable[Sequence[Any]]]
