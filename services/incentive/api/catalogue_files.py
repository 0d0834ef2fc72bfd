"""A catalogue that staff bring, by page or by program: read, compared with what is sold, and taken as one edition."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from typing import Any

from services.incentive.api.door import Door
from services.incentive.catalogue_watch import beginning
from services.incentive.domain.catalogue import Course, Fault, examine
from services.incentive.domain.listings import Listing, Origin, clashes, compare, parts_of
from shared.contracts.decision import Refused

MOST_BYTES = 2**20
MOST_ROWS = 5_000


def rows_of(raw: bytes) -> list[dict[str, Any]]:
    """Rows of a CSV file, with commas or semicolons as spreadsheets write it. Raises CATALOGUE_FILE_WRONG."""
    try:
        text = raw.decode("utf-8-sig")
        head = text.partition("\n")[0]
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ","))
    except (UnicodeDecodeError, csv.Error):  # a lone carriage return, a cell without end
        raise Refused("CATALOGUE_FILE_WRONG") from None
    if len(raw) > MOST_BYTES or not 0 < len(rows) <= MOST_ROWS:
        raise Refused("CATALOGUE_FILE_WRONG")
    return rows


async def examined(door: Door, rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Course], list[Fault]]:
    """Courses by code, and what is wrong with them by themselves or beside what is known."""
    told, faults = examine(rows)
    return told, faults or clashes(await door.shelf.listings(), told)


async def fingerprint(door: Door, told: Mapping[str, Course]) -> str:
    """SHA-256 of a catalogue and of the state it was compared with: another one as soon as either changes."""
    rows = [astuple(told[code]) for code in sorted(told)]
    return hashlib.sha256(json.dumps([await door.shelf.version(), rows]).encode()).hexdigest()


async def take(door: Door, told: Mapping[str, Course], edition: str, name: str, by: str) -> bool:
    """Take a catalogue that has no faults as an edition; False where it changes nothing."""
    parts = parts_of(edition, Origin.FILE, name, by, compare(await _begun(door), told))
    for part in parts:
        await door.execute(part)
    return bool(parts)


async def _begun(door: Door) -> Mapping[str, Listing]:
    """A file changes a catalogue; one that has not begun begins first."""
    if not await door.shelf.begun():
        for part in beginning(door.shelf.shipped):
            await door.execute(part)
    return await door.shelf.listings()
