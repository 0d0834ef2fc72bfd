"""MongoDB behind the Database port. The only importer of motor: moving to PyMongo's async API is one file."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date
from typing import Any, TypeVar

from bson.codec_options import CodecOptions, TypeRegistry
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorCollection
from pymongo import ReturnDocument, WriteConcern
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference

from shared.engine.ports import Change, Document, Transaction, UnknownCommit, Where, Write, WriteConflict
from shared.platform.mongo_errors import translated, translation
from shared.platform.mongo_sessions import SESSIONS, OpenSessions
from shared.platform.mongo_writes import bulk_write, update_of

_DURABLE = WriteConcern("majority", j=True)
_COMMIT_TRIES = 3
_CONFLICT_TRIES = 6
SLICE = 50
MOST_AT_ONCE = 1000
"""Documents in one answer; the driver's own 101 would make most questions of a batch two."""
T = TypeVar("T")


def _plain(value: Any) -> Any:
    """Dates are stored as ISO text: BSON knows instants only, and a day has no instant."""
    return value.isoformat() if isinstance(value, date) else value


_CODEC: CodecOptions[Any] = CodecOptions(tz_aware=True, tzinfo=UTC, type_registry=TypeRegistry(fallback_encoder=_plain))


class MongoDatabase:
    """One service's database; `prefix` sets whole installations apart on one server (tests)."""

    def __init__(self, client: AsyncIOMotorClient[Document], name: str, prefix: str = "") -> None:
        self._client, self._name, self._prefix = client, name, prefix
        self._sessions = OpenSessions()

    @classmethod
    def connect(cls, uri: str, name: str, prefix: str = "") -> MongoDatabase:
        """Connects when first used; waits at most 5 s for a server before saying so."""
        client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            uri, serverSelectionTimeoutMS=5000, connectTimeoutMS=5000, socketTimeoutMS=30000, retryWrites=True
        )
        return cls(client, name, prefix)

    def close(self) -> None:
        self._client.close()

    def collection(self, name: str) -> AsyncIOMotorCollection[Document]:
        """`name`, or `<database>:<name>` in another database. Reads see what a majority holds."""
        database, _, collection = name.rpartition(":")
        return self._client[self._prefix + (database or self._name)].get_collection(
            collection,
            codec_options=_CODEC,
            read_preference=ReadPreference.PRIMARY,
            read_concern=ReadConcern("majority"),
            write_concern=_DURABLE,
        )

    async def collections(self, database: str) -> list[str]:
        """Names of the collections of another database on the same server, for operators and audits."""
        with translated():
            return sorted(await self._client[self._prefix + database].list_collection_names())

    async def find(self, collection: str, where: Where | None = None, **options: Any) -> list[Document]:
        with translated():
            return await _find(self.collection(collection), None, where, **options)

    async def get(self, collection: str, id: Any) -> Document | None:
        with translated():
            return await self.collection(collection).find_one({"_id": id})

    async def count(self, collection: str, where: Where | None = None) -> int:
        with translated():
            return await self.collection(collection).count_documents(dict(where or {}))

    async def aggregate(self, collection: str, pipeline: Sequence[Mapping[str, Any]]) -> list[Document]:
        with translated():
            return await self.collection(collection).aggregate(list(pipeline)).to_list(None)

    async def write(self, writes: Sequence[Write]) -> None:
        async def once() -> None:
            await bulk_write(self.collection, None, writes)

        await _unless_conflict(once)

    async def change(self, change: Change) -> int:
        async def once() -> int:
            collection = self.collection(change.collection)
            result = await collection.update_many(dict(change.where), update_of(change), upsert=change.upsert)
            return int(result.matched_count)

        return await _unless_conflict(once)

    async def index(self, collection: str, keys: Sequence[tuple[str, int]], unique: bool = False) -> None:
        """Create the index if missing."""
        with translated():
            await self.collection(collection).create_index(list(keys), unique=unique)

    async def lease(self, name: str, owner: str, seconds: float) -> bool:
        # As numbers: SecantusDB compares a stored date with $$NOW wrongly.
        now = {"$toLong": "$$NOW"}
        free = {"$or": [{"$lt": [{"$ifNull": ["$until", 0]}, now]}, {"$eq": ["$owner", owner]}]}
        until = {"$add": [now, int(seconds * 1000)]}
        take = {
            "$set": {
                "until": {"$cond": [free, until, "$until"]},
                "owner": {"$cond": [free, owner, "$owner"]},
            }
        }
        with translated():
            held = await self.collection("leases").find_one_and_update(
                {"_id": name}, [take], upsert=True, return_document=ReturnDocument.AFTER
            )
            return bool(held and held["owner"] == owner)

    async def release(self, name: str, owner: str) -> None:
        with translated():
            await self.collection("leases").delete_one({"_id": name, "owner": owner})

    async def end_abandoned(self) -> int:
        with translated():
            return await self._sessions.end_others(self.collection(SESSIONS))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        with translated():
            session = await self._client.start_session()
        async with session:
            with translated():
                await self._sessions.note(session, self.collection(SESSIONS))
            session.start_transaction(ReadConcern("snapshot"), _DURABLE, ReadPreference.PRIMARY)
            try:
                yield _MongoTransaction(self, session)
            except BaseException:
                await _abort(session)
                raise
            await _commit(session)


