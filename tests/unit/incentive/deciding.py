"""Decides with a service's rules as the engine does, one message at a time and without servers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions, TypeRegistry

from services.incentive import store
from shared.contracts.base import Event
from shared.contracts.decision import Decision, Ref, Work, WorkKey
from shared.engine.rules import Effect, EffectFinished, Outcome, Rule
from shared.engine.states import States

ROUNDS = 5
_CODEC: CodecOptions[Any] = CodecOptions(
    tz_aware=True,
    tzinfo=UTC,
    type_registry=TypeRegistry(fallback_encoder=lambda value: value.isoformat() if isinstance(value, date) else value),
)

Rules = Mapping[type[Any], Rule]


class _World:
    def __init__(self, decider: Decider, loaded: set[Ref]) -> None:
        self._decider, self._loaded = decider, loaded

    def get(self, kind: Any, id: str) -> Any:
        ref = Ref(kind.collection, id)
        if ref not in self._loaded:
            raise LookupError(f"{kind.__name__} was not named by needs")
        return self._decider.state(kind, id)


class Decider:
    """Keeps states as the engine would, as BSON documents, with the clock in the test's hand.

    It reads only what a rule's needs name, and refuses to write a state twice that the rule had not looked at.
    """

    def __init__(self, commands: Rules, reactions: Rules, effects: Mapping[str, Rule], now: datetime) -> None:
        self.now = now
        self.commands, self.reactions, self.effects = commands, reactions, effects
        self.events: list[Event] = []
        self.work: list[Work] = []
        self.settled: list[WorkKey] = []
        self._documents: dict[Ref, bytes] = {}
        self._states = States(store.AGGREGATES)

    def ask(self, command: Any) -> Mapping[str, Any]:
        return self._decide(self.commands[type(command)], command).reply

    def hear(self, event: Event) -> None:
        self._decide(self.reactions[type(event)], event)

    def finish(self, work: Work, outcome: Outcome) -> None:
        """What the outside world answered to outside work."""
        self._decide(
            self.effects[work.kind], EffectFinished(Effect("effect", work.kind, work.key, work.payload), outcome)
        )

    def _decide(self, rule: Rule, message: Any) -> Decision:
        loaded: set[Ref] = set()
        for _ in range(ROUNDS):
            missing = set(rule.needs(message, _World(self, loaded))) - loaded
            if not missing:
                break
            loaded |= missing
        else:
            raise AssertionError("needs names more in every round")
        decision = rule.decide(_World(self, loaded), message, self.now)
        self._apply(decision, loaded)
        return decision

    def _apply(self, decision: Decision, loaded: set[Ref]) -> None:
        assert len(decision.changes) <= 500
        assert len(decision.events) <= 500
        for state in decision.changes:
            ref = Ref(state.collection, state.id)
            assert ref in loaded or ref not in self._documents, f"{ref} is written twice"
            self._documents[ref] = bson.encode(self._states.document(state), codec_options=_CODEC)
        for ref in decision.removed:
            assert ref in loaded
            self._documents.pop(ref, None)
        for event in decision.events:
            type(event).model_validate_json(event.model_dump_json())
        self.events += decision.events
        self.work += decision.work
        self.settled += decision.settled

    def put(self, state: Any) -> None:
        """A state as it was before the test began."""
        self._apply(Decision(changes=(state,)), set())

    def state(self, kind: Any, id: str) -> Any:
        raw = self._documents.get(Ref(kind.collection, id))
        return None if raw is None else self._states.state(kind.collection, bson.decode(raw, _CODEC))

    def all(self, kind: Any) -> list[Any]:
        return [self.state(kind, ref.id) for ref in list(self._documents) if ref.collection == kind.collection]

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if type(event) is kind]
