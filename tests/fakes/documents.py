"""Documents as BSON, and the part of the query language that the twin speaks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions, TypeRegistry
from bson.errors import BSONError

from shared.engine.ports import (
    Document,
    Unstorable,
    Where,
)

CODEC: CodecOptions[Any] = CodecOptions(
    tz_aware=True,
    tzinfo=UTC,
    type_registry=TypeRegistry(fallback_encoder=lambda v: v.isoformat() if isinstance(v, date) else v),
)


def encode(document: Document) -> bytes:
    try:
        raw = bson.encode(document, codec_options=CODEC)
    except (BSONError, OverflowError, UnicodeEncodeError):
        raise Unstorable from None
    if len(raw) > 16 * 2**20:
        raise Unstorable
    return raw


@functools.lru_cache(maxsize=10_000)
def seen(raw: bytes) -> Document:
    """Decoded once for filtering; never handed out."""
    return bson.decode(raw, CODEC)


def matches(document: Document, where: Where) -> bool:
    """MongoDB's filter language, as far as the port promises it."""
    for name, wanted in where.items():
        if name == "$or":
            if not any(matches(document, each) for each in wanted):
                return False
        elif not _fits(at(document, name), wanted):
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


def sort_key(value: Any) -> tuple[bool, Any]:
    return (value is not None, value)


def at(document: Document, path: str) -> Any:
    value: Any = document
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def projected(value: Any, fields: Sequence[str]) -> Any:
    """Only these fields; dots reach inside, and inside each row of a list."""
    if isinstance(value, list):
        return [projected(each, fields) for each in value if isinstance(each, dict)]
    if not isinstance(value, dict):
        return value
    inside: dict[str, list[str]] = {}
    for name, _, rest in (field.partition(".") for field in fields):
        inside.setdefault(name, []).extend([rest] if rest else [])
    wanted = {name: rest for name, rest in inside.items() if name in value}
    return {name: projected(value[name], rest) if rest else value[name] for name, rest in wanted.items()}


def put_at(document: Document, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for part in parents:
        document = document.setdefault(part, {})
    document[last] = value


def remove(document: Document, path: str) -> None:
    *parents, last = path.split(".")
    for part in parents:
        document = document.get(part, {})
    document.pop(last, None)
