"""The rows of a list between its preview and the confirmation: the page carries them sealed, we keep nothing.

What is confirmed is what was previewed, in whichever process of the service, and a NIK is never readable on the page.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from services.registration.api.desk import Desk
from services.registration.api.lists import Rows
from shared.security.tokens import TokenSeal

LIFE = timedelta(hours=1)
ROWS = 200
"""Rows in one token: digits pack to less than half, so that a token stays within what TokenSeal takes."""
DIGITS = 16
JOINT = "."


class Parcel(NamedTuple):
    """`id` is the key under which the list is taken once."""

    id: str
    code: str | None
    source: str
    as_of: str
    rows: Rows


def pack(desk: Desk, rows: Rows, code: str | None, source: str, as_of: str) -> str:
    """Tokens that belong together. The codes of the rows are known ones (`foreseen` has refused all others)."""
    id, parts = str(uuid.uuid4()), list(_parts(rows.entries)) or [{}]
    head = {"code": code, "source": source, "as_of": as_of, "refused": dict(rows.refused)}
    seal = _seal(desk)
    return JOINT.join(
        seal.seal({"id": id, "at": at, "of": len(parts), "rows": part, **(head if at == 0 else {})}, LIFE)
        for at, part in enumerate(parts)
    )


def unpack(desk: Desk, text: str) -> Parcel | None:
    """The parcel whole and in order, or None for anything else: foreign, too old, cut, or mixed."""
    seal = _seal(desk)
    parts = [seal.open(token) for token in text.split(JOINT)]
    head = parts[0]
    if head is None or any(
        part is None or (part["id"], part["of"], part["at"]) != (head["id"], len(parts), at)
        for at, part in enumerate(parts)
    ):
        return None
    entries = [entry for part in parts if part for entry in _entries(part["rows"])]
    return Parcel(head["id"], head["code"], head["source"], head["as_of"], Rows(entries, head["refused"]))


def _seal(desk: Desk) -> TokenSeal:
    return TokenSeal(desk.vault, "registration/daftar-nik", desk.service.clock)


def _parts(entries: Sequence[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """Code -> the digits of its NIKs in a row."""
    ordered = sorted(entries, key=lambda entry: entry[1])
    for start in range(0, len(ordered), ROWS):
        part: dict[str, str] = {}
        for number, code in ordered[start : start + ROWS]:
            part[code] = part.get(code, "") + number
        yield part


def _entries(part: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for code, digits in part.items():
        yield from ((digits[at : at + DIGITS], code) for at in range(0, len(digits), DIGITS))
