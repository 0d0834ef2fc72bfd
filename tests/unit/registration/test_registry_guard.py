"""What stands before the civil registry: its memory, its rest when it is down, its budget of the day."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.registration.adapters.civil_registry import Answer, Identity, RegistryUnavailable
from services.registration.adapters.registry_guard import DAYS, Budget, CachedRegistry
from services.registration.effects import guarded
from services.registration.settings import RegistrationSettings
from shared.engine.ports import TransientError
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.registration.house import Registry

WHO = Identity("1271050504950001", "Rahmad Lubis", date(1995, 4, 5), "1271051203100002", "M")
DOWN = RegistryUnavailable("HTTP_502")


class Time:
    """A clock that a test turns. It begins at 22:00 WIB."""

    def __init__(self) -> None:
        self.at = datetime(2020, 4, 3, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Guarded:
    """A registry behind its guard, with a clock."""

    def __init__(self, budget: int = 0, database: MemoryDatabase | None = None, **settings: object) -> None:
        self.now, self.registry, self.alarms = Time(), Registry(), list[str]()
        limit = Budget(budget, self.now, database, self.alarms.append)
        self.guard = CachedRegistry(self.registry, now=self.now, budget=limit, **settings)  # type: ignore[arg-type]

    async def ask(self, key: str = "a") -> Answer:
        return await self.guard.check(key, WHO)

    async def silent(self, key: str = "a") -> RegistryUnavailable:
        with pytest.raises(RegistryUnavailable) as found:
            await self.ask(key)
        return found.value


async def test_the_same_question_is_asked_once_and_keeps_its_time() -> None:
    guarded = Guarded(most=2)
    first = await guarded.ask("a")
    guarded.now.at += timedelta(days=1)

    again = await guarded.ask("a")

    assert first.asked_at == again.asked_at == datetime(2020, 4, 3, 15, 0, tzinfo=UTC)
    for key in ("b", "a", "c", "b"):
        await guarded.ask(key)
    assert len(guarded.registry.asked) == 4  # a, b, c, and b again: it was the one not used for longest


async def test_an_answer_is_forgotten_after_its_days() -> None:
    guarded = Guarded(keep=timedelta(days=7))
    await guarded.ask()
    guarded.now.at += timedelta(days=7, seconds=1)

    await guarded.ask()

    assert len(guarded.registry.asked) == 2


async def test_a_registry_that_is_down_rests_twice_as_long_each_time() -> None:
    guarded = Guarded(failures=2, rest=timedelta(seconds=30), longest=timedelta(seconds=100))
    guarded.registry.answers[WHO.nik] = DOWN
    for _ in range(2):
        assert (await guarded.silent()).reason == "HTTP_502"
    for rest in (30, 60, 100, 100):
        assert (await guarded.silent()).retry_after_seconds == rest
        guarded.now.at += timedelta(seconds=rest)
        assert (await guarded.silent()).reason == "HTTP_502"
    assert len(guarded.registry.asked) == 6


async def test_one_answer_ends_the_rest() -> None:
    guarded = Guarded(failures=1)
    guarded.registry.answers[WHO.nik] = DOWN
    await guarded.silent()
    guarded.registry.answers.clear()
    guarded.now.at += timedelta(seconds=30)

    assert await guarded.ask() == Answer("match")
    guarded.registry.answers[WHO.nik] = DOWN
    await guarded.silent("b")
    assert (await guarded.silent("b")).retry_after_seconds == 30


async def test_when_the_budget_is_spent_people_wait_until_midnight() -> None:
    guarded = Guarded(budget=3)
    for key in "abc":
        await guarded.ask(key)

    silent = await guarded.silent("d")

    assert (silent.reason, silent.retry_after_seconds) == ("BUDGET_SPENT", 2 * 3600)
    assert await guarded.ask("a") == Answer("match")  # known: costs nothing
    guarded.now.at += timedelta(hours=2)
    assert await guarded.ask("d") == Answer("match")


async def test_a_spent_budget_is_no_failure_of_the_registry() -> None:
    guarded = Guarded(budget=1, failures=1)
    await guarded.ask("a")

    assert [(await guarded.silent(key)).reason for key in "bcd"] == ["BUDGET_SPENT"] * 3


async def test_the_alarm_comes_once_at_eighty_percent() -> None:
    guarded = Guarded(budget=100)
    for number in range(60):
        await guarded.ask(str(number))
    assert guarded.alarms == []

    for number in range(60, 100):
        await guarded.ask(str(number))

    assert guarded.alarms == ["REGISTRY_BUDGET"]


async def test_the_day_s_count_outlives_a_restart() -> None:
    disk = MemoryStore()
    before, after = (Guarded(budget=30, database=MemoryDatabase(disk)) for _ in range(2))
    await before.ask("a")
    assert disk.documents(DAYS)[0]["asked"] == 20  # taken together; what a process leaves unused is lost

    for number in range(10):
        await after.ask(str(number))

    assert (await after.silent("more")).reason == "BUDGET_SPENT"


async def test_what_cannot_be_counted_is_not_asked() -> None:
    class Away(MemoryDatabase):
        def transaction(self) -> object:  # type: ignore[override]
            raise TransientError

    guarded = Guarded(budget=5, database=Away(MemoryStore()))

    assert (await guarded.silent()).reason == "COUNTING"
    assert guarded.registry.asked == []


class Slow(Registry):
    """Answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may, self.called = asyncio.Event(), asyncio.Event()

    async def check(self, identity: Identity) -> Answer:
        self.called.set()
        await self.may.wait()
        return await super().check(identity)


