"""Reviews: a rating of a finished course (fact 32), without which no incentive starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from services.incentive.domain.days import morning_of
from services.incentive.domain.draft import Draft, participating
from services.incentive.domain.participant import Purchase
from services.incentive.domain.redeem_codes import course_fields
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused
from shared.contracts.incentive import ReviewReminderDue, TrainingReviewed

REMINDER_DAYS = (3, 7, 12)
"""Days after completion on which a missing review is asked for; all before the first due date. Set by this project."""

ASPECTS = frozenset({"TOO_MONOTONOUS", "PRICE_TOO_HIGH", "NETWORK_POOR", "NOT_FITTING", "TOO_HARD", "TOO_EASY"})
"""What the field study heard people complain about (facts 104, 105, 106, 112, 115)."""


@dataclass(frozen=True, slots=True)
class Review:
    """The review as it was written; its text is only for staff who may open it."""

    collection: ClassVar[str] = "reviews"

    applicant_id: str
    purchase_number: int
    rating: int
    aspects: tuple[str, ...]
    comment: Sealed | None
    reviewed_at: datetime
    assisted_by: str | None = None

    @property
    def id(self) -> str:
        return f"{self.applicant_id}/{self.purchase_number}"


@dataclass(frozen=True, slots=True)
class ReviewCourse:
    """A participant rates a finished course from 1 to 5."""

    applicant_id: str
    purchase_number: int
    rating: int
    aspects: tuple[str, ...] = ()
    comment: Sealed | None = None
    assisted_by: str | None = None


def review(draft: Draft, command: ReviewCourse) -> dict[str, Any]:
    """Keep the review. A late one is welcome too: the right to the incentive does not lapse.

    Raises COURSE_NOT_FINISHED, REVIEW_GIVEN, RATING_WRONG.
    """
    purchase = participating(draft.person).purchase(command.purchase_number)
    if purchase is None or purchase.finished_on is None:
        raise Refused("COURSE_NOT_FINISHED")
    if purchase.reviewed_at:
        raise Refused("REVIEW_GIVEN")
    if not 1 <= command.rating <= 5 or not ASPECTS.issuperset(command.aspects):
        raise Refused("RATING_WRONG")
    draft.set_purchase(purchase.number, reviewed_at=draft.now)
    draft.add(
        Review(
            applicant_id=draft.person.applicant_id,
            purchase_number=purchase.number,
            rating=command.rating,
            aspects=command.aspects,
            comment=command.comment,
            reviewed_at=draft.now,
            assisted_by=command.assisted_by,
        )
    )
    draft.tell(
        TrainingReviewed(
            **course_fields(draft.person, purchase),
            reviewed_at=draft.now,
            rating=command.rating,
            aspects=command.aspects,
        )
    )
    return {"reviewed": True}


def remind(draft: Draft) -> None:
    """Ask for the review of the first finished course, at most once per reminder day."""
    purchase = _unreviewed(draft)
    passed = sum(each <= draft.now for each in _times(purchase)) if purchase else 0
    if purchase is None or passed <= draft.person.review_reminders:
        return
    draft.set(review_reminders=passed)
    draft.tell(
        ReviewReminderDue(
            **course_fields(draft.person, purchase),
            days=draft.rules.review_report_days,
            review_deadline=purchase.review_deadline or draft.today,
        )
    )


def reminder_times(draft: Draft) -> Iterator[datetime]:
    """Instants at which `remind` may have something to say."""
    purchase = _unreviewed(draft)
    return iter(_times(purchase) if purchase else ())


def _unreviewed(draft: Draft) -> Purchase | None:
    if any(purchase.reviewed_at for purchase in draft.person.purchases):
        return None
    return draft.person.first_finished


def _times(purchase: Purchase) -> list[datetime]:
    finished_on = purchase.finished_on
    return [morning_of(finished_on + timedelta(days=days)) for days in REMINDER_DAYS] if finished_on else []
