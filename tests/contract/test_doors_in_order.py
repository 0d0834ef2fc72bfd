"""Journeys through the doors: what one request made is used by the next, as schemathesis infers it from the OpenAPI.

JOURNEYS sets how many a service gets (`make chaos` takes more).
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import Case
from schemathesis.engine.errors import is_inconsistent_replay
from schemathesis.python.asgi import HOST, get_client, shutdown_lifespans
from schemathesis.specs.openapi.checks import ensure_resource_availability

from tests.contract import doors
from tests.contract.doors import FIRST, app_of
from tests.contract.test_doors import refusals_are_problem_documents, written

JOURNEYS = int(os.environ.get("JOURNEYS", "300"))
"""For a service; together about two minutes."""
STEPS = 8
APPS: dict[str, Callable[[Path], FastAPI]] = {
    "registration": lambda folder: app_of("registration", folder),
    "incentive": lambda folder: app_of("incentive", folder),
    "notification": doors.notification,
}
"""Reporting is only read."""


class Seen:
    """What the journeys met. It is kept here, for Hypothesis forgets a failure that does not come a second time."""

    def __init__(self) -> None:
        self.journeys = self.steps = 0
        self.failures: list[str] = []


def journey(name: str, client: Any, seen: Seen) -> Any:
    """The class of all journeys through one service."""

    class Journey(written(name).as_state_machine()):  # type: ignore[misc]  # made at run time
        def setup(self) -> None:
            seen.journeys += 1

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"session": client, "headers": FIRST, "base_url": f"http://{HOST}"}

        def validate_response(self, response: Any, case: Case, **_: Any) -> None:
            seen.steps += 1
            checks = [refusals_are_problem_documents]
            try:
                # A draft is there and yet not shown to everybody.
                case.validate_response(
                    response, additional_checks=checks, excluded_checks=[ensure_resource_availability]
                )
            except Exception as failure:
                seen.failures.append(f"{case.operation.label}: {failure}")
                raise

    return Journey


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", sorted(APPS))
def test_no_order_of_requests_makes_a_door_fail(name: str, tmp_path: Path) -> None:
    seen, start = Seen(), random.randrange(2**32) if "JOURNEYS" in os.environ else 0
    with get_client(APPS[name](tmp_path)) as client:
        for suite in itertools.count(start):
            try:
                seed(suite)(journey(name, client, seen)).run(settings=_settings(JOURNEYS - seen.journeys))
            except Exception as error:
                # The service remembers earlier journeys, so the same beginning may have another continuation, which
                # Hypothesis does not allow for. It begins again from another seed, as schemathesis itself does.
                if not isinstance(error, FlakyStrategyDefinition) and not is_inconsistent_replay(error):
                    raise
            if seen.failures or seen.journeys >= JOURNEYS:
                break
    shutdown_lifespans()
    assert seen.failures == [], f"seed {suite}"
    assert seen.steps > JOURNEYS, "hardly anything was asked"


def _settings(journeys: int) -> settings:
    return settings(
        max_examples=journeys,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
