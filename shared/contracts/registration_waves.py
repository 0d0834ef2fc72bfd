"""What registration tells about waves (gelombang): opened, changed, closed with a commitment, drawn, seats freed."""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.registration_terms import (
    Code,
    Count,
    Digest,
    StratumCount,
    StratumQuota,
    Text,
    WaveEvent,
)


class WaveOpened(WaveEvent):
    """A wave takes people in from `opens_at` to `closes_at`; arrival time does not change the odds."""

    opens_at: AwareDatetime
    closes_at: AwareDatetime
    quota: Count
    recycled_seats: Count = 0
    """How many of the seats were freed in earlier waves."""
    strata: tuple[StratumQuota, ...]
    rule_set: Code


class WaveChanged(WaveEvent):
    """The office changed a wave after it opened. `change` and `reason` are Indonesian texts for everybody."""

    changed_at: AwareDatetime
    change: Text
    reason: Text
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    quota: Count


class WaveClosed(WaveEvent):
    """The list is frozen and committed to, before anybody can know the seed.

    `root` is the RFC 6962 tree hash of the list (services/registration/domain/draw.py); `commitments` are the
    SHA-256 of the officials' secrets; `commitment` is the SHA-256 of them together, the one line to print.
    """

    closed_at: AwareDatetime
    root: Digest
    entries: Count
    quota: Count
    strata: tuple[StratumCount, ...]
    commitment: Digest
    commitments: tuple[Digest, ...]
    rule: Code
    """Name of the algorithm that draws, such as `gelombang-draw-1`."""


class WaveDrawn(WaveEvent):
    """The secrets were opened; anybody can recompute the draw from `seed` and the public list."""

    drawn_at: AwareDatetime
    seed: Digest
    secrets: tuple[Digest, ...]
    root: Digest
    entries: Count
    quota: Count
    strata: tuple[StratumCount, ...]


class SeatsRecycled(WaveEvent):
    """Seats of a wave became free again and are added to the next wave's quota."""

    recycled_at: AwareDatetime
    seats: Count
    cause: Code
    """PARTICIPATION_REVOKED, WITHDRAWN or NO_LONGER_ELIGIBLE."""
    available: Count
    """Freed seats that wait for the next wave, this one included."""
