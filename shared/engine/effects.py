"""Outside work: claim and store the attempt, call, bring the outcome back through the committer.

    due -> attempting -> done | failed | unknown;  unknown -> done | failed | due | person

Claim and attempt are stored in one transaction right before the calls of a small slice. When the claim
expires nobody knows what happened, so the effect becomes unknown and is only inquired about. The
reference given outside is the effect's id, the same at every attempt.

`next_at` is when a state asks for attention: due not before then, an attempt's claim expires then (wall clock),
an unknown outcome is asked about then. One field, so that one index serves all three.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.engine.committer import Committer
from shared.engine.deciding import EFFECTS, DecisionFailed
from shared.engine.lease import Leader
from shared.engine.ports import Change, Clock, Database, Document, Put, TransientError
from shared.engine.rules import Effect, EffectFinished, EffectKind, Message, Outcome, OutcomeState
from shared.engine.units import Ask
from shared.platform.metrics import EngineMetrics

MOST = 200
LOOK_AHEAD = 1000
CLAIM_LEASE = timedelta(seconds=120)
SAFETY = timedelta(seconds=5)
IDLE_SECONDS = 1.0
INQUIRE_AFTER = timedelta(seconds=10)
INQUIRE_LONGEST = timedelta(hours=1)
RETRY_AFTER = timedelta(seconds=30)


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
        self._kinds, self._committer, self._database = kinds, committer, database
        self._leader, self._clock, self._metrics, self._quarantined = leader, clock, metrics, quarantined
        self._woken = asyncio.Event()
        self._ahead: dict[str, deque[str]] = {name: deque() for name in kinds}

    def wake(self) -> None:
        """There may be new work: look at once."""
        self._woken.set()

    async def run(self) -> None:
        while True:
            await self._leader.wait()
            self._woken.clear()
            try:
                busy = False if await self._quarantined() else await self._round()
            except TransientError:
                busy = False
            if not busy:
                await self._clock.wait_for(self._woken, IDLE_SECONDS)

    async def report(self, id: str, outcome: Outcome) -> None:
        """An outcome that came by another way: a callback, a statement line, a person's decision."""
        document = await self._database.get(EFFECTS, id)
        if document is None:
            raise LookupError(f"no effect {id}")
        await self._record(document, outcome)

    async def _round(self) -> bool:
        if not self._kinds:
            return False
        await self._expire()
        busy = [await self._inquire(name, kind) for name, kind in self._kinds.items()]
        busy += await asyncio.gather(*(self._do(name, kind) for name, kind in self._kinds.items()))
        return any(busy)

    async def _expire(self) -> None:
        lost = {"state": "attempting", "kind": {"$in": list(self._kinds)}, "next_at": {"$lt": self._clock.wall()}}
        for document in await self._database.find(EFFECTS, lost, limit=MOST):
            await self._record(document, Outcome(OutcomeState.UNKNOWN, {"reason": "CLAIM_EXPIRED"}))

    async def _do(self, name: str, kind: EffectKind) -> bool:
        """Claim a slice and make its calls beside each other; True when there may be more."""
        until = self._clock.monotonic() + CLAIM_LEASE.total_seconds()
        documents = await self._claim(name, kind.concurrency)
        enough = (kind.handler.timeout + SAFETY).total_seconds()
        if until - self._clock.monotonic() <= enough or not self._leader.leads:
            return False  # too little lease left to be sure: these become unknown and are asked about
        await asyncio.gather(*(self._perform(kind, document) for document in documents))
        return bool(documents)

    async def _claim(self, name: str, most: int) -> list[Document]:
        ids = await self._due(name, most)
        if not ids:
            return []
        now = self._clock.now()
        lease = {"state": "attempting", "next_at": self._clock.wall() + CLAIM_LEASE, "attempted_at": now}
        async with self._database.transaction() as tx:
            found = await tx.find(EFFECTS, {"_id": {"$in": ids}})
            documents = [each for each in found if each["state"] == "due" and each["next_at"] <= now]
            for document in documents:
                document["attempts"] += 1
                document["first_attempt_at"] = document.get("first_attempt_at") or now
            await tx.write([Put(EFFECTS, {**document, **lease}) for document in documents])
        return documents

    async def _due(self, name: str, most: int) -> list[str]:
        """The next ones, oldest first. One look finds the work of many slices; a claim judges each again."""
        ahead = self._ahead[name]
        if not ahead:
            due = {"state": "due", "kind": name, "next_at": {"$lte": self._clock.now()}}
            found = await self._database.find(EFFECTS, due, limit=LOOK_AHEAD, fields=["_id"])
            ahead.extend(document["_id"] for document in found)
        return [ahead.popleft() for _ in range(min(most, len(ahead)))]

    async def _perform(self, kind: EffectKind, document: Document) -> None:
        outcome = await self._call(kind, kind.handler.perform, document)
        await self._record(document, outcome)

    async def _call(
        self, kind: EffectKind, call: Callable[[Effect], Awaitable[Outcome]], document: Document
    ) -> Outcome:
        """Whatever goes wrong in a call leaves its outcome unknown: the request may have arrived."""
        began = self._clock.monotonic()
        outcome = await self._answered(kind, call, document)
        lasted, failed = self._clock.monotonic() - began, outcome.state is not OutcomeState.DONE
        name = f"{call.__name__} {document['kind']}"
        self._metrics.traces.done(name, document.get("trace", ""), lasted, failed)
        return outcome

    async def _answered(
        self, kind: EffectKind, call: Callable[[Effect], Awaitable[Outcome]], document: Document
    ) -> Outcome:
        try:
            async with asyncio.timeout(kind.handler.timeout.total_seconds()):
                return await call(_effect(document))
        except TimeoutError:
            return Outcome(OutcomeState.UNKNOWN, {"reason": "TIMEOUT"})
        except Exception as error:  # an adapter's own failure must not stop the others
            self._metrics.alarm("ADAPTER_FAILED", kind=document["kind"], error=type(error).__name__)
            return Outcome(OutcomeState.UNKNOWN, {"reason": "ADAPTER_FAILED"})

    async def _inquire(self, name: str, kind: EffectKind) -> bool:
        """Ask about unknown outcomes; never send again before the provider's horizon has passed."""
        where = {"state": "unknown", "kind": name, "next_at": {"$lte": self._clock.now()}}
        asked = await self._database.find(EFFECTS, where, limit=MOST)
        for document in asked:
            outcome = await self._call(kind, kind.handler.inquire, document)
            if outcome.state is OutcomeState.NOT_FOUND:
                await self._not_found(kind, document)
            elif outcome.state in (OutcomeState.DONE, OutcomeState.FAILED):
                await self._record(document, outcome)
            else:
                await self._later(document)
        return bool(asked)

    async def _not_found(self, kind: EffectKind, document: Document) -> None:
        first: datetime = document.get("first_attempt_at") or document["created_at"]
        if self._clock.now() - first < kind.handler.horizon:
            await self._later(document)
        elif kind.handler.deduplicates:
            again = {"state": "due", "next_at": self._clock.now()}
            await self._database.change(Change(EFFECTS, {"_id": document["_id"], "state": "unknown"}, set=again))
        else:
            self._metrics.alarm("OUTCOME_NEEDS_PERSON", kind=document["kind"], effect=document["_id"])
            await self._record(document, Outcome(OutcomeState.NOT_FOUND))

    async def _later(self, document: Document) -> None:
        wait = document.get("inquire_wait_seconds", INQUIRE_AFTER.total_seconds())
        longer = min(wait * 2, INQUIRE_LONGEST.total_seconds())
        when = {"next_at": self._clock.now() + timedelta(seconds=wait), "inquire_wait_seconds": longer}
        await self._database.change(Change(EFFECTS, {"_id": document["_id"], "state": "unknown"}, set=when))

    async def _record(self, document: Document, outcome: Outcome) -> None:
        """Effect, aggregate and event change in one transaction; the rule of the kind decides."""
        self._metrics.outcomes.labels(document["kind"], outcome.state.value).inc()
        change = Change(EFFECTS, {"_id": document["_id"]}, set=self._next_state(outcome))
        if outcome.state is OutcomeState.NOT_STARTED:
            attempting = {"_id": document["_id"], "state": "attempting"}
            await self._database.change(Change(EFFECTS, attempting, set=change.set))
            return
        effect = _effect(document)
        message = Message(
            f"{effect.id}/{effect.attempts}/{outcome.state.value}",
            EffectFinished(effect, outcome),
            self._clock.now(),
            document.get("trace", ""),
        )
        answer = asyncio.get_running_loop().create_future()
        ask = Ask(message, self._kinds[effect.kind].rule, answer, outcome=change)
        try:
            await self._committer.ask(ask, inside=True)
        except DecisionFailed as error:
            self._metrics.alarm("OUTCOME_NOT_TAKEN", kind=effect.kind, effect=effect.id, error=str(error))

    def _next_state(self, outcome: Outcome) -> dict[str, Any]:
        now = self._clock.now()
        states: dict[OutcomeState, dict[str, Any]] = {
            OutcomeState.DONE: {"state": "done", "settled_at": now},
            OutcomeState.FAILED: {"state": "failed", "settled_at": now},
            OutcomeState.UNKNOWN: {"state": "unknown", "next_at": now + INQUIRE_AFTER},
            OutcomeState.NOT_FOUND: {"state": "person"},
            OutcomeState.NOT_STARTED: {"state": "due", "next_at": now + (outcome.retry_after or RETRY_AFTER)},
        }
        return {**states[outcome.state], "outcome": dict(outcome.data)}


def _effect(document: Document) -> Effect:
    return Effect(
        document["_id"],
        document["kind"],
        document["key"],
        document["payload"],
        document["attempts"],
        document.get("first_attempt_at"),
    )
