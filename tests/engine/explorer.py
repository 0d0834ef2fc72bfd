"""The crash explorer: the same scenario with a fault at step k, for ALL k; then pairs; then random schedules.

Faults are on until the scenario's commands are answered, then off; the world must come to rest within
a bound, and only then the invariants are checked.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from tests.engine import toy
from tests.engine.invariants import check
from tests.engine.world import Plan, World, run

KINDS = ("kill", "error", "lost_reply", "duplicate", "lose_log", "lose_tail")
Scenario = Callable[[World], Awaitable[None]]
Family = Callable[[Sequence[str], random.Random], Iterator[dict[int, str]]]


async def busy(world: World) -> None:
    """A burst of numbers and a name two want; then a trickle, with and without keys; then time to rest."""
    asks = [world.ask(f"{account}/{i}", toy.Add(account)) for i in range(3) for account in "abc"]
    asks += [world.ask(f"{account}/named", toy.Add(account, "only-one", careless=account == "b")) for account in "ab"]
    await asyncio.gather(*asks)
    for i in range(5):
        await asyncio.sleep(0.6)
        await asyncio.gather(world.ask(f"c/late-{i}", toy.Add("c")), world.ask_once(toy.Add("d")))
    await asyncio.sleep(12.0)


@dataclass
class Found:
    """A schedule that broke something."""

    seed: int
    plan: dict[int, str]
    where: str
    what: str


@dataclass
class Exploration:
    """What was tried, and what broke."""

    schedules: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)
    seconds: float = 0.0

    def try_one(
        self, plan: Plan, seed: int, scenario: Scenario = busy, *, deduplicates: bool = True, twice: bool = False
    ) -> World:
        world = World(plan, seed, toy.Bank(deduplicates), twice)
        where = f"{deduplicates=} {twice=}"
        self.watch(world, lambda: check(run(world, scenario)), where)
        return world

    def watch(self, world: World, play: Callable[[], None], where: str) -> None:
        """Play it once and note what broke."""
        began = time.perf_counter()
        try:
            play()
        except Exception as error:  # a broken run is the finding
            what = f"{type(error).__name__}: {error}"
            self.found.append(Found(world.seed, dict(world.plan), where, what[:300]))
        self.schedules += 1
        self.seen.update(world.seen)
        self.seconds += time.perf_counter() - began


Explore = Callable[[int, int], Exploration]
"""(schedules, seed) -> what was found; a function of a module, since it runs in processes of its own."""


def quiet() -> None:
    """Thousands of planned deaths are not news."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


def explored(explore: Explore, shares: Sequence[tuple[int, int]]) -> Iterator[Exploration]:
    """The explorations of all (seed, schedules), on all processors, as they come."""
    with multiprocessing.get_context("spawn").Pool(os.cpu_count() or 1, initializer=quiet) as pool:
        yield from pool.imap_unordered(functools.partial(_share, explore), shares)


def _share(explore: Explore, share: tuple[int, int]) -> Exploration:
    seed, schedules = share
    return explore(schedules, seed)


def check_all(explore: Explore, schedules: int, faults: Sequence[str]) -> None:
    """Nothing broke in so many schedules, and each of the faults really happened."""
    workers = os.cpu_count() or 1
    found = list(explored(explore, [(seed, schedules // workers) for seed in range(1, workers + 1)]))
    broken = [each for exploration in found for each in exploration.found]
    assert not broken, broken[:3]
    seen = sum((exploration.seen for exploration in found), Counter[str]())
    for fault in faults:
        assert seen[fault], f"{fault} never happened: the exploration is weaker than it says"


def single_faults(steps: Sequence[str], chance: random.Random) -> Iterator[dict[int, str]]:
    """Every fault that can mean something at every step, one step of each name at a time: most steps are
    idle polls, and the rare ones must not wait behind them."""
    by_name: dict[str, list[int]] = {}
    for number, name in enumerate(steps, 1):
        by_name.setdefault(name, []).append(number)
    for numbers in by_name.values():
        chance.shuffle(numbers)
    for turn in itertools.zip_longest(*by_name.values()):
        for number in (number for number in turn if number is not None):
            yield from ({number: kind} for kind in meaningful(steps[number - 1]))


def meaningful(name: str) -> list[str]:
    """The faults that make a difference at a step of this name."""
    kinds = ["kill", "lost_reply" if name.endswith(".done") else "error"]
    if name == "kafka.publish.done":
        kinds.append("duplicate")
    if name.startswith("kafka.p"):
        kinds += ["lose_log", "lose_tail"]
    return kinds


def log_faults(steps: Sequence[str], chance: random.Random) -> Iterator[dict[int, str]]:
    """Repeats and losses around publishing, for ever: what makes disorder and gaps."""
    places = [number for number, name in enumerate(steps, 1) if name == "kafka.publish.done"]
    while True:
        chosen = chance.sample(places, min(len(places), chance.randint(2, 5)))
        yield {number: chance.choice(("duplicate", "duplicate", "lose_log", "lose_tail")) for number in chosen}


def lost_commits(steps: Sequence[str], chance: random.Random) -> Iterator[dict[int, str]]:
    """The answer to each commit in turn is lost."""
    yield from ({number: "lost_reply"} for number, name in enumerate(steps, 1) if name == "db.commit.done")


def pairs_of_kills(steps: int, chance: random.Random, count: int) -> Iterator[dict[int, str]]:
    """A sample of all pairs of crashes."""
    pairs = list(itertools.combinations(range(1, steps + 1), 2))
    for a, b in chance.sample(pairs, min(count, len(pairs))):
        yield {a: "kill", b: "kill"}


def random_plans(steps: int, chance: random.Random) -> Iterator[dict[int, str]]:
    """Many faults of all kinds, for ever."""
    while True:
        count = chance.randint(2, 12)
        yield {chance.randint(1, steps): chance.choice(KINDS) for _ in range(count)}


def everything(steps: Sequence[str], chance: random.Random, schedules: int) -> Iterator[dict[int, str]]:
    """Single faults, disorder in the log, pairs of kills, then random ones."""
    share = schedules // 5
    yield from itertools.islice(single_faults(steps, chance), 2 * share)
    yield from itertools.islice(log_faults(steps, chance), share)
    yield from pairs_of_kills(len(steps), chance, share)
    yield from random_plans(len(steps), chance)


def explore(schedules: int, seed: int = 1, *, family: Family | None = None, stop_at_first: bool = False) -> Exploration:
    """`schedules` runs in all, of one family of plans or of everything."""
    exploration = Exploration()
    chance = random.Random(seed)
    steps = exploration.try_one({}, seed).steps
    plans = family(steps, chance) if family else everything(steps, chance, schedules)
    for number, plan in enumerate(itertools.islice(plans, schedules - 1)):
        exploration.try_one(plan, seed + number, deduplicates=number % 3 != 0, twice=number % 4 == 0)
        if stop_at_first and exploration.found:
            break
    return exploration
