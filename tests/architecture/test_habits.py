"""Habits that lose data or hide failures, and the names that a reader finds in every service."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from shared.web.problems import COMMON
from tests.architecture import names
from tests.architecture.rules import (
    ROOT,
    SERVICES,
    Rule,
    Source,
    bare_broker_calls,
    clients_made_at_import,
    code_words,
    refusals,
    sources,
    swallowed_errors,
)

KAFKA = "shared/platform/kafka/"
FOR_OUR_TIMERS = {"BATCH_MOVED_ON"}
"""Answers that only our own timers get: no person ever reads a sentence about them."""
SAYING = [service for service in SERVICES if service != "reporting"]
"""Reporting takes no command, so it refuses nothing."""


def test_nobody_subscribes_or_publishes_past_the_adapter() -> None:
    found = [line for source in sources("services", "shared", "deploy") for line in bare_broker_calls(source)]
    assert [line for line in found if not line.startswith(KAFKA)] == []


def test_no_error_is_swallowed() -> None:
    assert [line for source in sources("services", "shared", "deploy") for line in swallowed_errors(source)] == []


def test_nothing_that_talks_to_the_world_is_made_at_import() -> None:
    assert [line for source in sources("services", "shared") for line in clients_made_at_import(source)] == []


@pytest.mark.parametrize("service", SAYING)
def test_every_code_that_a_rule_raises_has_a_sentence(service: str) -> None:
    known = _refusals(service) | set(COMMON) | FOR_OUR_TIMERS
    raised = [(source.path, *each) for source in sources(f"services/{service}") for each in refusals(source)]
    assert [f"{path}:{line} {code}" for path, line, code in raised if code not in known] == []


@pytest.mark.parametrize("service", SAYING)
def test_every_sentence_belongs_to_a_code_that_is_used(service: str) -> None:
    used: set[str] = set()
    for source in sources(f"services/{service}", "shared/security"):
        if not source.path.endswith("refusals.py"):
            used |= code_words(source)
    assert _refusals(service) - used == set()


def _refusals(service: str) -> set[str]:
    return set(import_module(f"services.{service}.domain.refusals").REFUSALS)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_names_that_every_service_has(service: str) -> None:
    folder = ROOT / "services" / service
    found = {entry.name for entry in folder.iterdir() if entry.name != "__pycache__"}
    assert found - names.COMMON - names.SPECIAL[service] == set(), "a new name: is it not one of the common ones?"
    assert names.SPECIAL[service] - found == set(), "take the name off tests/architecture/names.py"
    assert names.NEEDED - found == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_composition_root_is_short(service: str) -> None:
    assert Source("", (ROOT / "services" / service / "app.py").read_text(encoding="utf-8")).lines < 40


def test_no_file_is_called_what_says_nothing() -> None:
    stems = {Path(source.path).stem for source in sources("services", "shared", "deploy", "tests")}
    assert stems & {"utils", "helpers", "common", "misc"} == set()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (bare_broker_calls, "@broker.subscriber('topic')\nasync def f(): ...\n"),
        (bare_broker_calls, "async def f(producer): await producer.send_and_wait('t', b'')\n"),
        (swallowed_errors, "try:\n    f()\nexcept ValueError:\n    pass\n"),
        (swallowed_errors, "try:\n    f()\nexcept:\n    ...\n"),
        (clients_made_at_import, "client = httpx.AsyncClient()\n"),
        (clients_made_at_import, "class A:\n    settings = IncentiveSettings()\n"),
    ],
)
def test_the_habits_can_be_broken(rule: Rule, text: str) -> None:
    assert rule(Source("services/x.py", text))


def test_what_runs_later_is_not_made_at_import() -> None:
    text = "def f():\n    return AsyncClient()\nif __name__ == '__main__':\n    serve(Settings())\n"
    assert clients_made_at_import(Source("services/x.py", text)) == []


def test_codes_are_found_where_they_are_raised() -> None:
    text = "def f(a):\n    raise Refused('WAVE_CLOSED' if a else 'TOO_LATE', details='x')\n"
    assert [code for _, code in refusals(Source("x.py", text))] == ["WAVE_CLOSED", "TOO_LATE"]
