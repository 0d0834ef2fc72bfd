"""A hundred clients buy for one person at the same instant, through the HTTP door: never more than the balance."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import httpx

from services.incentive import money_proof, store
from services.incentive.domain.ledger import Posting
from services.incentive.domain.listings import Origin, TakeCourses
from services.incentive.domain.participant import Participant
from services.incentive.domain.redeem_codes import RedeemCode
from tests.unit.incentive.builders import COURSE, reference
from tests.unit.incentive.house import ANN, TRACKING, House
from tests.unit.incentive.steps import platform_of, select, simulator

CLIENTS = 100
PRICE = 130_000
"""Of a balance of 1,000,000 it can be paid seven times, with 90,000 left."""


async def hundred_courses(house: House) -> list[str]:
    """A catalogue in which every client finds a course of its own; returns their codes."""
    one = reference().catalogue[COURSE]
    courses = tuple(replace(one, course_code=f"TKP-{100 + n}", price_rupiah=PRICE) for n in range(CLIENTS))
    await house.service.execute(TakeCourses("race", Origin.FILE, "race.csv", "secretariat", 1, 1, courses))
    return [each.course_code for each in courses]


async def buy(house: House, course_code: str, **headers: str) -> httpx.Response:
    """A client that comes again when the door is full, as it is told to."""
    body = {"course_code": course_code, "code": "123456"}
    known = {"Tracking-Code": TRACKING, **headers}
    while True:
        answer = await house.client.post(f"/incentive/participants/{ANN}/purchases", json=body, headers=known)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return answer
        await house.clock.sleep(float(answer.headers["retry-after"]))


async def ann(house: House) -> Participant:
    found = await store.one(house.service.database, Participant, ANN)
    assert found
    return found


async def test_a_hundred_racing_purchases_spend_exactly_what_the_balance_holds(house: House) -> None:
    await select(house)
    codes = await hundred_courses(house)
    answers = await asyncio.gather(*(buy(house, code) for code in codes))
    outcomes = Counter(each.json().get("code", "") if each.status_code != 202 else "bought" for each in answers)
    assert outcomes == {"bought": 7, "COURSE_ABOVE_BALANCE": 93}
    person = await ann(house)
    assert len(person.purchases) == 7
    assert len({each.redeem_code for each in person.purchases}) == 7
    assert len(house.store.documents(RedeemCode.collection)) == 7
    assert person.money == {"treasury": -1_000_000, "training_balance": 90_000, "holds": 910_000}
    postings = await store.some(house.service.database, Posting, {"applicant_id": ANN}, limit=200)
    assert sorted(each.amount_rupiah for each in postings) == [PRICE] * 7 + [1_000_000]
    proof = await money_proof.audit(house.service.database, reference().desk.rules)
    assert proof == {
        "participants": 1,
        "totals_rupiah": {"treasury": -1_000_000, "training_balance": 90_000, "holds": 910_000},
        "violations": [],
    }


async def test_what_raced_is_taken_by_the_platform_and_the_ledger_still_adds_up(house: House) -> None:
    await select(house)
    codes = await hundred_courses(house)
    await asyncio.gather(*(buy(house, code) for code in codes))
    platform, counter = platform_of(house), simulator(house)
    redeem = [each.redeem_code for each in (await ann(house)).purchases]
    answers = await asyncio.gather(*(counter.redeem(platform, code) for code in redeem * 5))
    assert all(each.get("success") or each.get("code") in ("ERRPLT50301", "ERRPLT40002") for each in answers)
    await asyncio.gather(*(counter.redeem(platform, code) for code in redeem))
    person = await ann(house)
    assert [each.state for each in person.purchases] == ["committed"] * 7
    assert person.money == {"treasury": -1_000_000, "training_balance": 90_000, "holds": 0, "platforms": 910_000}
    assert (await money_proof.audit(house.service.database, reference().desk.rules))["violations"] == []


async def test_a_hundred_clients_after_one_course_buy_it_once(house: House) -> None:
    await select(house)
    answers = await asyncio.gather(*(buy(house, COURSE) for _ in range(CLIENTS)))
    outcomes = Counter(each.json().get("code", "bought") for each in answers)
    assert outcomes == {"bought": 1, "COURSE_ALREADY_BOUGHT": 99}
    assert (await ann(house)).balance_rupiah == 550_000


async def test_one_purchase_sent_a_hundred_times_is_one_purchase_with_one_answer(house: House) -> None:
    await select(house)
    key = {"Idempotency-Key": "one-and-the-same"}
    answers = await asyncio.gather(*(buy(house, COURSE, **key) for _ in range(CLIENTS)))
    assert {each.status_code for each in answers} == {202}
    assert len({each.json()["redeem_code"] for each in answers}) == 1
    assert (await ann(house)).balance_rupiah == 550_000
