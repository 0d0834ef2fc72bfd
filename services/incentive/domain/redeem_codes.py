"""Redeem codes: how a platform sees a purchase.

Shape of the programme's real partner interface (example-api-redeem-course), of which we are the server side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from services.incentive.domain.draft import Draft
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import Participant, Purchase, PurchaseState
from shared.contracts.decision import Refused
from shared.contracts.incentive import TrainingPurchased

POST_TEST = 999
"""Sequence number of the final test in the partner interface; 1 is redeeming, 2 to 10 are further attendances."""
LAST_ATTENDANCE = 10


@dataclass(frozen=True, slots=True)
class RedeemCode:
    """A code we issued: where it leads, and which attendances the platform reported on it."""

    collection: ClassVar[str] = "redeem_codes"

    redeem_code: str
    applicant_id: str
    purchase_number: int
    platform_code: str
    course_code: str
    invoice_code: str
    attendances: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        return self.redeem_code


@dataclass(frozen=True, slots=True)
class CommitRedeemCode:
    """A platform takes a code (sequence 1) or reports a later attendance on it."""

    platform_code: str
    redeem_code: str
    sequence: int = 1


def commit(draft: Draft, command: CommitRedeemCode, code: RedeemCode | None) -> dict[str, Any]:
    """The platform takes the code: the held money is spent. A later sequence only notes an attendance.

    Raises REDEEM_CODE_UNKNOWN, REDEEM_CODE_OF_OTHER_PLATFORM, REDEEM_CODE_USED, REDEEM_CODE_EXPIRED, SEQUENCE_WRONG.
    """
    code = known(code, command.platform_code)
    purchase = _purchase_of(draft.person, code)
    if command.sequence != 1:
        return _attend(draft, code, purchase, command.sequence)
    if purchase.state == PurchaseState.COMMITTED:
        raise Refused("REDEEM_CODE_USED")
    if purchase.state == PurchaseState.RELEASED or draft.now >= purchase.hold_until:
        raise Refused("REDEEM_CODE_EXPIRED")
    first = all(each.state != PurchaseState.COMMITTED for each in draft.person.purchases)
    purchase = draft.set_purchase(purchase.number, state=PurchaseState.COMMITTED, committed_at=draft.now)
    code = replace(code, attendances=(1,))
    draft.add(code)
    step = f"purchase/{purchase.number}/committed"
    draft.move(LedgerAccount.HOLDS, LedgerAccount.PLATFORMS, purchase.price_rupiah, step)
    draft.tell(
        TrainingPurchased(
            **course_fields(draft.person, purchase),
            purchased_at=draft.now,
            amount_rupiah=purchase.price_rupiah,
            own_money_rupiah=purchase.own_money_rupiah,
            balance_rupiah=draft.person.balance_rupiah,
            first=first,
        )
    )
    return status(draft.person, code)


def _attend(draft: Draft, code: RedeemCode, purchase: Purchase, sequence: int) -> dict[str, Any]:
    last = code.attendances[-1] if code.attendances else 0
    in_order = last < LAST_ATTENDANCE and sequence == last + 1
    is_post_test = sequence == POST_TEST and 1 <= last < POST_TEST
    if purchase.state != PurchaseState.COMMITTED or not (in_order or is_post_test):
        raise Refused("SEQUENCE_WRONG")
    code = replace(code, attendances=(*code.attendances, sequence))
    draft.add(code)
    return status(draft.person, code, sequence)


def known(code: RedeemCode | None, platform_code: str) -> RedeemCode:
    """The code, or Refused: unknown, or another platform's (told apart so that a platform finds its mistake)."""
    if code is None:
        raise Refused("REDEEM_CODE_UNKNOWN")
    if code.platform_code != platform_code:
        raise Refused("REDEEM_CODE_OF_OTHER_PLATFORM")
    return code


def status(person: Participant, code: RedeemCode, sequence: int = 1) -> dict[str, Any]:
    """What the partner interface tells about a code: 0 = unused, 1 = used; the same for the attendance asked for."""
    purchase = _purchase_of(person, code)
    return {
        "redeem_code": code.redeem_code,
        "course_code": code.course_code,
        "invoice_code": code.invoice_code,
        "schedule_code": "",
        "status": int(purchase.state == PurchaseState.COMMITTED),
        "attendance_status": int(sequence in code.attendances),
        "redeem_at": f"{purchase.committed_at:%Y-%m-%dT%H:%M:%SZ}" if purchase.committed_at else None,
        "dp_platform": purchase.platform,
    }


def _purchase_of(person: Participant, code: RedeemCode) -> Purchase:
    return person.purchases[code.purchase_number - 1]


def course_fields(person: Participant, purchase: Purchase) -> Mapping[str, Any]:
    """The fields every event about a course carries."""
    return {
        "applicant_id": person.applicant_id,
        "purchase_number": purchase.number,
        "course_code": purchase.course_code,
        "course_name": purchase.course_name,
        "platform_code": purchase.platform_code,
        "platform": purchase.platform,
    }
