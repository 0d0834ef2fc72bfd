"""Claims over HTTP that are refused: anybody may send them, so they are bounded, and push no platform's own out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from deploy.operator.installation import OperatorError
from deploy.partner_cli import refused_claims
from deploy.simulators.claims import make_claim
from services.incentive import claim_store, store
from services.incentive.api.list_pages import MOST
from services.incentive.domain.partner_rates import PartnerHour
from services.incentive.domain.refused_claims import RefuseClaim, RefusedClaim
from shared.contracts.partner import WEBHOOK_SIGNATURE
from tests.unit.incentive.builders import COURSE
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import House, open_house
from tests.unit.incentive.steps import platform_of
from tests.unit.incentive.test_partner_report import asked

PATH = "/incentive/partner/claims"


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[House]:
    limits = {"unproven_claims_per_address_per_hour": 3, "unproven_claims_per_hour": 5}
    async for house in open_house(tmp_path, **limits):
        yield house


async def noise(house: House, number: int, address: str = "203.0.113.7") -> httpx.Response:
    return await house.client.post(PATH, content=b"noise %d" % number, headers={"X-Forwarded-For": address})


async def kept(house: House) -> list[RefusedClaim]:
    return await store.some(house.service.database, RefusedClaim, {}, limit=1000)


async def test_what_proves_nobody_is_kept_only_so_often_from_one_address(narrow: House) -> None:
    answers = [await noise(narrow, number) for number in range(5)]
    assert [each.status_code for each in answers] == [403, 403, 403, 429, 429]
    assert answers[-1].json()["code"] == "TOO_MANY_CLAIMS"
    assert "tanda tangannya tidak terbukti" in answers[-1].json()["detail"]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 1200
    assert len(await kept(narrow)) == 3
    text = (await narrow.client.get("/incentive/metrics")).text
    assert 'gelombang_door_limited_total{code="TOO_MANY_CLAIMS"} 2.0' in text
    assert (await noise(narrow, 9, "198.51.100.1")).status_code == 403
    narrow.clock.at += timedelta(minutes=21)
    assert (await noise(narrow, 10)).status_code == 403


async def test_many_addresses_together_are_bounded_too(narrow: House) -> None:
    answers = [await noise(narrow, number, f"198.51.100.{number}") for number in range(7)]
    assert [each.status_code for each in answers] == [403] * 5 + [429] * 2
    assert len(await kept(narrow)) == 5


async def test_a_platform_that_proves_itself_is_heard_whatever_else_came_from_its_address(narrow: House) -> None:
    for number in range(5):
        await noise(narrow, number)
    fields = {"redeem_code": "FOREIGN-CODE", "finished_on": narrow.clock.now().date()}
    for course, refused in ((COURSE, (404, "REDEEM_CODE_UNKNOWN")), ("x", (403, "COURSE_CODE_WRONG"))):
        sent = {**fields, "course_code": course, "certificate_number": None}
        claim = make_claim(platform_of(narrow), narrow.clock.wall(), "c", sent)
        headers = {**claim.headers, "X-Forwarded-For": "203.0.113.7"}
        answer = await narrow.client.post(PATH, content=claim.body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == refused
    told = (await asked(narrow, platform_of(narrow))).json()
    assert told["reasons"] == {"REDEEM_CODE_UNKNOWN": 1, "COURSE_CODE_WRONG": 1}


async def test_a_revoked_key_proves_nothing_that_would_lift_the_bound(narrow: House) -> None:
    rows = json.loads(narrow.settings.partners_file.read_text())
    for row in rows:
        row["keys"][0]["status"] = "revoked"
    narrow.settings.partners_file.write_text(json.dumps(rows))
    codes = []
    for number in range(4):
        fields = {"redeem_code": f"FOREIGN-{number}", "course_code": COURSE, "certificate_number": None}
        claim = make_claim(
            platform_of(narrow),
            narrow.clock.wall(),
            f"c-{number}",
            {**fields, "finished_on": narrow.clock.now().date()},
        )
        headers = {**claim.headers, "X-Forwarded-For": "203.0.113.7"}
        codes.append((await narrow.client.post(PATH, content=claim.body, headers=headers)).json()["code"])
    assert codes == ["KEY_REVOKED"] * 3 + ["TOO_MANY_CLAIMS"]


async def test_a_body_refused_unsigned_and_again_signed_is_kept_for_its_platform_and_counted(house: House) -> None:
    fields = {"redeem_code": "FOREIGN-CODE", "course_code": COURSE, "finished_on": house.clock.now().date()}
    claim = make_claim(platform_of(house), house.clock.wall(), "c-1", {**fields, "certificate_number": None})
    unsigned = {name: value for name, value in claim.headers.items() if name != WEBHOOK_SIGNATURE}
    assert (await house.client.post(PATH, content=claim.body, headers=unsigned)).json()["code"] == "HEADER_MISSING"
    for _ in range(2):
        signed = await house.client.post(PATH, content=claim.body, headers=dict(claim.headers))
        assert signed.json()["code"] == "REDEEM_CODE_UNKNOWN"
    found = {(each.reason, each.partner_code, each.claim_id) for each in await kept(house)}
    assert found == {("HEADER_MISSING", None, None), ("REDEEM_CODE_UNKNOWN", "TOKOPEDIA", "c-1")}
    hour = await store.one(house.service.database, PartnerHour, "TOKOPEDIA")
    assert hour
    assert (hour.claims, hour.bytes) == (1, len(claim.body))
    told = (await asked(house, platform_of(house))).json()["claims"]
    assert [(each["claim_id"], each["reason"]) for each in told] == [("c-1", "REDEEM_CODE_UNKNOWN")]


async def drowned(house: House) -> None:
    """One claim of a platform, and after it more noise than a page holds."""
    await house.service.execute(RefuseClaim("http/own", "REDEEM_CODE_UNKNOWN", "TOKOPEDIA", "e" * 64))
    house.clock.at += timedelta(minutes=1)
    for number in range(MOST):
        await house.service.execute(RefuseClaim(f"http/{number:03}", "HEADER_MISSING", None, "d" * 64))


async def test_a_platforms_refusals_are_found_behind_any_noise(house: House) -> None:
    await drowned(house)
    auditor = await house.staff("auditor")

    async def listed(query: str) -> tuple[list[str], int | None]:
        told = (await house.client.get(f"/incentive/staff/refused-claims{query}", headers=auditor)).json()
        return [each["place"] for each in told["claims"]], told["next"]

    every = [f"http/{number:03}" for number in range(MOST)]
    assert await listed("") == (every, 1)
    assert await listed("?page_no=1") == (["http/own"], None)
    assert await listed("?partner_code=TOKOPEDIA") == (["http/own"], None)
    assert await listed("?partner_code=-") == (every, 1)
    assert await listed("?partner_code=BUKALAPAK") == ([], None)
    wrong = await house.client.get("/incentive/staff/refused-claims?partner_code=x", headers=auditor)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "INPUT_INVALID")


async def test_the_command_line_asks_for_one_platform_alone(house: House) -> None:
    await drowned(house)
    house.client.headers.update(await house.staff("secretariat"))
    assert [each["place"] for each in await refused_claims(house.client, "TOKOPEDIA")] == ["http/own"]
    with pytest.raises(OperatorError, match="tokopedia is no code"):
        await refused_claims(house.client, "tokopedia")


async def test_the_page_of_refused_claims_goes_on_and_asks_by_platform(house: House) -> None:
    await drowned(house)
    desk = await at_desk(house, "disputes")
    first = await desk.get("/petugas/klaim?sejak=minggu")
    assert first.count("tidak terbukti</td>") == MOST
    assert "http/own" not in first
    assert "?sejak=minggu&amp;platform=&amp;page_no=1" in first
    second = await desk.get("/petugas/klaim?sejak=minggu&platform=&page_no=1")
    assert "http/own" in second
    assert "Berikutnya" not in second
    theirs = await desk.get("/petugas/klaim?platform=TOKOPEDIA")
    assert "http/own" in theirs
    assert "tidak terbukti</td>" not in theirs
    nobodys = await desk.get(f"/petugas/klaim?platform={claim_store.NOBODYS}")
    assert "http/own" not in nobodys


async def test_a_platform_whose_interface_is_not_ready_is_told_in_its_own_form(house: House) -> None:
    house.settings.partners_file.unlink()
    answer = await house.post("/api/v1/integration/payment/redeem-code/status", {"redeem_code": "X"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert json.loads(answer.text) == {
        "success": False,
        "code": "ERRPLT50302",
        "message": "Layanan sedang disiapkan. Coba lagi sebentar lagi.",
    }
