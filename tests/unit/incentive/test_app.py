"""The composition root: settings and ports in, an app out; data that lack something stop the start with its name."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from services.incentive import app
from services.incentive.domain.rules import RulesIncomplete
from services.incentive.reference import SHIPPED
from services.incentive.settings import IncentiveSettings
from shared.engine.service import Definition, Ports, Service, build_service
from tests.unit.incentive.house import House


@pytest.mark.parametrize("bank_url", ["", "http://bank"])
async def test_the_app_has_all_doors(house: House, bank_url: str) -> None:
    settings = IncentiveSettings(bank_url=bank_url)
    built = app.build(settings, house.service.ports, house.vault, house.accounts)
    paths = set(built.openapi()["paths"])
    assert "/api/v1/integration/payment/redeem-code/commit" in paths
    assert "/incentive/partner/claims" in paths
    assert "/incentive/participants/{applicant_id}/purchases" in paths
    assert sum(path.startswith("/incentive/staff/") for path in paths) >= 15


async def test_a_null_clock_stops_the_start_with_its_name(house: House, tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "data")
    path = folder / "programme_rules_2020.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["clocks"]["survey_window_days"]["value"] = None
    path.write_text(json.dumps(document), encoding="utf-8")
    settings = IncentiveSettings(data_directory=folder)
    with pytest.raises(RulesIncomplete, match=r"clocks\.survey_window_days"):
        app.build(settings, house.service.ports, house.vault, house.accounts)


async def test_the_files_of_partners_are_watched(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Definition] = []

    def kept(definition: Definition, ports: Ports) -> Service:
        built.append(definition)
        return build_service(definition, ports)

    monkeypatch.setattr(app, "build_service", kept)
    app.build(IncentiveSettings(), house.service.ports, house.vault, house.accounts)
    (timer,) = [each for each in built[0].timers if each.name == "partners"]
    assert timer.every <= timedelta(minutes=1)
