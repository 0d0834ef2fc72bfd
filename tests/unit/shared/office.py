"""People who sign in, and a clock that moves when told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from shared.engine.ports import Database
from shared.security.accounts import Accounts, Role
from shared.web.problems import Problem

OWN = "a password of my own"


class HandClock:
    """Moves when told."""

    def __init__(self) -> None:
        self.time = datetime(2020, 4, 3, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    wall = now

    def monotonic(self) -> float:
        return self.time.timestamp()

    def pass_(self, **amount: float) -> None:
        self.time += timedelta(**amount)

    async def sleep(self, seconds: float) -> None:
        self.pass_(seconds=seconds)

    async def wait_for(self, event: asyncio.Event, seconds: float) -> None:
        self.pass_(seconds=seconds)


def accounts_on(database: Database, clock: HandClock) -> Accounts:
    """Hashes cheaply: these tests are about what follows from a password, not about its hash."""
    made = Accounts(database, clock)
    made._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return made


async def signed_in(accounts: Accounts, username: str = "rina", roles: tuple[Role, ...] = ("placement",)) -> str:
    """A session of somebody with a password of their own."""
    first = await accounts.add(username, "Rina", roles)
    return await accounts.sign_in(username, first, OWN)


async def refusal(waiting: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        await waiting
    return caught.value
