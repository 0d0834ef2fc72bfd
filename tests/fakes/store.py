"""The disk of the twin, and views of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import bson

from shared.engine.ports import (
    Change,
    Delete,
    Document,
    DuplicateKey,
    Insert,
    Put,
    Where,
    Write,
    WriteConflict,
)
from tests.fakes.documents import CODEC, at, encode, matches, projected, put_at, remove, seen, sort_key


class MemoryStore:
    """The disk: what survives a crash of everybody. Raw BSON per collection and id, with a version each."""

    def __init__(self) -> None:
        self.collections: dict[str, dict[Any, bytes]] = {}
        self.versions: dict[tuple[str, Any], int] = {}
        self.unique: dict[str, list[str]] = {"journal": ["commit"]}
        self.locks: dict[tuple[str, Any], object] = {}
        self.open: dict[View, tuple[object, datetime]] = {}
        """Transactions under way: whose, since when. Those of dead processes stay."""
        self.version = 0

    def end(self, *, owner_is_not: object = None, before: datetime | None = None) -> int:
        """End open transactions from outside: they hold nothing any more, and who goes on with one is told so."""
        old = [view for view, (_, since) in self.open.items() if before is None or since < before]
        ended = [view for view in old if self.open[view][0] is not owner_is_not]
        for view in ended:
            view.release()
        return len(ended)

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
        return None if raw is None else bson.decode(raw, CODEC)

    def documents(self, collection: str) -> list[Document]:
        return [bson.decode(raw, CODEC) for raw in self.collections.get(collection, {}).values()]


class View:
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
            bson.decode(raw, CODEC)  # a copy of the caller's own
            for raw in self._raws(collection, where)
            if matches(seen(raw), where or {})
        ]
        for name, direction in reversed(sort):
            found.sort(key=lambda d: sort_key(at(d, name)), reverse=direction < 0)
        found = found[skip : skip + limit if limit else None]
        if fields:
            found = [projected(document, ("_id", *fields)) for document in found]
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
            self._put(write.collection, id, encode(write.document))
        elif isinstance(write, Put):
            self._check_unique(write.collection, write.document)
            self._put(write.collection, write.document["_id"], encode(write.document))
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
                put_at(document, path, value)
            for path, value in change.inc.items():
                put_at(document, path, (at(document, path) or 0) + value)
            for path in change.unset:
                remove(document, path)
            self._put(change.collection, document["_id"], encode(document))
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
        self._store.open.pop(self, None)
