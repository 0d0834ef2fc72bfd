"""How much a platform may claim: quotas per hour, and a rate above which a person looks before money moves.

Both are data of the partners file. They bound what a stolen key can do (reliability.md G2): in one hour no more
completions than the quota, and of these no more than `unusual_above` that can release money without a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from shared.contracts.decision import Refused

UNUSUAL = "RATE_UNUSUAL"
"""Doubt about a completion that came when its platform had already made more this hour than is usual."""

KEPT_PER_HOUR = 2_000
"""Refused claims of one platform that are kept with their reasons: a key that floods fills no database."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Claims of one platform per hour of the clock. The defaults are ours: a city's largest course ends for 300."""

    claims_per_hour: int = 1_000
    """The claim after it is refused (QUOTA_EXCEEDED) and may be sent again in the next hour."""
    bytes_per_hour: int = 2 * 2**20
    """Bodies of all claims together; what goes beyond is refused like one claim too many. A claim with a number has
    about 200 bytes, one with a badge up to 8 KiB: a platform with badges may need more."""
    unusual_above: int = 300
    """Completions after it are recorded and wait for a person (doubts.py)."""


@dataclass(frozen=True, slots=True)
class PartnerHour:
    """What a platform sent in the hour of its last claim: claims that its key had signed, refused ones too."""

    collection: ClassVar[str] = "partner_hours"

    partner_code: str
    hour: datetime
    """Its beginning."""
    claims: int = 0
    completions: int = 0
    """Claims among them that were taken."""
    bytes: int = 0
    """Their bodies."""
    refusals: int = 0
    """Claims that were refused, those beyond the quotas too."""

    @property
    def id(self) -> str:
        return self.partner_code


def _current(known: PartnerHour | None, partner_code: str, now: datetime) -> PartnerHour:
    """The count of the running hour. A message decided a little late counts in the hour that runs already."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return known if known and known.hour >= hour else PartnerHour(partner_code, hour)


def taken(
    known: PartnerHour | None, partner_code: str, limits: Limits, size: int, now: datetime
) -> tuple[PartnerHour, bool]:
    """Count a claim of `size` bytes that is taken; True when there are unusually many. Raises QUOTA_EXCEEDED."""
    count = _current(known, partner_code, now)
    if count.claims >= limits.claims_per_hour or count.bytes + size > limits.bytes_per_hour:
        raise Refused("QUOTA_EXCEEDED")
    count = replace(count, claims=count.claims + 1, completions=count.completions + 1, bytes=count.bytes + size)
    return count, count.completions > limits.unusual_above


def refused(
    known: PartnerHour | None, partner_code: str, reason: str, size: int, now: datetime
) -> tuple[PartnerHour, bool]:
    """Count a refused claim: guessing redeem codes uses up the quotas too. A quota that is used up stays so.

    False when so many were refused in this hour that the claim is counted alone and not kept.
    """
    count = _current(known, partner_code, now)
    count = replace(count, refusals=count.refusals + 1)
    if reason != "QUOTA_EXCEEDED":
        count = replace(count, claims=count.claims + 1, bytes=count.bytes + size)
    return count, count.refusals <= KEPT_PER_HOUR
