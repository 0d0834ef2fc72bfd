"""After the draw: ranks are stored in parts of 200, then each part is told to its people, in any order, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from services.registration.domain.applicant import Applicant, WaveResult
from services.registration.domain.closing import chunk_id
from services.registration.domain.draw import Row
from services.registration.domain.eligibility import Household, Known, judge
from services.registration.domain.rules import RuleSet
from services.registration.domain.waves import SeatPool, Wave, in_state, recycle
from shared.contracts.base import Event, Sealed
from shared.contracts.decision import Aggregate, Decision, Refused
from shared.contracts.registration import ApplicantNotSelected, ApplicantSelected

PART = 200
"""People per part: with wave, part, pool and households one message stays under 500 states and 500 events."""


@dataclass(frozen=True, slots=True)
class ResultChunk:
    """Consecutive results in the order of the tickets, and whether their people know."""

    collection: ClassVar[str] = "draw_results"

    wave: int
    number: int
    rows: tuple[Row, ...]
    announced: bool = False

    @property
    def id(self) -> str:
        return chunk_id(self.wave, self.number)


@dataclass(frozen=True, slots=True)
class StoreResults:
    wave: int
    number: int
    rows: tuple[Row, ...]
    last: bool


def store_results(wave: Wave | None, command: StoreResults) -> Decision:
    """Keep the next part of the results. Raises Refused WAVE_UNKNOWN, WAVE_STATE, CHUNK_OUT_OF_ORDER."""
    found = in_state(wave, "drawn")
    if command.number != found.result_chunks:
        raise Refused("CHUNK_OUT_OF_ORDER")
    counted = replace(
        found,
        result_chunks=found.result_chunks + (1 if command.rows else 0),
        selected=found.selected + sum(row.selected for row in command.rows),
    )
    if command.last:
        counted = replace(counted, state="announcing" if counted.result_chunks else "done")
    chunks = (ResultChunk(found.wave, command.number, command.rows),) if command.rows else ()
    return Decision(changes=(counted, *chunks))


@dataclass(frozen=True, slots=True)
class AnnounceResults:
    """Tell one part. `cards` are sealed numbers for the selected, `names` what messages call the strata."""

    wave: int
    number: int
    cards: Mapping[str, Sealed]
    names: Mapping[str, str]
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class Part:
    """What a part's announcement reads."""

    chunk: ResultChunk | None
    applicants: Mapping[str, Applicant | None]
    households: Mapping[str, Household | None]
    pool: SeatPool | None


def announce(wave: Wave | None, part: Part, command: AnnounceResults, now: datetime) -> Decision:
    """Give cards and say every result of a part, once. Seats of people who are out meanwhile go to the next wave.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, CHUNK_UNKNOWN, CHUNK_ANNOUNCED.
    """
    found = in_state(wave, "announcing")
    if part.chunk is None:
        raise Refused("CHUNK_UNKNOWN")
    if part.chunk.announced:
        raise Refused("CHUNK_ANNOUNCED")
    telling = _Telling(found, part, command, now)
    for row in part.chunk.rows:
        telling.tell(row)
    told = found.announced_chunks + 1
    wave_after = replace(found, announced_chunks=told, state="done" if told == found.result_chunks else "announcing")
    changes: tuple[Aggregate, ...] = (
        wave_after,
        replace(part.chunk, announced=True),
        *telling.changes,
        *telling.households.values(),
    )
    freed = recycle(part.pool, found.wave, telling.lost, "NO_LONGER_ELIGIBLE", now)
    return Decision(changes=changes, events=telling.events) + freed


class _Telling:
    """Collects what one part changes and says; lives only while a decision is made."""

    def __init__(self, wave: Wave, part: Part, command: AnnounceResults, now: datetime) -> None:
        self._wave, self._part, self._command, self._now = wave, part, command, now
        self.changes: list[Aggregate] = []
        self.events: list[Event] = []
        self.households: dict[str, Household] = {}
        self.lost = 0

    def tell(self, row: Row) -> None:
        applicant = self._part.applicants.get(row.applicant_id)
        if applicant is None or applicant.stage != "joined" or applicant.wave != self._wave.wave:
            self.lost += row.selected
            return
        result = WaveResult(self._wave.wave, row.selected, row.stratum, row.rank, row.pool_size, row.quota, self._now)
        known = replace(applicant, wave=None, joined_at=None, results=(*applicant.results, result))
        if row.selected:
            self._select(known, row)
        else:
            self.changes.append(replace(known, stage="eligible"))
            self.events.append(_not_selected(row, self._wave.wave, self._command.names, self._now))

    def _select(self, applicant: Applicant, row: Row) -> None:
        if self._command.rules.max_per_kk is not None and not self._seat_in_household(applicant):
            return
        card = self._command.cards[applicant.applicant_id]
        self.changes.append(replace(applicant, stage="selected", card_number=card))
        self.events.append(_selected(applicant, row, card, self._command, self._now))

    def _seat_in_household(self, applicant: Applicant) -> bool:
        """Where a KK may have only so many cards: take one, or lose the seat with the reason KK_LIMIT."""
        kk = applicant.kk_index
        household = self.households.get(kk) or self._part.households.get(kk) or Household(kk, ())
        judged, events = judge(applicant, Known(household=household), self._command.rules, self._now)
        if judged.verdict and judged.verdict.reason == "KK_LIMIT":
            self.lost += 1
            self.changes.append(judged)
            self.events.extend(events)
            return False
        self.households[kk] = replace(household, recipients=(*household.recipients, applicant.applicant_id))
        return True


def _selected(applicant: Applicant, row: Row, card: Sealed, command: AnnounceResults, now: datetime) -> Event:
    return ApplicantSelected(
        applicant_id=applicant.applicant_id,
        wave=command.wave,
        selected_at=now,
        stratum=row.stratum,
        rank=row.rank,
        card_number=card,
        full_name=applicant.personal.full_name,
        nik_index=applicant.nik_index,
        kecamatan=applicant.profile.kecamatan,
        rule_set=command.rules.rule_set,
        training_balance_rupiah=command.rules.training_balance_rupiah,
        first_purchase_deadline=command.rules.first_purchase_deadline(now),
    )


def _not_selected(row: Row, wave: int, names: Mapping[str, str], now: datetime) -> Event:
    return ApplicantNotSelected(
        applicant_id=row.applicant_id,
        wave=wave,
        decided_at=now,
        stratum=row.stratum,
        stratum_name=names[row.stratum],
        rank=row.rank,
        pool_size=row.pool_size,
        quota=row.quota,
    )


def parts(rows: Sequence[Row]) -> list[tuple[Row, ...]]:
    """Results cut into parts of `PART`."""
    return [tuple(rows[start : start + PART]) for start in range(0, len(rows), PART)]


def card_digits(wave: int, place: int, chance: int) -> str:
    """A 16-digit card number: wave (4), place in the draw (7), chance (4), check digit after Luhn.

    Unique because (wave, place) is; one digit mistyped is noticed. Source: domain notes 5.3 [K1 K2].
    """
    body = f"{wave:04d}{place:07d}{chance % 10_000:04d}"
    digits = [int(digit) * (2 - index % 2) for index, digit in enumerate(body)]
    total = sum(each - 9 if each > 9 else each for each in digits)
    return f"{body}{-total % 10}"
