"""Debts over the office's door: a plan that two people make, each refusal by its code, and what was written."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.incentive.builders import ineligible
from tests.unit.incentive.house import ANN, PASSWORD, House
from tests.unit.incentive.steps import bought, platform_of, select, simulator

DEBT = f"/incentive/staff/participants/{ANN}/debt"
PLAN = f"/incentive/staff/participants/{ANN}/repayment-plan"
DECISION = f"{PLAN}/decision"
THREE = {"instalments": 3, "first_on": "2020-09-10"}
ROWS = "secretariat\n2020-09-10|150000\n2020-10-10|150000\n2020-11-10|150000"
SEEN = {
    "agreed": True,
    "plan_hash": hashlib.sha256(ROWS.encode()).hexdigest(),
    "instalments": 3,
    "amount_rupiah": 450_000,
}
"""What the second officer sees of the plan above, proposed by `secretariat`."""
REPAID = {"repayment_id": "K-1", "amount_rupiah": 200_000}


async def indebted(house: House) -> None:
    """Ann's course of 450,000 rupiah is to be repaid by 9 October."""
    await select(house)
    await simulator(house).redeem(platform_of(house), await bought(house))
    await house.hear(ineligible(ANN))
    await house.until(lambda person: person.debt)


async def answered(house: House, path: str, body: Any, role: str) -> tuple[int, str]:
    """Status of an act, and the code of its refusal if it was refused."""
    answer = await house.post(path, body, **await house.staff(role))
    return answer.status_code, answer.json().get("code", "")


async def seen(house: House) -> dict[str, Any]:
    answer = await house.client.get(DEBT, headers=await house.staff("auditor"))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_a_plan_is_proposed_by_one_and_agreed_by_another_and_money_counts_for_it(house: House) -> None:
    await indebted(house)
    first = await seen(house)
    assert (first["state"], first["left_rupiah"], first["deadline"], first["plan"]) == (
        "open",
        450_000,
        "2020-10-09",
        None,
    )
    assert [each["kind"] for each in first["letters"]] == ["opened"]
    assert await answered(house, PLAN, THREE, "secretariat") == (202, "")
    proposed = await seen(house)
    assert (proposed["state"], proposed["plan"]["proposed_by"]) == ("proposed", "secretariat")
    assert proposed["plan"]["agreed_by"] is None
    assert proposed["plan"]["plan_hash"] == SEEN["plan_hash"]
    assert await answered(house, DECISION, SEEN, "approver") == (202, "")
    repayments = f"/incentive/staff/participants/{ANN}/repayments"
    assert await answered(house, repayments, REPAID, "secretariat") == (202, "")
    case = await seen(house)
    assert (case["state"], case["left_rupiah"], case["repaid_rupiah"]) == ("planned", 250_000, 200_000)
    assert case["plan"]["agreed_by"] == "approver"
    assert case["plan"]["instalments"] == [
        {"due_on": "2020-09-10", "amount_rupiah": 150_000, "paid_rupiah": 150_000},
        {"due_on": "2020-10-10", "amount_rupiah": 150_000, "paid_rupiah": 50_000},
        {"due_on": "2020-11-10", "amount_rupiah": 150_000, "paid_rupiah": 0},
    ]
    assert [(each["number"], each["kind"], each["amount_rupiah"]) for each in case["letters"]] == [
        (1, "opened", 450_000),
        (2, "plan", 450_000),
    ]


async def test_nobody_agrees_to_a_plan_of_their_own(house: House) -> None:
    await indebted(house)
    first = await house.accounts.add("dua_peran", "Dua Peran", ["secretariat", "approver"])
    token = await house.accounts.sign_in("dua_peran", first, f"{PASSWORD} of two")
    both = {"authorization": f"Bearer {token}"}
    assert (await house.post(PLAN, THREE, **both)).status_code == 202
    answer = await house.post(DECISION, SEEN, **both)
    assert (answer.status_code, answer.json()["code"]) == (403, "SAME_PERSON")
    assert "Yang menyusun atau mengusulkannya tidak boleh memutuskannya." in answer.text
    case = await seen(house)
    assert case["state"] == "proposed"
    of_both = {**SEEN, "plan_hash": case["plan"]["plan_hash"]}
    assert await answered(house, DECISION, of_both, "approver") == (202, "")


