"""The citizens' door: tracking code, one-time codes, refusals in words, and nothing echoed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.incentive.api import OwnCodes
from shared.contracts.decision import Refused
from tests.unit.incentive.builders import COURSE, DEAR_COURSE
from tests.unit.incentive.house import ACCOUNT, ANN, NIK, TRACKING, House, open_house
from tests.unit.incentive.steps import select


async def test_the_page_opens_only_with_the_tracking_code(house: House) -> None:
    await select(house)
    for headers, status in (({}, 422), ({"tracking-code": "ZZZZ-ZZZZ-ZZZZ"}, 404), ({"tracking-code": TRACKING}, 200)):
        answer = await house.client.get(f"/incentive/participants/{ANN}", headers=headers)
        assert answer.status_code == status
    stranger = ANN.replace("1", "2")
    answer = await house.client.get(f"/incentive/participants/{stranger}", headers={"tracking-code": TRACKING})
    assert answer.json()["code"] == "PARTICIPANT_UNKNOWN"


async def test_an_erased_person_has_no_page(house: House) -> None:
    await select(house)
    await house.vault.erase(ANN)
    answer = await house.client.get(f"/incentive/participants/{ANN}", headers={"tracking-code": TRACKING})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("purchases", {"course_code": COURSE}),
        ("reviews", {"purchase_number": 1, "rating": 5}),
        ("surveys/1", {"answers": {}}),
        ("payout-account", {"bank": "BNI", "account_number": ACCOUNT}),
        ("payout-account/check", {}),
    ],
)
async def test_every_act_needs_a_one_time_code_or_staff(house: House, path: str, body: dict[str, Any]) -> None:
    await select(house)
    assert (await house.citizen(path, {**body, "code": "654321"})).json()["code"] == "CODE_WRONG"
    assert (await house.citizen(path, {**body, "code": None})).status_code == 401
    auditor = await house.staff("auditor")
    url, headers = f"/incentive/participants/{ANN}/{path}", {"Tracking-Code": TRACKING, **auditor}
    assert (await house.client.post(url, json=body, headers=headers)).status_code == 403


async def test_an_account_that_is_not_linked_is_not_checked(house: House) -> None:
    await select(house)
    assert (await house.citizen("payout-account/check", {})).json()["code"] == "ACCOUNT_NOT_LINKED"
    await house.citizen("payout-account", {"bank": "BNI", "account_number": ACCOUNT})
    await house.until(lambda person: person.account and person.account.check)
    assert (await house.citizen("payout-account/check", {})).json() == {"verified": False}


async def test_staff_may_act_for_a_person_who_is_present_and_are_named(house: House) -> None:
    await select(house)
    headers = {"Tracking-Code": TRACKING, **(await house.staff("placement"))}
    body = {"course_code": COURSE}
    answer = await house.client.post(f"/incentive/participants/{ANN}/purchases", json=body, headers=headers)
    assert answer.status_code == 202
    person = await house.until(lambda person: person.purchases)
    assert person.purchases[0].assisted_by == "placement"


async def test_the_same_idempotency_key_buys_once_without_a_new_code(house: House) -> None:
    await select(house)
    url = f"/incentive/participants/{ANN}/purchases"
    headers = {"Tracking-Code": TRACKING, "Idempotency-Key": "my key 1"}
    body = {"course_code": COURSE, "code": "123456"}
    first = await house.client.post(url, json=body, headers=headers)
    again = await house.client.post(url, json=body, headers=headers)
    assert first.json() == again.json()
    other = await house.client.post(url, json={**body, "course_code": "TKP-003"}, headers=headers)
    assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_refusal_says_in_indonesian_what_to_do(house: House) -> None:
    await select(house)
    answer = await house.citizen("purchases", {"course_code": DEAR_COURSE})
    assert (answer.status_code, answer.json()["code"]) == (422, "COURSE_ABOVE_BALANCE")
    assert "1250000 rupiah" in answer.json()["detail"]
    assert (await house.citizen("purchases", {"course_code": "LAIN-1"})).json()["code"] == "COURSE_UNKNOWN"


@pytest.mark.parametrize("number", ["123", "1" * 21, "12345678a", "１２３", "1234567\n8x"])
async def test_an_account_number_is_digits(house: House, number: str) -> None:
    await select(house)
    answer = await house.citizen("payout-account", {"bank": "BNI", "account_number": number})
    assert answer.json()["code"] == "ACCOUNT_NUMBER_WRONG"
    assert number not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"course_code": "TKP-002", "nik": "1271014105900001"}',
        b'{"course_code": "TKP-002", "course_code": "TKP-003"}',
        b'{"course_code": "TKP-002", "code": 1.5}',
        b'{"course_code": NaN}',
        b'{"course_code": "1271014105900001 1271014105900001 1271014105900001"}',
        b"[" * 5000,
        b"1271014105900001",
        b"\xff",
    ],
)
async def test_bad_input_gets_a_problem_that_echoes_nothing(house: House, body: bytes) -> None:
    await select(house)
    headers = {"Tracking-Code": TRACKING, "content-type": "application/json"}
    answer = await house.client.post(f"/incentive/participants/{ANN}/purchases", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert NIK not in answer.text


async def test_the_catalogue_is_searched_and_explained(house: House) -> None:
    await select(house)
    found = (await house.client.get("/incentive/catalogue", params={"topic": "FOOD", "text": "kue"})).json()
    assert [each["course_code"] for each in found["courses"]] == ["TKP-001"]
    everything = (await house.client.get("/incentive/catalogue", params={"platform": "SISNAKER"})).json()
    assert everything["total"] == 6
    assert (await house.client.get("/incentive/catalogue/TKP-001")).json()["price_rupiah"] == 320_000
    path = f"/incentive/participants/{ANN}/advice/SKA-003"
    advice = await house.client.get(path, params={"interest": ["FOOD"]}, headers={"tracking-code": TRACKING})
    assert [each["code"] for each in advice.json()["advice"]] == ["ENTRY_LEVEL_ABOVE", "OTHER_TOPIC", "NEEDS"]
    assert (await house.client.get("/incentive/surveys/9")).status_code == 409


async def sent_code(house: House) -> str:
    """The one-time code as notification would read it in the last event."""
    rows = house.store.documents("journal")
    told = [entry for row in rows for entry in row["entries"] if entry["type"] == "ConfirmationCodeIssued"]
    sealed = json.loads(told[-1]["data"])["code"]
    return (await house.vault.key(ANN)).open("code", sealed)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_a_one_time_code_is_right_once_and_for_one_purpose(house: House) -> None:
    await select(house)
    codes = OwnCodes(house.service, house.vault)
    assert await codes.issue(ANN, "purchase") == {"minutes": 5}
    code = await sent_code(house)
    assert not await codes.verify(ANN, "review", code)
    assert not await codes.verify(ANN, "purchase", other_than(code))
    assert await codes.verify(ANN, "purchase", code)
    assert not await codes.verify(ANN, "purchase", code)


async def test_after_five_wrong_tries_even_the_right_code_is_worth_nothing(house: House) -> None:
    await select(house)
    codes = OwnCodes(house.service, house.vault)
    await codes.issue(ANN, "purchase")
    code = await sent_code(house)
    for _ in range(5):
        assert not await codes.verify(ANN, "purchase", other_than(code))
    assert not await codes.verify(ANN, "purchase", code)


async def test_codes_are_asked_for_with_the_tracking_code_and_not_too_often(house: House) -> None:
    await select(house)
    asked = await house.citizen("codes", {})
    assert asked.status_code == 422
    url, headers = f"/incentive/participants/{ANN}/codes", {"Tracking-Code": TRACKING}
    assert (await house.client.post(url, json={"purpose": "purchase"}, headers=headers)).status_code == 202
    codes = OwnCodes(house.service, house.vault)
    await codes.issue(ANN, "survey")
    with pytest.raises(Refused, match="CODE_TOO_SOON"):
        await codes.issue(ANN, "survey")
    with pytest.raises(Refused, match="PARTICIPANT_UNKNOWN"):
        await codes.issue("nobody", "survey")


async def asked_for(house: House, address: str, tracking_code: str = TRACKING) -> tuple[int, str, bool]:
    """Status and code of the answer, and whether it says when to come again."""
    url, headers = f"/incentive/participants/{ANN}/codes", {"Tracking-Code": tracking_code, "X-Forwarded-For": address}
    answer = await house.client.post(url, json={"purpose": "purchase"}, headers=headers)
    return answer.status_code, answer.json().get("code", ""), "Retry-After" in answer.headers


async def test_codes_asked_for_by_a_program_are_limited_as_those_of_the_pages(tmp_path: Path) -> None:
    taken, refused = (202, "", False), (429, "TOO_MANY_CODES", True)
    async for house in open_house(tmp_path, codes_per_number_per_hour=3, codes_per_address_per_hour=2):
        await select(house)
        assert await asked_for(house, "203.0.113.1", "ZZZZ-ZZZZ-ZZZZ") == (404, "PARTICIPANT_UNKNOWN", False)
        assert [await asked_for(house, "203.0.113.1") for _ in range(3)] == [taken, taken, refused]
        assert await asked_for(house, "203.0.113.2") == taken
        assert await asked_for(house, "203.0.113.3") == refused
