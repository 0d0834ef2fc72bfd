"""Outside work has places: what takes long holds its own and nobody else's."""

from __future__ import annotations

import asyncio

import pytest

from shared.engine.rules import Effect, Outcome, OutcomeState
from tests.engine import toy
from tests.engine.invariants import check
from tests.engine.world import World, run

PEOPLE = 60
PLACES = 20
"""Of a kind that names no number of its own."""


async def everybody(world: World) -> None:
    await asyncio.gather(*(world.ask(f"{n:02}/0", toy.Add(f"{n:02}")) for n in range(PEOPLE)))


def test_a_call_that_takes_long_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[str] = []
    perform = toy.PayHandler.perform

    async def slow_for_one(self: toy.PayHandler, effect: Effect) -> Outcome:
        await asyncio.sleep(4 if effect.key == "00/1" else 0.1)
        answered.append(effect.key)
        return await perform(self, effect)

    monkeypatch.setattr(toy.PayHandler, "perform", slow_for_one)
    check(run(World({}), everybody))
    assert len(answered) == PEOPLE
    assert answered[-1] == "00/1"


def test_no_more_calls_are_made_at_once_than_there_are_places(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, most = 0, 0
    perform = toy.PayHandler.perform

    async def counted(self: toy.PayHandler, effect: Effect) -> Outcome:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(1)
        under_way -= 1
        return await perform(self, effect)

    monkeypatch.setattr(toy.PayHandler, "perform", counted)
    check(run(World({}), everybody))
    assert most == PLACES


def test_asking_about_what_is_unknown_holds_up_no_new_call(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    perform, inquire = toy.PayHandler.perform, toy.PayHandler.inquire

    async def unanswered_for_one(self: toy.PayHandler, effect: Effect) -> Outcome:
        order.append(f"pay {effect.key}")
        await perform(self, effect)
        return Outcome(OutcomeState.UNKNOWN if effect.key == "a/1" else OutcomeState.DONE)

    async def slow(self: toy.PayHandler, effect: Effect) -> Outcome:
        order.append(f"ask {effect.key}")
        await asyncio.sleep(4)
        order.append(f"know {effect.key}")
        return await inquire(self, effect)

    monkeypatch.setattr(toy.PayHandler, "perform", unanswered_for_one)
    monkeypatch.setattr(toy.PayHandler, "inquire", slow)

    async def scenario(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))
        while "ask a/1" not in order:  # noqa: ASYNC110  # virtual time
            await asyncio.sleep(0.5)
        await world.ask("b/0", toy.Add("b"))

    check(run(World({}), scenario))
    assert order == ["pay a/1", "ask a/1", "pay b/1", "know a/1"]
