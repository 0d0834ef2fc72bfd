"""Invariants of the engine, service by service (reliability.md I6 to I8): journal, head, relay position, marks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from deploy.operator.findings import Violation, pages, violations
from shared.engine.dead_letters import PARKED, WAITING
from shared.engine.journal import HEAD, HEADS, JOURNAL
from shared.engine.marks import FEEDS
from shared.engine.ports import Database, Document
from shared.engine.relay import POSITION

ROWS = 50
"""Rows read at once: one may hold hundreds of events."""


async def head_of(database: Database) -> Document:
    """`{n, epoch, sequences}`; zeros where nothing was ever said."""
    found = await database.get(HEADS, HEAD) or {}
    return {"n": found.get("n", 0), "epoch": found.get("epoch", 1), "sequences": found.get("sequences", {})}


async def rows_of(database: Database, until: int) -> AsyncIterator[list[Document]]:
    """The journal's rows up to and including number `until`, page by page."""
    async for page in pages(database, JOURNAL, after=0, until=until, size=ROWS):
        yield page


@dataclass
class _Walk:
    """Follows the numbers from 1 on."""

    n: int = 0
    sequences: dict[str, int] = field(default_factory=dict)
    row_gaps: list[int] = field(default_factory=list)
    number_gaps: list[str] = field(default_factory=list)

    def row(self, row: Document) -> None:
        if row["_id"] != self.n + 1:
            self.row_gaps.append(self.n + 1)
        self.n = row["_id"]
        for entry in row["entries"]:
            partition, sequence = str(entry["partition"]), entry["sequence"]
            if sequence != self.sequences.get(partition, 0) + 1:
                self.number_gaps.append(f"row {row['_id']} partition {partition} number {sequence}")
            self.sequences[partition] = sequence


async def journal_without_gaps(service: str, database: Database) -> list[Violation]:
    """Rows 1, 2, 3, ... and per partition numbers 1, 2, 3, ...; the head says exactly what the last row says."""
    head = await head_of(database)  # before the rows: what is committed meanwhile lies behind it
    walk = _Walk()
    async for page in rows_of(database, head["n"]):
        for row in page:
            walk.row(row)
    found = violations("JOURNAL_GAP", service, "rows are missing", walk.row_gaps)
    found += violations("NUMBER_GAP", service, "numbers do not follow on", walk.number_gaps)
    if walk.n != head["n"]:
        found.append(Violation("HEAD", service, f"head says row {head['n']}, the last row is {walk.n}"))
    if walk.sequences != head["sequences"]:
        ids = {*walk.sequences, *head["sequences"]}
        differ = sorted(id for id in ids if walk.sequences.get(id) != head["sequences"].get(id))
        found += violations("HEAD", service, "head and journal disagree on the last number of partitions", differ)
    return found


async def relay_behind_head(service: str, database: Database) -> list[Violation]:
    """Nothing was published that the journal does not hold."""
    position = await database.get(POSITION, "position") or {"n": 0, "partitions": {}}
    head = await head_of(database)  # after the position: both only grow
    found: list[Violation] = []
    if position["n"] > head["n"]:
        found.append(Violation("RELAY", service, f"published row {position['n']}, the head is at {head['n']}"))
    ahead = [
        partition
        for partition, last in sorted(position["partitions"].items())
        if last["sequence"] > head["sequences"].get(partition, 0)
    ]
    return found + violations("RELAY", service, "published more than the head knows in partitions", ahead)


async def marks_behind_sources(
    listener: str, database: Database, sources: Mapping[str, Database], prefix: str
) -> list[Violation]:
    """Nobody heard a number that its source has not given. Numbers of an older epoch may be higher: a restored
    source forgot them, and they stand in its list of orphans."""
    marks = await database.find(FEEDS)  # before the heads; some per partition, never many
    heads = {f"{prefix}{name}.v1": await head_of(source) for name, source in sources.items()}
    ahead = [mark["_id"] for mark in marks if _is_ahead(mark, heads)]
    return violations("MARK", listener, "feeds are ahead of their source", sorted(ahead))


def _is_ahead(mark: Document, heads: Mapping[str, Document]) -> bool:
    topic, _, rest = mark["_id"].rpartition("/")
    head, partition = heads.get(topic), rest.partition("#")[0]
    if head is None or mark["epoch"] < head["epoch"]:
        return False
    return bool(mark["epoch"] > head["epoch"] or mark["mark"] > head["sequences"].get(partition, 0))


async def unheard(listener: str, database: Database, sources: Mapping[str, Database], prefix: str) -> list[str]:
    """What a listener has still to hear, or a source to publish; empty at rest."""
    waiting: list[str] = []
    for name, source in sources.items():
        head = await head_of(source)
        position = await source.get(POSITION, "position") or {"n": 0}
        if position["n"] != head["n"]:
            waiting.append(f"{name} has published {position['n']} of {head['n']} rows")
        for partition, number in head["sequences"].items():
            mark = await database.get(FEEDS, f"{prefix}{name}.v1/{partition}") or {"mark": 0}
            if mark["mark"] < number:
                waiting.append(f"{listener} heard {mark['mark']} of {number} in {name}/{partition}")
    return waiting


async def open_letters(database: Database) -> int:
    """Records set aside that a person has not settled: a figure, not a violation."""
    return await database.count(PARKED, {"state": WAITING})


async def said(database: Database, type_name: str) -> AsyncIterator[list[str]]:
    """Keys of all events of a type, in the order in which they were said, page by page."""
    async for page in rows_of(database, (await head_of(database))["n"]):
        yield [entry["key"] for row in page for entry in row["entries"] if entry["type"] == type_name]
