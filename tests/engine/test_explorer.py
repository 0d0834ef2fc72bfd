"""The crash explorer finds nothing in the engine, and finds each of the broken ones: a test of the tests."""

from __future__ import annotations

import pytest
import structlog

from tests.engine.explorer import Family, check_all, explore, log_faults, lost_commits, quiet
from tests.engine.mutants import MUTANTS

SCHEDULES = 2000
FAMILIES: dict[str, Family] = {"answer_not_looked_for": lost_commits, "silent_about_gaps": log_faults}
"""Mutants whose one weakness needs a family of plans of its own."""


FAULTS = ("kill@db", "kill@tx", "kill@kafka", "error@db", "lost_reply@tx", "duplicate@kafka", "lose_log@kafka")


@pytest.mark.timeout(900)
def test_no_schedule_of_faults_breaks_an_invariant() -> None:
    check_all(explore, SCHEDULES, FAULTS)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_broken_engine_is_caught(name: str) -> None:
    quiet()
    with MUTANTS[name]():
        exploration = explore(600, family=FAMILIES.get(name), stop_at_first=True)
    structlog.reset_defaults()
    assert exploration.found, f"{name} was not caught in {exploration.schedules} schedules"
