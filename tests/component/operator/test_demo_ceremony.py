"""The ceremony of the demo against registration's real door: four secrets and three shares draw, four alone do not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

from deploy.demo import ceremony
from deploy.demo.office import Office
from tests.component.operator.demo_office import HouseOffice
from tests.unit.registration.house import APPROVER, SECRETARIAT, open_house
from tests.unit.registration.test_waves_door import open_wave


async def test_the_demo_opens_a_withheld_secret_by_shares(tmp_path: Path) -> None:
    async with open_house() as house:
        await open_wave(house)
        await ceremony.prepare(cast(Office, HouseOffice(house)), 1, tmp_path)
        house.clock.ahead += timedelta(days=6)
        await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
        await house.wave_until(1, "closed")
        body = ceremony.opening(tmp_path)
        alone = await house.call("POST", "/waves/1/draw", 409, json={**body, "shares": []}, headers=APPROVER)
        assert alone["code"] == "SECRETS_MISSING"
        await house.call("POST", "/waves/1/draw", 202, json=body, headers=APPROVER)
        wave = await house.wave_until(1, "done")
        assert wave["opened_by_shares"] == [ceremony.WITHHOLDS]
        assert [each["name"] for each in wave["officials"]] == list(ceremony.OFFICIALS)
