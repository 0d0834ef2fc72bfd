"""What the engine asks of the world: a document database, an event log and a clock. No driver in here.

Each port has one real implementation (shared/platform) and one in-memory twin (tests/fakes.py);
one contract suite runs on both.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Document = dict[str, Any]
Where = Mapping[str, Any]
"""Filter in MongoDB's language; the twin knows equality, $in, $nin, $ne, $lt, $lte, $gt, $gte, $exists and $or."""


@dataclass(frozen=True, slots=True)
class Insert:
    """Fails with DuplicateKey when `_id` or a unique key is taken."""

    collection: str
    document: Document


@dataclass(frozen=True, slots=True)
class Put:
    """Replaces the document of the same `_id`, or creates it."""

    collection: str
    document: Document


@dataclass(frozen=True, slots=True)
class Delete:
    collection: str
    id: str


@dataclass(frozen=True, slots=True)
class Change:
    """Update all that match: `set` replaces fields (dots reach inside), `inc` adds, `unset` removes."""

    collection: str
    where: Where
    set: Mapping[str, Any] = field(default_factory=dict)
    inc: Mapping[str, int] = field(default_factory=dict)
    unset: Sequence[str] = ()
    upsert: bool = False


Write = Insert | Put | Delete | Change


class TransientError(Exception):
    """Nothing was changed, or it is unknown; trying again later is right (conflict, lost connection)."""


class UnknownCommit(TransientError):
    """The commit was sent and no answer came: look for its id in the journal before trying again."""


class WriteConflict(TransientError):
    """Another writer holds the same document; nothing was changed."""


class DuplicateKey(Exception):
    """A unique key is taken. Permanent: the same write would fail again. Holds no values."""


class Unstorable(Exception):
    """The document cannot be stored (too large, not BSON). Permanent."""


Index = tuple[str, Sequence[tuple[str, int]], bool]
"""Collection, keys with direction, unique or not."""


class Reader(Protocol):
    """Reads; a Database reads what a majority holds, a Transaction reads its own snapshot."""

    async def find(
        self,
        collection: str,
        where: Where | None = None,
        *,
        sort: Sequence[tuple[str, int]] = (),
        skip: int = 0,
        limit: int = 0,
        fields: Sequence[str] = (),
    ) -> list[Document]: ...

    async def get(self, collection: str, id: Any) -> Document | None: ...


class Transaction(Reader, Protocol):
    async def advance(self, collection: str, id: str, inc: Mapping[str, int]) -> Document:
        """Increment and return the document AFTER it, created when missing. Raises WriteConflict."""

    async def write(self, writes: Sequence[Write]) -> None: ...


class Database(Reader, Protocol):
    """One service's database. A collection named `<database>:<collection>` lies in another one (the vault)."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Snapshot reads, majority and journalled writes; commits at the end of the block, aborts on error.

        Raises WriteConflict, UnknownCommit, TransientError, DuplicateKey or Unstorable.
        """

    async def write(self, writes: Sequence[Write]) -> None:
        """Ordered writes outside a transaction, majority and journalled."""

    async def change(self, change: Change) -> int:
        """One Change outside a transaction; returns how many documents matched (0 = compare-and-set lost)."""

    async def count(self, collection: str, where: Where | None = None) -> int: ...

    async def aggregate(self, collection: str, pipeline: Sequence[Mapping[str, Any]]) -> list[Document]:
        """For queries of pages and reports only; the twin does not have it."""

    async def index(self, collection: str, keys: Sequence[tuple[str, int]], unique: bool = False) -> None:
        """Create the index if it is missing."""

    async def lease(self, name: str, owner: str, seconds: float) -> bool:
        """Take or renew the lease by the DATABASE's clock; False when another owner holds it."""

    async def release(self, name: str, owner: str) -> None: ...

    async def end_abandoned(self) -> int:
        """End the transactions of other processes, dead ones above all: else what they hold is held for a minute.

        Returns in how many sessions they could be. One that is alive meets a TransientError and tries again.
        """


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic as it lies in the log. `offset` is -1 until it is published."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    timestamp: int = 0

    def header(self, name: str) -> str | None:
        """The header's text, or None when it is missing, doubled or no UTF-8 text."""
        return self.texts().get(name)

    def texts(self) -> dict[str, str]:
        """All headers that are UTF-8 text, without those that are doubled."""
        names = Counter(name for name, _ in self.headers)
        found: dict[str, str] = {}
        for name, value in self.headers:
            if names[name] > 1:
                continue
            try:
                found[name] = value.decode()
            except UnicodeDecodeError:
                continue
        return found


class BrokerError(Exception):
    """The broker did not do it, or no answer came; trying again is right."""


class UnsendableRecord(Exception):
    """No retry can mend this record (too large for the topic)."""


class Consumer(Protocol):
    """The part of a subscription that a feed steers."""

    def seek(self, topic: str, partition: int, offset: int) -> None: ...

    async def commit(self, topic: str, partition: int, offset: int) -> None:
        """Only so that standard tools show lag; errors are ignored."""


class FeedListener(Protocol):
    """What a broker calls. Neither method may raise."""

    async def assigned(self, consumer: Consumer, partitions: Sequence[tuple[str, int]]) -> None: ...

    async def revoked(self, partitions: Sequence[tuple[str, int]]) -> None: ...

    async def records(self, consumer: Consumer, records: Sequence[Record]) -> None:
        """A batch, in order within each partition. Returns when committed, or when nothing can be done now."""

    async def silence(self, consumer: Consumer) -> None:
        """Called about every second when no record came."""


class Broker(Protocol):
    """Makes producers and subscriptions; one per service."""

    async def ensure_topic(self, topic: str, partitions: int) -> None:
        """Create it if missing; raises WrongPartitionCount when it exists with another count."""

    async def publish(self, topic: str, partition: int, records: Sequence[Record]) -> int:
        """Append ONE closed batch and return the offset of its first record. Raises BrokerError."""

    async def end_offset(self, topic: str, partition: int) -> int: ...

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[Record]:
        """Up to `limit` records from `offset` on; empty at the end. Raises BrokerError."""

    def subscribe(self, topics: Sequence[str], group: str, listener: FeedListener) -> AbstractAsyncContextManager[None]:
        """Deliver the topics' records to the listener while the block lasts."""


class WrongPartitionCount(Exception):
    """The count of a v1 topic never changes, since numbers are per partition: the service must not start."""


class Clock(Protocol):
    """Programme time (may run faster in the demo) and the machine's monotonic seconds."""

    def now(self) -> datetime:
        """Programme time, UTC, whole milliseconds."""

    def wall(self) -> datetime:
        """The machine's own time, UTC: for leases on outside work, which programme time must not shorten."""

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...

    async def wait_for(self, event: asyncio.Event, seconds: float) -> None:
        """Return when the event is set or the seconds are over."""
