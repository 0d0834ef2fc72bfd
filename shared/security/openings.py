"""Who of the office opened whose personal data, when, why and which: kept before anything is shown, changed never.

One form for every service that opens what is sealed for staff (mission.md, Who may do what: reveal with a reason).
A door decides `OpenIdentity` first and unseals only after its answer, which is given once the record is on disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from shared.contracts.decision import Decision, Ref, Refused, World, ref

MOST_AN_HOUR = 30
"""People whose data one member of staff may open in an hour of the clock: letters of a day, no register of a city."""


@dataclass(frozen=True, slots=True)
class OpenIdentity:
    """Staff want to see data of one person in clear. `opening_id` is new each time: seen twice is recorded twice."""

    opening_id: str
    applicant_id: str
    by: str
    purpose: str
    """What for, as a code and what it is about: `clawback_letter/2`."""
    reason: str
    """In the words of whoever opens it."""
    fields: tuple[str, ...]
    """Names of the contract: `full_name`, `domicile`."""


@dataclass(frozen=True, slots=True)
class IdentityOpening:
    """One record; the fields of `OpenIdentity` and when it was."""

    collection: ClassVar[str] = "identity_openings"

    opening_id: str
    applicant_id: str
    by: str
    opened_at: datetime
    purpose: str
    reason: str
    fields: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.opening_id


@dataclass(frozen=True, slots=True)
class OpeningHour:
    """How often somebody opened data in the hour of their last opening."""

    collection: ClassVar[str] = "opening_hours"

    by: str
    hour: datetime
    """Its beginning."""
    openings: int = 0

    @property
    def id(self) -> str:
        return self.by


OPENING_STATES = (IdentityOpening, OpeningHour)


def openings_needs(command: OpenIdentity, world: World) -> Iterable[Ref]:
    return [ref(IdentityOpening, command.opening_id), ref(OpeningHour, command.by)]


def open_identity(world: World, command: OpenIdentity, now: datetime) -> Decision:
    """Keep the record; one that is there is never written over. Raises TOO_MANY_OPENINGS."""
    if world.get(IdentityOpening, command.opening_id):
        return Decision()
    hour, known = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0), world.get(OpeningHour, command.by)
    count = known if known and known.hour >= hour else OpeningHour(command.by, hour)
    if count.openings >= MOST_AN_HOUR:
        raise Refused("TOO_MANY_OPENINGS")
    opening = IdentityOpening(
        opening_id=command.opening_id,
        applicant_id=command.applicant_id,
        by=command.by,
        opened_at=now,
        purpose=command.purpose,
        reason=command.reason,
        fields=command.fields,
    )
    return Decision(changes=(opening, replace(count, openings=count.openings + 1)))
