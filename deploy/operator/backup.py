"""`gelombang backup`: each database as it was at one moment, as BSON files with a manifest written last.

The services first, then the vault and the accounts: a vault that is older than a service lacks the keys of
the people whom the service knows. Files are those of mongodump: `<database>/<collection>.bson`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

import bson

from deploy.embedded import SERVICES
from deploy.operator.bank_folders import DIRECTORY, copied
from deploy.operator.installation import ACCESS, VAULT, OperatorError
from shared.engine.journal import HEAD, HEADS
from shared.engine.ports import Database, Document, Reader
from shared.security.vault import read_key

ORDER = (*SERVICES, VAULT, ACCESS)
MANIFEST, VERSION, BANKS = "manifest.json", 1, "banks"
LEFT_OUT = {"leases", "sessions"}
"""Who leads and who is signed in is true of a moment that is over."""
PAGE = 500


class Place(Protocol):
    """Where databases are: an Installation, or twins."""

    def database(self, name: str) -> Database: ...

    async def collections(self, name: str) -> list[str]: ...


class _File:
    """One collection's documents, hashed while they are written; readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file: IO[bytes] = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._digest, self.documents = hashlib.sha256(), 0

    def add(self, documents: Sequence[Document]) -> None:
        for document in documents:
            raw = bson.encode(document)
            self._digest.update(raw)
            self._file.write(raw)
        self.documents += len(documents)

    def close(self) -> dict[str, Any]:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return {"sha256": self._digest.hexdigest(), "documents": self.documents}


def fingerprint(key_file: Path) -> str:
    """Tells two master keys apart and says nothing about either."""
    return hashlib.sha256(b"gelombang master key" + read_key(key_file)).hexdigest()[:32]


async def backup(
    place: Place, folder: Path, master_key_file: Path, banks: Mapping[str, Path] | None = None
) -> dict[str, Any]:
    """Write everything below `folder`, which must be new or empty; returns the manifest. `banks`: their folders."""
    _prepare(folder)
    databases = {name: await _dump(place, name, folder / name) for name in ORDER}
    copies = {name: copied(where, folder / BANKS / name) for name, where in (banks or {}).items()}
    manifest = {
        "version": VERSION,
        "finished_at": _now(),
        "master_key": fingerprint(master_key_file),
        "databases": databases,
        "banks": copies,
    }
    _write(folder / MANIFEST, json.dumps(manifest, indent=1))
    return manifest


async def _dump(place: Place, name: str, folder: Path) -> dict[str, Any]:
    database, collections = place.database(name), await place.collections(name)
    files: dict[str, Any] = {}
    async with database.transaction() as tx:
        # The first read fixes the moment, and the head must be of the same one as all that follows.
        at, head = _now(), await tx.get(HEADS, HEAD) or {}
        for collection in collections:
            if collection not in LEFT_OUT:
                files[f"{collection}.bson"] = await _collection(tx, collection, folder / f"{collection}.bson")
    return {"at": at, "n": head.get("n", 0), "epoch": head.get("epoch", 1), "files": files}


async def _collection(reader: Reader, name: str, path: Path) -> dict[str, Any]:
    file = _File(path)
    where: Mapping[str, Any] = {}
    try:
        while found := await reader.find(name, where, sort=[("_id", 1)], limit=PAGE):
            file.add(found)
            where = {"_id": {"$gt": found[-1]["_id"]}}
    finally:
        written = file.close()
    return written


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise OperatorError(f"{folder} is not empty: a backup gets a folder of its own")


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a folder without a manifest is no backup."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(0o600)
    os.replace(fresh, path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def lines(manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """For a person: what was written, and what is not in it."""
    told = [
        f"{name}: {sum(file['documents'] for file in dump['files'].values())} documents, row {dump['n']}"
        for name, dump in manifest["databases"].items()
    ]
    told += [f"bank {name}: {len(files)} files" for name, files in manifest["banks"].items()]
    told += [] if manifest["banks"] else [f"no folder of a bank: {DIRECTORY} names none here"]
    return [*told, f"written to {folder}; the secrets are not in it and are needed to read it"]