async def test_one_question_alone_tries_whether_it_is_back() -> None:
    guarded = Guarded(failures=1)
    guarded.registry.answers[WHO.nik] = DOWN
    await guarded.silent()
    guarded.now.at += timedelta(seconds=30)
    slow = guarded.guard._registry = Slow()

    first = asyncio.create_task(guarded.ask("a"))
    await slow.called.wait()
    assert [(await guarded.silent(key)).reason for key in "bcd"] == ["RESTING"] * 3
    slow.may.set()

    assert (await first).found == "match"
    assert (await guarded.ask("b")).found == "match"
    assert len(slow.asked) == 2


class Metrics:
    """What the guard says of its budget."""

    def __init__(self) -> None:
        self.alarms: list[str] = []

    def alarm(self, code: str) -> None:
        self.alarms.append(code)


def wired(database: MemoryDatabase, time: Time, registry: Registry, **settings: int) -> tuple[CachedRegistry, Metrics]:
    """As the composition root builds it."""
    metrics, chosen = Metrics(), {f"civil_registry_{name}": value for name, value in settings.items()}
    ports = SimpleNamespace(clock=SimpleNamespace(now=time), database=database, metrics=metrics)
    return guarded(registry, RegistrationSettings(**chosen), cast(Any, ports)), metrics


async def test_the_office_s_budget_is_one_for_all_processes_and_counted_in_the_database() -> None:
    database, time, registry = MemoryDatabase(MemoryStore()), Time(), Registry()
    (one, alarms), (other, _) = (wired(database, time, registry, daily_budget=20) for _ in range(2))
    await one.check("a", WHO)
    with pytest.raises(RegistryUnavailable, match="BUDGET_SPENT"):
        await other.check("b", WHO)
    assert (alarms.alarms, len(registry.asked)) == (["REGISTRY_BUDGET"], 1)
    assert [each["_id"] for each in database.store.documents(DAYS)] == ["2020-04-03"]


async def test_the_office_says_for_how_many_days_an_answer_counts() -> None:
    time, registry = Time(), Registry()
    guard, _ = wired(MemoryDatabase(MemoryStore()), time, registry, cache_days=2)
    for days in (0, 2, 1):
        time.at += timedelta(days=days)
        await guard.check("a", WHO)
    assert len(registry.asked) == 2
