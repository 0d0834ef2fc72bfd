"""Waves (gelombang): draft, open, closing (list being frozen), closed, drawn, announcing, done; or cancelled.

Times in UTC. Two people act on every wave: one drafts and closes, another opens and draws. Source: paper facts 11
and 119, domain notes 5.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Literal

from services.registration.domain.beacon import Beacon
from services.registration.domain.draw import GENERAL, RULE, UNSIGNED, Announcement, Stratum
from services.registration.domain.officials import Official, signed_words
from services.registration.domain.rules import RuleSet
from services.registration.domain.strata import is_stratum
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import SeatsRecycled, WaveChanged, WaveOpened
from shared.contracts.registration_terms import StratumCount, StratumQuota

State = Literal["draft", "open", "closing", "closed", "drawn", "announcing", "done", "cancelling", "cancelled"]


def wave_id(wave: int) -> str:
    return f"{wave:04d}"


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change of an open wave, as it was announced."""

    changed_at: datetime
    change: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of selection. `quota` counts all seats, recycled ones included."""

    collection: ClassVar[str] = "waves"

    wave: int
    state: State
    quota: int
    opens_at: datetime
    closes_at: datetime
    strata: tuple[Stratum, ...]
    rule_set: str
    drafted_by: str
    opened_by: str | None = None
    changes: tuple[PastChange, ...] = ()
    recycled_seats: int = 0
    closed_by: str | None = None
    closed_at: datetime | None = None
    officials: tuple[Official, ...] = ()
    threshold: int = 0
    """How many holders open a secret that its official withholds."""
    beacon: Beacon | None = None
    frozen_at: datetime | None = None
    chunk_roots: tuple[str, ...] = ()
    last_frozen: str = ""
    members: Mapping[str, int] = field(default_factory=dict)
    """Stratum -> people in the frozen list."""
    root: str | None = None
    secrets: tuple[str, ...] = ()
    opened_by_shares: tuple[str, ...] = ()
    """Officials whose secret others opened."""
    seed: str | None = None
    drawn_at: datetime | None = None
    result_chunks: int = 0
    announced_chunks: int = 0
    selected: int = 0
    cancelled_because: str = ""
    """What the office told everybody; each released person is told it too."""

    @property
    def id(self) -> str:
        return wave_id(self.wave)

    @property
    def entries(self) -> int:
        return sum(self.members.values())

    @property
    def commitments(self) -> tuple[str, ...]:
        """The first point of every official who has handed them in."""
        return tuple(each.points[0] for each in self.officials if each.points)

    @property
    def rule(self) -> str:
        """Of the draw; lists that were frozen before holders signed keep the rule that was announced."""
        return UNSIGNED if self.root is not None and not any(each.signatures for each in self.officials) else RULE

    @property
    def commitment(self) -> str | None:
        """The one line for the notice board; None until the list is frozen."""
        if self.root is None:
            return None
        beacon = (self.beacon.chain, self.beacon.round or 0) if self.beacon else None
        officials = [(each.name, each.points) for each in self.officials]
        fixed = (self.wave, self.root, self.entries, self.quota, self.strata, self.threshold, officials, beacon)
        return Announcement(*fixed, signed_words(self.officials), self.rule).commitment()

    def counts(self) -> tuple[StratumCount, ...]:
        """Every stratum with its people and seats, the general pool last with the seats of no stratum."""
        general = Stratum(GENERAL, self.quota - sum(each.quota for each in self.strata))
        return tuple(
            StratumCount(code=each.code, quota=each.quota, members=self.members.get(each.code, 0))
            for each in (*self.strata, general)
        )


@dataclass(frozen=True, slots=True)
class SeatPool:
    """Freed seats that wait for the next wave."""

    collection: ClassVar[str] = "seat_pools"
    ID: ClassVar[str] = "pool"

    seats: int

    @property
    def id(self) -> str:
        return self.ID


def recycle(pool: SeatPool | None, wave: int, seats: int, cause: str, now: datetime) -> Decision:
    """Seats of a wave are free again; none is lost and none counted twice (the caller's state says which)."""
    if seats == 0:
        return Decision()
    grown = SeatPool((pool.seats if pool else 0) + seats)
    told = SeatsRecycled(wave=wave, recycled_at=now, seats=seats, cause=cause, available=grown.seats)
    return Decision(changes=(grown,), events=(told,))


@dataclass(frozen=True, slots=True)
class DraftWave:
    wave: int
    quota: int
    opens_at: datetime
    closes_at: datetime
    strata: tuple[Stratum, ...]
    rules: RuleSet
    by: str


def draft_wave(existing: Wave | None, command: DraftWave) -> Decision:
    """Write down a wave; a draft may be written again.

    Raises Refused WAVE_EXISTS, WAVE_TIMES, STRATA_QUOTA, STRATUM_UNKNOWN.
    """
    if existing and existing.state != "draft":
        raise Refused("WAVE_EXISTS")
    if command.opens_at >= command.closes_at:
        raise Refused("WAVE_TIMES")
    codes = [each.code for each in command.strata]
    if len(set(codes)) != len(codes) or sum(each.quota for each in command.strata) > command.quota:
        raise Refused("STRATA_QUOTA")
    if not all(is_stratum(code) for code in codes):
        raise Refused("STRATUM_UNKNOWN")
    times, rule_set = (command.opens_at, command.closes_at), command.rules.rule_set
    wave = Wave(command.wave, "draft", command.quota, *times, command.strata, rule_set, command.by)
    return Decision(changes=(wave,), reply={"wave": wave.wave, "state": wave.state})


@dataclass(frozen=True, slots=True)
class OpenWave:
    wave: int
    take_recycled: bool
    by: str


def open_wave(wave: Wave | None, pool: SeatPool | None, command: OpenWave) -> Decision:
    """The second eye opens a draft; freed seats join its quota. Raises Refused WAVE_UNKNOWN, WAVE_STATE, SAME_EYES."""
    found = in_state(wave, "draft")
    if found.drafted_by == command.by:
        raise Refused("SAME_EYES")
    freed = pool.seats if pool and command.take_recycled else 0
    opened = replace(found, state="open", quota=found.quota + freed, recycled_seats=freed, opened_by=command.by)
    told = WaveOpened(
        wave=opened.wave,
        opens_at=opened.opens_at,
        closes_at=opened.closes_at,
        quota=opened.quota,
        recycled_seats=freed,
        strata=tuple(StratumQuota(code=each.code, quota=each.quota) for each in opened.strata),
        rule_set=opened.rule_set,
    )
    emptied = (SeatPool(0),) if freed else ()
    return Decision(changes=(opened, *emptied), events=(told,), reply={"wave": opened.wave, "quota": opened.quota})


@dataclass(frozen=True, slots=True)
class ChangeWave:
    """None leaves a value as it is. `reason` is an Indonesian text for everybody."""

    wave: int
    opens_at: datetime | None
    closes_at: datetime | None
    quota: int | None
    reason: str


def change_wave(wave: Wave | None, command: ChangeWave, now: datetime) -> Decision:
    """Change times or quota of an open wave and say so.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, WAVE_TIMES, STRATA_QUOTA.
    """
    found = in_state(wave, "open")
    changed = replace(
        found,
        opens_at=command.opens_at or found.opens_at,
        closes_at=command.closes_at or found.closes_at,
        quota=found.quota if command.quota is None else command.quota,
    )
    if changed.opens_at >= changed.closes_at:
        raise Refused("WAVE_TIMES")
    if sum(each.quota for each in changed.strata) > changed.quota:
        raise Refused("STRATA_QUOTA")
    times = (changed.opens_at, changed.closes_at) != (found.opens_at, found.closes_at)
    words = [word for word, differs in (("jadwal", times), ("kuota", changed.quota != found.quota)) if differs]
    if not words:
        return Decision()
    past = PastChange(now, f"perubahan {' dan '.join(words)}", command.reason)
    told = WaveChanged(
        wave=found.wave,
        changed_at=now,
        change=past.change,
        reason=past.reason,
        opens_at=changed.opens_at,
        closes_at=changed.closes_at,
        quota=changed.quota,
    )
    return Decision(changes=(replace(changed, changes=(*found.changes, past)),), events=(told,))


def in_state(wave: Wave | None, *states: State) -> Wave:
    """The wave when it is in one of the states, else Refused WAVE_UNKNOWN or WAVE_STATE."""
    if wave is None:
        raise Refused("WAVE_UNKNOWN")
    if wave.state not in states:
        raise Refused("WAVE_STATE", state=wave.state)
    return wave
