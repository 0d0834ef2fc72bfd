"""The twin of the database: snapshot isolation with write conflicts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from shared.engine.ports import (
    Change,
    Document,
    Put,
    Transaction,
    TransientError,
    UnknownCommit,
    Where,
    Write,
)
from tests.fakes.clock import LoopClock
from tests.fakes.steps import LostReply, Step, no_faults
from tests.fakes.store import MemoryStore, View

OPEN_FOR = timedelta(seconds=60)
"""MongoDB's transactionLifetimeLimitSeconds."""


class MemoryDatabase:
    """The Database port on a MemoryStore."""

    def __init__(self, store: MemoryStore, step: Step = no_faults, clock: LoopClock | None = None) -> None:
        self.store, self._step, self._clock = store, step, clock or LoopClock()
        self._default = View(store, {})

    async def find(self, collection: str, where: Where | None = None, **options: Any) -> list[Document]:
        await self._io(f"db.find.{collection}")
        return View(self.store, {}).find(collection, where, **options)

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
            view = View(self.store, {})
            view.write(write)
            view.commit()
            self._done(f"db.write.{write.collection}.done")

    async def change(self, change: Change) -> int:
        await self._io(f"db.change.{change.collection}")
        view = View(self.store, {})
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
        view = View(self.store, {})
        view.write(Put("leases", {"_id": name, "owner": owner, "until": now + timedelta(seconds=seconds)}))
        view.commit()
        self._done("db.lease.done")
        return True

    async def release(self, name: str, owner: str) -> None:
        held = self.store.document("leases", name)
        if held and held["owner"] == owner:
            self.store.collections["leases"].pop(name)

    async def end_abandoned(self) -> int:
        await self._io("db.end_abandoned")
        return self.store.end(owner_is_not=self)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        now = self._clock.wall()
        self.store.end(before=now - OPEN_FOR)
        transaction = _MemoryTransaction(self.store, self._io)
        self.store.open[transaction.view] = self, now
        try:
            yield transaction
            await transaction.commit()
        except BaseException:
            self._abort(transaction)
            raise
        try:
            self._step("db.commit.done")
        except LostReply:
            raise UnknownCommit from None

    def _abort(self, transaction: _MemoryTransaction) -> None:
        """A dead process cannot even abort: what it held stays held, as on a real server. An abort that fails
        otherwise is made up for by the next transaction of the same session."""
        with suppress(Exception):
            self._step("db.abort")
        transaction.view.release()

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
        self._store, self._step = store, io
        self.view = View(store, {name: dict(documents) for name, documents in store.collections.items()}, True)

    async def _io(self, name: str) -> None:
        await self._step(name)
        if self.view not in self._store.open:
            raise TransientError("somebody ended this transaction")

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

    async def commit(self) -> None:
        await self._io("db.commit")
        self.view.commit()
        self.view.release()
