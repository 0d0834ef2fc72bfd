"""Reporting gives the same figures in whatever order the services' facts arrive, and when it is built again."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.reporting.app import apply
from services.reporting.domain.projections import COLLECTIONS
from shared.contracts import BY_NAME, EVENTS
from shared.engine.marks import Heard, hear
from shared.engine.ports import Record
from shared.engine.projector import Projector, checksum
from tests.fakes import LoopClock, MemoryDatabase, MemoryStore

SAMPLES = Path(__file__).parents[3] / "docs" / "contracts"
START = datetime(2020, 4, 3, 1, 0, tzinfo=UTC)


def records() -> dict[tuple[str, int], list[Record]]:
    """Every kind of event three times, each service's in order, as they lie in the topics."""
    topics: dict[tuple[str, int], list[Record]] = {}
    kinds = [kind for kind in EVENTS if kind.source != "each"] * 3
    for number, kind in enumerate(kinds):
        sample = json.loads((SAMPLES / f"{kind.type_name()}.sample.json").read_text())
        body = kind.model_validate(sample.get("data", sample))
        place = topics.setdefault((f"gelombang.{kind.source}.v1", 0), [])
        headers = {
            "ce_specversion": "1.0",
            "ce_id": f"event-{number}",
            "ce_type": kind.type_name(),
            "ce_time": (START + timedelta(minutes=number)).isoformat(),
            "ce_sequence": str(len(place) + 1),
            "ce_epoch": "1",
            "ce_epochstart": "0",
        }
        raw = tuple((name, value.encode()) for name, value in headers.items())
        data = body.model_dump_json().encode()
        place.append(Record(f"gelombang.{kind.source}.v1", 0, len(place), body.subject.encode(), data, raw))
    return topics


def interleaved(chance: random.Random) -> list[list[Record]]:
    """The topics in a random interleaving of pieces, some of them heard twice."""
    waiting = {place: list(records_) for place, records_ in records().items()}
    pieces: list[list[Record]] = []
    while waiting:
        place = chance.choice(sorted(waiting))
        size = chance.randint(1, 7)
        piece, waiting[place] = waiting[place][:size], waiting[place][size:]
        pieces += [piece] * chance.choice((1, 1, 2))
        if not waiting[place]:
            del waiting[place]
    return pieces


async def built(pieces: Sequence[Sequence[Record]]) -> str:
    database = MemoryDatabase(MemoryStore())
    projector = Projector(apply, database, LoopClock(), lambda raw: raw.hex(), random.Random(0))
    for piece in pieces:
        heard: list[Heard] = [hear(record, BY_NAME) for record in piece]
        await projector.deliver(piece[0].topic, piece[0].partition, heard)
    assert not database.store.documents("parked")
    return await checksum(database, COLLECTIONS)


@pytest.mark.parametrize("seed", range(20))
def test_any_interleaving_of_the_services_gives_the_same_checksum(seed: int) -> None:
    expected = asyncio.run(built(list(records().values())))
    assert asyncio.run(built(interleaved(random.Random(seed)))) == expected


def test_a_fact_that_is_left_out_changes_the_checksum() -> None:
    """The checksum can fail."""
    everything = list(records().values())
    shorter = [everything[0][:-1], *everything[1:]]
    assert asyncio.run(built(shorter)) != asyncio.run(built(everything))
