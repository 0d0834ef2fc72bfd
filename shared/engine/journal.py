"""The journal: one row per commit, numbered without gaps, holding every event a service ever said.

Row `{_id: n, epoch, commit, at, entries: [...], ignored}`; the head `{n, epoch, sequences, starts}`
counts the rows and, per partition of the service's topic, the records. A record's number within its
partition is given here, inside the transaction, never by the broker.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared.contracts.base import Event
from shared.engine.ports import Document, Record
from shared.engine.rules import Message

JOURNAL = "journal"
HEADS = "heads"
HEAD = "head"


def partition_of(key: bytes, partitions: int) -> int:
    """Kafka's own default partitioner (murmur2), so that other clients find a key where they expect it."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """MurmurHash2 with Kafka's seed, 32 bits unsigned."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = 0x9747B28C ^ len(data)
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * m & mask
        h = (h * m & mask) ^ ((k ^ k >> 24) * m & mask)
    rest = data[whole:]
    if rest:
        h = (h ^ int.from_bytes(rest, "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a row, ready to be sent."""

    partition: int
    sequence: int
    key: str
    type: str
    id: str
    time: datetime
    trace: str
    data: str
    """The event's JSON text: what was decided is what is sent, byte for byte."""

    def document(self) -> Document:
        """As `dataclasses.asdict` would have it, without its deep copies: they took longer than deciding."""
        return {name: getattr(self, name) for name in Entry.__slots__}


@dataclass(frozen=True, slots=True)
class Row:
    """One commit as the relay sees it."""

    n: int
    epoch: int
    starts: dict[str, int]
    """Where the epoch began, per partition: the last number of the epoch before it."""
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, document: Document) -> Row:
        return cls(
            document["_id"],
            document["epoch"],
            document.get("starts", {}),
            tuple(Entry(**entry) for entry in document["entries"]),
        )


@dataclass(slots=True)
class Numbering:
    """Gives events their place: partition and next number, continuing from the head."""

    n: int
    epoch: int
    sequences: dict[str, int]
    starts: dict[str, int]
    partitions: int
    entries: list[Entry] = field(default_factory=list)
    bytes: int = 0

    @classmethod
    def after(cls, head: Document, partitions: int) -> Numbering:
        return cls(head["n"], head.get("epoch", 1), dict(head.get("sequences", {})), head.get("starts", {}), partitions)

    def entry(self, message: Message, ordinal: int, event: Event) -> Entry:
        """The entry of one event, without taking its number yet."""
        type_name, key = event.type_name(), event.subject
        return Entry(
            partition_of(key.encode(), self.partitions),
            0,
            key,
            type_name,
            message.event_id(type_name, ordinal),
            message.now,
            message.trace,
            event.model_dump_json(),
        )

    def append(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            number = self.sequences.get(str(entry.partition), 0) + 1
            self.sequences[str(entry.partition)] = number
            self.entries.append(
                Entry(entry.partition, number, entry.key, entry.type, entry.id, entry.time, entry.trace, entry.data)
            )
            self.bytes += len(entry.data)

    def row(self, commit: str, at: datetime, ignored: Sequence[Document]) -> Document:
        """The journal row. `ignored` names what reactions refused: message id and code."""
        document: Document = {
            "_id": self.n,
            "epoch": self.epoch,
            "commit": commit,
            "at": at,
            "starts": self.starts,
            "entries": [entry.document() for entry in self.entries],
        }
        return {**document, "ignored": list(ignored)} if ignored else document


def record_of(entry: Entry, row: Row, topic: str, source: str) -> Record:
    """The Kafka record of an entry: CloudEvents 1.0 binary mode plus number, epoch and the epoch's start."""
    headers: list[tuple[str, str]] = [
        ("ce_specversion", "1.0"),
        ("ce_id", entry.id),
        ("ce_source", f"/gelombang/{source}"),
        ("ce_type", entry.type),
        ("ce_subject", entry.key),
        ("ce_time", instant_text(entry.time)),
        ("ce_sequence", str(entry.sequence)),
        ("ce_epoch", str(row.epoch)),
        ("ce_epochstart", str(row.starts.get(str(entry.partition), 0))),
        ("content-type", "application/json"),
    ]
    if entry.trace:
        headers.append(("traceparent", entry.trace))
    return Record(
        topic,
        entry.partition,
        -1,
        entry.key.encode(),
        entry.data.encode(),
        tuple((name, value.encode()) for name, value in headers),
        int(entry.time.timestamp() * 1000),
    )


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-24T02:03:04.005Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def head_document(**values: Any) -> Document:
    """A new head: no row yet, first epoch."""
    return {"_id": HEAD, "n": 0, "epoch": 1, "sequences": {}, "starts": {}, **values}
