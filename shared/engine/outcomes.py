"""What comes of a call outside: asked for, understood, and brought back through the committer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from shared.engine.committer import Committer
from shared.engine.deciding import EFFECTS, DecisionFailed
from shared.engine.ports import Change, Clock, Database, Document
from shared.engine.rules import Effect, EffectFinished, EffectKind, Message, Outcome, OutcomeState
from shared.engine.units import Ask
from shared.platform.metrics import EngineMetrics

INQUIRE_AFTER = timedelta(seconds=10)
RETRY_AFTER = timedelta(seconds=30)


class Outcomes:
    """Makes a call of an effect, and records what became of it."""

    def __init__(
        self,
        kinds: Mapping[str, EffectKind],
        committer: Committer,
        database: Database,
        clock: Clock,
        metrics: EngineMetrics,
    ) -> None:
        self._kinds, self._committer, self._database = kinds, committer, database
        self._clock, self._metrics = clock, metrics

    async def of(self, call: Callable[[Effect], Awaitable[Outcome]], document: Document) -> Outcome:
        """Whatever goes wrong in a call leaves its outcome unknown: the request may have arrived."""
        began = self._clock.monotonic()
        outcome = await self._answered(call, document)
        lasted, failed = self._clock.monotonic() - began, outcome.state is not OutcomeState.DONE
        name = f"{call.__name__} {document['kind']}"
        self._metrics.traces.done(name, document.get("trace", ""), lasted, failed)
        return outcome

    async def _answered(self, call: Callable[[Effect], Awaitable[Outcome]], document: Document) -> Outcome:
        kind = document["kind"]
        try:
            async with asyncio.timeout(self._kinds[kind].handler.timeout.total_seconds()):
                return await call(_effect(document))
        except TimeoutError:
            return Outcome(OutcomeState.UNKNOWN, {"reason": "TIMEOUT"})
        except Exception as error:  # an adapter's own failure must not stop the others
            self._metrics.alarm("ADAPTER_FAILED", kind=kind, error=type(error).__name__)
            return Outcome(OutcomeState.UNKNOWN, {"reason": "ADAPTER_FAILED"})

    async def record(self, document: Document, outcome: Outcome) -> None:
        """Effect, aggregate and event change in one transaction; the rule of the kind decides."""
        self._metrics.outcomes.labels(document["kind"], outcome.state.value).inc()
        change = Change(EFFECTS, {"_id": document["_id"]}, set=self._next_state(document, outcome))
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

    def _next_state(self, document: Document, outcome: Outcome) -> dict[str, Any]:
        now = self._clock.now()
        # The provider's horizon counts from the first call that may have arrived, not from one that surely did not.
        since = document.get("unknown_since") or document.get("attempted_at") or now
        states: dict[OutcomeState, dict[str, Any]] = {
            OutcomeState.DONE: {"state": "done", "settled_at": now},
            OutcomeState.FAILED: {"state": "failed", "settled_at": now},
            OutcomeState.UNKNOWN: {"state": "unknown", "next_at": now + INQUIRE_AFTER, "unknown_since": since},
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
        document.get("unknown_since"),
    )
