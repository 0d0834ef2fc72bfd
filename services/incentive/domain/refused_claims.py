"""Claims the border or a rule refused: kept with their reason, so that a platform can be told what to mend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from services.incentive.domain.partner_rates import PartnerHour, refused
from shared.contracts.decision import Decision


@dataclass(frozen=True, slots=True)
class RefusedClaim:
    """One refused claim. Holds no part of its body: only where it lies, what it hashes to and why it was refused."""

    collection: ClassVar[str] = "refused_claims"

    place: str
    """`<topic>/<partition>/<offset>`, or `http/<digest>/<claim id>/<reason>` for a claim that came over HTTP (id
    `-` when nothing proved it)."""
    reason: str
    partner_code: str | None
    digest: str
    refused_at: datetime
    claim_id: str | None = None
    """The platform's own id of the claim, once its signature has proven it."""

    @property
    def id(self) -> str:
        return self.place


@dataclass(frozen=True, slots=True)
class RefuseClaim:
    """Keep a refusal. `partner_code` and `claim_id` only when a signature proved them."""

    place: str
    reason: str
    partner_code: str | None
    digest: str
    claim_id: str | None = None
    size: int = 0
    """Bytes of its body."""


def refuse(known: RefusedClaim | None, command: RefuseClaim, hour: PartnerHour | None, now: datetime) -> Decision:
    """The same record read again is the same refusal. `hour` is what its platform has sent in this hour."""
    if known:
        return Decision()
    kept = RefusedClaim(command.place, command.reason, command.partner_code, command.digest, now, command.claim_id)
    if command.partner_code is None:
        return Decision(changes=(kept,))
    count, is_kept = refused(hour, command.partner_code, command.reason, command.size, now)
    return Decision(changes=(kept, count) if is_kept else (count,))
