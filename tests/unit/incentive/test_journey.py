"""One person's way through the real engine in memory, from course to paid survey; and a bank that errs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from deploy.simulators.bank import signed
from tests.unit.incentive.house import ANN, SECRET, House
from tests.unit.incentive.steps import (
    bought,
    claimed,
    page,
    pay_everything,
    platform_of,
    ready_to_be_paid,
    select,
    simulator,
)


async def test_a_whole_journey_from_course_to_paid_survey(house: House) -> None:
    await select(house)
    assert (await page(house))["stage"] == "choose_course"
    code = await bought(house)
    answer = await simulator(house).redeem(platform_of(house), code)
    assert answer["success"]
    assert answer["data"]["status"] == 1
    assert (await claimed(house, code)).json() == {"status": "taken"}
    assert (await page(house))["stage"] == "review"
    review = {"purchase_number": 1, "rating": 4, "aspects": ["TOO_EASY"], "comment": "Mudah diikuti."}
    assert (await house.citizen("reviews", review)).status_code == 202
    linked = await house.citizen("payout-account", {"bank": "BNI", "account_number": "1234-5678-00"})
    assert linked.json() == {"verified": False, "hold_until": None}
    await house.until(lambda person: person.ready_on)
    await pay_everything(house)
    person = await house.until(lambda person: person.surveys)
    assert person.money["paid"] == 600_000
    questions = (await house.client.get("/incentive/surveys/1")).json()["questions"]
    answers = {each["code"]: each["answers"][0]["code"] for each in questions}
    assert (await house.citizen("surveys/1", {"answers": answers})).json()["incentive_rupiah"] == 50_000
    shown = await page(house)
    assert shown["stage"] == "surveys"
    assert shown["payout_account"]["account"] == "BNI ••••7800"
    assert shown["card_number"] == "1234567812345678"
    assert [(each["kind"], each["state"]) for each in shown["incentives"]][-1] == ("survey", "due")
    overseer = await house.staff("auditor")
    proof = (await house.client.get("/incentive/staff/audit", headers=overseer)).json()
    assert proof["violations"] == []
    assert proof["totals_rupiah"]["paid"] == 600_000
    assert house.bank.paid_times(shown["incentives"][0]["reference"]) == 1


async def test_a_bank_that_paid_and_never_answered_is_asked_and_not_paid_again(house: House) -> None:
    await ready_to_be_paid(house, "1234567852")
    await pay_everything(house)
    person = await house.until(lambda person: person.unsure_payment)
    assert person.entitlements[0].state == "unknown"
    house.clock.at += timedelta(minutes=1)
    person = await house.until(lambda person: person.money.get("paid"))
    assert house.bank.paid_times(person.entitlements[0].reference or "") == 1


async def test_a_failed_payment_is_listed_for_staff_and_tried_again_by_them(house: House) -> None:
    await ready_to_be_paid(house, "1234567856")
    await pay_everything(house)
    await house.until(lambda person: person.failed_payment)
    secretariat = await house.staff("secretariat")
    place = "/incentive/staff/payments"
    listed = (await house.client.get(place, params={"state": "failed"}, headers=secretariat)).json()
    assert listed["participants"][0]["incentives"][0]["state"] == "failed"
    unknown = (await house.client.get(place, headers=secretariat)).json()
    assert unknown == {"participants": [], "next": None}
    assert (await house.client.get(place, params={"state": "lost"}, headers=secretariat)).status_code == 422
    path = f"/incentive/staff/participants/{ANN}/post_training/1/retry"
    assert (await house.post(path, **secretariat)).json() == {"state": "due"}


async def test_a_reversal_is_heard_by_notice_and_by_statement(house: House) -> None:
    await ready_to_be_paid(house, "1234567855")
    await pay_everything(house)
    person = await house.until(lambda person: person.money.get("paid"))
    house.clock.at += timedelta(days=3)
    notices: list[tuple[Mapping[str, str], bytes]] = []

    async def keep(headers: Mapping[str, str], body: bytes) -> None:
        notices.append((headers, body))

    house.bank.notify = keep
    assert await house.bank.run_due() == 1
    ((headers, body),) = notices
    heard = await house.client.post("/incentive/bank/notices", content=body, headers=dict(headers))
    assert heard.status_code == 202
    person = await house.until(lambda person: person.money.get("returned"))
    assert person.entitlements[0].state == "returned"
    secretariat = await house.staff("secretariat")
    since = {"since": "2020-08-01T00:00:00Z"}
    compared = (await house.post("/incentive/staff/reconciliation", since, **secretariat)).json()
    wrong: dict[str, list[str]] = {"not_ours": [], "paid_twice": [], "amount_differs": [], "findings": []}
    assert compared == {"lines": 2, "open_lines": 0, **wrong}


@pytest.mark.parametrize("change", ["secret", "time", "body", "none"])
async def test_a_notice_without_the_banks_signature_is_not_believed(house: House, change: str) -> None:
    body = json.dumps({"reference": "GLB" + "A" * 27, "status": "paid", "code": ""}).encode()
    now = int(house.clock.wall().timestamp()) - (3600 if change == "time" else 0)
    headers = signed(b"other" if change == "secret" else SECRET.encode(), "n1", now, body)
    sent = body + b" " if change == "body" else body
    given = {} if change == "none" else headers
    answer = await house.client.post("/incentive/bank/notices", content=sent, headers=given)
    assert answer.status_code == 403


async def test_a_genuine_notice_about_nothing_of_ours_is_refused(house: House) -> None:
    now = int(house.clock.wall().timestamp())
    for text, status in (('{"reference": "GLB%s", "status": "paid"}' % ("A" * 27), 404), ('{"status": "paid"}', 422)):
        headers = signed(SECRET.encode(), "n1", now, text.encode())
        answer = await house.client.post("/incentive/bank/notices", content=text.encode(), headers=headers)
        assert answer.status_code == status
