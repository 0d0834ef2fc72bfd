"""The simulated platforms: they take codes, publish claims when their time has come, and forge as scripted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import httpx

from deploy.simulators.course_platform import CoursePlatforms, Enrolment, build_platforms, http_sink, status_list
from services.incentive import store
from services.incentive.adapters.partners import status_list_path
from services.incentive.domain.certificates import Certificate
from services.incentive.domain.refused_claims import RefusedClaim
from tests.unit.incentive.builders import COURSE
from tests.unit.incentive.house import House
from tests.unit.incentive.steps import bought, page, select


async def test_a_person_is_brought_from_code_to_certificate_over_http(house: House) -> None:
    await select(house)
    code = await bought(house)
    platforms = CoursePlatforms(house.platforms, house.client, http_sink(house.client), house.clock)
    transport = httpx.ASGITransport(build_platforms(platforms))
    async with httpx.AsyncClient(transport=transport, base_url="http://platforms") as http:
        unknown = {"partner_code": "NOBODY", "redeem_code": code}
        assert (await http.post("/redeem", json=unknown)).status_code == 404
        taken = await http.post("/redeem", json={"partner_code": "TOKOPEDIA", "redeem_code": code})
        assert taken.json()["data"]["status"] == 1
        enrolment = {
            "partner_code": "TOKOPEDIA",
            "redeem_code": code,
            "course_code": COURSE,
            "claims_at": (house.clock.now() + timedelta(days=1)).isoformat(),
            "finished_on": "2020-08-10",
            "certificate_number": "TKP-000001",
        }
        assert (await http.post("/enrol", json={**enrolment, "forgery": "magic"})).status_code == 404
        for forgery in ("doubled_key", None):
            assert (await http.post("/enrol", json={**enrolment, "forgery": forgery})).json() == {"enrolled": True}
        assert await platforms.run_due() == 0
        house.clock.at += timedelta(days=1)
        assert await platforms.run_due() == 2
        journal = (await http.get("/simulator/journal")).json()["claims"]
    assert [each["forgery"] for each in journal] == ["doubled_key", None]
    assert (await page(house))["stage"] == "review"
    (refused,) = await store.some(house.service.database, RefusedClaim, {}, limit=5)
    assert (refused.reason, refused.partner_code) == ("DUPLICATE_JSON_KEY", "TOKOPEDIA")


async def test_a_platform_issues_badges_in_both_forms_and_a_withdrawn_one_is_refused(house: House) -> None:
    await select(house)
    code = await bought(house)
    platforms = CoursePlatforms(house.platforms, house.client, http_sink(house.client), house.clock)
    platform = platforms.platform("TOKOPEDIA")
    assert platform
    await platforms.redeem(platform, code)
    target = status_list_path(house.settings.partners_file, "TOKOPEDIA")
    target.parent.mkdir()
    target.write_bytes(status_list(platform, house.clock.wall()))
    enrolment = Enrolment(platform, code, COURSE, house.clock.now(), date(2020, 8, 10), "TKP-000001")
    forms = []
    for badge in ("withdrawn", "genuine", "genuine"):
        claim = await platforms.publish(replace(enrolment, badge=badge))
        forms.append(type(json.loads(claim.body)["credential"]))
    assert forms == [str, dict, str]
    person = await house.until(lambda person: person.purchases[0].finished_on)
    assert person.purchases[0].certificate_reconciled
    assert str(person.purchases[0].certificate_number).startswith("OB-")
    refused = await store.some(house.service.database, RefusedClaim, {}, limit=5)
    assert {each.reason for each in refused} == {"BADGE_WITHDRAWN", "CERTIFICATE_DIFFERS"}
    (kept,) = await store.some(house.service.database, Certificate, {}, limit=5)
    assert (kept.status_known, kept.withdrawn) == (True, False)
