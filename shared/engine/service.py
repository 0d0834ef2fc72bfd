"""A whole service from five things in plain data: aggregates, commands, reactions, outside work, timers.

The object has start and stop and a registry of its own, so that one process can run four.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.contracts.base import Event
from shared.contracts.decision import Aggregate
from shared.engine.batch import ANSWERS
from shared.engine.committer import Committer
from shared.engine.dead_letters import PARKED, Seal, Unseal
from shared.engine.deciding import EFFECTS
from shared.engine.effects import Effects
from shared.engine.feed import Feed
from shared.engine.journal import JOURNAL, Row
from shared.engine.lease import Leader
from shared.engine.ports import Broker, BrokerError, Clock, Database, Index, TransientError
from shared.engine.relay import Relay
from shared.engine.relearn import relearn
from shared.engine.restore import detect_restore, is_quarantined
from shared.engine.rules import EffectKind, Message, Rule, Timer
from shared.engine.schedule import Schedule
from shared.engine.states import States
from shared.engine.units import Ask, Model
from shared.platform.metrics import EngineMetrics

START_RETRY_SECONDS = 1.0

INDEXES: Sequence[Index] = (
    (JOURNAL, [("commit", 1)], True),
    (EFFECTS, [("state", 1), ("kind", 1), ("next_at", 1)], False),
    (PARKED, [("lane", 1), ("state", 1), ("order", 1)], False),
    (ANSWERS, [("at", 1)], False),
)
"""What the engine itself looks up other than by `_id`."""


class Unavailable(Exception):
    """Not started yet, or broker and database were never both reachable: the door is closed."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a service is, in plain data. Topic and consumer group follow from the name.

    `sources` names the services it hears, itself never among them.
    """

    name: str
    aggregates: Sequence[type[Aggregate]] = ()
    indexes: Sequence[Index] = ()
    commands: Mapping[type, Rule] = field(default_factory=dict)
    sources: Sequence[str] = ()
    reactions: Mapping[type[Event], Rule] = field(default_factory=dict)
    effects: Mapping[str, EffectKind] = field(default_factory=dict)
    timers: Sequence[Timer] = ()


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The world a service lives in. `seal` and `unseal` protect whole records in dead letters.

    With `doors_only` this process decides what its callers ask and never seeks the lead nor hears a topic, so that no
    work holds them up; another process of the service does all that.
    """

    database: Database
    broker: Broker
    clock: Clock
    seal: Seal
    unseal: Unseal
    metrics: EngineMetrics
    partitions: int = 12
    topic_prefix: str = "gelombang."
    doors_only: bool = False
    chance: random.Random = field(default_factory=secrets.SystemRandom)


