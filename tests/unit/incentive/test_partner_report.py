"""A platform reads why its claims were refused: its own, with reasons, and nothing about people or other platforms."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from deploy.simulators.claims import Platform, make_claim
from deploy.simulators.course_platform import signature
from tests.unit.incentive.builders import COURSE
from tests.unit.incentive.house import House
from tests.unit.incentive.steps import bought, platform_of, select, simulator

PATH = "/incentive/partner/refused-claims"


async def asked(house: House, platform: Platform, body: Any = None, **changes: str) -> httpx.Response:
    text, timestamp = json.dumps(body if body is not None else {}), str(int(house.clock.wall().timestamp()))
    timestamp = changes.pop("timestamp", timestamp)
    headers = {
        "client_code": platform.client_code,
        "timestamp": timestamp,
        "signature": signature(platform.sign_key, platform.client_code, timestamp, PATH, text),
        **changes,
    }
    return await house.client.post(PATH, content=text, headers=headers)


async def send(house: House, platform: Platform, id: str, code: str = "FOREIGN-CODE", **fields: Any) -> bytes:
    known = {"redeem_code": code, "course_code": COURSE, "finished_on": house.clock.now().date()}
    claim = make_claim(platform, house.clock.wall(), id, {**known, "certificate_number": None, **fields})
    answer = await house.client.post("/incentive/partner/claims", content=claim.body, headers=dict(claim.headers))
    assert answer.status_code in (202, 403, 404, 409, 422), answer.text
    return claim.body


async def test_a_platform_reads_the_reasons_of_its_own_refused_claims_and_nothing_else(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    own, other = platform_of(house), platform_of(house, "BUKALAPAK")
    await send(house, own, "own-1")
    await send(house, own, "own-2", code=code, course_code="LAIN-999")
    await send(house, other, "other-1", code=code)
    answer = await asked(house, own)
    assert answer.status_code == 200
    told = answer.json()
    assert {(each["claim_id"], each["reason"]) for each in told["claims"]} == {
        ("own-1", "REDEEM_CODE_UNKNOWN"),
        ("own-2", "CLAIM_FOR_OTHER_COURSE"),
    }
    assert told["reasons"] == {"REDEEM_CODE_UNKNOWN": 1, "CLAIM_FOR_OTHER_COURSE": 1}
    assert set(told["claims"][0]) == {"claim_id", "reason", "digest", "refused_at"}
    assert code not in answer.text
    theirs = (await asked(house, other)).json()["claims"]
    assert [(each["claim_id"], each["reason"]) for each in theirs] == [("other-1", "REDEEM_CODE_OF_OTHER_PLATFORM")]


async def test_a_claim_whose_signature_did_not_verify_is_found_by_its_digest(house: House) -> None:
    own, other = platform_of(house), platform_of(house, "BUKALAPAK")
    body = await send(house, own, "theirs", partner_code="BUKALAPAK")  # signed by the wrong key
    digest = hashlib.sha256(body).hexdigest()
    assert (await asked(house, other)).json()["claims"] == []
    (found,) = (await asked(house, other, {"digests": [digest]})).json()["claims"]
    assert (found["reason"], found["claim_id"]) == ("SIGNATURE_WRONG", None)
    mine = hashlib.sha256(await send(house, own, "mine")).hexdigest()
    assert (await asked(house, other, {"digests": [mine]})).json()["claims"] == []


@pytest.mark.parametrize("body", [{"digests": ["x"]}, {"digests": ["a" * 64] * 101}, {"other": 1}, []])
async def test_an_odd_question_is_refused(house: House, body: Any) -> None:
    assert (await asked(house, platform_of(house), body)).status_code == 422


async def test_only_the_platform_itself_may_ask(house: House) -> None:
    own = platform_of(house)
    late = str(int((house.clock.wall() - timedelta(minutes=6)).timestamp()))
    for changes in ({"signature": "0" * 40}, {"client_code": "bukalapak"}, {"client_code": "x"}, {"timestamp": late}):
        answer = await asked(house, own, **changes)
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGNATURE_WRONG")
    house.settings.partners_file.unlink()
    assert (await asked(house, own)).status_code == 503


async def test_a_quota_over_http_is_refused_with_a_reason_that_says_when_to_come_again(house: House) -> None:
    rows = json.loads(house.settings.partners_file.read_text())
    limited = [{**row, "claims_per_hour": 1} if row["partner_code"] == "TOKOPEDIA" else row for row in rows]
    house.settings.partners_file.write_text(json.dumps(limited))
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    await send(house, platform_of(house), "first")
    await send(house, platform_of(house), "second", code=code)
    told = (await asked(house, platform_of(house))).json()["reasons"]
    assert told == {"REDEEM_CODE_UNKNOWN": 1, "QUOTA_EXCEEDED": 1}
