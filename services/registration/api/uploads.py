"""A file that staff upload: it never gets a name on the disk, and is parsed only in a child process."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar, cast

from fastapi import UploadFile

from services.registration.adapters.sheets import Kind, Sheet, kind_of
from services.registration.domain.imports import HEADING_ROWS
from shared.contracts.decision import Refused

_BLOCK = 2**20
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Upload:
    """The file as an open file of the operating system, and the digest of its content."""

    kind: Kind
    file: BinaryIO
    digest: str


@asynccontextmanager
async def received(upload: UploadFile) -> AsyncIterator[Upload]:
    """Raises Refused SHEET_UNREADABLE for a name that is neither .xlsx nor .csv."""
    kind = kind_of(upload.filename or "")
    file = cast(Any, upload.file)
    descriptor = os.dup(file.fileno())  # on disk from here on, still without a name
    file.flush()
    with os.fdopen(descriptor, "rb") as own:
        yield Upload(kind, own, _digest(own))


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


async def find_headings(sheet: Sheet, headings: Callable[[Sequence[Any]], Found | None]) -> Found:
    """Read the sheet down to its headings; rows below them follow. Raises Refused HEADINGS when there are none."""
    for _ in range(HEADING_ROWS):
        row = await sheet.next()
        if row is None:
            break
        found = headings(row.cells)
        if found is not None:
            return found
    raise Refused("HEADINGS", missing="semua")