class Service:
    """Runs committer, relay, feed, outside work and timers of one service."""

    def __init__(self, definition: Definition, ports: Ports) -> None:
        self.definition, self.ports = definition, ports
        self.name, self.database, self.clock, self.metrics = (
            definition.name,
            ports.database,
            ports.clock,
            ports.metrics,
        )
        self.topic = self._topic_of(definition.name)
        self._sources = [self._topic_of(source) for source in definition.sources]
        self._model = Model(
            definition.name,
            self.topic,
            ports.partitions,
            States(definition.aggregates),
            {kind.type_name(): (kind, rule) for kind, rule in definition.reactions.items()},
            ports.seal,
            ports.unseal,
        )
        owner = uuid.uuid4().hex
        common = (ports.clock, ports.metrics)
        self.leader = Leader(definition.name, owner, ports.database, *common)
        self._relay = Relay(
            definition.name, self.topic, ports.partitions, ports.database, ports.broker, self.leader, *common
        )
        self.committer = Committer(self._model, ports.database, *common, committed=self._committed, chance=ports.chance)
        self.feed = Feed(self._model.events, self.committer, ports.database, ports.broker, *common)
        self.effects = Effects(
            definition.effects, self.committer, ports.database, self.leader, *common, self.quarantined
        )
        self._schedule = Schedule(definition.timers, self._by_timer, ports.database, self.leader, *common)
        self._working: list[asyncio.Task[None]] = []
        self._listening: list[asyncio.Task[None]] = []
        self.ready = False
        self.failed: str | None = None

    def _committed(self, row: Row) -> None:
        self._relay.offer(row)
        if self.definition.effects:
            self.effects.wake()

    def _topic_of(self, service: str) -> str:
        return f"{self.ports.topic_prefix}{service}.v1"

    async def execute(
        self,
        command: Any,
        *,
        key: str | None = None,
        digest: str = "",
        trace: str = "",
        now: datetime | None = None,
    ) -> Mapping[str, Any]:
        """Decide a command of the door; returns its reply once it is on disk.

        `key` is the caller's idempotency key: the same key with the same `digest` gets the first answer
        again. Raises Refused (nothing changed), Overloaded, Unavailable, or DecisionFailed for a bug.
        """
        if not self.ready:
            raise Unavailable
        id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.name}/{key}")) if key else str(uuid.uuid4())
        ask = self._ask(Message(id, command, now or self.clock.now(), trace), key, digest)
        return await self.committer.ask(ask)

    async def _by_timer(self, command: Any) -> Mapping[str, Any]:
        ask = self._ask(Message(str(uuid.uuid4()), command, self.clock.now()), None, "")
        return await self.committer.ask(ask, inside=True)

    def _ask(self, message: Message, key: str | None, digest: str) -> Ask:
        try:
            rule = self.definition.commands[type(message.body)]
        except KeyError:
            raise LookupError(f"{self.name} has no rule for {type(message.body).__name__}") from None
        return Ask(message, rule, asyncio.get_running_loop().create_future(), key, digest)

    async def quarantined(self) -> bool:
        """True from a restore on until `gelombang restore confirm`: no payout, no message goes out."""
        found = await is_quarantined(self.database)
        self.metrics.quarantine.set(found)
        return found

    async def start(self) -> None:
        """Open the door when broker and database were both reached; waits for them as long as it takes."""
        await self._until_reached(self._prepare)
        work = () if self.ports.doors_only else (self.leader.run, self._relay.run, self.effects.run, self._schedule.run)
        self._working += [self._part(run) for run in (self.committer.run, *work)]
        await self._until_reached(self._relearn)
        if self._sources and not self.ports.doors_only:
            self._listening.append(self._part(self._listen))
        self.ready = True

    async def stop(self) -> None:
        """Close the door, finish nothing half: what is not committed is heard or asked again."""
        self.ready = False
        for tasks in (self._listening, self._working):  # what is being heard still needs those that work
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            tasks.clear()
        try:
            await self.leader.resign()
        except TransientError:
            self.metrics.retried.inc()  # the lease runs out by itself

    async def _prepare(self) -> None:
        await self.database.end_abandoned()  # this process may follow one that was killed in the middle of a commit
        for topic in (self.topic, *self._sources):
            await self.ports.broker.ensure_topic(topic, self.ports.partitions)
        for collection, keys, unique in (*INDEXES, *self.definition.indexes):
            await self.database.index(collection, keys, unique)
        orphans = await detect_restore(self.topic, self.ports.partitions, self.database, self.ports.broker)
        if orphans:
            self.metrics.alarm("RESTORED", orphans=orphans)

    async def _relearn(self) -> None:
        await relearn(self._model.events, self.committer, self.database, self.ports.broker)

    async def _listen(self) -> None:
        """Beside the open door: joining a group takes seconds, and what waits on the topics waits safely."""
        group = f"{self.ports.topic_prefix}{self.name}"
        async with self.ports.broker.subscribe(self._sources, group, self.feed):
            await asyncio.Event().wait()

    def _part(self, run: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        return asyncio.create_task(self._guard(run), name=f"{self.name}.{run.__qualname__}")

    async def _until_reached(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await step()
            except (BrokerError, TransientError):
                await self.clock.sleep(START_RETRY_SECONDS)

    async def _guard(self, run: Callable[[], Awaitable[None]]) -> None:
        """A part that dies takes the health of the whole with it; nothing half alive stays unseen."""
        try:
            await run()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.failed = type(error).__name__
            self.ready = False
            self.metrics.alarm("ENGINE_DIED", part=run.__qualname__, error=repr(error)[:200])
            raise


def build_service(definition: Definition, ports: Ports) -> Service:
    """Nothing runs and nothing is connected before `start()`."""
    return Service(definition, ports)
