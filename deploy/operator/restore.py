"""`gelombang restore`: load a backup and come up in quarantine: no payout, no message until a person confirms.

Everything is checked before the first document is touched, and a restore that broke off is simply run again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import bson
from bson.codec_options import CodecOptions

from deploy.embedded import SERVICES
from deploy.operator.backup import BANKS, MANIFEST, ORDER, VERSION, Place, fingerprint
from deploy.operator.findings import pages
from deploy.operator.installation import VAULT, OperatorError
from deploy.operator.reporting_audit import REPORTING, emptied
from shared.engine.journal import HEAD, HEADS
from shared.engine.marks import FEEDS
from shared.engine.ports import Database, Delete, Document, Put
from shared.engine.restore import ORPHANS, STATE, confirm_restore, enter_quarantine, is_quarantined

_CODEC: CodecOptions[Any] = CodecOptions(tz_aware=True, tzinfo=UTC)
MOST_DOCUMENTS, MOST_BYTES = 500, 8 * 2**20
PERSON_KEYS = "person_keys"


def checked(folder: Path, master_key_file: Path) -> dict[str, Any]:
    """The manifest of a whole backup. Raises OperatorError for one that is damaged, mixed or of another key."""
    path = folder / MANIFEST
    if not path.is_file():
        raise OperatorError(f"{folder} holds no {MANIFEST}: it is no backup, or one that broke off")
    manifest: dict[str, Any] = json.loads(path.read_text())
    if manifest.get("version") != VERSION or set(manifest["databases"]) != set(ORDER):
        raise OperatorError("this backup is of another version")
    if manifest["master_key"] != fingerprint(master_key_file):
        raise OperatorError("the master key here is not the one of this backup: bring its secrets back first")
    oldest = manifest["databases"][VAULT]["at"]
    younger = [name for name in SERVICES if manifest["databases"][name]["at"] > oldest]
    if younger:
        raise OperatorError(f"the vault is older than {', '.join(younger)}: keys of people would be missing")
    damaged = [file for file, sha in _files(folder, manifest) if _sha256(file) != sha]
    if damaged:
        raise OperatorError(f"damaged: {', '.join(str(file.relative_to(folder)) for file in damaged[:5])}")
    return manifest


def _files(folder: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for database, dump in manifest["databases"].items():
        for name, written in dump["files"].items():
            yield folder / database / name, written["sha256"]
    for bank, files in manifest.get("banks", {}).items():  # a backup of an earlier release has none
        for name, sha in files.items():
            yield folder / BANKS / bank / name, sha


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def restore(
    place: Place, folder: Path, master_key_file: Path, prefix: str, running: Sequence[str] = ()
) -> dict[str, Any]:
    """Load everything; returns per service the new epoch. Raises OperatorError while a service runs."""
    if running:
        raise OperatorError(f"still running: {', '.join(running)}. Stop all services first")
    manifest = checked(folder, master_key_file)
    # What the world has seen since the backup, read before it is overwritten.
    seen = {name: await _highest_epoch(place, name, prefix) for name in SERVICES}
    erased = await _erased(place.database("registration"))
    epochs: dict[str, int] = {}
    for name in ORDER:
        await _load(place, name, folder / name, manifest["databases"][name])
        if name in SERVICES and name != REPORTING:
            epochs[name] = await enter_quarantine(place.database(name), seen[name])
    # An erased person stays erased, whatever an older vault still holds.
    await place.database(VAULT).write([Delete(PERSON_KEYS, id) for id in erased])
    return {"epochs": epochs, "erased_again": len(erased), "taken_at": manifest["databases"][VAULT]["at"]}


async def _highest_epoch(place: Place, service: str, prefix: str) -> int:
    head = await place.database(service).get(HEADS, HEAD) or {}
    highest: int = head.get("epoch", 0)
    for listener in SERVICES:
        marks = await place.database(listener).find(FEEDS)
        mine = [mark["epoch"] for mark in marks if mark["_id"].startswith(f"{prefix}{service}.v1/")]
        highest = max(highest, *mine, 0)
    return highest


async def _erased(registration: Database) -> list[str]:
    found: list[str] = []
    async for page in pages(registration, "applicants", where={"stage": "erased"}, fields=["_id"]):
        found += [person["_id"] for person in page]
    return found


async def _load(place: Place, name: str, folder: Path, dump: Mapping[str, Any]) -> None:
    database = place.database(name)
    await emptied(database, tuple(await place.collections(name)))
    # The head last and the quarantine before it: what broke off half-way can neither commit nor pay.
    for file in sorted(dump["files"], key=lambda file: (file == f"{HEADS}.bson", file)):
        if file == f"{HEADS}.bson":
            await database.write([Put(STATE, {"_id": "quarantine", "epoch": dump["epoch"], "orphans": 0})])
        for batch in _batches(folder / file):
            await database.write([Put(file.removesuffix(".bson"), document) for document in batch])


def _batches(path: Path) -> Iterator[list[Document]]:
    """Documents of a file, as many at once as fit into memory easily."""
    batch: list[Document] = []
    size = 0
    with path.open("rb") as file:
        while head := file.read(4):
            raw = head + file.read(int.from_bytes(head, "little") - 4)
            if batch and (len(batch) >= MOST_DOCUMENTS or size + len(raw) > MOST_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(bson.decode(raw, _CODEC))
            size += len(raw)
    if batch:
        yield batch


async def confirm(database: Database, service: str) -> dict[str, Any]:
    """A person has reconciled with bank and providers: outside work of this service begins again."""
    if not await is_quarantined(database):
        raise OperatorError(f"{service} is not in quarantine")
    orphans = await database.count(ORPHANS)
    await confirm_restore(database)
    return {"service": service, "quarantine": False, "orphans": orphans}
