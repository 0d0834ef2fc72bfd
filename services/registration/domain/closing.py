"""A wave is closed: nobody joins, the list is frozen part by part and committed to, then the seed is opened.

A list of any length becomes parts of 1,024 lines (FrozenChunk), each one ordinary command; the root of the parts'
roots is the root of the whole list (draw.py), so no document and no message ever holds all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import ClassVar

from services.registration.domain import draw, officials
from services.registration.domain.beacon import CHAINS, Beacon, next_round, randomness
from services.registration.domain.waves import Wave, in_state, wave_id
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import WaveClosed, WaveDrawn
from shared.contracts.registration_terms import OfficialCommitment


@dataclass(frozen=True, slots=True)
class CloseWave:
    wave: int
    by: str


def close_wave(wave: Wave | None, command: CloseWave, now: datetime) -> Decision:
    """Nobody joins any more; the list is now frozen part by part (schedule), then WaveClosed is said.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, WAVE_STILL_OPEN, OFFICIALS_MISSING, COMMITMENTS.
    """
    found = in_state(wave, "open")
    if now < found.closes_at:
        raise Refused("WAVE_STILL_OPEN")
    if not found.officials:
        raise Refused("OFFICIALS_MISSING")
    lacking = officials.missing(found.officials)
    if lacking:
        raise Refused("COMMITMENTS", officials=", ".join(lacking))
    closing = replace(found, state="closing", closed_by=command.by, closed_at=now)
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


def freeze_chunk(wave: Wave | None, command: FreezeChunk, now: datetime) -> Decision:
    """Add a part to the frozen list; the last part commits to the list, names the beacon's round and says WaveClosed.

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
    return Decision(changes=chunks) + _closed(grown, now)


def _closed(wave: Wave, now: datetime) -> Decision:
    root = draw.root([bytes.fromhex(each) for each in wave.chunk_roots]).hex()
    # Only now, with the list fixed, is the round named: no person chooses it, and nobody can know its randomness.
    beacon = Beacon(wave.beacon.chain, next_round(CHAINS[wave.beacon.chain], now)) if wave.beacon else None
    closed = replace(wave, state="closed", root=root, frozen_at=now, beacon=beacon)
    told = WaveClosed(
        wave=wave.wave,
        closed_at=wave.closed_at or wave.closes_at,
        frozen_at=now,
        root=root,
        entries=wave.entries,
        quota=wave.quota,
        strata=wave.counts(),
        commitment=closed.commitment or "",
        commitments=wave.commitments,
        officials=tuple(
            OfficialCommitment(
                name=each.name,
                points=each.points,
                acknowledged_by=each.acknowledged_by,
                signatures=each.signatures,
            )
            for each in wave.officials
        ),
        threshold=wave.threshold,
        beacon_chain=beacon.chain if beacon else None,
        beacon_round=beacon.round if beacon else None,
        rule=closed.rule,
    )
    return Decision(changes=(closed,), events=(told,))


@dataclass(frozen=True, slots=True)
class DrawWave:
    """The officials open their secrets (name -> 64 digits); holders give shares of one that is withheld.

    `shares` is official -> holder -> share. `beacon` is the wave's round with its signature, which the door checked.
    """

    wave: int
    secrets: Mapping[str, str]
    shares: Mapping[str, Mapping[str, str]]
    beacon: Beacon | None
    by: str


def draw_wave(wave: Wave | None, command: DrawWave, now: datetime) -> Decision:
    """Fix the seed and say it, once for ever; ranks and results follow in parts (schedule).

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, SAME_EYES, BEACON_ROUND, and as `open_secrets`.
    """
    found = in_state(wave, "closed")
    if found.closed_by == command.by:
        raise Refused("SAME_EYES")
    _right_round(found.beacon, command.beacon)
    opened = officials.open_secrets(found.officials, found.threshold, command.secrets, command.shares)
    signature = command.beacon.signature if command.beacon else None
    seed = draw.seed_of(opened.secrets, randomness(signature) if signature else "")
    drawn = replace(
        found,
        state="drawn",
        secrets=opened.secrets,
        opened_by_shares=opened.by_shares,
        beacon=command.beacon,
        seed=seed,
        drawn_at=now,
    )
    return Decision(
        changes=(drawn,), events=(_drawn(drawn, now),), reply={"wave": found.wave, "state": "drawn", "seed": seed}
    )


def _right_round(wanted: Beacon | None, given: Beacon | None) -> None:
    """The named round and no other, with its signature; a wave without a beacon takes none."""
    known = (wanted.chain, wanted.round) if wanted else None
    came = (given.chain, given.round) if given and given.signature else None
    if known != came:
        raise Refused("BEACON_ROUND", round=known[1] if known else "-")


def _drawn(wave: Wave, now: datetime) -> WaveDrawn:
    return WaveDrawn(
        wave=wave.wave,
        drawn_at=now,
        seed=wave.seed or "",
        secrets=wave.secrets,
        root=wave.root or "",
        entries=wave.entries,
        quota=wave.quota,
        strata=wave.counts(),
        opened_by_shares=wave.opened_by_shares,
        beacon_round=wave.beacon.round if wave.beacon else None,
        beacon_signature=wave.beacon.signature if wave.beacon else None,
        rule=wave.rule,
    )
