"""The sequence rule: which heard record is next, which is a repetition, which shows a gap.

A mark is the last number applied of one partition. It is judged as read inside the transaction that
applies, never from memory, so that two owners of a partition cannot both apply a record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from pydantic import ValidationError

from shared.contracts.base import Event
from shared.engine.ports import Document, Record

FEEDS = "feeds"
_TYPE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,80}")


class Verdict(Enum):
    NEXT = "next"
    REPEATED = "repeated"
    GAP = "gap"
    PARKED = "parked"
    """It was next, and became a dead letter."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A record with what its headers say. `event` is None for types without a reaction; `fault` names poison."""

    record: Record
    type: str
    id: str
    sequence: int
    epoch: int
    epoch_start: int
    event: Event | None = None
    fault: str | None = None

    @property
    def identity(self) -> str:
        """What tells this record from any other at the same offset of another log."""
        return f"{self.epoch}/{self.sequence}/{self.id}"

    @property
    def time(self) -> datetime:
        """The event's own time, so that a replay decides the same."""
        text = self.record.header("ce_time")
        try:
            return datetime.fromisoformat(text) if text else self._stamp()
        except ValueError:
            return self._stamp()

    @property
    def lane(self) -> str:
        """Records of one key of one topic follow each other; a null key follows nobody."""
        key = self.record.key
        return f"{self.record.topic}|{key.decode(errors='replace')}" if key else ""

    def _stamp(self) -> datetime:
        return datetime.fromtimestamp(self.record.timestamp / 1000, UTC)


def hear(record: Record, events: Mapping[str, type[Event]]) -> Heard:
    """Read headers and body. Never raises: what cannot be read becomes a fault, with a reason code only."""
    headers = record.texts()
    numbers = [_number(headers.get(name)) for name in ("ce_sequence", "ce_epoch", "ce_epochstart")]
    type_name, event_id = headers.get("ce_type", ""), headers.get("ce_id", "")
    event, fault = None, None
    if None in numbers or not type_name or not event_id:
        fault = "HEADERS_MISSING"
    elif headers.get("ce_specversion") != "1.0":
        fault = "VERSION_UNKNOWN"
    elif kind := events.get(type_name):
        event, fault = _body(record.value, kind)
    sequence, epoch, start = (number or 0 for number in numbers)
    return Heard(record, type_name, event_id, sequence, epoch, start, event, fault)


def _body(value: bytes | None, kind: type[Event]) -> tuple[Event | None, str | None]:
    if value is None:
        return None, "VALUE_MISSING"
    try:
        return kind.model_validate_json(value), None
    except (ValidationError, ValueError, RecursionError):
        return None, "BODY_UNREADABLE"


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 15:
        return None
    return int(text)


@dataclass(slots=True)
class Mark:
    """Where a feed stands in one partition, as stored in `feeds`; changed in memory and written in one piece."""

    id: str
    offset: int = 0
    mark: int = 0
    epoch: int = 1
    last: str = ""
    unlearned: dict[str, list[int]] = field(default_factory=dict)
    """Types this release has no reaction for: offset, mark and epoch before the first record of each,
    so that a release that learns the type reads again from there."""
    moved: bool = False
    """Changed since it was read; not stored."""

    @classmethod
    def of(cls, id: str, document: Document | None) -> Mark:
        values: dict[str, Any] = dict(document or {})
        values.pop("_id", None)
        return cls(id, **values)

    def document(self) -> Document:
        return {
            "_id": self.id,
            "offset": self.offset,
            "mark": self.mark,
            "epoch": self.epoch,
            "last": self.last,
            "unlearned": self.unlearned,
        }

    def judge(self, heard: Heard) -> Verdict:
        """`mark + 1` is next, lower is a repetition, higher a gap. A new epoch begins after its start."""
        if heard.epoch < self.epoch:
            return Verdict.REPEATED
        if heard.epoch == self.epoch:
            if heard.sequence <= self.mark:
                return Verdict.REPEATED
            return Verdict.NEXT if heard.sequence == self.mark + 1 else Verdict.GAP
        first = heard.sequence == heard.epoch_start + 1
        return Verdict.NEXT if first and self.mark >= heard.epoch_start else Verdict.GAP

    def advance(self, heard: Heard, verdict: Verdict, known: bool) -> None:
        """Take the record in: the position always, the mark when it was next."""
        if verdict is Verdict.NEXT:
            if not known and _TYPE_NAME.fullmatch(heard.type):
                self.unlearned.setdefault(heard.type, [heard.record.offset, self.mark, self.epoch])
            self.mark, self.epoch = heard.sequence, heard.epoch
        self.offset, self.last, self.moved = heard.record.offset + 1, heard.identity, True

    def reached(self, other: Mark) -> bool:
        """True when this mark stands where the other does, or beyond."""
        return (self.epoch, self.mark) >= (other.epoch, other.mark)


def feed_id(topic: str, partition: int) -> str:
    return f"{topic}/{partition}"
