"""Rules about the catalogue: editions taken, platforms' lists read; and what a purchase or a review asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.incentive.domain import listings, platform_looks, purchases, ratings, reviews
from services.incentive.domain.draft import Draft
from services.incentive.domain.listings import CURRENT, Catalogue, Edition, Listing, TakeCourses
from services.incentive.domain.participant import Participant
from services.incentive.domain.platform_looks import NoteLook, PlatformLook
from services.incentive.domain.purchases import BuyCourse
from services.incentive.domain.ratings import CourseRating
from services.incentive.domain.redeem_codes import RedeemCode
from services.incentive.domain.reviews import ReviewCourse
from services.incentive.wiring import Desk, peek
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Rule


def catalogue_commands(desk: Desk) -> Mapping[type, Rule]:
    """Command -> rule, for commands.py."""
    return {
        BuyCourse: desk.about(_buy, more=_offer),
        ReviewCourse: desk.about(_review, more=_rating),
        TakeCourses: Rule(_edition, _take),
        NoteLook: Rule(
            lambda command, world: [ref(PlatformLook, command.partner_code)],
            lambda world, command, now: platform_looks.note(
                world.get(PlatformLook, command.partner_code), command, now
            ),
        ),
    }


def _offer(buying: BuyCourse, world: World) -> Iterable[Ref]:
    return [ref(RedeemCode, buying.redeem_code), ref(Listing, buying.course.course_code)]


def _buy(draft: Draft, buying: BuyCourse, world: World) -> Mapping[str, Any]:
    """The price of the same transaction counts: a course withdrawn or repriced a moment ago is not sold as it was."""
    listings.check_offer(world.get(Listing, buying.course.course_code), buying.course)
    return purchases.buy(draft, buying, world.get(RedeemCode, buying.redeem_code))


def _reviewed(person: Participant | None, review: ReviewCourse) -> str | None:
    purchase = person.purchase(review.purchase_number) if person else None
    return purchase.course_code if purchase else None


def _rating(review: ReviewCourse, world: World) -> Iterable[Ref]:
    code = _reviewed(peek(world, Participant, review.applicant_id), review)
    return [ref(CourseRating, code)] if code else []


def _review(draft: Draft, review: ReviewCourse, world: World) -> Mapping[str, Any]:
    reply = reviews.review(draft, review)
    if code := _reviewed(draft.person, review):
        draft.add(ratings.rated(world.get(CourseRating, code), code, review.rating))
    return reply


def _edition(command: TakeCourses, world: World) -> Iterable[Ref]:
    codes = (*(course.course_code for course in command.courses), *command.gone)
    return [ref(Catalogue, CURRENT), ref(Edition, command.edition), *(ref(Listing, code) for code in codes)]


def _take(world: World, command: TakeCourses, now: datetime) -> Decision:
    codes = (*(course.course_code for course in command.courses), *command.gone)
    known = {code: listing for code in codes if (listing := world.get(Listing, code))}
    return listings.take(world.get(Catalogue, CURRENT), world.get(Edition, command.edition), known, command, now)
