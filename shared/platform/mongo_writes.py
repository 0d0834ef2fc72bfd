"""The port's writes as the driver's operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateMany

from shared.engine.ports import Change, Delete, Insert, Put, Write


async def bulk_write(collection_of: Any, session: Any, writes: Sequence[Write]) -> None:
    """One ordered bulk write per collection."""
    by_collection: dict[str, list[Any]] = {}
    for write in writes:
        by_collection.setdefault(write.collection, []).append(operation_of(write))
    for name, operations in by_collection.items():
        await collection_of(name).bulk_write(operations, ordered=True, session=session)


def operation_of(write: Write) -> Any:
    if isinstance(write, Insert):
        return InsertOne(write.document)
    if isinstance(write, Put):
        return ReplaceOne({"_id": write.document["_id"]}, write.document, upsert=True)
    if isinstance(write, Delete):
        return DeleteOne({"_id": write.id})
    return UpdateMany(dict(write.where), update_of(write), upsert=write.upsert)


def update_of(change: Change) -> dict[str, Any]:
    update = {"$set": dict(change.set), "$inc": dict(change.inc), "$unset": dict.fromkeys(change.unset, "")}
    return {operator: values for operator, values in update.items() if values}