async def test_what_cannot_be_is_refused_by_its_code(house: House) -> None:
    await indebted(house)
    assert await answered(house, DECISION, SEEN, "approver") == (409, "PLAN_NOT_PROPOSED")
    assert await answered(house, PLAN, {**THREE, "instalments": 13}, "secretariat") == (422, "PLAN_TOO_LONG")
    assert await answered(house, PLAN, {**THREE, "first_on": "2020-10-10"}, "secretariat") == (422, "PLAN_DATE_WRONG")
    assert await answered(house, PLAN, THREE, "secretariat") == (202, "")
    assert await answered(house, DECISION, {**SEEN, "amount_rupiah": 450_001}, "approver") == (409, "PLAN_CHANGED")
    assert await answered(house, DECISION, {**SEEN, "instalments": 2}, "approver") == (409, "PLAN_CHANGED")
    other_days = {**THREE, "first_on": "2020-10-09"}
    assert await answered(house, PLAN, other_days, "secretariat") == (202, "")
    assert await answered(house, DECISION, SEEN, "approver") == (409, "PLAN_CHANGED")
    assert await answered(house, DECISION, {**SEEN, "agreed": False}, "approver") == (409, "PLAN_CHANGED")
    assert await answered(house, PLAN, THREE, "secretariat") == (202, "")
    assert await answered(house, DECISION, SEEN, "approver") == (202, "")
    assert await answered(house, PLAN, THREE, "secretariat") == (409, "PLAN_AGREED")
    assert await answered(house, DECISION, SEEN, "approver") == (409, "PLAN_NOT_PROPOSED")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PLAN, {**THREE, "instalments": "3"}),
        (PLAN, {**THREE, "instalments": True}),
        (PLAN, {**THREE, "first_on": "besok"}),
        (PLAN, {**THREE, "reason": "x"}),
        (DECISION, {**SEEN, "agreed": "yes"}),
        (DECISION, {**SEEN, "amount_rupiah": 0}),
        (DECISION, {**SEEN, "plan_hash": "0"}),
        (DECISION, {"agreed": True, "instalments": 3, "amount_rupiah": 450_000}),
        (DECISION, {"agreed": True}),
    ],
)
async def test_what_is_no_plan_or_decision_is_refused_before_any_rule(house: House, path: str, body: Any) -> None:
    role = "secretariat" if path == PLAN else "approver"
    assert await answered(house, path, body, role) == (422, "INPUT_INVALID")


async def test_a_plan_that_is_sent_back_is_gone_and_one_that_lapses_leaves_its_letters(house: House) -> None:
    await indebted(house)
    await answered(house, PLAN, THREE, "secretariat")
    assert await answered(house, DECISION, {**SEEN, "agreed": False}, "approver") == (202, "")
    assert (await seen(house))["plan"] is None
    await answered(house, PLAN, THREE, "secretariat")
    await answered(house, DECISION, SEEN, "approver")
    house.clock.at += timedelta(days=40)
    await house.until(lambda person: person.debt_state == "open")
    house.clock.at += timedelta(days=30)
    await house.until(lambda person: person.debt_state == "overdue")
    case = await seen(house)
    assert (case["state"], case["left_rupiah"], case["plan"]) == ("overdue", 450_000, None)
    assert [each["kind"] for each in case["letters"]] == ["opened", "plan", "missed", "damages"]


async def test_each_act_needs_its_role_and_everybody_of_the_office_reads(house: House) -> None:
    for path, body, role in ((PLAN, THREE, "secretariat"), (DECISION, SEEN, "approver")):
        assert (await house.post(path, body)).status_code == 401
        for other in {"secretariat", "approver", "placement", "auditor"} - {role}:
            assert await answered(house, path, body, other) == (403, "ROLE_MISSING")
        assert await answered(house, path, body, role) == (404, "PARTICIPANT_UNKNOWN")
    assert (await house.client.get(DEBT)).status_code == 401
    await select(house)
    await house.until(lambda person: True)
    answer = await house.client.get(DEBT, headers=await house.staff("placement"))
    assert (answer.status_code, answer.json()["code"]) == (404, "DEBT_UNKNOWN")
