"""In-memory twins of database, broker and clock. They promise what the real ones promise, and no more:
snapshot isolation with write conflicts, a log per partition, time that moves only when everybody waits.
"""

from __future__ import annotations

import asyncio
import functools
import random
import selectors
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import bson
from bson.codec_options import CodecOptions, TypeRegistry
from bson.errors import BSONError

from shared.engine.ports import (
    BrokerError,
    Change,
    Delete,
    Document,
    DuplicateKey,
    FeedListener,
    Insert,
    Put,
    Record,
    Transaction,
    TransientError,
    UnknownCommit,
    Unstorable,
    Where,
    Write,
    WriteConflict,
    WrongPartitionCount,
)

_CODEC: CodecOptions[Any] = CodecOptions(
    tz_aware=True,
    tzinfo=UTC,
    type_registry=TypeRegistry(fallback_encoder=lambda v: v.isoformat() if isinstance(v, date) else v),
)
_START = datetime(2020, 4, 3, 1, 0, tzinfo=UTC)

Step = Callable[[str], str | None]
"""The seam: called before every I/O with its name and after it with `<name>.done`; a fault plan may raise
in it, or answer "duplicate" after a publication."""


def no_faults(name: str) -> str | None:
    """Nothing goes wrong."""
    return None


class LostReply(Exception):
    """Raised by a fault plan after an I/O was done: the caller must not learn that it was."""


