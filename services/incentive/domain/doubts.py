"""Doubts about a completion: it is recorded, nothing else stops, and no money moves on it until a person decided.

A doubted completion counts as not reconciled (`certificate_reconciled`), so it waits where mismatched certificates
wait, is announced as they are (CERT_NOT_RECONCILED), and staff accept it the same way (ReconcileCertificate).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.incentive.domain.draft import Draft, participating
from services.incentive.domain.entitlements import POST_TRAINING
from services.incentive.domain.participant import EntitlementState, Purchase
from services.incentive.domain.redeem_codes import course_fields
from shared.contracts.decision import Refused
from shared.contracts.incentive import CompletionRejected

SIGNED_BEFORE_REVOCATION = "SIGNED_BEFORE_REVOCATION"
"""Signed by a key that was revoked since; whoever stole the key can write an earlier time."""
KEY_STOLEN = "KEY_STOLEN"
"""Taken while the key still counted, and signed after the instant from which it is revoked now."""
STATUS_UNKNOWN = "BADGE_STATUS_UNKNOWN"
"""The platform's list of withdrawn badges is missing, unreadable or too old. A fresh one settles it by itself."""
WITHDRAWN = "BADGE_WITHDRAWN"
"""A list that came later says that the platform has withdrawn the badge."""


@dataclass(frozen=True, slots=True)
class RejectCompletion:
    """Staff looked at a doubted completion and it is none: the course counts as not finished."""

    applicant_id: str
    purchase_number: int
    by: str
    reason: str
    """Why, in Indonesian, as the person is told."""


def doubt(draft: Draft, purchase_number: int, reason: str) -> None:
    """Hold what this completion would release. Money that is on its way already is not called back."""
    purchase = draft.person.purchase(purchase_number)
    if purchase is None or reason in purchase.doubts:
        return
    draft.set_purchase(purchase.number, doubts=(*purchase.doubts, reason), certificate_reconciled=False)


def settle_doubt(draft: Draft, purchase: Purchase, reason: str) -> None:
    """One doubt is answered; the completion counts when it was the last one and a certificate is there."""
    left = tuple(each for each in purchase.doubts if each != reason)
    if len(left) == len(purchase.doubts):
        return
    draft.set_purchase(
        purchase.number, doubts=left, certificate_reconciled=not left and bool(purchase.certificate_number)
    )


def reject(draft: Draft, command: RejectCompletion) -> dict[str, Any]:
    """Take a doubted completion back; a true one may still come, with a claim of its own.

    Raises COMPLETION_NOT_DOUBTED. Instalments that are owed already stay, unpaid: nothing they need holds any more.
    """
    person = participating(draft.person)
    purchase = person.purchase(command.purchase_number)
    if purchase is None or purchase.finished_on is None or not purchase.doubts:
        raise Refused("COMPLETION_NOT_DOUBTED")
    doubts = purchase.doubts
    draft.set_purchase(
        purchase.number,
        finished_on=None,
        certificate_number=None,
        certificate_reconciled=False,
        review_deadline=None,
        doubts=(),
    )
    _take_back_dates(draft)
    draft.tell(
        CompletionRejected(
            **course_fields(draft.person, purchase),
            rejected_at=draft.now,
            reason_text=command.reason,
            doubts=doubts,
            completions_left=sum(each.certificate_number is not None for each in draft.person.purchases),
        )
    )
    return {"completed": False}


def _take_back_dates(draft: Draft) -> None:
    """No course is finished and nothing was announced: the next completion sets the dates anew."""
    started = [each for each in draft.person.entitlements if each.kind == POST_TRAINING]
    untouched = all(each.state == EntitlementState.WAITING and each.cause is None for each in started)
    if draft.person.first_finished is None and untouched:
        draft.set(entitlements=tuple(each for each in draft.person.entitlements if each.kind != POST_TRAINING))
