"""Buying a course in one step (fact 113): the price is held, we issue a redeem code, the platform takes it.

    hold -> committed by the platform (redeem_codes.py), or released at its deadline

Both happen on one participant in one transaction, so two purchases racing cannot spend the same rupiah.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.incentive.domain.catalogue import Course
from services.incentive.domain.days import end_of
from services.incentive.domain.draft import Draft, participating
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import Participant, Purchase, PurchaseState
from services.incentive.domain.redeem_codes import RedeemCode
from shared.contracts.decision import Refused

HOLD = timedelta(hours=72)
"""How long a redeem code waits for the platform; set by this project."""


@dataclass(frozen=True, slots=True)
class BuyCourse:
    """A participant buys a course. The code is drawn at random by the caller; `accept_top_up` agrees to pay a rest."""

    applicant_id: str
    course: Course
    redeem_code: str
    accept_top_up: bool = False
    assisted_by: str | None = None
    """Staff who acted for a person who was present; None: the person, with a one-time code."""
    warned: tuple[str, ...] = ()
    """Codes of the remarks that were shown before: kept, never a reason to refuse."""
    fit_points: int | None = None
    """The score (fit.py) that was shown before."""


def buy(draft: Draft, command: BuyCourse, code: RedeemCode | None) -> dict[str, Any]:
    """Hold the price and issue the code; replies with both and what is left, in rupiah.

    Raises REDEEM_CODE_TAKEN, and as `check`.
    """
    person, course = draft.person, command.course
    own_money = check(draft, command)
    if code is not None:
        raise Refused("REDEEM_CODE_TAKEN")
    number = len(person.purchases) + 1
    purchase = Purchase(
        number=number,
        redeem_code=command.redeem_code,
        course_code=course.course_code,
        course_name=course.course_name,
        platform_code=course.platform_code,
        platform=course.platform,
        certificate_prefix=course.certificate_prefix,
        price_rupiah=course.price_rupiah - own_money,
        own_money_rupiah=own_money,
        held_at=draft.now,
        hold_until=_hold_until(draft),
        assisted_by=command.assisted_by,
        warned=command.warned,
        fit_points=command.fit_points,
    )
    draft.set(purchases=(*person.purchases, purchase))
    draft.move(LedgerAccount.TRAINING_BALANCE, LedgerAccount.HOLDS, purchase.price_rupiah, f"purchase/{number}/held")
    draft.add(_code_of(draft.person, purchase))
    return _receipt(draft.person, purchase)


def check(draft: Draft, command: BuyCourse) -> int:
    """May this be bought, and how many rupiah must the person add? Changes nothing.

    Raises PARTICIPATION_ENDED, BALANCE_CLOSED, COURSE_MODE_NOT_ALLOWED, PLATFORM_NOT_ALLOWED, COURSE_ALREADY_BOUGHT,
    COURSE_ABOVE_BALANCE, TOP_UP_NOT_ACCEPTED.
    """
    participating(draft.person)
    _check_course(draft, command.course)
    return _own_money(draft, command)


def _receipt(person: Participant, purchase: Purchase) -> dict[str, Any]:
    return {
        "purchase_number": purchase.number,
        "redeem_code": purchase.redeem_code,
        "hold_until": purchase.hold_until.isoformat(),
        "own_money_rupiah": purchase.own_money_rupiah,
        "balance_rupiah": person.balance_rupiah,
    }


def _code_of(person: Participant, purchase: Purchase) -> RedeemCode:
    return RedeemCode(
        redeem_code=purchase.redeem_code,
        applicant_id=person.applicant_id,
        purchase_number=purchase.number,
        platform_code=purchase.platform_code,
        course_code=purchase.course_code,
        invoice_code=f"INV-{purchase.redeem_code}",
    )


def _check_course(draft: Draft, course: Course) -> None:
    if draft.person.balance_closed:
        raise Refused("BALANCE_CLOSED")
    if course.mode not in draft.rules.modes:
        raise Refused("COURSE_MODE_NOT_ALLOWED", mode=course.mode)
    if course.platform not in draft.rules.platforms:
        raise Refused("PLATFORM_NOT_ALLOWED")
    bought = (p for p in draft.person.purchases if p.state != PurchaseState.RELEASED)
    if any(purchase.course_code == course.course_code for purchase in bought):
        raise Refused("COURSE_ALREADY_BOUGHT")


def _own_money(draft: Draft, command: BuyCourse) -> int:
    """Rupiah the person must add; in 2020 a price above the balance is refused (Permenko 11/2020 art. 17-19)."""
    price, balance = command.course.price_rupiah, draft.person.balance_rupiah
    if price <= balance:
        return 0
    amounts = {"price_rupiah": price, "balance_rupiah": balance}
    if not draft.rules.top_up_allowed or balance == 0:
        raise Refused("COURSE_ABOVE_BALANCE", **amounts)
    if not command.accept_top_up:
        raise Refused("TOP_UP_NOT_ACCEPTED", top_up_rupiah=price - balance, **amounts)
    return price - balance


def _hold_until(draft: Draft) -> datetime:
    """The hold never outlives the balance itself."""
    last = draft.rules.balance_usable_until
    return min(draft.now + HOLD, end_of(last)) if last else draft.now + HOLD


def release_overdue(draft: Draft) -> None:
    """Give the money of codes back that no platform took in time."""
    for purchase in _held(draft.person):
        if draft.now >= purchase.hold_until:
            _release(draft, purchase)


def release_all(draft: Draft) -> None:
    """Give the money of every open code back: the participation ends."""
    for purchase in _held(draft.person):
        _release(draft, purchase)


def hold_times(person: Participant) -> Iterator[datetime]:
    """When open holds run out."""
    return (purchase.hold_until for purchase in _held(person))


def _held(person: Participant) -> tuple[Purchase, ...]:
    return tuple(each for each in person.purchases if each.state == PurchaseState.HELD)


def _release(draft: Draft, purchase: Purchase) -> None:
    draft.set_purchase(purchase.number, state=PurchaseState.RELEASED)
    step = f"purchase/{purchase.number}/released"
    draft.move(LedgerAccount.HOLDS, LedgerAccount.TRAINING_BALANCE, purchase.price_rupiah, step)
