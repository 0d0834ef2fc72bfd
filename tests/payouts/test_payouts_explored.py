"""Nobody is paid twice and nobody's money is lost, whichever step dies and however the bank behaves."""

from __future__ import annotations

import pytest
import structlog

from tests.engine.explorer import check_all, quiet
from tests.engine.world import run
from tests.payouts.explorer import explore
from tests.payouts.invariants import check, net
from tests.payouts.months import month
from tests.payouts.mutants import MUTANTS
from tests.payouts.world import CHARACTERS, PEOPLE, PayoutWorld


@pytest.mark.parametrize("character", sorted(CHARACTERS))
def test_a_calm_month_ends_well_at_every_bank(character: str) -> None:
    world = run(PayoutWorld({}, character=character), month)
    check(world)
    if character not in ("reverses", "loses the order", "has moods"):
        assert sum(net(world).values()) == len(PEOPLE), "everybody has the money"
    assert all(code == "PAYMENT_NOT_FAILED" for code in world.refused.values())


SCHEDULES = 2000


FAULTS = ("kill@bank", "error@bank", "lost_reply@bank", "kill@db", "kill@tx", "lost_reply@tx")


@pytest.mark.timeout(1200)
def test_no_schedule_of_faults_pays_twice_or_never() -> None:
    check_all(explore, SCHEDULES, FAULTS)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_broken_payouts_are_caught(name: str) -> None:
    quiet()
    with MUTANTS[name]():
        exploration = explore(400, stop_at_first=True)
    structlog.reset_defaults()
    assert exploration.found, f"{name} was not caught in {exploration.schedules} schedules"
