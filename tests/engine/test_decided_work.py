"""Outside work that is decided by other means, and the provider's horizon."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.contracts.decision import Refused
from shared.engine.ports import Document
from shared.engine.rules import Effect, Outcome, OutcomeState
from tests.engine import toy
from tests.engine.world import World, run

HORIZON = toy.PayHandler.horizon.total_seconds()
Scenario = Callable[[World], Awaitable[None]]


def _effect(world: World) -> Document:
    (effect,) = world.stores["books"].documents("effects")
    return effect


async def _decide(world: World) -> None:
    service = world.processes["books"].service
    assert service
    await service.execute(toy.Decide("a", 1))


def _loses_the_first(monkeypatch: pytest.MonkeyPatch, calls: list[float]) -> None:
    """The first order is lost on its way; every later one arrives."""
    perform = toy.PayHandler.perform

    async def lost(self: toy.PayHandler, effect: Effect) -> Outcome:
        calls.append(asyncio.get_running_loop().time())
        return Outcome(OutcomeState.UNKNOWN) if len(calls) == 1 else await perform(self, effect)

    monkeypatch.setattr(toy.PayHandler, "perform", lost)


def test_what_a_person_decided_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[float] = []
    _loses_the_first(monkeypatch, calls)

    async def decided(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))
        await asyncio.sleep(HORIZON / 2)
        assert _effect(world)["state"] == "unknown"
        await _decide(world)
        await asyncio.sleep(10 * HORIZON)

    world = run(World({}), decided)
    assert len(calls) == 1
    assert world.bank.payments == {}
    assert _effect(world)["state"] == "decided"


def test_whatever_goes_wrong_in_the_database_while_work_is_settled_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    span: list[int] = []

    async def decided(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))
        await asyncio.sleep(HORIZON / 2)
        span.append(len(world.steps))
        await _decide(world)
        span.append(len(world.steps))

    _loses_the_first(monkeypatch, [])
    run(World({}), decided)
    begin, end, *_ = span
    assert end - begin >= 5
    for step in range(begin + 1, end + 1):
        monkeypatch.undo()
        _loses_the_first(monkeypatch, [])
        world = run(World({step: "error"}), decided)
        assert _effect(world)["state"] == "decided", world.steps[step - 1]


def test_what_nobody_decided_is_sent_again_where_the_bank_does_a_reference_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[float] = []
    _loses_the_first(monkeypatch, calls)

    async def left(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))
        await asyncio.sleep(10 * HORIZON)

    world = run(World({}), left)
    assert len(calls) == 2
    assert list(world.bank.payments.values()) == [1]
    assert _effect(world)["state"] == "done"


def test_nothing_is_decided_while_a_call_is_out_and_its_outcome_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    perform = toy.PayHandler.perform

    async def slow(self: toy.PayHandler, effect: Effect) -> Outcome:
        await asyncio.sleep(4)
        return await perform(self, effect)

    monkeypatch.setattr(toy.PayHandler, "perform", slow)
    refused: list[str] = []

    async def hasty(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))
        await asyncio.sleep(3)
        try:
            await _decide(world)
        except Refused as refusal:
            refused.append(refusal.code)
        await asyncio.sleep(5)
        await _decide(world)

    world = run(World({}), hasty)
    assert refused == ["WORK_UNDER_WAY"]
    assert _effect(world)["state"] == "done"
    assert list(world.bank.payments.values()) == [1]


def test_what_was_taken_back_is_due_again_as_if_it_had_never_been_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    perform = toy.PayHandler.perform
    seen: list[bool] = []

    async def kept(self: toy.PayHandler, effect: Effect) -> Outcome:
        seen.append(effect.unknown_since is None)
        return Outcome(OutcomeState.UNKNOWN) if len(seen) == 1 else await perform(self, effect)

    async def given_back(self: toy.PayHandler, effect: Effect) -> Outcome:
        return Outcome(OutcomeState.NOT_STARTED)

    monkeypatch.setattr(toy.PayHandler, "perform", kept)
    monkeypatch.setattr(toy.PayHandler, "inquire", given_back)

    async def left(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))
        await asyncio.sleep(4 * HORIZON)

    world = run(World({}), left)
    assert seen == [True, True]
    assert list(world.bank.payments.values()) == [1]
    assert _effect(world)["state"] == "done"


def test_the_horizon_counts_from_the_first_call_that_may_have_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[float] = []
    perform = toy.PayHandler.perform

    async def closed_then_lost(self: toy.PayHandler, effect: Effect) -> Outcome:
        calls.append(asyncio.get_running_loop().time())
        answers = {1: OutcomeState.NOT_STARTED, 2: OutcomeState.UNKNOWN}
        state = answers.get(len(calls))
        return Outcome(state) if state else await perform(self, effect)

    monkeypatch.setattr(toy.PayHandler, "perform", closed_then_lost)

    async def left(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))
        await asyncio.sleep(10 * HORIZON)

    world = run(World({}), left)
    assert len(calls) == 3
    assert calls[2] - calls[1] >= HORIZON
    assert _effect(world)["state"] == "done"
