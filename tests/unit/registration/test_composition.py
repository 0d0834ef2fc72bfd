from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from fastapi import FastAPI

from services.registration import app
from services.registration.adapters import sheets
from services.registration.domain.rules import RuleMissing
from services.registration.reference import read_reference
from services.registration.settings import RegistrationSettings
from shared.contracts.decision import Refused
from shared.engine.service import Ports
from shared.platform.metrics import EngineMetrics
from shared.security.accounts import Accounts
from shared.security.vault import RecordSeal, Vault
from shared.web import guard
from tests.fakes import LoopClock, MemoryBroker, MemoryDatabase, MemoryLog, MemoryStore
from tests.unit.registration.house import DoorAccounts


def built(**settings: Any) -> FastAPI:
    database, seal = MemoryDatabase(MemoryStore()), RecordSeal(b"r" * 32)
    ports = Ports(
        database=database,
        broker=MemoryBroker(MemoryLog()),
        clock=LoopClock(),
        seal=seal.seal,
        unseal=seal.unseal,
        metrics=EngineMetrics("registration"),
    )
    vault = Vault(database, b"m" * 32, b"i" * 32)
    return app.build(RegistrationSettings(**settings), ports, vault, cast(Accounts, DoorAccounts()))


@pytest.mark.parametrize("url", ["", "http://dukcapil/dukcapil/get_json/medan/CALL_NIK"])
async def test_the_service_is_composed_from_settings_and_ports_and_describes_itself(url: str) -> None:
    described = built(civil_registry_url=url).openapi()

    paths = set(described["paths"])
    assert {"/registration/applications", "/registration/imports", "/registration/waves/{wave}/draw"} <= paths
    undescribed = [
        f"{method} {path}"
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if "summary" not in operation
    ]
    assert undescribed == []


async def test_a_rule_set_that_is_not_there_stops_the_start_with_its_name() -> None:
    with pytest.raises(RuleMissing, match="prakerja-1945"):
        built(rule_set="prakerja-1945")


def test_an_application_under_rules_no_longer_shipped_is_decided_under_those_of_today() -> None:
    reference = read_reference("prakerja-2020", "12.71")

    assert reference.rules_of("prakerja-2023").max_per_kk == 2
    assert reference.rules_of("prakerja-2019") is reference.rules


def test_ordinary_numbers_pass_the_guard() -> None:
    assert guard.strict_json(b'{"a": [1, 25, {"b": null}]}') == {"a": [1, 25, {"b": None}]}


async def test_a_child_that_never_speaks_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "FIRST_LINE_SECONDS", 0.01)

    with pytest.raises(Refused, match="SHEET_TOO_LARGE"):
        await sheets._rows(asyncio.StreamReader())
