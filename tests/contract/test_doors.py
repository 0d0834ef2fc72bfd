"""Every door of every service keeps to its OpenAPI, whatever comes in: cases made by schemathesis from the document.

No failure of ours (500), no status or shape that is not written down, and every refusal a problem document with a code.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from requests import Session
from schemathesis import Case
from schemathesis.checks import negative_data_rejection
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.python.asgi import HOST, get_client, shutdown_lifespans

from deploy.servers import ROOT
from tests.component.notification.stage import ANNA
from tests.component.notification.test_door import BROADCAST, COMPLAINT
from tests.contract import doors
from tests.contract.doors import FIRST, SECOND, app_of
from tests.unit.incentive.builders import COURSE
from tests.unit.registration.house import application

WAVE = {"wave": 1, "quota": 5106, "opens_at": "2020-04-11T01:00:00Z", "closes_at": "2099-04-16T09:00:00Z"}

CONFIG = """
seed = 2020
[generation]
deterministic = true
max-examples = 2
[phases.coverage]
unexpected-methods = ["PUT"]
[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]
# A rule may refuse what the shape of a body allows.
positive_data_acceptance.enabled = false
# Starlette names in Allow the methods of the first route of a path only.
allow_header_conformance.enabled = false
"""


def written(name: str) -> schemathesis.BaseSchema:
    """The document that is kept; another test holds it equal to the one that the service shows."""
    path = ROOT / "docs" / "openapi" / f"{name}.json"
    return schemathesis.openapi.from_path(path, config=SchemathesisConfig.from_str(CONFIG))


@dataclass(frozen=True)
class Door:
    """A running service, and names of what is known to it: `applicant_id` of somebody, `wave` of an open one ..."""

    client: Session
    known: Mapping[str, str]
    tracking_code: str = ""

    def ask(self, path: str, body: Mapping[str, Any], who: Mapping[str, str] = FIRST) -> Any:
        answer = self.client.post(path, json=body, headers=who)
        assert answer.status_code == 202, answer.text
        return answer.json()


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    """Schemathesis starts an app at its first request and lets it run."""
    yield
    shutdown_lifespans()


@pytest.fixture(scope="module")
def registration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with get_client(app_of("registration", tmp_path_factory.mktemp("registration"))) as client:
        empty = Door(client, {})
        person = empty.ask("/registration/applications", application())
        empty.ask("/registration/waves", WAVE)
        empty.ask("/registration/waves/1/opening", {}, SECOND)
        yield Door(client, {"applicant_id": person["applicant_id"], "wave": "1"}, person["tracking_code"])


@pytest.fixture(scope="module")
def incentive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with get_client(app_of("incentive", tmp_path_factory.mktemp("incentive"))) as client:
        yield Door(client, {"course_code": COURSE, "number": "1"})


@pytest.fixture(scope="module")
def notification(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with get_client(doors.notification(tmp_path_factory.mktemp("notification"))) as client:
        empty = Door(client, {})
        while not client.get(f"/notification/applicants/{ANNA}/messages", headers=FIRST).json()["messages"]:
            time.sleep(0.05)  # until it has heard of her; the test's own time limit ends a vain wait
        ticket = empty.ask("/notification/tickets", COMPLAINT)["ticket_id"]
        campaign = empty.ask("/notification/campaigns", BROADCAST)["campaign_id"]
        yield Door(client, {"applicant_id": ANNA, "ticket_id": ticket, "campaign_id": campaign})


@pytest.fixture(scope="module")
def reporting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with get_client(app_of("reporting", tmp_path_factory.mktemp("reporting"))) as client:
        yield Door(client, {})


def check(case: Case, door: Door) -> None:
    """As a member of staff with every role, so that it is the doors that refuse and not the porter; and once more
    about somebody or something that exists."""
    url, checks = f"http://{HOST}", [refusals_are_problem_documents]
    case.call_and_validate(url, door.client, FIRST, additional_checks=checks)
    if known := {name: value for name, value in door.known.items() if name in case.path_parameters}:
        case.path_parameters |= known
        headers = {**FIRST, "Tracking-Code": door.tracking_code}
        # What was wrong with the case may just have been put right.
        made_right = [negative_data_rejection]
        case.call_and_validate(url, door.client, headers, additional_checks=checks, excluded_checks=made_right)


def refusals_are_problem_documents(context: object, response: Response, case: Case) -> None:
    if response.status_code >= 400:
        kind = response.headers["content-type"][0]
        if case.path.startswith("/api/v1/integration/") and kind == "application/json":  # the form is given there
            assert response.json()["success"] is False
            return
        assert kind == "application/problem+json", kind
        assert response.json()["status"] == response.status_code


@written("registration").parametrize()
def test_registration_answers_as_it_is_written(case: Case, registration: Door) -> None:
    check(case, registration)


@written("incentive").parametrize()
def test_incentive_answers_as_it_is_written(case: Case, incentive: Door) -> None:
    check(case, incentive)


@written("notification").parametrize()
def test_notification_answers_as_it_is_written(case: Case, notification: Door) -> None:
    check(case, notification)


@written("reporting").parametrize()
def test_reporting_answers_as_it_is_written(case: Case, reporting: Door) -> None:
    check(case, reporting)
