"""One walk proves everybody's money: on whichever pages people and their postings lie, and while somebody is paid."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.incentive.money_proof import audit, prove, spans
from shared.engine.ports import Document, Put
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.incentive.builders import reference

RULES = reference().desk.rules
AT = datetime(2020, 9, 1, tzinfo=UTC)
PAID = {"treasury": -600_000, "owed": 0, "paid": 600_000}


def person(id: str, **money: int) -> Document:
    row = {"kind": "post_training", "number": 1}
    return {"_id": id, "rule_set": "prakerja-2020", "money": money or PAID, "entitlements": [row]}


def posting(id: str, step: str, source: str, target: str, amount: int = 600_000) -> Document:
    posting_id = f"{id}/post_training/1/{step}"
    move = {"source": source, "target": target, "amount_rupiah": amount}
    return {"_id": posting_id, "applicant_id": id, "posted_at": AT, **move}


def of(id: str) -> list[Document]:
    return [posting(id, "due", "treasury", "owed"), posting(id, "paid/1", "owed", "paid")]


async def stored(store: MemoryStore, people: list[Document], postings: list[Document]) -> MemoryDatabase:
    database = MemoryDatabase(store)
    await database.write([Put("participants", each) for each in people])
    await database.write([Put("ledger", each) for each in postings])
    return database


@pytest.mark.parametrize(("people", "most", "ranges"), [(0, 5, 1), (5, 5, 1), (6, 5, 16), (80, 5, 16), (81, 5, 256)])
def test_each_id_there_can_be_lies_in_exactly_one_range(people: int, most: int, ranges: int) -> None:
    found = spans(people, most)
    assert len(found) == ranges
    ids = ["", " ", "0", "00", "0f", "1", "10", "9z", "a", "ann", "f", "ff", "fg", "f0e2-77", "zoe", "~", "日本"]
    for id in [*ids, *(f"{number:x}" for number in range(300))]:
        assert sum(span["$gte"] <= id and (id < span["$lt"] if "$lt" in span else True) for span in found) == 1


@pytest.mark.parametrize(("most", "pages"), [(1, 256), (2, 16), (31, 16), (32, 1), (2000, 1)])
async def test_everybody_is_judged_once_whatever_the_pages(most: int, pages: int) -> None:
    store, reads = MemoryStore(), list[str]()
    people = [person(id) for id in ("0-ann", "0f-ben", "ca-cid", "dea")]
    await stored(store, people, [each for one in people for each in of(one["_id"])])
    proof = await prove(MemoryDatabase(store, reads.append), RULES, most)
    assert reads.count("db.find.ledger") == pages
    assert not proof.doubtful
    assert (proof.participants, proof.paid, proof.returned, proof.under_way) == (4, 2_400_000, 0, 0)
    assert proof.totals == {"treasury": -2_400_000, "owed": 0, "paid": 2_400_000}


@pytest.mark.parametrize("most", [1, 2, 2000])
async def test_postings_of_nobody_are_found_before_between_and_after_the_people(most: int) -> None:
    database = await stored(MemoryStore(), [person("0-ben"), person("dea")], of("0-ben") + of("dea"))
    lost = [posting(id, "due", "treasury", "owed") for id in ("0-ann", "cid", "eva")]
    await database.write([Put("ledger", each) for each in lost])
    proof = await prove(database, RULES, most)
    assert sorted(proof.ownerless) == [f"{id}/post_training/1/due" for id in ("0-ann", "cid", "eva")]
    assert (proof.participants, proof.differing) == (2, {})


async def test_postings_without_any_participant_are_found() -> None:
    database = await stored(MemoryStore(), [], of("ann"))
    assert (await audit(database, RULES))["violations"] == [
        "posting ann/post_training/1/due belongs to no participant",
        "posting ann/post_training/1/paid/1 belongs to no participant",
    ]


async def test_somebody_who_is_paid_between_two_readings_is_no_violation() -> None:
    store, later, payments = MemoryStore(), MemoryStore(), 0
    await stored(store, [person("ann", treasury=-600_000, owed=600_000)], of("ann")[:1])
    await stored(later, [person("ann")], of("ann"))

    def pay(step: str) -> None:
        nonlocal payments
        if step == "db.find.ledger":  # the people of the page were read before
            payments += 1
            store.restore(later)

    proof = await prove(MemoryDatabase(store, pay), RULES)
    assert (payments, proof.doubtful, proof.paid) == (1, False, 600_000)


async def test_the_postings_of_somebody_who_joins_between_two_readings_are_not_taken_for_nobody_s() -> None:
    store, later = MemoryStore(), MemoryStore()
    await stored(store, [], [])
    await stored(later, [person("ann")], of("ann"))

    def join(step: str) -> None:
        if step == "db.find.ledger":
            store.restore(later)

    proof = await prove(MemoryDatabase(store, join), RULES)
    assert (proof.ownerless, proof.participants) == ([], 1)


async def test_each_rule_that_is_broken_is_said_in_words() -> None:
    over = {"treasury": -3_600_000, "paid": 3_600_000}
    broken = [*of("ann"), posting("ann", "paid/2", "owed", "paid", 3_000_000)]
    database = await stored(MemoryStore(), [person("ann", **over), person("ben", owed=7)], broken)
    proof = await audit(database, RULES)
    assert proof["violations"] == [
        "ledger of ann differs: {'owed': 3000000, 'treasury': -3000000}",
        "ledger of ben differs: {'owed': 7}",
        "ann got more than the rule set gives",
        "ann/post_training/1 was paid more than once",
        "all balances add up to 7 rupiah instead of 0",
    ]
    assert proof["totals_rupiah"] == {"treasury": -3_600_000, "paid": 3_600_000, "owed": 7}


async def test_more_given_than_the_rule_set_gives_in_all_is_found_before_it_is_paid() -> None:
    database = await stored(MemoryStore(), [person("ann", treasury=-3_550_000, owed=3_550_000)], [])
    assert (await prove(database, RULES)).above == []
    await database.write([Put("participants", person("ben", treasury=-3_550_001, owed=3_550_001))])
    assert (await prove(database, RULES)).above == ["ben"]


async def test_what_came_back_may_be_paid_again() -> None:
    back = [posting("ann", "returned/1", "paid", "returned"), posting("ann", "again", "returned", "owed")]
    database = await stored(
        MemoryStore(), [person("ann")], [*of("ann"), *back, posting("ann", "paid/2", "owed", "paid")]
    )
    proof = await prove(database, RULES)
    assert (proof.doubtful, proof.paid, proof.returned) == (False, 1_200_000, 600_000)
