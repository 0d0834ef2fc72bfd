"""Outside work: claim, store the attempt, call, bring the outcome back through the committer.

    due -> claimed -> attempting -> done | failed | unknown;  unknown -> done | failed | due | person

A claim that expires before its attempt was stored is due again; after it, nobody knows what happened,
so it becomes unknown and is only inquired about. The reference given outside is the effect's id, the
same at every attempt.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.engine.batch import EFFECTS, DecisionFailed
from shared.engine.committer import Committer
from shared.engine.lease import Leader
from shared.engine.ports import Change, Clock, Database, Document, TransientError
from shared.engine.rules import Effect, EffectFinished, EffectKind, Message, Outcome, OutcomeState
from shared.engine.units import Ask
from shared.platform.metrics import EngineMetrics

CLAIM_MOST = 200
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
        claimed = await self._claim()
        await asyncio.gather(*(self._do(kind, documents) for kind, documents in _by_kind(claimed).items()))
        return bool(claimed) | await self._inquire()

    async def _expire(self) -> None:
        lost = {"lease_until": {"$lt": self._clock.wall()}}
        await self._database.change(Change(EFFECTS, {"state": "claimed", **lost}, set={"state": "due"}))
        for document in await self._database.find(EFFECTS, {"state": "attempting", **lost}, limit=CLAIM_MOST):
            await self._record(document, Outcome(OutcomeState.UNKNOWN, {"reason": "CLAIM_EXPIRED"}))

    async def _claim(self) -> list[Document]:
        where = {"state": "due", "kind": {"$in": list(self._kinds)}, "due_at": {"$lte": self._clock.now()}}
        due = await self._database.find(EFFECTS, where, sort=[("due_at", 1)], limit=CLAIM_MOST, fields=["_id"])
        if not due:
            return []
        claim = {"claim": uuid.uuid4().hex, "lease_until": self._clock.wall() + CLAIM_LEASE}
        ids = [document["_id"] for document in due]
        mine = {"_id": {"$in": ids}, "state": "due"}
        await self._database.change(Change(EFFECTS, mine, set={"state": "claimed", **claim}))
        return await self._database.find(EFFECTS, {"_id": {"$in": ids}, "claim": claim["claim"]})

    async def _do(self, name: str, documents: Sequence[Document]) -> None:
        """In slices: the attempts of a slice are stored, then its calls are made beside each other."""
        kind = self._kinds[name]
        until = self._clock.monotonic() + CLAIM_LEASE.total_seconds()
        for i in range(0, len(documents), kind.concurrency):
            if until - self._clock.monotonic() <= (kind.handler.timeout + SAFETY).total_seconds():
                return  # too little lease left to be sure: the claim expires and is due again
            if not self._leader.leads:
                return
            await self._attempt(kind, documents[i : i + kind.concurrency], until)

    async def _attempt(self, kind: EffectKind, documents: Sequence[Document], until: float) -> None:
        ids, claim = [document["_id"] for document in documents], documents[0]["claim"]
        mine = {"_id": {"$in": ids}, "claim": claim, "state": "claimed"}
        attempt = {"state": "attempting", "attempted_at": self._clock.now()}
        await self._database.change(Change(EFFECTS, mine, set=attempt, inc={"attempts": 1}))
        first = {"_id": {"$in": ids}, "claim": claim, "first_attempt_at": {"$exists": False}}
        await self._database.change(Change(EFFECTS, first, set={"first_attempt_at": attempt["attempted_at"]}))
        stored = await self._database.find(EFFECTS, {"_id": {"$in": ids}, "claim": claim, "state": "attempting"})
        if until - self._clock.monotonic() > (kind.handler.timeout + SAFETY).total_seconds():
            await asyncio.gather(*(self._perform(kind, document) for document in stored))

    async def _perform(self, kind: EffectKind, document: Document) -> None:
        outcome = await self._call(kind, kind.handler.perform, document)
        await self._record(document, outcome)

    async def _call(
        self, kind: EffectKind, call: Callable[[Effect], Awaitable[Outcome]], document: Document
    ) -> Outcome:
        """Whatever goes wrong in a call leaves its outcome unknown: the request may have arrived."""
        try:
            async with asyncio.timeout(kind.handler.timeout.total_seconds()):
                return await call(_effect(document))
        except TimeoutError:
            return Outcome(OutcomeState.UNKNOWN, {"reason": "TIMEOUT"})
        except Exception as error:  # an adapter's own failure must not stop the others
            self._metrics.alarm("ADAPTER_FAILED", kind=document["kind"], error=type(error).__name__)
            return Outcome(OutcomeState.UNKNOWN, {"reason": "ADAPTER_FAILED"})

    async def _inquire(self) -> bool:
        """Ask about unknown outcomes; never send again before the provider's horizon has passed."""
        now = self._clock.now()
        where = {"state": "unknown", "kind": {"$in": list(self._kinds)}, "inquire_at": {"$lte": now}}
        asked = await self._database.find(EFFECTS, where, sort=[("inquire_at", 1)], limit=CLAIM_MOST)
        for document in asked:
            kind = self._kinds[document["kind"]]
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
            again = {"state": "due", "due_at": self._clock.now()}
            await self._database.change(Change(EFFECTS, {"_id": document["_id"], "state": "unknown"}, set=again))
        else:
            self._metrics.alarm("OUTCOME_NEEDS_PERSON", kind=document["kind"], effect=document["_id"])
            await self._record(document, Outcome(OutcomeState.NOT_FOUND))

    async def _later(self, document: Document) -> None:
        wait = document.get("inquire_wait_seconds", INQUIRE_AFTER.total_seconds())
        longer = min(wait * 2, INQUIRE_LONGEST.total_seconds())
        when = {"inquire_at": self._clock.now() + timedelta(seconds=wait), "inquire_wait_seconds": longer}
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
            OutcomeState.UNKNOWN: {"state": "unknown", "inquire_at": now + INQUIRE_AFTER},
            OutcomeState.NOT_FOUND: {"state": "person"},
            OutcomeState.NOT_STARTED: {"state": "due", "due_at": now + (outcome.retry_after or RETRY_AFTER)},
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


def _by_kind(documents: Sequence[Document]) -> dict[str, list[Document]]:
    kinds: dict[str, list[Document]] = {}
    for document in documents:
        kinds.setdefault(document["kind"], []).append(document)
    return kinds