class _MongoTransaction:
    def __init__(self, database: MongoDatabase, session: AsyncIOMotorClientSession) -> None:
        self._database, self._session = database, session

    def _collection(self, name: str) -> AsyncIOMotorCollection[Document]:
        # Inside a transaction the concerns are the transaction's own.
        return self._database.collection(name).with_options(codec_options=_CODEC)

    async def find(self, collection: str, where: Where | None = None, **options: Any) -> list[Document]:
        with translated():
            return await _find(self._collection(collection), self._session, where, **options)

    async def get(self, collection: str, id: Any) -> Document | None:
        with translated():
            return await self._collection(collection).find_one({"_id": id}, session=self._session)

    async def advance(self, collection: str, id: str, inc: Mapping[str, int]) -> Document:
        with translated():
            after = await self._collection(collection).find_one_and_update(
                {"_id": id},
                {"$inc": dict(inc)},
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=self._session,
            )
        assert after is not None
        return after

    async def write(self, writes: Sequence[Write]) -> None:
        with translated():
            await bulk_write(self._collection, self._session, writes)


async def _unless_conflict(once: Callable[[], Awaitable[T]]) -> T:
    """MongoDB itself tries a write outside a transaction again when it meets another writer; SecantusDB says so."""
    for attempt in range(_CONFLICT_TRIES):
        try:
            with translated():
                return await once()
        except WriteConflict:
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
    with translated():
        return await once()


async def _find(
    collection: AsyncIOMotorCollection[Document],
    session: AsyncIOMotorClientSession | None,
    where: Where | None,
    *,
    sort: Sequence[tuple[str, int]] = (),
    skip: int = 0,
    limit: int = 0,
    fields: Sequence[str] = (),
) -> list[Document]:
    projection = dict.fromkeys(fields, 1) if fields else None
    found: list[Document] = []
    for part in [dict(where or {})] if sort or skip or limit else _in_slices(where or {}):
        cursor = collection.find(part, projection, session=session, batch_size=MOST_AT_ONCE).skip(skip).limit(limit)
        found += await (cursor.sort(list(sort)) if sort else cursor).to_list(None)
    return found


def _in_slices(where: Where) -> Iterator[dict[str, Any]]:
    """A question for many ids as several for few: SecantusDB's time for `$in` grows with the square of its length
    [500 ids: 189 ms; ten times 50: 38 ms], and MongoDB does not mind."""
    wanted = where.get("_id")
    if not isinstance(wanted, Mapping) or set(wanted) != {"$in"}:
        yield dict(where)
        return
    ids = list(dict.fromkeys(wanted["$in"]))
    for i in range(0, len(ids), SLICE):
        yield {**where, "_id": {"$in": ids[i : i + SLICE]}}


async def _commit(session: AsyncIOMotorClientSession) -> None:
    """Commit, asking again while the answer is unknown: MongoDB does one transaction once."""
    for attempt in range(_COMMIT_TRIES):
        try:
            await session.commit_transaction()
            return
        except PyMongoError as error:
            unknown = error.has_error_label("UnknownTransactionCommitResult")
            if not unknown:
                raise translation(error) from error
            if attempt == _COMMIT_TRIES - 1:
                raise UnknownCommit from error


async def _abort(session: AsyncIOMotorClientSession) -> None:
    """A failed abort changes nothing: the session's next transaction ends this one."""
    with suppress(PyMongoError):
        await session.abort_transaction()
