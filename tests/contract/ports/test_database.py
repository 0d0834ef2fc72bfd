"""What the engine relies on in a database, asked of the twin and of the server alike: a twin that promises more,
or less, would make the crash explorer prove nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.engine.ports import (
    Change,
    Database,
    Delete,
    DuplicateKey,
    Insert,
    Put,
    TransientError,
    Unstorable,
    Where,
    WriteConflict,
)
from shared.platform.mongo import MongoDatabase
from tests.fakes import MemoryDatabase, MemoryStore

Client = Callable[[], Database]
"""Another process at the same database, at each call."""


@pytest.fixture(params=["twin", pytest.param("server", marks=pytest.mark.servers)])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    if request.param == "twin":
        store = MemoryStore()
        yield lambda: MemoryDatabase(store)
        return
    space = request.getfixturevalue("space")
    with ExitStack() as opened:

        def connect() -> Database:
            database = MongoDatabase.connect(space.mongo, "ports", space.database_prefix)
            opened.callback(database.close)
            return database

        yield connect


async def ids(database: Database, where: Where | None = None, **options: Any) -> list[Any]:
    return [found["_id"] for found in await database.find("things", where, **options)]


async def test_a_transaction_sees_its_snapshot_and_its_own_writes_and_others_see_neither_before_the_end(
    client: Client,
) -> None:
    one, other = client(), client()
    await one.write([Insert("things", {"_id": "old", "n": 1})])
    async with one.transaction() as tx:
        await tx.get("things", "old")
        await other.write([Put("things", {"_id": "old", "n": 2}), Insert("things", {"_id": "later"})])
        await tx.write([Insert("things", {"_id": "mine"})])
        assert [d["_id"] for d in await tx.find("things", sort=[("_id", 1)])] == ["mine", "old"]
        assert (await tx.get("things", "old") or {})["n"] == 1
        assert await other.get("things", "mine") is None
    assert await ids(other, sort=[("_id", 1)]) == ["later", "mine", "old"]


async def test_an_error_inside_leaves_nothing(client: Client) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await tx.advance("heads", "head", {"n": 1})
            await tx.write([Insert("things", {"_id": "a"})])
            raise ZeroDivisionError

    database = client()
    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await database.find("things") == await database.find("heads") == []


async def test_the_second_of_two_writers_is_told_at_once(client: Client) -> None:
    one, other = client(), client()
    async with one.transaction() as tx:
        assert (await tx.advance("heads", "head", {"n": 1}))["n"] == 1
        with pytest.raises(WriteConflict):
            async with other.transaction() as second:
                await second.advance("heads", "head", {"n": 1})
    async with other.transaction() as second:
        assert (await second.advance("heads", "head", {"n": 1}))["n"] == 2


async def test_what_a_dead_process_holds_can_be_taken_from_it_and_one_that_lives_is_told(client: Client) -> None:
    dead, next_one = client(), client()
    abandoned = dead.transaction()
    await (await abandoned.__aenter__()).advance("heads", "head", {"n": 1})
    with pytest.raises(WriteConflict):
        async with next_one.transaction() as tx:
            await tx.advance("heads", "head", {"n": 1})

    assert await next_one.end_abandoned() >= 1

    async with next_one.transaction() as tx:
        assert (await tx.advance("heads", "head", {"n": 1}))["n"] == 1, "what was not committed is gone"
    with pytest.raises(TransientError):
        await abandoned.__aexit__(None, None, None)
    async with dead.transaction() as tx:
        assert (await tx.advance("heads", "head", {"n": 1}))["n"] == 2, "it may try again"


async def test_nobody_ends_transactions_of_its_own(client: Client) -> None:
    database = client()
    async with database.transaction() as tx:
        await tx.advance("heads", "head", {"n": 1})
        await database.end_abandoned()
    assert (await database.get("heads", "head") or {})["n"] == 1


@pytest.mark.parametrize("inside", [True, False], ids=["transaction", "alone"])
async def test_a_taken_id_and_a_taken_unique_key_are_duplicates(client: Client, inside: bool) -> None:
    async def insert(document: dict[str, Any]) -> None:
        if inside:
            async with database.transaction() as tx:
                await tx.write([Insert("things", document)])
        else:
            await database.write([Insert("things", document)])

    database = client()
    await database.index("things", [("name", 1)], True)
    await insert({"_id": "a", "name": "x"})
    for taken in ({"_id": "a", "name": "y"}, {"_id": "b", "name": "x"}):
        with pytest.raises(DuplicateKey):
            await insert(taken)
    assert await ids(database) == ["a"]


async def test_what_cannot_be_stored_is_said_and_harms_nothing(client: Client) -> None:
    database = client()
    for document in (
        {"_id": "a", "n": 2**64},
        {"_id": "a", "text": "\ud800"},
        {"_id": "a", "text": "x" * (17 * 2**20)},
    ):
        with pytest.raises(Unstorable):
            await database.write([Insert("things", document)])
    assert await ids(database) == []


async def test_a_change_sets_adds_removes_and_counts_what_it_met(client: Client) -> None:
    database = client()
    await database.write([Insert("things", {"_id": i, "in": {"side": i}, "n": i, "gone": 1}) for i in (1, 2, 3)])
    change = Change("things", {"n": {"$gte": 2}}, set={"in.side": "x"}, inc={"n": 10, "new": 1}, unset=["gone"])
    assert await database.change(change) == 2
    assert await database.find("things", {"_id": {"$in": [1, 2]}}, sort=[("_id", 1)]) == [
        {"_id": 1, "in": {"side": 1}, "n": 1, "gone": 1},
        {"_id": 2, "in": {"side": "x"}, "n": 12, "new": 1},
    ]
    assert await database.change(Change("things", {"_id": 9, "n": 1}, set={"n": 2})) == 0
    await database.change(Change("things", {"_id": 9}, set={"n": 2}, upsert=True))
    await database.write([Delete("things", 1)])  # type: ignore[arg-type]
    assert await ids(database, sort=[("n", -1)]) == [3, 2, 9]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"n": 2}, ["b"]),
        ({"in.side": "left"}, ["a"]),
        ({"_id": {"$in": ["c", "a", "z"]}}, ["a", "c"]),
        ({"n": {"$nin": [1, 2]}}, ["c"]),
        ({"n": {"$ne": 2}}, ["a", "c"]),
        ({"n": {"$gt": 1, "$lt": 3}}, ["b"]),
        ({"n": {"$gte": 2}}, ["b"]),
        ({"n": {"$lte": 1}}, ["a"]),
        ({"n": {"$exists": False}}, ["c"]),
        ({"n": None}, ["c"]),
        ({"$or": [{"n": 1}, {"_id": "c"}]}, ["a", "c"]),
        ({"born": "2001-02-03"}, ["c"]),
        (
            {"n": {"$ne": 1}, "$or": [{"at": {"$exists": False}}, {"at": {"$lte": datetime(2020, 4, 11, tzinfo=UTC)}}]},
            ["b"],
        ),
    ],
)
async def test_questions_mean_the_same(client: Client, where: Where, found: list[str]) -> None:
    database = client()
    documents = [
        {"_id": "a", "n": 1, "in": {"side": "left"}},
        {"_id": "b", "n": 2},
        {"_id": "c", "born": date(2001, 2, 3), "at": datetime(2020, 4, 12, tzinfo=UTC)},
    ]
    await database.write([Insert("things", document) for document in documents])
    assert sorted(await ids(database, where)) == found
    assert await database.count("things", where) == len(found)
    async with database.transaction() as tx:
        assert sorted(document["_id"] for document in await tx.find("things", where)) == found


async def test_pages_are_cut_in_order_and_hold_the_fields_asked_for(client: Client) -> None:
    database = client()
    at = datetime(2020, 4, 11, 12, 0, 0, 123_000, UTC)
    await database.write([Insert("things", {"_id": i, "n": -i, "at": at, "more": 1}) for i in range(6)])
    page = await database.find("things", sort=[("n", 1)], skip=1, limit=2, fields=["n", "at"])
    assert page == [{"_id": 4, "n": -4, "at": at}, {"_id": 3, "n": -3, "at": at}]


async def test_fields_may_be_those_of_the_rows_of_a_list(client: Client) -> None:
    database = client()
    rows = [{"kind": "a", "number": 1, "more": 1}, {"kind": "b", "more": 2}]
    await database.write([Insert("things", {"_id": 1, "rows": rows, "of": {"name": "x", "more": 3}, "more": 4})])
    page = await database.find("things", fields=["rows.kind", "rows.number", "of.name"])
    assert page == [{"_id": 1, "rows": [{"kind": "a", "number": 1}, {"kind": "b"}], "of": {"name": "x"}}]


async def test_a_lease_has_one_owner_until_it_is_released_or_over(client: Client) -> None:
    one, other = client(), client()
    assert await one.lease("lead", "one", 600) is True
    assert await other.lease("lead", "other", 600) is False
    assert await one.lease("lead", "one", 600) is True
    await other.release("lead", "other")
    assert await other.lease("lead", "other", 600) is False
    await one.release("lead", "one")
    assert await other.lease("lead", "other", -1) is True
    assert await one.lease("lead", "one", 600) is True, "the other's time was over"
