"""Two tiny services that use all of the engine: `shop` adds numbers, `books` hears them and pays each once.

No word of Gelombang's domain: what is tested here is the engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar

from shared.contracts.base import Event
from shared.contracts.decision import Decision, Refused, Work, WorkKey, World, ref
from shared.engine.rules import Effect, EffectFinished, EffectKind, Outcome, OutcomeState, Rule
from shared.engine.service import Definition


class Added(Event):
    """A number was added to an account: 1, 2, 3, ..."""

    source: ClassVar[str] = "shop"
    account: str
    number: int
    poison: bool = False

    @property
    def subject(self) -> str:
        return self.account


class Booked(Event):
    """The number was booked."""

    source: ClassVar[str] = "books"
    account: str
    number: int

    @property
    def subject(self) -> str:
        return self.account


class Settled(Event):
    """The number was paid, or was not."""

    source: ClassVar[str] = "books"
    account: str
    number: int
    paid: bool

    @property
    def subject(self) -> str:
        return self.account


@dataclass(frozen=True, slots=True)
class Account:
    collection: ClassVar[str] = "accounts"
    account: str
    count: int = 0

    @property
    def id(self) -> str:
        return self.account


@dataclass(frozen=True, slots=True)
class Name:
    """A unique value: its id is the value."""

    collection: ClassVar[str] = "names"
    name: str
    account: str

    @property
    def id(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Book:
    collection: ClassVar[str] = "books"
    account: str
    numbers: tuple[int, ...] = ()
    settled: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        return self.account


@dataclass(frozen=True, slots=True)
class Add:
    """Add the next number. `careless` does not look whether the name is taken."""

    account: str
    name: str | None = None
    careless: bool = False
    poison: bool = False


def _add_needs(add: Add, world: World) -> list[Any]:
    names = [ref(Name, add.name)] if add.name and not add.careless else []
    return [ref(Account, add.account), *names]


def _add(world: World, add: Add, now: Any) -> Decision:
    account = world.get(Account, add.account) or Account(add.account)
    if add.name and not add.careless and world.get(Name, add.name):
        raise Refused("NAME_TAKEN")
    number = account.count + 1
    names = (Name(add.name, add.account),) if add.name else ()
    return Decision(
        changes=(replace(account, count=number), *names),
        events=(Added(account=add.account, number=number, poison=add.poison),),
        reply={"number": number},
    )


def _book(world: World, event: Added, now: Any) -> Decision:
    if event.poison:
        raise ValueError("this record breaks the rule")
    book = world.get(Book, event.account) or Book(event.account)
    return Decision(
        changes=(replace(book, numbers=(*book.numbers, event.number)),),
        events=(Booked(account=event.account, number=event.number),),
        work=(Work("pay", f"{event.account}/{event.number}", {"account": event.account, "number": event.number}),),
    )


@dataclass(frozen=True, slots=True)
class Decide:
    """A person settles a number by hand."""

    account: str
    number: int


def _decide(world: World, decide: Decide, now: Any) -> Decision:
    book = world.get(Book, decide.account) or Book(decide.account)
    settled = replace(book, settled=(*book.settled, decide.number))
    return Decision(changes=(settled,), settled=(WorkKey("pay", f"{decide.account}/{decide.number}"),))


def _settle(world: World, finished: EffectFinished, now: Any) -> Decision:
    account, number = finished.effect.payload["account"], finished.effect.payload["number"]
    book = world.get(Book, account)
    if book is None:
        raise Refused("BOOK_MISSING")
    if finished.outcome.state in (OutcomeState.UNKNOWN, OutcomeState.NOT_FOUND):
        return Decision(changes=(replace(book, unknown=(*book.unknown, number)),))
    paid = finished.outcome.state is OutcomeState.DONE
    return Decision(
        changes=(replace(book, settled=(*book.settled, number)),),
        events=(Settled(account=account, number=number, paid=paid),),
    )


@dataclass
class Bank:
    """The outside world: survives everything, remembers every payment it made."""

    deduplicates: bool = True
    step: Callable[[str], str | None] = lambda name: None
    payments: Counter[str] = field(default_factory=Counter)
    keys: dict[str, str] = field(default_factory=dict)


class PayHandler:
    """Pays at the bank; a failed answer leaves the outcome unknown."""

    timeout = timedelta(seconds=5)
    horizon = timedelta(seconds=30)

    def __init__(self, bank: Bank, step: Callable[[str], str | None]) -> None:
        self._bank, self._step = bank, step

    @property
    def deduplicates(self) -> bool:
        return self._bank.deduplicates

    async def perform(self, effect: Effect) -> Outcome:
        self._step("bank.pay")
        if not (self._bank.deduplicates and effect.id in self._bank.payments):
            self._bank.payments[effect.id] += 1
            self._bank.keys[effect.id] = effect.key
        self._step("bank.pay.done")
        return Outcome(OutcomeState.DONE)

    async def inquire(self, effect: Effect) -> Outcome:
        self._step("bank.inquire")
        known = effect.id in self._bank.payments
        return Outcome(OutcomeState.DONE if known else OutcomeState.NOT_FOUND)


ADD = Rule(needs=_add_needs, decide=_add)


def shop() -> Definition:
    return Definition(name="shop", aggregates=(Account, Name), commands={Add: ADD})


def books(bank: Bank, step: Callable[[str], str | None] = lambda name: None) -> Definition:
    return Definition(
        name="books",
        aggregates=(Book,),
        commands={Decide: Rule(needs=lambda decide, world: [ref(Book, decide.account)], decide=_decide)},
        sources=("shop",),
        reactions={Added: Rule(needs=lambda event, world: [ref(Book, event.account)], decide=_book)},
        effects={
            "pay": EffectKind(
                PayHandler(bank, step),
                Rule(needs=lambda f, world: [ref(Book, f.effect.payload["account"])], decide=_settle),
            )
        },
    )
