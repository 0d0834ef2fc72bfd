"""Claims the border or a rule refused: kept with their reason, so that a platform can be told what to mend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shared.contracts.decision import Decision


@dataclass(frozen=True, slots=True)
class RefusedClaim:
    """One refused claim. Holds no part of its body: only where it lies, what it hashes to and why it was refused."""

    collection: ClassVar[str] = "refused_claims"

    place: str
    """`<topic>/<partition>/<offset>`, or `http/<digest>` for a claim that came over HTTP."""
    reason: str
    partner_code: str | None
    digest: str
    refused_at: datetime

    @property
    def id(self) -> str:
        return self.place


@dataclass(frozen=True, slots=True)
class RefuseClaim:
    """Keep a refusal. `partner_code` only when a signature proved who it was."""

    place: str
    reason: str
    partner_code: str | None
    digest: str


def refuse(known: RefusedClaim | None, command: RefuseClaim, now: datetime) -> Decision:
    """The same record read again is the same refusal."""
    if known:
        return Decision()
    return Decision(changes=(RefusedClaim(command.place, command.reason, command.partner_code, command.digest, now),))
