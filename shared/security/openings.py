"""Who of the office opened whose personal data, when, why and which: kept before anything is shown, changed never.

One form for every service that opens what is sealed for staff (mission.md, Who may do what: reveal with a reason).
A door decides `OpenIdentity` first and unseals only after its answer, which is given once the record is on disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shared.contracts.decision import Decision


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


def open_identity(known: IdentityOpening | None, command: OpenIdentity, now: datetime) -> Decision:
    """Keep the record. One that is there is never written over."""
    if known:
        return Decision()
    return Decision(
        changes=(
            IdentityOpening(
                opening_id=command.opening_id,
                applicant_id=command.applicant_id,
                by=command.by,
                opened_at=now,
                purpose=command.purpose,
                reason=command.reason,
                fields=command.fields,
            ),
        )
    )
