"""The demo's acts against registration's real door: the review queue, and a list that comes later."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from deploy.demo import newer_list, reviews
from deploy.demo.found import Drawn, Found
from deploy.demo.identities import linked, pairs
from deploy.demo.office import Office
from deploy.demo.people import Person, people
from deploy.demo.sheets import PLAN, City, write_list
from deploy.demo.story import NEWER_FILE, application
from deploy.demo.summary import identities, mismatches
from tests.component.operator.demo_office import HouseOffice
from tests.unit.registration.house import House, open_house, wait_for

AS_AT_THE_END = {"left": PLAN["near_duplicates_left"], "one_account": PLAN["shared_account"]}


def town() -> City:
    """A ring, a namesake and three people with a second NIK."""
    chance = random.Random(7)
    source = people(chance)
    city = City(pairs=list(pairs({"spelling": 2, "one_word": 1, "namesake": 1}, source, chance)))
    ring = linked([next(source) for _ in range(11)], list(PLAN["ring"].items()), 1)
    city.ring = [each.person for each in ring]
    city.devices = {each.person.nik: each.device for each in ring if each.device}
    return city


async def registered(house: House, city: City, people: list[Person]) -> list[dict[str, Any]]:
    """One after the other: who comes first is asked nothing."""
    answers = []
    for person in people:
        headers = {"Device-Id": city.devices.get(person.nik, "")}
        answers.append(await house.call("POST", "/applications", 202, json=application(person), headers=headers))
    return answers


async def test_two_people_decide_on_what_was_planted_and_one_case_stays() -> None:
    city, found = town(), Found()
    async with open_house() as house:
        office = cast(Office, HouseOffice(house))
        firsts = await registered(house, city, [pair.first for pair in city.pairs])
        for answer in firsts:
            await house.until(answer, "eligible")
        await registered(house, city, [*(pair.second for pair in city.pairs), *city.ring])
        await wait_for(lambda: reviews.queue(office), lambda cases: sees_all(cases, city))
        told = list[tuple[int, int]]()
        await reviews.review(office, city, found, lambda done, of: told.append((done, of)))
        assert told == [(number, 4) for number in range(1, 5)]
        await wait_for(lambda: outcome(office, found), lambda seen: len(seen) == 13)
        await reviews.look_again(office, found)
        found.review.one_account = PLAN["shared_account"]  # that comes with payment, in the whole story
    assert mismatches(identities(city, found)) == []
    assert found.review.decided[found.review.confirmed[0]] == "confirm"


def sees_all(cases: list[Any], city: City) -> bool:
    ring = [each for each in cases if each["kind"] == "RING" and len(each["applicant_ids"]) == len(city.ring)]
    return len(ring) == 1 and len(cases) == len(city.pairs) + 1


async def outcome(office: Office, found: Found) -> Any:
    await reviews.outcome(office, found)
    return found.review.refused


async def test_what_the_preview_tells_is_what_the_list_then_changes(tmp_path: Path) -> None:
    source, found = people(random.Random(8)), Found()
    comes, goes, stays = (next(source) for _ in range(3))
    city = City(newer=[(comes.nik, "ASN"), (stays.nik, "TNI")])
    city.changed = {comes.nik: ("ELIGIBLE", "OFFICIAL_ASN"), goes.nik: ("OFFICIAL_ASN", "ELIGIBLE")}
    async with open_house() as house:
        office = cast(Office, HouseOffice(house))
        house.clock.ahead = timedelta(days=11)  # the day of that list
        write_list(tmp_path / NEWER_FILE, [(goes.nik, "ASN"), (stays.nik, "TNI")])
        await newer_list.upload(office, tmp_path, preview=False)
        answers = await registered(house, city, [comes, goes, stays])
        for answer, stage in zip(answers, ("eligible", "ineligible", "ineligible"), strict=True):
            await house.until(answer, stage)
        write_list(tmp_path / NEWER_FILE, city.newer)
        foreseen = await newer_list.upload(office, tmp_path, preview=True)
        assert newer_list.words(foreseen).endswith("2 people: ELIGIBLE -> OFFICIAL_ASN 1, OFFICIAL_ASN -> ELIGIBLE 1")
        await newer_list.load(office, city, tmp_path, foreseen, found)
        seen = found.newer
    assert (seen.foreseen, seen.other_foreseen, seen.changed, seen.left_over) == (2, 0, 2, 0)
    assert (seen.excluded, seen.let_in) == ([answers[0]["applicant_id"]], [answers[1]["applicant_id"]])


# ---- the comparison can fail


def case(kind: str, *people: str) -> dict[str, Any]:
    reasons = ["MOBILE_SHARED"] if kind == "RING" else ["NEAR_DUPLICATE"]
    return {"case_id": "-".join(people), "kind": kind, "applicant_ids": list(people), "reasons": reasons}


def as_planted() -> tuple[City, list[dict[str, Any]]]:
    """A city whose pairs and ring are people called by numbers, and the queue that would be right."""
    city = town()
    near = [case("IDENTITY", f"second{n}", f"first{n}") for n in range(len(city.pairs))]
    return city, [*near, case("RING", *(each.nik for each in city.ring))]


def compared(city: City, cases: list[dict[str, Any]], **drawn: Any) -> list[str]:
    planted = {frozenset((f"first{n}", f"second{n}")) for n in range(len(city.pairs))}
    ring = {each.nik for each in city.ring}
    review = reviews.compared(cases, planted, ring)
    second = sum(pair.one_person for pair in city.pairs)
    refused = [f"second{n}" for n in range(second - PLAN["near_duplicates_left"])] + sorted(ring)
    review = replace(review, refused=refused, confirmed=["second3"], **AS_AT_THE_END)
    return mismatches(identities(city, Found(review=review, first=Drawn(**drawn))))


def test_what_was_planted_and_found_is_no_mismatch() -> None:
    assert compared(*as_planted()) == []


def test_a_ring_that_is_not_found_is_a_mismatch() -> None:
    city, cases = as_planted()
    assert compared(city, cases[:-1]) == [
        "rings in the review queue: planted 1, found 0",
        "members of the ring: planted 11, found 0",
    ]


def test_a_ring_that_lacks_one_or_has_one_too_many_is_a_mismatch() -> None:
    city, (*near, ring) = as_planted()
    members = ring["applicant_ids"]
    assert compared(city, [*near, case("RING", *members[1:])]) == ["members of the ring: planted 11, found 10"]
    assert compared(city, [*near, case("RING", *members, "neighbour")]) == [
        "members nobody planted: planted 0, found 1"
    ]


def test_a_member_of_the_ring_who_is_selected_is_a_mismatch() -> None:
    city, cases = as_planted()
    assert compared(city, cases, selected=[city.ring[0].nik]) == [
        "ring members selected: planted 0, found 1",
        "selected although refused or listed: planted 0, found 1",
    ]


def test_near_duplicates_that_are_missing_or_were_not_planted_are_mismatches() -> None:
    city, cases = as_planted()
    strangers = [case("IDENTITY", "second0", "stranger"), *cases[1:]]
    assert compared(city, strangers) == [
        "near duplicates in the review queue: planted 4, found 3",
        "near duplicates nobody planted: planted 0, found 1",
    ]


def test_a_preview_that_tells_something_else_is_seen() -> None:
    told = {"applicant_id": "a", "before": None, "after": "OTHER_AID"}
    planted = {"a": ("ELIGIBLE", "OFFICIAL_ASN"), "b": ("OFFICIAL_ASN", "ELIGIBLE")}
    seen = newer_list.compared({"people": [told], "would_change": 1}, planted)
    assert (seen.foreseen, seen.other_foreseen) == (0, 1)
