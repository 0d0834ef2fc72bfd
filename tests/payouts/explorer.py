"""A month of payouts with faults at its steps: at each, in pairs, and at random; at every kind of bank in turn."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from tests.engine.explorer import Exploration, everything
from tests.engine.world import Plan, run
from tests.payouts.invariants import check
from tests.payouts.months import month
from tests.payouts.world import CHARACTERS, PayoutWorld


class PayoutExploration(Exploration):
    """What was tried, and what broke."""

    def try_month(self, plan: Plan, seed: int, character: str) -> PayoutWorld:
        world = PayoutWorld(plan, seed, character=character)
        self.watch(world, lambda: check(run(world, month)), character)
        return world


def explore(
    schedules: int, seed: int = 1, *, characters: Sequence[str] = tuple(CHARACTERS), stop_at_first: bool = False
) -> PayoutExploration:
    """`schedules` runs in all, dealt to the banks."""
    exploration, chance = PayoutExploration(), random.Random(seed)
    share = -(-schedules // len(characters))
    for character in characters:
        steps = exploration.try_month({}, seed, character).steps
        for number, plan in enumerate(itertools.islice(everything(steps, chance, share), share - 1)):
            if stop_at_first and exploration.found:
                return exploration
            exploration.try_month(plan, seed + number, character)
    return exploration
