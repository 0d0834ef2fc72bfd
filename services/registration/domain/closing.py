"""A wave is closed: nobody joins, the list is frozen part by part and committed to, then the seed is opened.

A list of any length becomes parts of 1,024 lines (FrozenChunk), each one ordinary command; the root of the parts'
roots is the root of the whole list (draw.py), so no document and no message ever holds all of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import ClassVar

from services.registration.domain import draw
from services.registration.domain.waves import Wave, in_state, wave_id
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import WaveClosed, WaveDrawn


@dataclass(frozen=True, slots=True)
class CloseWave:
    """`commitments` are the SHA-256 of the officials' secrets; at least `least` of them."""

    wave: int
    commitments: tuple[str, ...]
    least: int
    by: str


def close_wave(wave: Wave | None, command: CloseWave, now: datetime) -> Decision:
    """Nobody joins any more; the list is now frozen part by part (schedule), then WaveClosed is said.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, WAVE_STILL_OPEN, COMMITMENTS.
    """
    found = in_state(wave, "open")
    if now < found.closes_at:
        raise Refused("WAVE_STILL_OPEN")
    if len(command.commitments) < command.least or len(set(command.commitments)) != len(command.commitments):
        raise Refused("COMMITMENTS", least=command.least)
    closing = replace(found, state="closing", commitments=command.commitments, closed_by=command.by, closed_at=now)
    return Decision(changes=(closing,), reply={"wave": found.wave, "state": "closing"})


@dataclass(frozen=True, slots=True)
class FrozenChunk:
    """One part of the list as published: lines `applicant_id,stratum`, sorted, and the tree hash of them."""

    collection: ClassVar[str] = "frozen_lists"

    wave: int
    number: int
    first: str
    """The first applicant_id: finds the part in which somebody stands."""
    lines: tuple[str, ...]
    root: str

    @property
    def id(self) -> str:
        return chunk_id(self.wave, self.number)


def chunk_id(wave: int, number: int) -> str:
    return f"{wave_id(wave)}/{number:06d}"


@dataclass(frozen=True, slots=True)
class FreezeChunk:
    """The next lines of the list; `last` says that no member follows. Read by schedule, in order of the ids."""

    wave: int
    number: int
    lines: tuple[str, ...]
    last: bool


def freeze_chunk(wave: Wave | None, command: FreezeChunk) -> Decision:
    """Add a part to the frozen list; the last part commits to the list and says WaveClosed.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, CHUNK_OUT_OF_ORDER (done before, or not its turn).
    """
    found = in_state(wave, "closing")
    ids = [line.partition(",")[0] for line in command.lines]
    ascending = [found.last_frozen, *ids]
    whole = command.last or len(ids) == draw.CHUNK
    if command.number != len(found.chunk_roots) or not whole or len(ids) > draw.CHUNK:
        raise Refused("CHUNK_OUT_OF_ORDER")
    if any(first >= second for first, second in pairwise(ascending)):
        raise Refused("CHUNK_OUT_OF_ORDER")
    added = Counter(line.partition(",")[2] for line in command.lines)
    part = draw.root([draw.leaf(line) for line in command.lines]).hex()
    grown = replace(
        found,
        chunk_roots=(*found.chunk_roots, part) if ids else found.chunk_roots,
        last_frozen=ascending[-1],
        members=dict(Counter(found.members) + added),
    )
    chunks = (FrozenChunk(found.wave, command.number, ids[0], command.lines, part),) if ids else ()
    if not command.last:
        return Decision(changes=(grown, *chunks))
    return Decision(changes=chunks) + _closed(grown)


def _closed(wave: Wave) -> Decision:
    root = draw.root([bytes.fromhex(each) for each in wave.chunk_roots]).hex()
    closed = replace(wave, state="closed", root=root)
    told = WaveClosed(
        wave=wave.wave,
        closed_at=wave.closed_at or wave.closes_at,
        root=root,
        entries=wave.entries,
        quota=wave.quota,
        strata=wave.counts(),
        commitment=draw.together(wave.commitments),
        commitments=wave.commitments,
        rule=draw.RULE,
    )
    return Decision(changes=(closed,), events=(told,))


@dataclass(frozen=True, slots=True)
class DrawWave:
    """The officials open their secrets (64 hexadecimal digits each), in the order of the commitments."""

    wave: int
    secrets: tuple[str, ...]
    by: str


def draw_wave(wave: Wave | None, command: DrawWave, now: datetime) -> Decision:
    """Fix the seed and say it; ranks and results follow in parts (schedule).

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, SECRETS, SAME_EYES.
    """
    found = in_state(wave, "closed")
    if tuple(draw.commitment(secret) for secret in command.secrets) != found.commitments:
        raise Refused("SECRETS")
    if found.closed_by == command.by:
        raise Refused("SAME_EYES")
    seed = draw.seed_of(command.secrets)
    drawn = replace(found, state="drawn", secrets=command.secrets, seed=seed, drawn_at=now)
    told = WaveDrawn(
        wave=found.wave,
        drawn_at=now,
        seed=seed,
        secrets=command.secrets,
        root=found.root or draw.root(()).hex(),
        entries=found.entries,
        quota=found.quota,
        strata=found.counts(),
    )
    return Decision(changes=(drawn,), events=(told,), reply={"wave": found.wave, "state": "drawn", "seed": seed})
