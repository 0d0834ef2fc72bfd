"""Staff accounts: one-time passwords, sign-in and its limits, sessions that end, roles and foreign origins."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY
from fastapi import Request

from shared.security.accounts import COOKIE, ROLES, SESSIONS, STAFF, TRIES, Accounts, Role, Staff
from shared.web.problems import Problem
from tests.fakes import MemoryDatabase, MemoryStore

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


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def database() -> MemoryDatabase:
    return MemoryDatabase(MemoryStore())


@pytest.fixture
def accounts(database: MemoryDatabase, clock: HandClock) -> Accounts:
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


async def test_the_one_time_password_must_be_changed_at_once(accounts: Accounts) -> None:
    first = await accounts.add("rina", "Rina", ["placement"])
    assert (await refusal(accounts.sign_in("rina", first))).code == "PASSWORD_MUST_CHANGE"
    token = await accounts.sign_in("rina", first, OWN)
    assert await accounts.who(token) == Staff("rina", "Rina", ("placement",))
    assert (await refusal(accounts.sign_in("rina", first))).code == "SIGN_IN_REFUSED"
    assert await accounts.who(await accounts.sign_in("rina", OWN))


def test_passwords_are_hashed_as_rfc_9106_advises(database: MemoryDatabase, clock: HandClock) -> None:
    made = Accounts(database, clock)._hasher
    assert (made.type, made.time_cost, made.memory_cost) == (
        RFC_9106_LOW_MEMORY.type,
        RFC_9106_LOW_MEMORY.time_cost,
        RFC_9106_LOW_MEMORY.memory_cost,
    )


@pytest.mark.parametrize("new", ["short", "x" * 11])
async def test_a_new_password_must_be_long(accounts: Accounts, new: str) -> None:
    first = await accounts.add("rina", "Rina", ["placement"])
    assert (await refusal(accounts.sign_in("rina", first, new))).code == "PASSWORD_TOO_WEAK"


async def test_a_new_password_must_be_another_one(accounts: Accounts) -> None:
    first = await accounts.add("rina", "Rina", ["placement"])
    assert (await refusal(accounts.sign_in("rina", first, first))).code == "PASSWORD_TOO_WEAK"


async def test_passwords_and_tokens_are_stored_only_as_digests(accounts: Accounts, database: MemoryDatabase) -> None:
    first = await accounts.add("rina", "Rina", ["placement"])
    token = await accounts.sign_in("rina", first, OWN)
    kept = f"{database.store.documents(STAFF)} {database.store.documents(SESSIONS)}"
    assert first not in kept
    assert OWN not in kept
    assert token not in kept
    assert "$argon2id$" in kept


async def test_a_wrong_password_and_an_unknown_name_are_told_alike(accounts: Accounts) -> None:
    await accounts.add("rina", "Rina", ["placement"])
    wrong = await refusal(accounts.sign_in("rina", "wrong"))
    unknown = await refusal(accounts.sign_in("nobody", "wrong"))
    assert (wrong.code, wrong.status, wrong.sentence) == (unknown.code, unknown.status, unknown.sentence)


async def test_after_five_wrong_tries_sign_in_pauses(accounts: Accounts, clock: HandClock) -> None:
    await signed_in(accounts)
    for _ in range(TRIES):
        assert (await refusal(accounts.sign_in("rina", "wrong"))).code == "SIGN_IN_REFUSED"
    paused = await refusal(accounts.sign_in("rina", OWN))
    assert (paused.code, paused.status, paused.retry_after) == ("SIGN_IN_PAUSED", 429, 300)
    clock.pass_(minutes=5)
    assert await accounts.sign_in("rina", OWN)


async def test_a_right_password_begins_the_count_anew(accounts: Accounts) -> None:
    await signed_in(accounts)
    for _ in range(3):
        for _ in range(TRIES - 1):
            await refusal(accounts.sign_in("rina", "wrong"))
        assert await accounts.sign_in("rina", OWN)


async def test_a_session_ends_when_nobody_uses_it(accounts: Accounts, clock: HandClock) -> None:
    token = await signed_in(accounts)
    for _ in range(4):
        clock.pass_(minutes=29)
        assert await accounts.who(token), "each use keeps it alive"
    clock.pass_(minutes=31)
    assert await accounts.who(token) is None


async def test_a_session_ends_after_a_working_day(accounts: Accounts, clock: HandClock) -> None:
    token = await signed_in(accounts)
    for _ in range(16):
        clock.pass_(minutes=29)
        assert await accounts.who(token)
    clock.pass_(minutes=29)
    assert await accounts.who(token) is None, "in use all the time, and eight hours old"


async def test_signing_out_ends_one_session(accounts: Accounts) -> None:
    first = await signed_in(accounts)
    second = await accounts.sign_in("rina", OWN)
    await accounts.sign_out(first)
    assert await accounts.who(first) is None
    assert await accounts.who(second)


async def test_a_disabled_account_is_out_at_once(accounts: Accounts, database: MemoryDatabase) -> None:
    token = await signed_in(accounts)
    await accounts.disable("rina")
    assert await accounts.who(token) is None
    assert (await refusal(accounts.sign_in("rina", OWN))).code == "SIGN_IN_REFUSED"
    assert database.store.documents(SESSIONS) == []


async def test_a_reset_ends_sessions_and_gives_a_new_one_time_password(accounts: Accounts) -> None:
    token = await signed_in(accounts)
    new = await accounts.reset("rina")
    assert await accounts.who(token) is None
    assert (await refusal(accounts.sign_in("rina", OWN))).code == "SIGN_IN_REFUSED"
    assert (await refusal(accounts.sign_in("rina", new))).code == "PASSWORD_MUST_CHANGE"


@pytest.mark.parametrize("act", ["disable", "reset"])
async def test_an_unknown_account_cannot_be_changed(accounts: Accounts, act: str) -> None:
    assert (await refusal(getattr(accounts, act)("nobody"))).code == "ACCOUNT_UNKNOWN"


@pytest.mark.parametrize("roles", [[], ["king"], ["placement", "king"]])
async def test_only_the_five_roles_exist(accounts: Accounts, roles: list[Any]) -> None:
    assert (await refusal(accounts.add("rina", "Rina", roles))).code == "ROLE_UNKNOWN"


async def test_a_name_is_given_once(accounts: Accounts) -> None:
    await accounts.add("rina", "Rina", ["placement"])
    assert (await refusal(accounts.add("rina", "Other", ["auditor"]))).code == "ACCOUNT_TAKEN"


async def test_the_list_shows_no_password(accounts: Accounts) -> None:
    await accounts.add("rina", "Rina", ["placement"])
    listed = await accounts.listed()
    assert [account["_id"] for account in listed] == ["rina"]
    assert set(listed[0]) == {"_id", "name", "roles", "disabled", "must_change"}


async def test_the_first_start_makes_one_account_and_no_second(accounts: Accounts) -> None:
    first = await accounts.ensure_first()
    assert first
    username, password = first
    token = await accounts.sign_in(username, password, OWN)
    assert (await accounts.who(token)) == Staff("kepala", "Kepala Dinas", ("approver",))
    assert await accounts.ensure_first() is None


def request(method: str = "GET", **headers: str) -> Request:
    raw = [(name.encode(), value.encode()) for name, value in {"host": "prakerja.test", **headers}.items()]
    return Request({"type": "http", "method": method, "path": "/", "query_string": b"", "headers": raw})


def cookie(token: str, **more: str) -> Mapping[str, str]:
    return {"cookie": f"{COOKIE}={token}", **more}


async def test_a_program_shows_its_token_in_the_header(accounts: Accounts) -> None:
    token = await signed_in(accounts)
    guard = accounts.require("placement")
    assert (await guard(request("POST", authorization=f"Bearer {token}"))).username == "rina"
    assert (await guard(request(authorization=f"bearer {token}"))).username == "rina"


async def test_without_a_living_session_nobody_enters(accounts: Accounts) -> None:
    guard = accounts.require()
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic eDp5"}, cookie("wrong")):
        problem = await refusal(guard(request(**headers)))
        assert (problem.code, problem.status) == ("SIGN_IN_NEEDED", 401)


@pytest.mark.parametrize("role", ROLES)
async def test_each_door_asks_for_its_role(accounts: Accounts, role: Role) -> None:
    token = await signed_in(accounts, roles=(role,))
    others = [other for other in ROLES if other != role]
    shown = request(**cookie(token))
    assert await accounts.require(role)(shown)
    assert await accounts.require(others[0], role)(shown)
    assert await accounts.require()(shown)
    assert (await refusal(accounts.require(*others)(shown))).code == "ROLE_MISSING"


@pytest.mark.parametrize("origin", ["https://prakerja.test", "http://prakerja.test"])
async def test_our_own_pages_may_change_things(accounts: Accounts, origin: str) -> None:
    token = await signed_in(accounts)
    assert await accounts.require()(request("POST", **cookie(token, origin=origin)))


@pytest.mark.parametrize("origin", ["https://evil.test", "https://prakerja.test.evil.test", "null"])
async def test_another_sites_form_cannot_act_for_our_staff(accounts: Accounts, origin: str) -> None:
    token = await signed_in(accounts)
    guard = accounts.require()
    assert (await refusal(guard(request("POST", **cookie(token, origin=origin))))).code == "ORIGIN_FOREIGN"
    assert await guard(request("GET", **cookie(token, origin=origin))), "reading changes nothing"
