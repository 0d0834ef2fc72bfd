"""What stands before the civil registry: its memory, its rest when it is down, its budget of the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.registration.adapters.civil_registry import Answer, Identity, RegistryUnavailable
from services.registration.adapters.registry_guard import DAYS, Budget, CachedRegistry
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
