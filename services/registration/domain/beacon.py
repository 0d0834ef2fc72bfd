"""A public beacon (drand): randomness that the whole world gets at the same second and nobody can know before.

With it not even all officials together know the seed before the list is frozen. A round is named when the list is
frozen, never by a person; the signature of that round is checked in adapters/beacon.py. Source: drand's
documentation, integration notes 11, paper fact 139.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WAIT = timedelta(minutes=10)
"""From the frozen list to the named round: time for everybody to keep a copy of what was published."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A drand network that signs a round every `period` seconds, from `genesis` (seconds since 1970) on."""

    hash: str
    name: str
    genesis: int
    period: int


QUICKNET = Chain("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", "quicknet", 1692803367, 3)
CHAINS: Mapping[str, Chain] = {QUICKNET.hash: QUICKNET}


@dataclass(frozen=True, slots=True)
class Beacon:
    """The chain of a wave; its round once the list is frozen, and the signature once it is drawn."""

    chain: str
    round: int | None = None
    signature: str | None = None


def round_at(chain: Chain, at: datetime) -> int:
    """The last round that is public at a time (UTC); the first is 1. Raises ValueError before the genesis."""
    passed = at - datetime.fromtimestamp(chain.genesis, UTC)
    if passed < timedelta(0):
        raise ValueError("the chain does not exist yet")
    return passed // timedelta(seconds=chain.period) + 1


def time_of(chain: Chain, round: int) -> datetime:
    """When a round becomes public (UTC)."""
    return datetime.fromtimestamp(chain.genesis + (round - 1) * chain.period, UTC)


def next_round(chain: Chain, after: datetime) -> int:
    """The first round that becomes public more than WAIT after a time. Raises ValueError before the genesis."""
    return round_at(chain, after + WAIT) + 1


def randomness(signature: str) -> str:
    """The 32 bytes of a round: SHA-256 of its signature, whose 48 bytes come as 96 digits."""
    return hashlib.sha256(bytes.fromhex(signature)).hexdigest()
