"""The crash explorer finds nothing in the engine, and finds each of the broken ones: a test of the tests."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter

import pytest
import structlog

from tests.engine.explorer import Exploration, Family, explore, log_faults, lost_commits
from tests.engine.mutants import MUTANTS

SCHEDULES = 2000
FAMILIES: dict[str, Family] = {"answer_not_looked_for": lost_commits, "silent_about_gaps": log_faults}
"""Mutants whose one weakness needs a family of plans of its own."""


def _quiet() -> None:
    """Thousands of planned deaths are not news."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


def _explore(seed: int, schedules: int) -> Exploration:
    _quiet()
    return explore(schedules, seed)


@pytest.mark.timeout(900)
def test_no_schedule_of_faults_breaks_an_invariant() -> None:
    workers = os.cpu_count() or 1
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        found = pool.starmap(_explore, [(seed, SCHEDULES // workers) for seed in range(1, workers + 1)])
    broken = [each for exploration in found for each in exploration.found]
    assert not broken, broken[:3]
    seen = sum((exploration.seen for exploration in found), Counter[str]())
    for fault in ("kill@db", "kill@tx", "kill@kafka", "error@db", "lost_reply@tx", "duplicate@kafka", "lose_log@kafka"):
        assert seen[fault], f"{fault} never happened: the exploration is weaker than it says"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_broken_engine_is_caught(name: str) -> None:
    _quiet()
    with MUTANTS[name]():
        exploration = explore(600, family=FAMILIES.get(name), stop_at_first=True)
    structlog.reset_defaults()
    assert exploration.found, f"{name} was not caught in {exploration.schedules} schedules"
