"""Doubted completions at the staff's door: which, why, accepted like any certificate, or found to be none."""

from __future__ import annotations

import json
from datetime import timedelta

from services.incentive.domain.doubts import SIGNED_BEFORE_REVOCATION
from tests.unit.incentive.builders import COURSE
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.steps import bought, claimed, platform_of, select, simulator


async def doubted(house: House) -> str:
    """Ann's course is claimed with a key that is revoked a minute later."""
    rows = json.loads(house.settings.partners_file.read_text())
    revoked_at = (house.clock.wall() + timedelta(minutes=1)).isoformat()
    for row in rows:
        row["keys"][0] |= {"status": "revoked", "revoked_at": revoked_at}
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    house.settings.partners_file.write_text(json.dumps(rows))
    assert (await claimed(house, code)).status_code == 202
    return code


async def test_a_doubted_completion_is_listed_with_its_reason_and_accepted_by_the_counter(house: House) -> None:
    await doubted(house)
    answer = await house.client.get("/incentive/staff/held-completions", headers=await house.staff("auditor"))
    (row,) = answer.json()["completions"]
    assert (row["applicant_id"], row["partner_code"], row["course_code"]) == (ANN, "TOKOPEDIA", COURSE)
    assert row["doubts"] == [SIGNED_BEFORE_REVOCATION]
    path = f"/incentive/staff/participants/{ANN}/certificates"
    body = {"purchase_number": 1, "certificate_number": row["certificate_number"]}
    accepted = await house.client.post(path, json=body, headers=await house.staff("placement"))
    assert accepted.status_code == 202
    person = await house.until(lambda person: not person.purchases[0].doubts)
    assert person.purchases[0].certificate_reconciled
    answer = await house.client.get("/incentive/staff/held-completions", headers=await house.staff("auditor"))
    assert answer.json() == {"completions": [], "after": None}


async def test_only_the_counter_finds_that_a_completion_is_none(house: House) -> None:
    await doubted(house)
    path, body = (
        f"/incentive/staff/participants/{ANN}/completions/reject",
        {"purchase_number": 1, "reason": "bukan dari platform"},
    )
    for role in ("auditor", "approver", "disputes"):
        assert (await house.client.post(path, json=body, headers=await house.staff(role))).status_code == 403
    assert (await house.client.post(path, json=body)).status_code in (401, 403)
    rejected = await house.client.post(path, json=body, headers=await house.staff("secretariat"))
    assert (rejected.status_code, rejected.json()) == (202, {"completed": False})
    person = await house.until(lambda person: person.purchases[0].finished_on is None)
    assert person.entitlements == ()
    again = await house.client.post(path, json=body, headers=await house.staff("secretariat"))
    assert (again.status_code, again.json()["code"]) == (409, "COMPLETION_NOT_DOUBTED")


async def test_a_completion_is_rejected_with_a_reason_alone(house: House) -> None:
    await doubted(house)
    path = f"/incentive/staff/participants/{ANN}/completions/reject"
    for body in ({"purchase_number": 1}, {"purchase_number": 1, "reason": " "}):
        answer = await house.client.post(path, json=body, headers=await house.staff("secretariat"))
        assert (answer.status_code, answer.json()["code"]) == (422, "INPUT_INVALID")
    person = await house.until(lambda person: person.purchases)
    assert person.purchases[0].doubts == (SIGNED_BEFORE_REVOCATION,)
