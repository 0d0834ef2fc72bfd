"""Decides as the engine does, for the tests of tables of rules: a rule sees only the states that its needs name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from shared.contracts.decision import Aggregate, Decision, Ref, World
from shared.engine.rules import Rule
from tests.unit.registration.builders import NOW, Rows

ROUNDS = 4


class Read:
    """A world that only shows what a rule's needs have named, as the engine's does."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self._named = rows, set[Ref]()

    def get(self, kind: type[Any], id: str) -> Any:
        place = Ref(kind.collection, id)
        if place not in self._named:
            raise LookupError(place)
        return self._rows.get(place)

    def read(self, rule: Rule, message: Any) -> None:
        for _ in range(ROUNDS):
            self._named |= set(rule.needs(message, cast(World, self)))


def decide(rule: Rule, rows: Rows, message: Any) -> Decision:
    """Read what the rule names, decide, and keep what it decided."""
    world = Read(rows)
    world.read(rule, message)
    return rows.take(rule.decide(cast(World, world), message, NOW))


def world_of(*states: Aggregate) -> Rows:
    rows = Rows()
    rows.take(Decision(changes=states))
    return rows


def told(decisions: Sequence[Decision], kind: str) -> int:
    return sum(type(event).__name__ == kind for decision in decisions for event in decision.events)
