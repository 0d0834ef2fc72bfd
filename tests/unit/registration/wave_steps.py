"""A wave on its way from open to drawn, one step after the other, for the tests of what comes then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.registration.domain import closing, draw
from services.registration.domain.beacon import Beacon
from services.registration.domain.closing import CloseWave, DrawWave, FreezeChunk, FrozenChunk
from services.registration.domain.waves import Wave
from shared.contracts.decision import Decision
from tests.unit.registration import officials
from tests.unit.registration.builders import CLOSES, changed, wave


def ready(**changes: Any) -> Wave:
    """An open wave whose officials have done their part."""
    return wave(**{"officials": officials.ready(), "threshold": officials.THRESHOLD, **changes})


def closed_by(found: Wave, early: bool = False) -> Decision:
    return closing.close_wave(found, CloseWave(1, "sekretariat"), CLOSES - timedelta(seconds=1) if early else CLOSES)


def drawing(**changes: Any) -> DrawWave:
    """Everybody opens the own secret."""
    plain = DrawWave(1, officials.secrets(), {}, None, "kepala")
    return replace(plain, **changes)


def lines_of(count: int, start: int = 0) -> tuple[str, ...]:
    codes = ("LAID_OFF_LIST", draw.GENERAL, draw.GENERAL)
    return tuple(f"p{number:05d},{codes[number % 3]}" for number in range(start, start + count))


def frozen(
    lines: Sequence[str], beacon: Beacon | None = None, at: datetime = CLOSES
) -> tuple[Wave, list[FrozenChunk], Decision]:
    """Freeze a list part by part, as schedule does."""
    found, chunks = changed(closed_by(ready(beacon=beacon)), Wave), []
    for number, start in enumerate(range(0, max(len(lines), 1), draw.CHUNK)):
        part = tuple(lines[start : start + draw.CHUNK])
        command = FreezeChunk(1, number, part, start + draw.CHUNK >= len(lines))
        decision = closing.freeze_chunk(found, command, at)
        found = changed(decision, Wave)
        chunks += [state for state in decision.changes if isinstance(state, FrozenChunk)]
    return found, chunks, decision


def drawn(lines: Sequence[str] = lines_of(30), **changes: Any) -> Wave:
    decision = closing.draw_wave(frozen(lines)[0], drawing(), CLOSES)
    found: Wave = changed(decision, Wave)
    return replace(found, **changes)
