"""What must hold when the world has come to rest, whatever happened on the way."""

from __future__ import annotations

from collections import Counter

from shared.engine.ports import Record
from tests.engine.world import World


def check(world: World) -> None:
    """All invariants; an AssertionError names the one that broke."""
    check_journal(world)
    check_accepted(world)
    check_booked(world)
    check_paid(world)
    check_told(world)


def check_journal(world: World) -> None:
    """Rows 1, 2, 3, ... without gaps; numbers per partition likewise."""
    for name, store in world.stores.items():
        rows = sorted(store.documents("journal"), key=lambda row: row["_id"])
        assert [row["_id"] for row in rows] == list(range(1, len(rows) + 1)), f"{name}: gap in the journal"
        numbers: Counter[int] = Counter()
        for entry in (entry for row in rows for entry in row["entries"]):
            numbers[entry["partition"]] += 1
            assert entry["sequence"] == numbers[entry["partition"]], f"{name}: gap in a partition's numbers"


def check_accepted(world: World) -> None:
    """Every answered command happened exactly once; of those whose caller never learned, at most once."""
    store = world.stores["shop"]
    entries = [e for row in store.documents("journal") for e in row["entries"] if e["type"] == "Added"]
    extra = len(entries) - len(world.replies)
    assert 0 <= extra <= world.unknown, f"{len(world.replies)} answered, {len(entries)} in the journal"
    counts = {d["account"]: d["count"] for d in store.documents("accounts")}
    said = Counter(entry["key"] for entry in entries)
    assert dict(said) == counts, "states and journal differ"
    for account, count in counts.items():
        numbers = sorted(r["number"] for k, r in world.replies.items() if k.split("/")[0] == account)
        assert len(set(numbers)) == len(numbers), f"{account}: two callers got one number: {numbers}"
        assert set(numbers) <= set(range(1, count + 1)), f"{account}: replies {numbers} of {count}"


def check_booked(world: World) -> None:
    """Each number was heard once and in order."""
    counts = {d["account"]: d["count"] for d in world.stores["shop"].documents("accounts")}
    parked = {d["lane"].split("|")[1] for d in world.stores["books"].documents("parked")}
    for book in world.stores["books"].documents("books"):
        expected = list(range(1, counts[book["account"]] + 1))
        if book["account"] not in parked:
            assert book["numbers"] == expected, f"{book['account']}: booked {book['numbers']}"
    booked = {book["account"] for book in world.stores["books"].documents("books")}
    assert set(counts) - parked <= booked, "an account was never heard"


def check_paid(world: World) -> None:
    """No payment twice; none lost, save those that wait for a person."""
    doubled = {id: n for id, n in world.bank.payments.items() if n > 1}
    assert not doubled, f"paid twice: {doubled}"
    keys = Counter(world.bank.keys[id] for id in world.bank.payments)
    assert all(n == 1 for n in keys.values()), "one business key was paid under two references"
    due = {e["key"]: e["state"] for e in world.stores["books"].documents("effects")}
    unpaid = {key for key, state in due.items() if state == "done"} - set(keys)
    assert not unpaid, f"said to be paid and was not: {unpaid}"
    numbers = {f"{b['account']}/{n}" for b in world.stores["books"].documents("books") for n in b["numbers"]}
    assert numbers == set(due), "work and books differ"


def check_told(world: World) -> None:
    """The log holds every number of the journal, and first appearances are in order."""
    for name, store in world.stores.items():
        sequences = (store.document("heads", "head") or {}).get("sequences", {})
        for partition, records in enumerate(world.log.topics[f"{name}.v1"]):
            numbers = {int(sequence_of(record)) for record in records}
            expected = set(range(1, sequences.get(str(partition), 0) + 1))
            assert expected <= numbers, f"{name}/{partition}: never told {sorted(expected - numbers)}"


def sequence_of(record: Record) -> str:
    return record.header("ce_sequence") or "0"
