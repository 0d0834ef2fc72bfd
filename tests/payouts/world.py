"""A month of payouts in one event loop with virtual time: incentive as production composes it, a bank with a character,
a process that can be killed at every step, and an office that reads the bank's statement at the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar

from deploy.simulators.bank import Bank
from services.incentive import effects, schedule, store
from services.incentive.commands import commands
from services.incentive.domain.batches import Batch
from services.incentive.domain.days import day_of
from services.incentive.domain.payouts import HearPayment
from services.incentive.reactions import reactions
from services.incentive.settings import IncentiveSettings
from shared.contracts.decision import Refused, State
from shared.engine.ports import Document, Put
from shared.engine.service import Definition, Unavailable
from shared.engine.states import States
from tests.engine.world import Killed, World
from tests.fakes import LoopClock, MemoryDatabase, MemoryStore
from tests.payouts.line import BankLine
from tests.unit.incentive.builders import reference
from tests.unit.incentive.city import City, city_with

PEOPLE = ("ann", "ben", "cut")
HORIZON = timedelta(seconds=60)
LATER = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Character:
    """How a bank behaves: whether it does one reference once, and what goes wrong with its payments."""

    deduplicates: bool = True
    ending: str = "00"
    """Last digits of everybody's account (deploy/simulators/bank.py, FAULTS)."""
    share: float = 0.0
    """Of all payments, how many go wrong, each in a way of its own."""


CHARACTERS: Mapping[str, Character] = {
    "de-duplicates": Character(),
    "does not": Character(deduplicates=False),
    "answers after a timeout": Character(deduplicates=False, ending="51"),
    "pays and is silent": Character(deduplicates=False, ending="52"),
    "loses the order": Character(deduplicates=False, ending="53"),
    "loses the first order": Character(ending="61"),
    "answers twice": Character(deduplicates=False, ending="54"),
    "reverses": Character(ending="55"),
    "contradicts itself": Character(deduplicates=False, ending="59"),
    "has moods": Character(deduplicates=False, share=0.6),
}


class QuickSettings(IncentiveSettings):
    """A bank is waited for a minute, not a day."""

    def bank_horizon(self) -> timedelta:
        return HORIZON


class PlainVault:
    """Nothing is sealed here: privacy is tested elsewhere."""

    async def key(self, applicant_id: str) -> PlainVault:
        return self

    async def keys(self, applicant_ids: Any) -> dict[str, Any]:
        return {}

    def open(self, field: str, text: str) -> str:
        return text


@cache
def ready(ending: str) -> tuple[City, Mapping[str, list[Document]]]:
    """People whose first incentive is due, as the rules themselves made them; the same for all runs."""
    city = city_with(*PEOPLE)
    for number, person in enumerate(PEOPLE):
        city.ready(person, f"12345{number}{ending}")
    due = max(each.due_on for person in PEOPLE for each in [city.entitlement(applicant_id=person)])
    city.pass_days((due - day_of(city.now)).days)
    states = States(store.AGGREGATES)
    return city, {kind.collection: [states.document(each) for each in city.all(kind)] for kind in store.AGGREGATES}


@dataclass(eq=False)
class PayoutWorld(World):
    """One service that pays, supervised, and its bank."""

    character: str = "de-duplicates"
    states: ClassVar[States] = States(store.AGGREGATES)

    def __post_init__(self) -> None:
        super().__post_init__()
        kind = CHARACTERS[self.character]
        city, documents = ready(kind.ending)
        self.clock = LoopClock(city.now)
        self.stores = {"incentive": MemoryStore()}
        view = MemoryDatabase(self.stores["incentive"])._default
        for collection, found in documents.items():
            for document in found:
                view.write(Put(collection, document))
        view.commit()
        self.books = Bank(
            self.clock,
            self._notice,
            deduplicates=kind.deduplicates,
            late_seconds=30.0,
            later=LATER,
            seed=self.seed,
            share=kind.share,
        )

    def start(self) -> None:
        self.launch("incentive", self._definition, "incentive")
        self._bank_clock = asyncio.create_task(self._run_bank())

    def _definition(self, step: Callable[[str], str | None]) -> Definition:
        desk, settings = reference().desk, QuickSettings(bank_deduplicates=CHARACTERS[self.character].deduplicates)
        vault: Any = PlainVault()
        database = MemoryDatabase(self.stores["incentive"], step, self.clock)
        tellers = effects.Tellers(BankLine(self.books, step), vault, database, self.clock)
        return Definition(
            name="incentive",
            aggregates=store.AGGREGATES,
            indexes=store.INDEXES,
            commands=commands(desk),
            reactions=reactions(desk),
            effects=effects.kinds(desk, tellers, settings),
            timers=schedule.timers(vault),
        )

    async def _run_bank(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            await self.books.run_due()

    async def _notice(self, headers: Mapping[str, str], body: bytes) -> None:
        """The bank calls once; nobody may be at home."""
        told = json.loads(body)
        await self.try_once(HearPayment(told["reference"], told["status"], told["code"], is_notice=True))

    async def try_once(self, command: Any) -> None:
        process = self.processes["incentive"]
        if process.service is None:
            return
        try:
            await self._or_death(process, process.service.execute(command))
        except (Unavailable, Killed, Refused, ConnectionError):
            return

    async def order(self, key: str, command: Any) -> Mapping[str, Any]:
        """Somebody at the office who presses the button again until there is an answer."""
        while True:
            process = self.processes["incentive"]
            try:
                assert process.service
                reply = await self._or_death(process, process.service.execute(command, key=key, digest=repr(command)))
            except Refused as refused:
                self.refused[key] = refused.code
                return {}
            except (Unavailable, Killed, ConnectionError):
                await asyncio.sleep(0.5)
            else:
                self.replies[key] = dict(reply)
                return reply

    # ---- looking

    def all(self, kind: type[State]) -> list[Any]:
        collection: str = kind.collection  # type: ignore[attr-defined]
        found = self.stores["incentive"].documents(collection)
        return [self.states.state(collection, document) for document in found]

    def why_not(self) -> str:
        """What is still under way."""
        incentive = self.stores["incentive"]
        head = (incentive.document("heads", "head") or {}).get("n", 0)
        position = (incentive.document("relay", "position") or {}).get("n", 0)
        if head != position:
            return f"journal {head}, published {position}"
        left = [
            e["state"]
            for e in incentive.documents("effects")
            if e["state"] not in ("done", "failed", "decided", "person")
        ]
        if left:
            return f"work left: {left}"
        moving = [batch.batch_id for batch in self.all(Batch) if batch.moving]
        return f"moving: {moving}" if moving else ("the bank has more to do" if self.books._due else "")
