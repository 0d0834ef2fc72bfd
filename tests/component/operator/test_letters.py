"""Dead letters over HTTP on the toy service `books`: a poison record, what waits behind it, and what staff do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from deploy.operator import letters
from deploy.operator.installation import OperatorError
from shared.contracts.decision import ref
from shared.engine.journal import Numbering, Row, record_of
from shared.engine.rules import Message, Rule
from shared.engine.service import Definition, Ports, Service, build_service
from shared.platform.metrics import EngineMetrics
from shared.security.accounts import Accounts
from shared.web.host import host
from tests.engine import toy
from tests.fakes import LoopClock, MemoryBroker, MemoryDatabase, MemoryLog, MemoryStore

NIK = "1271014105900001"


def mended(definition: Definition) -> Definition:
    """The release that can take the poison."""
    healthy = toy.books(toy.Bank()).reactions[toy.Added]

    def decide(world: Any, event: toy.Added, now: Any) -> Any:
        return healthy.decide(world, event.model_copy(update={"poison": False}), now)

    rule = Rule(needs=lambda event, world: [ref(toy.Book, event.account)], decide=decide)
    return replace(definition, reactions={toy.Added: rule})


class Shop:
    """`books` with its door, and a topic that a test speaks on."""

    def __init__(self) -> None:
        self.store, self.log, self.clock = MemoryStore(), MemoryLog(), LoopClock()
        self.log.topics["shop.v1"] = [[]]
        self._numbering = Numbering(1, 1, {}, {}, 1)
        self.definition = replace(toy.books(toy.Bank()), effects={})
        self.accounts = Accounts(MemoryDatabase(self.store), self.clock)

    async def say(self, *events: toy.Added) -> None:
        for event in events:
            message = Message(f"{event.account}/{event.number}", None, self.clock.now())
            self._numbering.append([self._numbering.entry(message, 0, event)])
            record = record_of(self._numbering.entries[-1], Row(1, 1, {}, ()), "shop.v1", "shop")
            await MemoryBroker(self.log).publish("shop.v1", 0, [record])

    def build(self) -> tuple[Service, FastAPI]:
        ports = Ports(
            database=MemoryDatabase(self.store),
            broker=MemoryBroker(self.log),
            clock=self.clock,
            seal=lambda raw: raw.hex(),
            unseal=bytes.fromhex,
            metrics=EngineMetrics("books"),
            partitions=1,
            topic_prefix="",
        )
        service = build_service(self.definition, ports)
        return service, host(service, [], {}, title="Books")


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def opened(shop: Shop, role: Any = "secretariat") -> AsyncIterator[httpx.AsyncClient]:
    service, app = shop.build()
    await service.start()
    headers = {"Authorization": f"Bearer {await shop.accounts.operator_token(role)}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://city", headers=headers) as client:
        yield client
    await service.stop()


async def poisoned(shop: Shop, client: httpx.AsyncClient) -> str:
    """Number 1 breaks the rule, 2 waits behind it, another account goes on; returns the letter's id."""
    await shop.say(toy.Added(account=NIK, number=1, poison=True), toy.Added(account=NIK, number=2))
    await shop.say(toy.Added(account="b", number=1))
    async with asyncio.timeout(10):
        while True:
            if len(shop.store.documents("parked")) == 2 and shop.store.document("books", "b"):
                break
            await asyncio.sleep(0.01)
    found = await letters.listed(client, ["books"], "waiting")
    return next(str(letter["id"]) for letter in found if letter["reason"] == "DECISION_FAILED")


async def test_letters_are_listed_and_shown_without_their_content(shop: Shop) -> None:
    async for client in opened(shop):
        id = await poisoned(shop, client)
        found = await letters.listed(client, ["books"], "waiting")
        assert [(x["reason"], x["type"], x["topic"]) for x in sorted(found, key=lambda x: x["offset"])] == [
            ("DECISION_FAILED", "Added", "shop.v1"),
            ("PARKED_BEHIND", "Added", "shop.v1"),
        ]
        shown = await letters.show(client, "books", id)
        assert shown["waiting"] == 2
        assert {"name": "ce_type", "bytes": 5} in shown["record"]["headers"]
        assert NIK not in str(shown)
        assert NIK not in str(found)


async def test_a_replay_stops_at_what_still_fails(shop: Shop) -> None:
    async for client in opened(shop):
        id = await poisoned(shop, client)
        assert await letters.replay(client, "books", id) == {"taken": 0, "left": 2}
        assert shop.store.document("books", NIK) is None


async def test_after_the_repair_a_replay_takes_everything_in_order(shop: Shop) -> None:
    async for client in opened(shop):
        id = await poisoned(shop, client)
    shop.definition = mended(shop.definition)
    async for client in opened(shop):
        assert await letters.replay(client, "books", id) == {"taken": 2, "left": 0}
        book = shop.store.document("books", NIK)
        assert book
        assert book["numbers"] == [1, 2]
        with pytest.raises(OperatorError, match="LETTER_SETTLED"):
            await letters.replay(client, "books", id)


async def test_a_discarded_letter_keeps_who_when_and_why_and_frees_those_behind(shop: Shop) -> None:
    async for client in opened(shop):
        id = await poisoned(shop, client)
        assert await letters.discard(client, "books", id, "nomor percobaan") == {"state": "discarded", "left": 1}
        kept = shop.store.document("parked", id)
        assert kept
        assert (kept["discarded_by"], kept["discard_reason"]) == ("operator", "nomor percobaan")
        assert kept["settled_at"]
        (behind,) = await letters.listed(client, ["books"], "waiting")
        assert await letters.replay(client, "books", behind["id"]) == {"taken": 1, "left": 0}
        book = shop.store.document("books", NIK)
        assert book
        assert book["numbers"] == [2]


async def test_only_who_may_and_only_what_is_there(shop: Shop) -> None:
    async for client in opened(shop, "auditor"):
        id = await poisoned(shop, client)
        with pytest.raises(OperatorError, match="ROLE_MISSING"):
            await letters.replay(client, "books", id)
        with pytest.raises(OperatorError, match="ROLE_MISSING"):
            await letters.discard(client, "books", id, "nomor percobaan")
        with pytest.raises(OperatorError, match="LETTER_UNKNOWN"):
            await letters.show(client, "books", "0" * 64)
        stranger = await client.get("/books/dead-letters", headers={"Authorization": "Bearer nobody"})
        assert stranger.status_code == 401


async def test_the_operators_account_is_nobodys_to_sign_in_to_and_no_first_account(shop: Shop) -> None:
    await shop.accounts.operator_token("secretariat")
    account = shop.store.document("access:staff", "operator")
    assert account
    assert account["password"] == "!"
    assert await shop.accounts.ensure_first() is not None
