"""Buying a course on its page: the remarks of the advice, what the rules would refuse, and the purchase itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.incentive.api.coded import Act, Confirmed
from services.incentive.catalogue_store import rating_of
from services.incentive.domain import fit, purchases
from services.incentive.domain.advice import advise
from services.incentive.domain.catalogue import Course
from services.incentive.domain.draft import Draft, Office
from services.incentive.domain.listings import Price
from services.incentive.domain.participant import Participant, PurchaseState
from services.incentive.domain.purchases import BuyCourse
from services.incentive.pages.site import Site
from services.incentive.pages.words import EDUCATION, MODES, PARTS, TOPICS, told
from shared.contracts.decision import Refused
from shared.web.pages import rupiah
from shared.web.questions import Question, Values
from shared.web.two_turns import Checked

TOP_UP, INTEREST, PRICE = "tambah_uang", "minat", "harga"
AGREED = "ya"


async def purchase_of(site: Site, person: Participant, course_code: str, fields: Values) -> Act:
    """The form that buys a course. No remark hinders it; what the rules refuse is said before a code is sent."""
    door, course = site.door, await site.door.shelf.course(course_code)
    interests = (fields[INTEREST],) if fields.get(INTEREST) in TOPICS else ()
    command = await door.buying(person, course, fields.get(TOP_UP) == AGREED, None, interests)
    why_not = _refusal(site, person, command)
    top_up = _top_up(site, person, command)

    async def check() -> Checked:
        if fields.get(PRICE, str(course.price_rupiah)) != str(course.price_rupiah):
            return {"": told(Refused("PRICE_CHANGED", price_rupiah=course.price_rupiah))}
        if why_not and why_not.code == "TOP_UP_NOT_ACCEPTED":
            return {TOP_UP: told(why_not)}
        # Bought already: the second of two clicks comes here, and its answer is the first one's.
        return {"": told(why_not)} if why_not and why_not.code != "COURSE_ALREADY_BOUGHT" else {}

    async def do(confirmed: Confirmed) -> str:
        reply = await confirmed.execute(command)
        return f"/pembelian/{reply['purchase_number']}?baru=1"

    return Act(
        purpose="purchase",
        place=f"/pelatihan/{course_code}",
        template="course.html",
        button="Beli pelatihan ini",
        do=do,
        check=check,
        questions=[top_up] if top_up else [],
        values={name: fields[name] for name in (TOP_UP, INTEREST) if fields.get(name)},
        shown=await _shown(site, person, course, interests, why_not),
    )


def _refusal(site: Site, person: Participant, command: BuyCourse) -> Refused | None:
    """What the rules say of it as things stand."""
    desk = site.door.reference.desk
    try:
        purchases.check(Draft(person, Office(desk.rules, desk.causes), site.door.service.clock.now()), command)
    except Refused as refused:
        return refused
    return None


def _top_up(site: Site, person: Participant, command: BuyCourse) -> Question | None:
    """Where the rules allow it: the rest that the person pays."""
    unasked = BuyCourse(person.applicant_id, command.course, "")
    refused = _refusal(site, person, unasked)
    if refused is None or refused.code != "TOP_UP_NOT_ACCEPTED":
        return None
    rest = rupiah(refused.details["top_up_rupiah"])
    return Question(TOP_UP, "tick", f"Saya menambah {rest} dari uang sendiri", hint="Anda membayarnya di platform.")


async def _price_before(site: Site, course: Course) -> tuple[Price, Price] | None:
    """The price before the present one and the present one, when there was another."""
    known = (await site.door.shelf.listings()).get(course.course_code)
    return (known.prices[-2], known.prices[-1]) if known and len(known.prices) > 1 else None


async def _shown(
    site: Site, person: Participant, course: Course, interests: tuple[str, ...], why_not: Refused | None
) -> Mapping[str, Any]:
    own = [each for each in person.purchases if each.course_code == course.course_code]
    code = why_not.code if why_not else ""
    buyer = await site.door.buyer(person, interests)
    parts = fit.weigh(course, buyer)
    return {
        "course": course,
        "advice": [asdict(each) for each in advise(course, buyer)],
        "parts": [(PARTS[each.code], each) for each in parts],
        "points": fit.points(parts),
        "own": next((each for each in own if each.state != PurchaseState.RELEASED), None),
        "why_not": told(why_not) if why_not and code not in ("TOP_UP_NOT_ACCEPTED", "COURSE_ALREADY_BOUGHT") else "",
        "topic": TOPICS.get(course.topic, course.topic),
        "mode": MODES.get(course.mode, course.mode),
        "level": EDUCATION.get(course.entry_education, course.entry_education),
        "balance": person.balance_rupiah,
        "rating": (await rating_of(site.door.service.database, course.course_code)).shown,
        "before": await _price_before(site, course),
        "interest": interests[0] if interests else "",
    }
