"""Every named query runs on an index of store.py: none walks through a collection that grows with the programme."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from services.incentive import catalogue_store, claim_store, delay_store, money_store, store
from tests.unit.incentive.bank import NOW

MODULES: tuple[ModuleType, ...] = (store, money_store, claim_store, delay_store, catalogue_store)
SAMPLES: Mapping[str, Any] = {
    "str": "x",
    "str | None": "x",
    "int": 7,
    "date": date(2020, 9, 1),
    "date | None": date(2020, 9, 1),
    "datetime": NOW,
    "datetime | None": NOW,
    "Sequence[str]": ["x"],
    "frozenset[str]": frozenset({"x"}),
}
"""A value for each type of argument that a query has."""


class Query:
    """What was asked of a collection."""

    def __init__(self, collection: str, where: Mapping[str, Any], sort: Sequence[tuple[str, int]]) -> None:
        self.collection, self.where = collection, where
        self.sort = tuple(each for each in sort if each[0] not in self.fixed())

    def __repr__(self) -> str:
        return f"{self.collection} {sorted(self.where)} {self.sort}"

    def fixed(self) -> set[str]:
        """Fields that have one value, or one of a few."""
        return {name for name, value in self.where.items() if not isinstance(value, dict) or set(value) == {"$in"}}

    def is_served(self, keys: Sequence[tuple[str, int]]) -> bool:
        """The index leads to what is asked, in its order: fixed fields first, then the sort or a range."""
        at = 0
        while at < len(keys) and keys[at][0] in self.fixed():
            at += 1
        rest = tuple(keys[at:])
        if not self.sort or (self.sort == (("_id", 1),) and self.where and "_id" not in self.where):
            # No page after another: the few that match may be sorted.
            return at > 0 or bool(rest and rest[0][0] in self.where)
        backwards = tuple((name, -way) for name, way in self.sort)
        # In the right order alone an index would still lead past all others to the few that match.
        return (at > 0 or not self.fixed()) and rest[: len(self.sort)] in (self.sort, backwards)


class Asked:
    """A database that holds nothing and notes what it is asked."""

    def __init__(self) -> None:
        self.queries: list[Query] = []

    async def find(
        self, collection: str, where: Mapping[str, Any], *, sort: Sequence[tuple[str, int]] = (), **options: Any
    ) -> list[dict[str, Any]]:
        self.queries.append(Query(collection, where, sort))
        return []

    async def count(self, collection: str, where: Mapping[str, Any]) -> int:
        self.queries.append(Query(collection, where, ()))
        return 0

    async def get(self, collection: str, id: str) -> None:
        return None


def queries_of(module: ModuleType) -> list[tuple[str, Any]]:
    """Its coroutines that ask a database, by name; `one` and `some` are what they are made of."""
    own = inspect.getmembers(module, inspect.iscoroutinefunction)
    return [
        (name, each)
        for name, each in own
        if each.__module__ == module.__name__ and name not in ("one", "some") and not name.startswith("_")
    ]


async def asked_by(query: Any) -> list[Query]:
    """All that it asks, called with every argument and with those alone that it must have."""
    found: list[Query] = []
    parameters = list(inspect.signature(query).parameters.values())[1:]
    for given in (parameters, [each for each in parameters if each.default is each.empty]):
        for yes in (True, False):  # a switch may choose between two indexes
            asked, samples = Asked(), {**SAMPLES, "bool": yes}
            await query(asked, **{each.name: samples[each.annotation] for each in given})
            found += asked.queries
    return found


@pytest.mark.parametrize("module", MODULES)
async def test_every_query_is_served_by_an_index(module: ModuleType) -> None:
    unserved: list[str] = []
    for name, query in queries_of(module):
        for each in await asked_by(query):
            own = [keys for collection, keys, _ in store.INDEXES if collection == each.collection]
            if not any(each.is_served(keys) for keys in [*own, (("_id", 1),)]):
                unserved.append(f"{name}: {each}")
    assert unserved == []
