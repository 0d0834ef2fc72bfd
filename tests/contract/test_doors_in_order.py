"""Journeys through the doors: what one request made is used by the next, as schemathesis infers it from the OpenAPI.

JOURNEYS sets how many a service gets (`make chaos` takes more).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.python.asgi import HOST, get_client, shutdown_lifespans
from schemathesis.specs.openapi.checks import ensure_resource_availability

from tests.contract import doors
from tests.contract.doors import FIRST, app_of
from tests.contract.test_doors import refusals_are_problem_documents, written

JOURNEYS = int(os.environ.get("JOURNEYS", "200"))
STEPS = 8
APPS: dict[str, Callable[[Path], FastAPI]] = {
    "registration": lambda folder: app_of("registration", folder),
    "incentive": lambda folder: app_of("incentive", folder),
    "notification": doors.notification,
}
"""Reporting is only read."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", sorted(APPS))
def test_no_order_of_requests_makes_a_door_fail(name: str, tmp_path: Path) -> None:
    with get_client(APPS[name](tmp_path)) as client:

        class Journey(written(name).as_state_machine()):  # type: ignore[misc]  # made at run time
            def get_call_kwargs(self, case: Case) -> dict[str, Any]:
                return {"session": client, "headers": FIRST, "base_url": f"http://{HOST}"}

            def validate_response(self, response: Any, case: Case, **_: Any) -> None:
                checks = [refusals_are_problem_documents]
                # A draft is there and yet not shown to everybody.
                case.validate_response(
                    response, additional_checks=checks, excluded_checks=[ensure_resource_availability]
                )

        Journey.run(
            settings=settings(
                max_examples=JOURNEYS,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize="JOURNEYS" not in os.environ,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
            )
        )
    shutdown_lifespans()
