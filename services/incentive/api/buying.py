"""Buying a course on its page: the remarks of the advice, what the rules would refuse, and the purchase itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.incentive.api.citizens import course_of
from services.incentive.api.coded import Act, Confirmed
from services.incentive.domain import purchases
from services.incentive.domain.catalogue import Course
from services.incentive.domain.draft import Draft, Office
from services.incentive.domain.participant import Participant, PurchaseState
from services.incentive.domain.purchases import BuyCourse
from services.incentive.pages.site import Site
from services.incentive.pages.words import EDUCATION, MODES, TOPICS, told
from shared.contracts.decision import Refused
from shared.web.pages import rupiah
from shared.web.questions import Question, Values
from shared.web.two_turns import Checked

TOP_UP, INTEREST = "tambah_uang", "minat"
AGREED = "ya"


async def purchase_of(site: Site, person: Participant, course_code: str, fields: Values) -> Act:
    """The form that buys a course. No remark hinders it; what the rules refuse is said before a code is sent."""
    door, course = site.door, course_of(site.door, course_code)
    interests = (fields[INTEREST],) if fields.get(INTEREST) in TOPICS else ()
    command = await door.buying(person, course, fields.get(TOP_UP) == AGREED, None, interests)
    why_not = _refusal(site, person, command)
    top_up = _top_up(site, person, command)

    async def check() -> Checked:
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


async def _shown(
    site: Site, person: Participant, course: Course, interests: tuple[str, ...], why_not: Refused | None
) -> Mapping[str, Any]:
    own = [each for each in person.purchases if each.course_code == course.course_code]
    code = why_not.code if why_not else ""
    return {
        "course": course,
        "advice": [asdict(each) for each in await site.door.advice(person, course, interests)],
        "own": next((each for each in own if each.state != PurchaseState.RELEASED), None),
        "why_not": told(why_not) if why_not and code not in ("TOP_UP_NOT_ACCEPTED", "COURSE_ALREADY_BOUGHT") else "",
        "topic": TOPICS.get(course.topic, course.topic),
        "mode": MODES.get(course.mode, course.mode),
        "level": EDUCATION.get(course.entry_education, course.entry_education),
        "balance": person.balance_rupiah,
        "interest": interests[0] if interests else "",
    }
