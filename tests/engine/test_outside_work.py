"""Outside work has places: what takes long holds its own and nobody else's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.engine.effects import CLAIM_LEASE, Effects
from shared.engine.outcomes import Outcomes
from shared.engine.ports import Document, Put, TransientError
from shared.engine.restore import STATE, confirm_restore
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


def test_in_quarantine_nothing_is_sent_and_nothing_asked_until_it_is_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A restored service may have forgotten what it sent (reliability.md, X1)."""
    calls: list[str] = []
    perform, inquire = toy.PayHandler.perform, toy.PayHandler.inquire

    async def unanswered(self: toy.PayHandler, effect: Effect) -> Outcome:
        calls.append(f"pay {effect.key}")
        await perform(self, effect)
        return Outcome(OutcomeState.UNKNOWN)

    async def asked(self: toy.PayHandler, effect: Effect) -> Outcome:
        calls.append(f"ask {effect.key}")
        return await inquire(self, effect)

    monkeypatch.setattr(toy.PayHandler, "perform", unanswered)
    monkeypatch.setattr(toy.PayHandler, "inquire", asked)

    async def scenario(world: World) -> None:
        service = world.processes["books"].service
        assert service
        await world.ask("a/0", toy.Add("a"))
        while not calls:  # noqa: ASYNC110  # virtual time
            await asyncio.sleep(0.5)
        await service.database.write([Put(STATE, {"_id": "quarantine"})])
        await world.ask("b/0", toy.Add("b"))
        await asyncio.sleep(120)
        assert calls == ["pay a/1"]
        await confirm_restore(service.database)

    check(run(World({}), scenario))
    assert sorted(calls) == ["ask a/1", "ask b/1", "pay a/1", "pay b/1"]


def test_an_outcome_that_could_not_be_noted_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    record, inquire = Outcomes.record, toy.PayHandler.inquire
    lost = iter([True])

    async def losing_one(self: Outcomes, document: Document, outcome: Outcome) -> None:
        if next(lost, False):
            raise TransientError
        await record(self, document, outcome)

    async def noted(self: toy.PayHandler, effect: Effect) -> Outcome:
        asked.append(effect.key)
        return await inquire(self, effect)

    monkeypatch.setattr(Outcomes, "record", losing_one)
    monkeypatch.setattr(toy.PayHandler, "inquire", noted)

    async def scenario(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))
        await asyncio.sleep(5)
        await world.ask("b/0", toy.Add("b"))
        await asyncio.sleep(5)
        assert world.bank.payments.total() == 2, "the others go on meanwhile"

    check(run(World({}), scenario))
    assert asked == ["a/1"]


def test_a_claim_that_took_too_long_is_not_acted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who claims again after it may be calling already."""
    calls: list[str] = []
    claim, perform, inquire = Effects._claim, toy.PayHandler.perform, toy.PayHandler.inquire
    slow = iter([CLAIM_LEASE.total_seconds() - 3])

    async def claimed(self: Effects, lane: Any, most: int) -> list[Document]:
        documents = await claim(self, lane, most)
        await asyncio.sleep(next(slow, 0) if documents else 0)
        return documents

    async def paid(self: toy.PayHandler, effect: Effect) -> Outcome:
        calls.append("pay")
        return await perform(self, effect)

    async def asked(self: toy.PayHandler, effect: Effect) -> Outcome:
        calls.append("ask")
        return await inquire(self, effect)

    monkeypatch.setattr(Effects, "_claim", claimed)
    monkeypatch.setattr(toy.PayHandler, "perform", paid)
    monkeypatch.setattr(toy.PayHandler, "inquire", asked)

    async def scenario(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))

    check(run(World({}), scenario))
    assert calls == ["ask", "pay"]


def test_claims_that_expired_are_noted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """One after another each would cost a commit of its own, and what has an unknown outcome would wait for all."""
    under_way, most = 0, 0
    record, claim = Outcomes.record, Effects._claim
    slow = iter([CLAIM_LEASE.total_seconds()])

    async def expired_once(self: Effects, lane: Any, places: int) -> list[Document]:
        documents = await claim(self, lane, places)
        await asyncio.sleep(next(slow, 0) if documents else 0)
        return documents

    async def counted(self: Outcomes, document: Document, outcome: Outcome) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way if outcome.data == {"reason": "CLAIM_EXPIRED"} else 0)
        await record(self, document, outcome)
        under_way -= 1

    monkeypatch.setattr(Effects, "_claim", expired_once)
    monkeypatch.setattr(Outcomes, "record", counted)
    check(run(World({}), everybody))
    assert most > 1
