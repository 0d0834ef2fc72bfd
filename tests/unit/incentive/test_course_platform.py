"""The simulated platforms: they take codes, publish claims when their time has come, and forge as scripted."""

from __future__ import annotations

from datetime import timedelta

import httpx

from deploy.simulators.course_platform import CoursePlatforms, build_platforms, http_sink
from services.incentive import store
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
