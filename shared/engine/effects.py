"""Outside work: claim and store the attempt, call, bring the outcome back through the committer.

    due -> attempting -> done | failed | unknown;  unknown -> done | failed | due | person
    due, unknown, person -> decided (by a rule, which learnt or settled it by other means: `Decision.settled`)

Claim and attempt are stored in one transaction right before the calls of a small slice. When the claim
expires nobody knows what happened, so the effect becomes unknown and is only inquired about. The
reference given outside is the effect's id, the same at every attempt.

Each kind has `concurrency` places. A call holds its place until its outcome is on disk; whenever half of the places
are free a slice is claimed for them. So calls are made while outcomes are stored, and a call that takes long holds up
nobody else.

`next_at` is when a state asks for attention: due not before then, an attempt's claim expires then (wall clock),
an unknown outcome is asked about then. One field, so that one index serves all three.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from shared.engine.ahead import Ahead
from shared.engine.committer import Committer
from shared.engine.deciding import EFFECTS
from shared.engine.lease import Leader
from shared.engine.outcomes import INQUIRE_AFTER, RETRY_AFTER, Outcomes
from shared.engine.ports import Change, Clock, Database, Document, Put, TransientError
from shared.engine.rules import EffectKind, Outcome, OutcomeState
from shared.platform.metrics import EngineMetrics

MOST = 200
CLAIM_LEASE = timedelta(seconds=120)
SAFETY = timedelta(seconds=5)
IDLE_SECONDS = 1.0
INQUIRE_LONGEST = timedelta(hours=1)


@dataclass(eq=False, slots=True)
class _Lane:
    """One kind's work in the hands of this process."""

    name: str
    kind: EffectKind
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ahead: Ahead = field(default_factory=Ahead)
    under_way: int = 0

    @property
    def room(self) -> int:
        """How many to claim now: a claim for a single place would cost as much as one for many."""
        free = self.kind.concurrency - self.under_way
        return free if 2 * free >= self.kind.concurrency else 0


