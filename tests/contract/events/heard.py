"""Stored samples as records of their producer's topic, for every consumer to read."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from deploy.contracts.__main__ import DOCS
from shared.contracts import BY_NAME
from shared.contracts.base import Event
from shared.engine.journal import Numbering, Row, head_document, record_of
from shared.engine.ports import Record
from shared.engine.rules import Message

SAMPLES = sorted((DOCS / "contracts").glob("*.sample.json"))
TOLD_AT = datetime.fromisoformat("2020-04-17T08:15:00.250+07:00")


def name_of(path: Path) -> str:
    return path.name.partition(".")[0]


def stored_text(name: str) -> str:
    return (DOCS / "contracts" / f"{name}.sample.json").read_text(encoding="utf-8")


def record(name: str, topic: str = "", trace: str = "") -> Record:
    """The stored sample as its producer's relay would publish it: body as stored, headers of the real code."""
    event = BY_NAME[name]
    numbering = Numbering.after(head_document(), partitions=12)
    entry = numbering.entry(Message("7f1f0b9e", None, TOLD_AT, trace), 0, _stored(event))
    numbering.append([entry])
    row = Row(1, 1, {}, tuple(numbering.entries))
    source = event.source if event.source != "each" else "registration"
    return record_of(row.entries[0], row, topic or f"gelombang.{source}.v1", source)


def _stored(event: type[Event]) -> Event:
    return event.model_validate_json(json.dumps(json.loads(stored_text(event.type_name()))))