def _encode(document: Document) -> bytes:
    try:
        raw = bson.encode(document, codec_options=_CODEC)
    except (BSONError, OverflowError, UnicodeEncodeError):
        raise Unstorable from None
    if len(raw) > 16 * 2**20:
        raise Unstorable
    return raw


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer as soon as nothing else is ready."""

    def __init__(self) -> None:
        super().__init__(_JumpingSelector(self))
        self.virtual = 0.0

    def time(self) -> float:
        return self.virtual


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits and no timer is set: deadlock")
        if timeout > 0:
            self._loop.virtual += timeout
        return []


class LoopClock:
    """A Clock that follows the running loop's time, so that a VirtualLoop makes it virtual."""

    def __init__(self, start: datetime = _START) -> None:
        self._start = start

    def now(self) -> datetime:
        passed = timedelta(milliseconds=int(self.monotonic() * 1000))
        return self._start + passed

    wall = now

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def wait_for(self, event: asyncio.Event, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return


class MemoryStore:
    """The disk: what survives a crash of everybody. Raw BSON per collection and id, with a version each."""

    def __init__(self) -> None:
        self.collections: dict[str, dict[Any, bytes]] = {}
        self.versions: dict[tuple[str, Any], int] = {}
        self.unique: dict[str, list[str]] = {"journal": ["commit"]}
        self.locks: dict[tuple[str, Any], object] = {}
        self.version = 0

    def copy(self) -> MemoryStore:
        """A backup."""
        other = MemoryStore()
        other.collections = {name: dict(documents) for name, documents in self.collections.items()}
        other.versions, other.version = dict(self.versions), self.version
        return other

    def restore(self, backup: MemoryStore) -> None:
        self.collections = {name: dict(documents) for name, documents in backup.collections.items()}

    def document(self, collection: str, id: Any) -> Document | None:
        raw = self.collections.get(collection, {}).get(id)
        return None if raw is None else bson.decode(raw, _CODEC)

    def documents(self, collection: str) -> list[Document]:
        return [bson.decode(raw, _CODEC) for raw in self.collections.get(collection, {}).values()]


class MemoryDatabase:
    """The Database port on a MemoryStore."""

    def __init__(self, store: MemoryStore, step: Step = no_faults, clock: LoopClock | None = None) -> None:
        self.store, self._step, self._clock = store, step, clock or LoopClock()
        self._default = _View(store, {})

    async def find(self, collection: str, where: Where | None = None, **options: Any) -> list[Document]:
        await self._io(f"db.find.{collection}")
        return _View(self.store, {}).find(collection, where, **options)

    async def get(self, collection: str, id: Any) -> Document | None:
        await self._io(f"db.get.{collection}")
        return self.store.document(collection, id)

    async def count(self, collection: str, where: Where | None = None) -> int:
        return len(await self.find(collection, where))

    async def aggregate(self, collection: str, pipeline: Sequence[Mapping[str, Any]]) -> list[Document]:
        raise AssertionError("the twin has no aggregation: such queries are tested on real servers")

    async def write(self, writes: Sequence[Write]) -> None:
        for write in writes:
            await self._io(f"db.write.{write.collection}")
            view = _View(self.store, {})
            view.write(write)
            view.commit()
            self._done(f"db.write.{write.collection}.done")

    async def change(self, change: Change) -> int:
        await self._io(f"db.change.{change.collection}")
        view = _View(self.store, {})
        matched = view.change(change)
        view.commit()
        self._done(f"db.change.{change.collection}.done")
        return matched

    async def index(self, collection: str, keys: Sequence[tuple[str, int]], unique: bool = False) -> None:
        names = self.store.unique.setdefault(collection, [])
        if unique and len(keys) == 1 and keys[0][0] not in names:
            names.append(keys[0][0])

    async def lease(self, name: str, owner: str, seconds: float) -> bool:
        await self._io("db.lease")
        held = self.store.document("leases", name)
        now = self._clock.wall()
        if held and held["until"] >= now and held["owner"] != owner:
            return False
        view = _View(self.store, {})
        view.write(Put("leases", {"_id": name, "owner": owner, "until": now + timedelta(seconds=seconds)}))
        view.commit()
        self._done("db.lease.done")
        return True

    async def release(self, name: str, owner: str) -> None:
        held = self.store.document("leases", name)
        if held and held["owner"] == owner:
            self.store.collections["leases"].pop(name)

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        transaction = _MemoryTransaction(self.store, self._io)
        try:
            yield transaction
            await self._io("db.commit")
            transaction.view.commit()
        finally:
            transaction.release()
        try:
            self._step("db.commit.done")
        except LostReply:
            raise UnknownCommit from None

    async def _io(self, name: str) -> None:
        await asyncio.sleep(0)
        self._step(name)

    def _done(self, name: str) -> None:
        try:
            self._step(name)
        except LostReply:
            raise TransientError("no answer") from None


class _MemoryTransaction:
    """A snapshot with its own writes; a document that another transaction holds or has changed conflicts."""

    def __init__(self, store: MemoryStore, io: Callable[[str], Any]) -> None:
        self._io = io
        self.view = _View(store, {name: dict(documents) for name, documents in store.collections.items()}, True)

    async def find(self, collection: str, where: Where | None = None, **options: Any) -> list[Document]:
        await self._io(f"tx.find.{collection}")
        return self.view.find(collection, where, **options)

    async def get(self, collection: str, id: Any) -> Document | None:
        found = await self.find(collection, {"_id": id})
        return found[0] if found else None

    async def advance(self, collection: str, id: str, inc: Mapping[str, int]) -> Document:
        await self._io(f"tx.advance.{collection}")
        self.view.change(Change(collection, {"_id": id}, inc=inc, upsert=True))
        return self.view.find(collection, {"_id": id})[0]

    async def write(self, writes: Sequence[Write]) -> None:
        await self._io("tx.write")
        for write in writes:
            self.view.write(write)

    def release(self) -> None:
        self.view.release()


class _View:
    """Reads and buffered writes over a store; a transaction's view has a snapshot and holds locks."""

    def __init__(self, store: MemoryStore, snapshot: dict[str, dict[Any, bytes]], isolated: bool = False) -> None:
        self._store = store
        self._base = snapshot if isolated else store.collections
        self._isolated = isolated
        self._since = store.version
        self._writes: dict[tuple[str, Any], bytes | None] = {}

    def find(
        self,
        collection: str,
        where: Where | None = None,
        *,
        sort: Sequence[tuple[str, int]] = (),
        skip: int = 0,
        limit: int = 0,
        fields: Sequence[str] = (),
    ) -> list[Document]:
        found = [
            bson.decode(raw, _CODEC)  # a copy of the caller's own
            for raw in self._raws(collection, where)
            if matches(_seen(raw), where or {})
        ]
        for name, direction in reversed(sort):
            found.sort(key=lambda d: _sort_key(_at(d, name)), reverse=direction < 0)
        found = found[skip : skip + limit if limit else None]
        if fields:
            found = [{key: d[key] for key in ("_id", *fields) if key in d} for d in found]
        return found

    def _raws(self, collection: str, where: Where | None) -> list[bytes]:
        merged = dict(self._base.get(collection, {}))
        for (name, id), raw in self._writes.items():
            if name == collection:
                if raw is None:
                    merged.pop(id, None)
                else:
                    merged[id] = raw
        wanted = (where or {}).get("_id")
        if isinstance(wanted, str | int):
            return [merged[wanted]] if wanted in merged else []
        if isinstance(wanted, dict) and set(wanted) == {"$in"}:
            return [merged[id] for id in dict.fromkeys(wanted["$in"]) if id in merged]
        return list(merged.values())

    def write(self, write: Write) -> None:
        if isinstance(write, Insert):
            id = write.document["_id"]
            if self._raws(write.collection, {"_id": id}):
                raise DuplicateKey
            self._check_unique(write.collection, write.document)
            self._put(write.collection, id, _encode(write.document))
        elif isinstance(write, Put):
            self._check_unique(write.collection, write.document)
            self._put(write.collection, write.document["_id"], _encode(write.document))
        elif isinstance(write, Delete):
            self._put(write.collection, write.id, None)
        else:
            self.change(write)

    def change(self, change: Change) -> int:
        found = self.find(change.collection, change.where)
        if not found and change.upsert:
            found = [{"_id": change.where["_id"]}]
        for document in found:
            for path, value in change.set.items():
                _place(document, path, value)
            for path, value in change.inc.items():
                _place(document, path, (_at(document, path) or 0) + value)
            for path in change.unset:
                _remove(document, path)
            self._put(change.collection, document["_id"], _encode(document))
        return len(found)

    def _check_unique(self, collection: str, document: Document) -> None:
        for name in self._store.unique.get(collection, []):
            value = document.get(name)
            others = [d for d in self.find(collection, {name: value}) if d["_id"] != document["_id"]]
            if value is not None and others:
                raise DuplicateKey

    def _put(self, collection: str, id: Any, raw: bytes | None) -> None:
        place = (collection, id)
        if self._isolated:
            holder = self._store.locks.get(place)
            if holder not in (None, self) or self._store.versions.get(place, 0) > self._since:
                raise WriteConflict
            self._store.locks[place] = self
        self._writes[place] = raw

    def commit(self) -> None:
        self._store.version += 1
        for (collection, id), raw in self._writes.items():
            documents = self._store.collections.setdefault(collection, {})
            if raw is None:
                documents.pop(id, None)
            else:
                documents[id] = raw
            self._store.versions[(collection, id)] = self._store.version

    def release(self) -> None:
        for place in [place for place, holder in self._store.locks.items() if holder is self]:
            del self._store.locks[place]


@functools.lru_cache(maxsize=10_000)
def _seen(raw: bytes) -> Document:
    """Decoded once for filtering; never handed out."""
    return bson.decode(raw, _CODEC)


def matches(document: Document, where: Where) -> bool:
    """MongoDB's filter language, as far as the port promises it."""
    for name, wanted in where.items():
        if name == "$or":
            if not any(matches(document, each) for each in wanted):
                return False
        elif not _fits(_at(document, name), wanted):
            return False
    return True


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "$in": lambda value, wanted: value in wanted or (isinstance(value, list) and any(v in wanted for v in value)),
    "$nin": lambda value, wanted: value not in wanted,
    "$ne": lambda value, wanted: value != wanted,
    "$lt": lambda value, wanted: value is not None and value < wanted,
    "$lte": lambda value, wanted: value is not None and value <= wanted,
    "$gt": lambda value, wanted: value is not None and value > wanted,
    "$gte": lambda value, wanted: value is not None and value >= wanted,
    "$exists": lambda value, wanted: (value is not None) == wanted,
}


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and wanted and all(key.startswith("$") for key in wanted):
        return all(_COMPARE[key](value, _plain(operand)) for key, operand in wanted.items())
    return value == _plain(wanted) or (isinstance(value, list) and wanted in value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def _sort_key(value: Any) -> tuple[bool, Any]:
    return (value is not None, value)


def _at(document: Document, path: str) -> Any:
    value: Any = document
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def _place(document: Document, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for part in parents:
        document = document.setdefault(part, {})
    document[last] = value


def _remove(document: Document, path: str) -> None:
    *parents, last = path.split(".")
    for part in parents:
        document = document.get(part, {})
    document.pop(last, None)


class MemoryLog:
    """What a broker keeps. `lose()` is a memory-only broker's restart; `lose_tail()` is worse: nobody is told."""

    def __init__(self) -> None:
        self.topics: dict[str, list[list[Record]]] = {}

    def lose(self) -> None:
        self.topics = {topic: [[] for _ in partitions] for topic, partitions in self.topics.items()}

    def lose_tail(self, count: int) -> None:
        self.topics = {
            topic: [records[: max(0, len(records) - count)] for records in partitions]
            for topic, partitions in self.topics.items()
        }


class MemoryBroker:
    """The Broker port on a MemoryLog. Every subscription gets all partitions of its topics (one owner), or
    the ones `owns` names, so that a test can make two owners of one partition."""

    def __init__(
        self,
        log: MemoryLog,
        step: Step = no_faults,
        chance: random.Random | None = None,
        owns: Callable[[str, int], bool] = lambda topic, partition: True,
    ) -> None:
        self.log, self._step, self._chance, self._owns = log, step, chance or random.Random(0), owns
        self.away = False

    async def ensure_topic(self, topic: str, partitions: int) -> None:
        await self._io("kafka.ensure")
        found = self.log.topics.setdefault(topic, [[] for _ in range(partitions)])
        if len(found) != partitions:
            raise WrongPartitionCount(topic)

    async def publish(self, topic: str, partition: int, records: Sequence[Record]) -> int:
        await self._io("kafka.publish")
        first = self._append(topic, partition, records)
        try:
            if self._step("kafka.publish.done") == "duplicate":
                self._append(topic, partition, records)
        except LostReply:
            raise BrokerError("no answer") from None
        return first

    def _append(self, topic: str, partition: int, records: Sequence[Record]) -> int:
        place = self._partition(topic, partition)
        first = len(place)
        for record in records:
            copy = (record.key, record.value, record.headers, record.timestamp)
            place.append(Record(topic, partition, len(place), *copy))
        return first

    async def end_offset(self, topic: str, partition: int) -> int:
        await self._io("kafka.end")
        return len(self._partition(topic, partition))

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[Record]:
        await self._io("kafka.read")
        return self._partition(topic, partition)[offset : offset + limit]

    def subscribe(self, topics: Sequence[str], group: str, listener: FeedListener) -> AbstractAsyncContextManager[None]:
        return self._subscription(topics, listener)

    @asynccontextmanager
    async def _subscription(self, topics: Sequence[str], listener: FeedListener) -> AsyncIterator[None]:
        task = asyncio.create_task(self._consume(topics, listener))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _consume(self, topics: Sequence[str], listener: FeedListener) -> None:
        consumer = _MemoryConsumer()
        places = [(t, p) for t in topics for p in range(len(self.log.topics[t])) if self._owns(t, p)]
        await listener.assigned(consumer, places)
        quiet = 0.0
        while True:
            got = await self._poll(consumer, listener, places)
            quiet = 0.0 if got else quiet + 0.1
            if not got:
                await asyncio.sleep(0.1)
            if quiet >= 1.0:
                quiet = 0.0
                await listener.silence(consumer)

    async def _poll(self, consumer: _MemoryConsumer, listener: FeedListener, places: list[tuple[str, int]]) -> bool:
        got = False
        for topic, partition in places:
            offset = consumer.positions.get((topic, partition), 0)
            try:
                await self._io("kafka.poll")
                records = self._partition(topic, partition)[offset : offset + self._chance.randint(1, 20)]
            except (BrokerError, ConnectionError):
                continue
            if records:
                got = True
                consumer.positions[(topic, partition)] = records[-1].offset + 1
                await listener.records(consumer, records)
        return got

    def _partition(self, topic: str, partition: int) -> list[Record]:
        return self.log.topics[topic][partition]

    async def _io(self, name: str) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise BrokerError("away")
        self._step(name)


class _MemoryConsumer:
    def __init__(self) -> None:
        self.positions: dict[tuple[str, int], int] = {}

    def seek(self, topic: str, partition: int, offset: int) -> None:
        self.positions[(topic, partition)] = offset

    async def commit(self, topic: str, partition: int, offset: int) -> None:
        return None
