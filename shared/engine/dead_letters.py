"""Dead letters: a record that pure code cannot take waits aside with the later records of its key.

A document of `parked` is a letter or a follower: `{_id, lane, order, state, reason, topic, partition,
offset, sealed, at}`; states: waiting, replayed, discarded. The raw record is sealed as a whole.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import deque
from collections.abc import Callable
from datetime import datetime

from shared.engine.marks import Heard
from shared.engine.ports import Document, Record

PARKED = "parked"
WAITING = "waiting"
BEHIND = "PARKED_BEHIND"

Seal = Callable[[bytes], str]
Unseal = Callable[[str], bytes]


def letter_id(record: Record) -> str:
    """The same record is the same letter, wherever it lies in a log."""
    return hashlib.sha256(pack(record)).hexdigest()


def letter(heard: Heard, reason: str, seal: Seal, at: datetime) -> Document:
    """A waiting letter. The reason is a code: nothing of the record is in clear."""
    record = heard.record
    return {
        "_id": letter_id(record),
        "lane": heard.lane,
        "order": heard.sequence,
        "state": WAITING,
        "reason": reason,
        "type": heard.type[:100],
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "sealed": seal(pack(record) + b"\n" + f"{record.offset} {record.timestamp}".encode()),
        "at": at,
    }


def opened(document: Document, unseal: Unseal) -> Record:
    """The raw record of a letter."""
    raw, _, place = unseal(document["sealed"]).rpartition(b"\n")
    offset, timestamp = place.split()
    key, value, headers = json.loads(raw)
    return Record(
        document["topic"],
        document["partition"],
        int(offset),
        _decoded(key),
        _decoded(value),
        tuple((name, base64.b64decode(text)) for name, text in headers),
        int(timestamp),
    )


def pack(record: Record) -> bytes:
    """Key, value and headers as bytes; without offset and time, so that a republished copy is the same."""
    headers = [(name, base64.b64encode(value).decode()) for name, value in record.headers]
    return json.dumps([_encoded(record.key), _encoded(record.value), headers]).encode()


def _encoded(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _decoded(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


class Breaker:
    """Stops a feed that parks too much: a bad release must not park a city.

    Opens when more than 1 % of the last 1,000 records became letters, or 50 of fewer.
    """

    def __init__(self, window: int = 1000, share: float = 0.01, most: int = 50) -> None:
        self._last: deque[bool] = deque(maxlen=window)
        self._share, self._most = share, most
        self._letters = 0

    def count(self, is_letter: bool) -> None:
        if len(self._last) == self._last.maxlen and self._last[0]:
            self._letters -= 1
        self._last.append(is_letter)
        self._letters += is_letter

    @property
    def open(self) -> bool:
        full = len(self._last) == self._last.maxlen
        return self._letters >= self._most or (full and self._letters > self._share * len(self._last))
