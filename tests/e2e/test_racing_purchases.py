"""A hundred clients buy for one person at the same instant, on real processes: never more than the balance."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from services.incentive import money_proof, store
from services.incentive.domain.participant import Participant
from tests.e2e.participants import Cards
from tests.e2e.town import Town
from tests.unit.incentive.builders import reference

pytestmark = [pytest.mark.servers, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]
CLIENTS = 100
REFUSALS = {"COURSE_ALREADY_BOUGHT", "TOP_UP_NOT_ACCEPTED", "COURSE_ABOVE_BALANCE"}


async def test_a_hundred_racing_clients_cannot_overspend_on_real_servers(town: Town) -> None:
    card = await Cards(town).select(10, 0.01)
    courses = list(reference().catalogue)
    headers = {**town.bearer("rina"), "Tracking-Code": card.code}
    path = f"/incentive/participants/{card.applicant_id}/purchases"

    async def buy(http: httpx.AsyncClient, number: int) -> Any:
        """A member of staff at one of a hundred counters, who comes again while the door is full."""
        body = {"course_code": courses[number % len(courses)]}
        while True:
            answer = await http.post(path, json=body, headers=headers)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer.json()
            await asyncio.sleep(0.2)

    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=town.address, timeout=60, limits=limits) as http:
        answers = await asyncio.gather(*(buy(http, number) for number in range(CLIENTS)))
    refused = Counter(each["code"] for each in answers if "code" in each)
    assert refused.keys() <= REFUSALS
    database = town.installation.database("incentive")
    person = await store.one(database, Participant, card.applicant_id)
    assert person
    bought = [each.price_rupiah for each in person.purchases]
    assert len(bought) == CLIENTS - refused.total() > 1
    assert len({each.course_code for each in person.purchases}) == len(bought)
    assert all(each.own_money_rupiah == 0 for each in person.purchases)
    spent = sum(bought)
    assert person.money == {"treasury": -3_500_000, "training_balance": 3_500_000 - spent, "holds": spent}
    assert spent <= 3_500_000
    left_out = {each.course_code: each.price_rupiah for each in reference().catalogue.values()}
    assert min(left_out[code] for code in courses if code not in {p.course_code for p in person.purchases}) > (
        3_500_000 - spent
    ), "whatever was refused did not fit"
    assert (await money_proof.audit(database, reference().desk.rules))["violations"] == []