class Effects:
    """Does the due work of one service while this process leads and the service is not in quarantine."""

    def __init__(
        self,
        kinds: Mapping[str, EffectKind],
        committer: Committer,
        database: Database,
        leader: Leader,
        clock: Clock,
        metrics: EngineMetrics,
        quarantined: Callable[[], Awaitable[bool]],
    ) -> None:
        self._kinds, self._database, self._leader = kinds, database, leader
        self._clock, self._metrics, self._quarantined = clock, metrics, quarantined
        self._outcomes = Outcomes(kinds, committer, database, clock, metrics)
        self._lanes = [_Lane(name, kind) for name, kind in kinds.items()]
        self._calls: asyncio.TaskGroup

    def wake(self) -> None:
        """There may be new work: look at once."""
        for lane in self._lanes:
            lane.woken.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as self._calls:
            for lane in self._lanes:
                self._calls.create_task(self._repeat(lane.woken, partial(self._fill, lane)))
            if self._lanes:
                self._calls.create_task(self._repeat(asyncio.Event(), self._look_after))

    async def _repeat(self, woken: asyncio.Event, act: Callable[[], Awaitable[bool]]) -> None:
        """Act for ever, at once again when there may be more."""
        while True:
            await self._leader.wait()
            woken.clear()
            try:
                busy = await act()
            except TransientError:
                busy = False
            if not busy:
                await self._clock.wait_for(woken, IDLE_SECONDS)

    async def report(self, id: str, outcome: Outcome) -> None:
        """An outcome that came by another way: a callback, a statement line, a person's decision."""
        document = await self._database.get(EFFECTS, id)
        if document is None:
            raise LookupError(f"no effect {id}")
        await self._outcomes.record(document, outcome)

    async def _look_after(self) -> bool:
        """What was begun and never ended, and what has an unknown outcome."""
        if await self._quarantined():
            return False
        await self._expire()
        return any([await self._inquire(kind, name) for name, kind in self._kinds.items()])

    async def _expire(self) -> None:
        lost = {"state": "attempting", "kind": {"$in": list(self._kinds)}, "next_at": {"$lt": self._clock.wall()}}
        expired = await self._database.find(EFFECTS, lost, limit=MOST)
        unknown = Outcome(OutcomeState.UNKNOWN, {"reason": "CLAIM_EXPIRED"})
        await asyncio.gather(*(self._outcomes.record(each, unknown) for each in expired))  # so that they share commits

    async def _fill(self, lane: _Lane) -> bool:
        """Claim a slice and begin its calls beside each other; True when there may be more."""
        if not lane.room or await self._quarantined():
            return False
        until = self._clock.monotonic() + CLAIM_LEASE.total_seconds()
        documents = await self._claim(lane, lane.room)
        enough = (lane.kind.handler.timeout + SAFETY).total_seconds()
        if until - self._clock.monotonic() <= enough or not self._leader.leads:
            return False  # too little lease left to be sure: these become unknown and are asked about
        for document in documents:
            lane.under_way += 1
            self._calls.create_task(self._perform(lane, document))
        return bool(documents)

    async def _claim(self, lane: _Lane, most: int) -> list[Document]:
        ids = await lane.ahead.take(most, partial(self._due, lane.name))
        if not ids:
            return []
        now = self._clock.now()
        lease = {"state": "attempting", "next_at": self._clock.wall() + CLAIM_LEASE}
        async with self._database.transaction() as tx:
            found = await tx.find(EFFECTS, {"_id": {"$in": ids}})
            documents = [each for each in found if each["state"] == "due" and each["next_at"] <= now]
            for document in documents:
                document["attempts"] += 1
                document["attempted_at"] = now
                document["first_attempt_at"] = document.get("first_attempt_at") or now
            await tx.write([Put(EFFECTS, {**document, **lease}) for document in documents])
        return documents

    async def _due(self, name: str, most: int) -> list[str]:
        """The next ones, oldest first."""
        due = {"state": "due", "kind": name, "next_at": {"$lte": self._clock.now()}}
        found = await self._database.find(EFFECTS, due, limit=most, fields=["_id"])
        return [document["_id"] for document in found]

    async def _perform(self, lane: _Lane, document: Document) -> None:
        try:
            outcome = await self._outcomes.of(lane.kind.handler.perform, document)
            with suppress(TransientError):  # what could not be noted is asked about when the claim expires
                await self._outcomes.record(document, outcome)
        finally:
            lane.under_way -= 1
            if lane.room:
                lane.woken.set()

    async def _inquire(self, kind: EffectKind, name: str) -> bool:
        """Ask about unknown outcomes; True when there may be more."""
        where = {"state": "unknown", "kind": name, "next_at": {"$lte": self._clock.now()}}
        asked = await self._database.find(EFFECTS, where, limit=kind.concurrency)
        await asyncio.gather(*(self._ask_about(kind, document) for document in asked))
        return bool(asked)

    async def _ask_about(self, kind: EffectKind, document: Document) -> None:
        """What is not known yet is asked again later, and never sent again before the provider's horizon."""
        outcome = await self._outcomes.of(kind.handler.inquire, document)
        if outcome.state is OutcomeState.NOT_FOUND:
            await self._not_found(kind, document)
        elif outcome.state in (OutcomeState.DONE, OutcomeState.FAILED):
            await self._outcomes.record(document, outcome)
        elif outcome.state is OutcomeState.NOT_STARTED:
            await self._taken_back(document, outcome)
        else:
            await self._later(document)

    async def _not_found(self, kind: EffectKind, document: Document) -> None:
        if self._clock.now() - document["unknown_since"] < kind.handler.horizon:
            await self._later(document)
        elif kind.handler.deduplicates:
            again = {"state": "due", "next_at": self._clock.now()}
            await self._database.change(Change(EFFECTS, {"_id": document["_id"], "state": "unknown"}, set=again))
        else:
            self._metrics.alarm("OUTCOME_NEEDS_PERSON", kind=document["kind"], effect=document["_id"])
            await self._outcomes.record(document, Outcome(OutcomeState.NOT_FOUND))

    async def _taken_back(self, document: Document, outcome: Outcome) -> None:
        """Whoever was asked had passed nothing on yet and has given it back: as if it had never been tried."""
        when = self._clock.now() + (outcome.retry_after or RETRY_AFTER)
        due = {"state": "due", "next_at": when, "unknown_since": None}
        await self._database.change(Change(EFFECTS, {"_id": document["_id"], "state": "unknown"}, set=due))

    async def _later(self, document: Document) -> None:
        wait = document.get("inquire_wait_seconds", INQUIRE_AFTER.total_seconds())
        longer = min(wait * 2, INQUIRE_LONGEST.total_seconds())
        when = {"next_at": self._clock.now() + timedelta(seconds=wait), "inquire_wait_seconds": longer}
        await self._database.change(Change(EFFECTS, {"_id": document["_id"], "state": "unknown"}, set=when))
