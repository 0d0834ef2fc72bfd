"""When each platform's own list of courses was last read, and what was wrong with it: staff see both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from services.incentive.domain.listings import Catalogue, Difference, Edition, Listing
from services.incentive.domain.ratings import CourseRating
from shared.contracts.decision import Aggregate, Decision

EVERY = timedelta(hours=6)
"""How often a platform's list is read; set by this project."""
MOST_GONE_PER_CENT = 50
"""A list that would withdraw more of a platform's courses than this is taken for broken, and shown to staff."""
TOO_MANY_GONE, NOT_LISTED = "TOO_MANY_GONE", "NOT_LISTED"


@dataclass(frozen=True, slots=True)
class PlatformLook:
    """The last look at one platform's list."""

    collection: ClassVar[str] = "catalogue_looks"

    partner_code: str
    looked_at: datetime
    fault: str = ""
    """Code of what was wrong; then nothing of the list was taken. Empty: all was well."""
    detail: str = ""
    taken_at: datetime | None = None
    """When a list was last without fault."""

    @property
    def id(self) -> str:
        return self.partner_code


@dataclass(frozen=True, slots=True)
class NoteLook:
    """A platform's list was read."""

    partner_code: str
    fault: str = ""
    detail: str = ""


def note(known: PlatformLook | None, command: NoteLook, now: datetime) -> Decision:
    well = known.taken_at if known and command.fault else None if command.fault else now
    return Decision(changes=(PlatformLook(command.partner_code, now, command.fault, command.detail[:300], well),))


def is_time(known: PlatformLook | None, now: datetime) -> bool:
    """A clock that was set back (a demo's) does not stop the looking."""
    return known is None or not known.looked_at <= now < known.looked_at + EVERY


def too_many_gone(found: Difference, known: Mapping[str, Listing], partner_code: str) -> bool:
    """Would the list withdraw most of what the platform sells?"""
    sold = [each for each in known.values() if each.course.platform_code == partner_code and not each.withdrawn_at]
    return len(found.gone) * 100 > len(sold) * MOST_GONE_PER_CENT


CATALOGUE_STATES: tuple[type[Aggregate], ...] = (Listing, Edition, Catalogue, PlatformLook, CourseRating)
"""All that is stored about the catalogue."""
