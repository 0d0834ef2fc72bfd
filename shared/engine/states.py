"""States as documents, and the world a rule sees: what was read plus what the batch has decided so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter

from shared.contracts.decision import Aggregate, Decision, Ref, State
from shared.engine.ports import Delete, Document, Insert, Put, Reader, Write


class NotNeeded(LookupError):
    """A rule asked for a state that its `needs` does not name: a bug of the rule."""


class States:
    """Turns the aggregates of one service into documents and back, as their dataclasses say."""

    def __init__(self, kinds: Iterable[type[Aggregate]]) -> None:
        self._adapters = {kind.collection: _adapter(kind) for kind in kinds}

    def document(self, state: Aggregate) -> Document:
        values = self._adapters[state.collection].dump_python(cast(Any, state))
        return {"_id": state.id, **values}

    def state(self, collection: str, document: Document) -> Aggregate:
        return self._adapters[collection].validate_python(document)


@cache
def _adapter(kind: type[Aggregate]) -> TypeAdapter[Aggregate]:
    """One for each kind and process: reading a service's dataclasses takes 50 ms, which each start would pay again."""
    return TypeAdapter(kind)


class Snapshot:
    """The World of one transaction. Knows which states are new, so that a taken unique key is noticed."""

    def __init__(self, states: States, reader: Reader) -> None:
        self._states, self._reader = states, reader
        self._seen: dict[Ref, Aggregate | None] = {}
        self._stored: set[Ref] = set()
        self._changed: dict[Ref, Aggregate | None] = {}

    def get(self, kind: type[State], id: str) -> State | None:
        ref = Ref(kind.collection, id)
        try:
            return cast("State | None", self._seen[ref])
        except KeyError:
            raise NotNeeded(f"{kind.__name__} was not named by needs") from None

    def missing(self, refs: Iterable[Ref]) -> set[Ref]:
        return {ref for ref in refs if ref not in self._seen}

    async def load(self, refs: Iterable[Ref]) -> None:
        """Read what is not here yet, with one query per collection."""
        by_collection: dict[str, list[str]] = {}
        for ref in self.missing(refs):
            self._seen[ref] = None
            by_collection.setdefault(ref.collection, []).append(ref.id)
        for collection, ids in by_collection.items():
            await self._read(collection, ids)

    async def _read(self, collection: str, ids: Sequence[str]) -> None:
        for document in await self._reader.find(collection, {"_id": {"$in": ids}}):
            ref = Ref(collection, document["_id"])
            self._seen[ref] = self._states.state(collection, document)
            self._stored.add(ref)

    def apply(self, decision: Decision) -> None:
        """Later messages of the batch see what this one decided."""
        for state in decision.changes:
            ref = Ref(state.collection, state.id)
            self._seen[ref] = self._changed[ref] = state
        for ref in decision.removed:
            self._seen[ref] = self._changed[ref] = None

    def writes(self) -> Sequence[Write]:
        """Inserts for what was not stored (a taken key must fail), replacements for what was."""
        return [write for ref, state in self._changed.items() if (write := self._write(ref, state))]

    def _write(self, ref: Ref, state: Aggregate | None) -> Write | None:
        if state is None:
            return Delete(ref.collection, ref.id) if ref in self._stored else None
        document = self._states.document(state)
        return Put(ref.collection, document) if ref in self._stored else Insert(ref.collection, document)
