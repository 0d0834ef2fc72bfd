"""What registration tells about waves (gelombang): opened, changed, closed with a commitment, drawn, seats freed.

And who stands in their lists again, or no more.
"""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.registration_terms import (
    Code,
    Count,
    Digest,
    OfficialCommitment,
    PersonEvent,
    Point,
    Signature,
    StratumCount,
    StratumQuota,
    Text,
    WaveEvent,
    WaveNumber,
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
    cancelled: bool = False
    """There will be no draw; `opens_at` and `closes_at` are what had been planned."""
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    quota: Count


class WaveClosed(WaveEvent):
    """The list is frozen and committed to, before anybody can know the seed.

    `root` is the RFC 6962 tree hash of the list (services/registration/domain/draw.py); `commitments` are the
    officials' public keys; `commitment` is the SHA-256 of all that is fixed now, the one line to print.
    """

    closed_at: AwareDatetime
    root: Digest
    entries: Count
    quota: Count
    strata: tuple[StratumCount, ...]
    commitment: Digest
    commitments: tuple[Point, ...]
    rule: Code
    """Name of the algorithm that draws, such as `gelombang-draw-3`."""
    frozen_at: AwareDatetime | None = None
    """When the last part of the list was frozen; the beacon's round becomes public after it."""
    officials: tuple[OfficialCommitment, ...] = ()
    """In the order in which their secrets make the seed."""
    threshold: Count = 0
    """How many holders of shares open a secret that its official withholds."""
    beacon_chain: Digest | None = None
    """Hash of the drand chain whose randomness joins the secrets; None: the wave has no beacon."""
    beacon_round: Count | None = None


class WaveDrawn(WaveEvent):
    """The secrets were opened; anybody can recompute the draw from `seed` and the public list."""

    drawn_at: AwareDatetime
    seed: Digest
    secrets: tuple[Digest, ...]
    root: Digest
    entries: Count
    quota: Count
    strata: tuple[StratumCount, ...]
    opened_by_shares: tuple[Text, ...] = ()
    """Officials who withheld their secret; others opened it."""
    beacon_round: Count | None = None
    beacon_signature: Signature | None = None
    rule: Code | None = None


class SeatsRecycled(WaveEvent):
    """Seats of a wave became free again and are added to the next wave's quota."""

    recycled_at: AwareDatetime
    seats: Count
    cause: Code
    """PARTICIPATION_REVOKED, WITHDRAWN or NO_LONGER_ELIGIBLE."""
    available: Count
    """Freed seats that wait for the next wave, this one included."""


class ApplicantReinstated(PersonEvent):
    """Whom a question had taken out of a wave's list stands in it again (WaveJoined says so, too), and is told."""

    wave: WaveNumber
    reinstated_at: AwareDatetime


class ApplicantReleased(PersonEvent):
    """A person stands in a wave's list no more, and may join the next one without filling in anything again."""

    wave: WaveNumber
    released_at: AwareDatetime
    reason: Code
    """WAVE_CANCELLED."""
    reason_text: Text
    """Why, as the office told everybody, in Indonesian."""
