"""What becomes known about a completion after it was taken: a badge withdrawn, a key stolen earlier than noticed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.incentive.domain.certificates import Certificate
from services.incentive.domain.completion import ClaimSeen
from services.incentive.domain.doubts import KEY_STOLEN, STATUS_UNKNOWN, WITHDRAWN, doubt, settle_doubt
from services.incentive.domain.draft import Draft


@dataclass(frozen=True, slots=True)
class HearBadgeStatus:
    """A fresh status list was read."""

    certificate_key: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class DoubtClaim:
    """The key that signed a claim is revoked from an instant before the claim was signed."""

    claim_key: str


def hear_badge_status(draft: Draft, command: HearBadgeStatus, certificate: Certificate | None) -> None:
    """Flag a badge that was withdrawn; let one go that only waited for a list. Heard twice it changes nothing."""
    if certificate is None or certificate.withdrawn:
        return
    if (certificate.status_known, certificate.withdrawn) == (True, command.withdrawn):
        return
    draft.add(replace(certificate, status_known=True, withdrawn=command.withdrawn))
    purchase = draft.person.purchase(certificate.purchase_number)
    if purchase is None or purchase.certificate_number is None or not certificate.is_for(purchase):
        return
    if command.withdrawn:
        doubt(draft, purchase.number, WITHDRAWN)
    else:
        settle_doubt(draft, purchase, STATUS_UNKNOWN)


def doubt_claim(draft: Draft, claim: ClaimSeen | None) -> None:
    """Hold what the claim completed."""
    if claim is None or claim.doubted:
        return
    draft.add(replace(claim, doubted=True))
    doubt(draft, claim.purchase_number, KEY_STOLEN)
