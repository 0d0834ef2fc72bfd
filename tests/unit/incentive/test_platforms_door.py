"""The platforms' door: the real partner interface with its own vectors, and signed claims over HTTP."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.operator import partner_file
from deploy.simulators.claims import FORGERIES, make_claim
from deploy.simulators.course_platform import signature
from services.incentive import store
from services.incentive.api.platforms import ERRORS, signature_fits
from services.incentive.domain.refused_claims import RefusedClaim
from shared.contracts.registration import ApplicantWithdrawn
from tests.unit.incentive.builders import COURSE
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.steps import bought, claimed, platform_of, select, simulator

KEYS = (b"my_sign_key",)
REAL_VECTORS = [
    ("commit", b'{"redeem_code":"code"}', "943c20a8e36b6243f576404b00fffdc86411ce1f"),
    ("status", b'{"redeem_code":"code"}', "a5f5612936482e73254d1c74e7064de0da83a8e7"),
    ("status", b'{"redeem_code":"code","sequence":1}', "2f45c63ebfac85822dc159adbfc7dddeab81ab0b"),
]


@pytest.mark.parametrize(("act", "body", "expected"), REAL_VECTORS)
def test_the_programmes_own_signature_vectors_fit(act: str, body: bytes, expected: str) -> None:
    path = f"/api/v1/integration/payment/redeem-code/{act}"
    assert signature("my_sign_key", "myclient_code", "1516239022", path, body.decode()) == expected
    assert signature_fits((b"my_sign_key",), "myclient_code", "1516239022", path, body, expected)
    spaced = body.replace(b":", b": ").replace(b",", b", ")
    assert signature_fits((b"my_sign_key",), "myclient_code", "1516239022", path, spaced, expected)
    assert not signature_fits((b"my_sign_key",), "myclient_code", "1516239023", path, body, expected)
    assert not signature_fits((b"other",), "myclient_code", "1516239022", path, body, expected)
    assert not signature_fits((b"my_sign_key",), "myclient_code", "1516239022", path, b"not json", expected)
    assert not signature_fits((b"my_sign_key",), "myclient_code", "1516239022", path, b'{"a":"\\ud800"}', expected)


async def test_a_platform_sees_its_codes_and_takes_them_once(house: House) -> None:
    await select(house)
    code, platforms = await bought(house), simulator(house)
    before = await platforms.call(platform_of(house), "status", {"redeem_code": code})
    assert before["data"]["status"] == 0
    assert (await platforms.redeem(platform_of(house), code))["data"]["status"] == 1
    again = await platforms.call(platform_of(house), "commit", {"redeem_code": code})
    assert (again["success"], again["code"]) == (False, "ERRPLT40002")
    assert (await platforms.redeem(platform_of(house), code))["data"]["status"] == 1
    attended = await platforms.call(platform_of(house), "commit", {"redeem_code": code, "sequence": 2})
    assert attended["data"]["attendance_status"] == 1


@pytest.mark.parametrize(
    ("act", "fields", "error"),
    [
        ("status", {"redeem_code": "NOBODY"}, "ERRPLT40001"),
        ("commit", {"redeem_code": "NOBODY"}, "ERRPLT40001"),
        ("commit", {"redeem_code": "X", "sequence": 11}, "ERRPLT40006"),
        ("commit", {"redeem_code": "X", "sequence": "1"}, "ERRPLT40006"),
        ("commit", {"redeem_code": "X", "more": 1}, "ERRPLT40006"),
        ("commit", {}, "ERRPLT40006"),
    ],
)
async def test_a_platforms_mistake_has_its_number(house: House, act: str, fields: dict[str, Any], error: str) -> None:
    assert (await simulator(house).call(platform_of(house), act, fields))["code"] == error


async def test_another_platforms_code_is_told_apart_from_an_unknown_one(house: House) -> None:
    await select(house)
    code = await bought(house)
    for act in ("status", "commit"):
        answer = await simulator(house).call(platform_of(house, "BUKALAPAK"), act, {"redeem_code": code})
        assert answer["code"] == "ERRPLT40003"


async def test_attendances_out_of_order_have_their_number(house: House) -> None:
    await select(house)
    code, platforms = await bought(house), simulator(house)
    early = await platforms.call(platform_of(house), "commit", {"redeem_code": code, "sequence": 2})
    assert early["code"] == "ERRPLT40004"
    await platforms.redeem(platform_of(house), code)
    answers = [
        await platforms.call(platform_of(house), "commit", {"redeem_code": code, "sequence": sequence})
        for sequence in (3, 2, 2, 1, 999, 3)
    ]
    assert [each.get("code", "taken") for each in answers] == [
        "ERRPLT40004",
        "taken",
        "ERRPLT40004",
        "ERRPLT40002",
        "taken",
        "ERRPLT40004",
    ]
    final = await platforms.call(platform_of(house), "status", {"redeem_code": code, "sequence": 999})
    assert final["data"]["attendance_status"] == 1


async def test_the_code_of_a_participation_that_ended_is_named_as_run_out(house: House) -> None:
    await select(house)
    code = await bought(house)
    await house.hear(ApplicantWithdrawn(applicant_id=ANN, withdrawn_at=house.clock.at, by="applicant"))
    answer = await simulator(house).call(platform_of(house), "commit", {"redeem_code": code})
    assert (answer["code"], answer["success"]) == ("ERRPLT40005", False)


def test_every_refusal_that_a_platform_may_meet_has_its_number() -> None:
    assert {code: number for code, (number, _) in ERRORS.items()} == {
        "REDEEM_CODE_UNKNOWN": "ERRPLT40001",
        "REDEEM_CODE_USED": "ERRPLT40002",
        "REDEEM_CODE_OF_OTHER_PLATFORM": "ERRPLT40003",
        "SEQUENCE_WRONG": "ERRPLT40004",
        "REDEEM_CODE_EXPIRED": "ERRPLT40005",
        "BODY_INVALID": "ERRPLT40006",
        "PARTICIPATION_ENDED": "ERRPLT40005",
        "SIGNATURE_WRONG": "ERRPLT40101",
        "TIMESTAMP_STALE": "ERRPLT40102",
        "BUSY": "ERRPLT50301",
        "NOT_READY": "ERRPLT50302",
    }


async def test_a_code_that_ran_out_is_named_so(house: House) -> None:
    await select(house)
    code = await bought(house)
    house.clock.at += timedelta(days=4)
    await house.until(lambda person: person.balance_rupiah == 1_000_000)
    for act in ("status", "commit"):
        answer = await simulator(house).call(platform_of(house), act, {"redeem_code": code})
        assert answer["code"] == "ERRPLT40005"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"signature": "0" * 40}, "ERRPLT40101"),
        ({"client_code": "nobody"}, "ERRPLT40101"),
        ({"timestamp": "1"}, "ERRPLT40101"),
    ],
)
async def test_a_platform_is_known_by_its_signature(house: House, change: dict[str, str], error: str) -> None:
    platform, body = platform_of(house), '{"redeem_code":"X"}'
    path = "/api/v1/integration/payment/redeem-code/status"
    timestamp = str(int(house.clock.wall().timestamp()))
    headers = {
        "client_code": platform.client_code,
        "timestamp": timestamp,
        "signature": signature(platform.sign_key, platform.client_code, timestamp, path, body),
    }
    answer = await house.client.post(path, content=body, headers={**headers, **change})
    assert (answer.status_code, answer.json()["code"]) == (401, error)


async def test_while_a_platform_changes_its_secret_both_count_and_then_the_new_one_alone(
    house: House, tmp_path: Path
) -> None:
    platform, path = platform_of(house), "/api/v1/integration/payment/redeem-code/status"
    file, target = tmp_path / "partners.json", tmp_path / "new.secret"

    async def codes(*secrets: str) -> list[str]:
        body, timestamp = '{"redeem_code":"X"}', str(int(house.clock.wall().timestamp()))
        found = []
        for secret in secrets:
            signed_ = signature(secret, platform.client_code, timestamp, path, body)
            headers = {"client_code": platform.client_code, "timestamp": timestamp, "signature": signed_}
            found.append((await house.client.post(path, content=body, headers=headers)).json()["code"])
        return found

    unknown_code, wrong = "ERRPLT40001", "ERRPLT40101"
    old = platform.sign_key
    told = partner_file.add_sign_key(file, platform.partner_code, target)
    new = target.read_text()
    assert await codes(old, new, "another secret altogether") == [unknown_code, unknown_code, wrong]
    partner_file.retire_sign_key(file, platform.partner_code, told["requests"][0]["fingerprint"])
    assert await codes(old, new) == [wrong, unknown_code]


@pytest.mark.parametrize("timestamp", ["1516239022", "soon", "9" * 20])
async def test_an_old_call_is_not_taken_again(house: House, timestamp: str) -> None:
    platform, body = platform_of(house), '{"redeem_code":"X"}'
    path = "/api/v1/integration/payment/redeem-code/commit"
    signed_ = signature(platform.sign_key, platform.client_code, timestamp, path, body)
    headers = {"client_code": platform.client_code, "timestamp": timestamp, "signature": signed_}
    assert (await house.client.post(path, content=body, headers=headers)).json()["code"] == "ERRPLT40102"


@pytest.mark.parametrize("name", sorted(FORGERIES))
async def test_a_forged_claim_over_http_is_refused_and_kept(house: House, name: str) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    fields = {
        "redeem_code": code,
        "course_code": COURSE,
        "finished_on": date(2020, 8, 10),
        "certificate_number": "TKP-000001",
    }
    expected, forge = FORGERIES[name]
    genuine = make_claim(platform_of(house), house.clock.wall(), "claim-1", fields)
    forged = forge(platform_of(house), house.clock.wall(), genuine)
    answer = await house.client.post("/incentive/partner/claims", content=forged.body, headers=dict(forged.headers))
    assert answer.status_code >= 400
    assert answer.json()["code"] == expected
    (kept,) = await store.some(house.service.database, RefusedClaim, {}, limit=10)
    assert kept.reason == expected
    listed = await house.client.get("/incentive/staff/refused-claims", headers=await house.staff("auditor"))
    assert listed.json()["claims"][0]["reason"] == expected
    person = await house.until(lambda person: True)
    assert person.entitlements == ()


async def test_a_claim_told_twice_counts_once(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    fields = {"redeem_code": code, "course_code": COURSE, "finished_on": date(2020, 8, 10), "certificate_number": None}
    claim = make_claim(platform_of(house), house.clock.wall(), "claim-1", fields)
    answers = [
        await house.client.post("/incentive/partner/claims", content=claim.body, headers=dict(claim.headers))
        for _ in range(2)
    ]
    assert [each.json()["status"] for each in answers] == ["taken", "known"]


async def test_without_a_trust_list_nobody_is_believed(house: House, tmp_path: Path) -> None:
    (tmp_path / "partners.json").unlink()
    assert (await claimed(house, "CODE-0001")).status_code == 503
    answer = await house.post("/api/v1/integration/payment/redeem-code/status", {"redeem_code": "X"})
    assert answer.status_code == 503
