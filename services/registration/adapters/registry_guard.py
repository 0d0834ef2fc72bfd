"""Between the service and the civil registry: nothing is asked twice, nothing of a registry that is down, and no more
a day than was agreed. Whoever is not asked about now waits; nobody is refused for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone

from services.registration.adapters.civil_registry import Answer, CivilRegistry, Identity, RegistryUnavailable
from shared.engine.ports import Database, TransientError

DAYS = "registry_days"
"""{_id: day in WIB, asked}: how many questions were taken of each day's budget."""
_WIB = timezone(timedelta(hours=7))
_TAKEN_TOGETHER = 20
"""Questions that are written down with one write; a process that ends leaves fewer than that unused."""
_ALARM_AT = 0.8
_OURS = frozenset({"BUDGET_SPENT", "COUNTING", "NO_AGREEMENT"})
"""Reasons that say nothing about whether the registry is well."""

Now = Callable[[], datetime]
Alarm = Callable[[str], None]


def machine_time() -> datetime:
    return datetime.now(UTC)


def no_alarm(code: str) -> None:
    """Where nobody listens."""


class Budget:
    """Questions a day (WIB). Counted in the database, so that a restart does not begin anew; 0 has no limit.

    At 80 % an alarm is raised, once a day; when all are taken everybody waits until midnight.
    """

    def __init__(
        self, most: int, now: Now = machine_time, database: Database | None = None, alarm: Alarm = no_alarm
    ) -> None:
        self._most, self._now, self._database, self._alarm = most, now, database, alarm
        self._day: date | None = None
        self._taken = self._left = 0
        self._turn = asyncio.Lock()

    async def take(self) -> None:
        """One question. Raises RegistryUnavailable BUDGET_SPENT until midnight, or COUNTING when it cannot be noted."""
        if self._most == 0:
            return
        async with self._turn:
            today = self._now().astimezone(_WIB).date()
            if today != self._day:
                self._day, self._taken, self._left = today, 0, 0
            if self._left == 0:
                await self._more(today)
            self._left -= 1

    async def _more(self, today: date) -> None:
        if self._taken >= self._most:
            raise RegistryUnavailable("BUDGET_SPENT", self._until_midnight())
        before, together = self._taken, min(_TAKEN_TOGETHER, self._most - self._taken)
        self._taken = await self._note(today, together)
        if before < self._most * _ALARM_AT <= self._taken:
            self._alarm("REGISTRY_BUDGET")
        self._left = max(0, together - max(0, self._taken - self._most))
        if self._left == 0:  # another process took the last ones
            raise RegistryUnavailable("BUDGET_SPENT", self._until_midnight())

    async def _note(self, today: date, together: int) -> int:
        if self._database is None:
            return self._taken + together
        try:
            async with self._database.transaction() as tx:
                return int((await tx.advance(DAYS, today.isoformat(), {"asked": together}))["asked"])
        except TransientError:
            raise RegistryUnavailable("COUNTING", retry_after_seconds=5.0) from None

    def _until_midnight(self) -> float:
        now = self._now().astimezone(_WIB)
        midnight = datetime.combine(now.date() + timedelta(days=1), time.min, _WIB)
        return (midnight - now).total_seconds()


class CachedRegistry:
    """Asks each question once within `keep` (an access costs money) and leaves a registry that is down alone.

    After `failures` failures in a row nothing is asked for `rest`, then one question tries; each time it fails again
    the rest doubles, up to `longest`. Answers live in memory, under a keyed hash that the caller gives.
    """

    def __init__(
        self,
        registry: CivilRegistry,
        *,
        now: Now = machine_time,
        budget: Budget | None = None,
        failures: int = 5,
        rest: timedelta = timedelta(seconds=30),
        longest: timedelta = timedelta(minutes=30),
        keep: timedelta = timedelta(days=7),
        most: int = 10_000,
    ) -> None:
        self._registry, self._now, self._budget = registry, now, budget or Budget(0)
        self._failures, self._first_rest, self._longest = failures, rest, longest
        self._keep_for, self._most = keep, most
        self._known: OrderedDict[str, Answer] = OrderedDict()
        self._failed, self._rest, self._rests_until = 0, rest, datetime.min.replace(tzinfo=UTC)
        self._trying = False

    async def check(self, key: str, identity: Identity) -> Answer:
        """The answer and when the registry gave it. Raises RegistryUnavailable, at once while it rests."""
        if known := self._remembered(key):
            return known
        self._not_resting()
        self._trying = self._failed >= self._failures
        try:
            await self._budget.take()
            answer = replace(await self._registry.check(identity), asked_at=self._now())
        except RegistryUnavailable as silent:
            if silent.reason not in _OURS:
                self._fail()
            raise
        finally:
            self._trying = False
        self._failed, self._rest = 0, self._first_rest
        self._remember(key, answer)
        return answer

    def _not_resting(self) -> None:
        """While it rests, or while one question tries whether it is back, nothing else is asked."""
        left = (self._rests_until - self._now()).total_seconds()
        if left > 0 or self._trying:
            raise RegistryUnavailable("RESTING", retry_after_seconds=max(left, 1.0))

    def _fail(self) -> None:
        self._failed += 1
        if self._failed < self._failures:
            return
        now = self._now()
        if now >= self._rests_until:  # those that were out together are one failure
            self._rests_until = now + self._rest
            self._rest = min(2 * self._rest, self._longest)

    def _remembered(self, key: str) -> Answer | None:
        known = self._known.get(key)
        if known is None or known.asked_at is None or self._now() - known.asked_at > self._keep_for:
            return None
        self._known.move_to_end(key)
        return known

    def _remember(self, key: str, answer: Answer) -> None:
        self._known[key] = answer
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
