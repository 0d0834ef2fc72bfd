"""Staff accounts: one-time passwords, sign-in and its limits, sessions that end."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from argon2.profiles import RFC_9106_LOW_MEMORY

from shared.engine.ports import Change
from shared.security.accounts import SESSIONS, STAFF, TRIES, Accounts, Staff
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.shared.office import OWN, HandClock, accounts_on, refusal, signed_in


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def database() -> MemoryDatabase:
    return MemoryDatabase(MemoryStore())


@pytest.fixture
def accounts(database: MemoryDatabase, clock: HandClock) -> Accounts:
    return accounts_on(database, clock)


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


async def test_thirty_tries_at_once_are_five_and_then_sign_in_pauses(accounts: Accounts, clock: HandClock) -> None:
    await signed_in(accounts)
    tries = (refusal(accounts.sign_in("rina", f"guess {number}")) for number in range(30))
    codes = Counter(each.code for each in await asyncio.gather(*tries))
    assert codes == {"SIGN_IN_REFUSED": 5, "SIGN_IN_PAUSED": 25}
    assert (await refusal(accounts.sign_in("rina", OWN))).code == "SIGN_IN_PAUSED"
    clock.pass_(minutes=5)
    assert await accounts.sign_in("rina", OWN)


async def test_tries_that_a_crash_left_uncounted_pause_and_do_not_lock_for_ever(
    accounts: Accounts, database: MemoryDatabase, clock: HandClock
) -> None:
    await signed_in(accounts)
    await database.change(Change(STAFF, {"_id": "rina"}, set={"tries": TRIES}))
    assert (await refusal(accounts.sign_in("rina", OWN))).code == "SIGN_IN_PAUSED"
    clock.pass_(minutes=5)
    assert await accounts.sign_in("rina", OWN)


async def test_being_asked_for_a_new_password_is_no_wrong_try(accounts: Accounts) -> None:
    first = await accounts.add("rina", "Rina", ["placement"])
    for _ in range(TRIES + 1):
        assert (await refusal(accounts.sign_in("rina", first))).code == "PASSWORD_MUST_CHANGE"
    assert await accounts.sign_in("rina", first, OWN)


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
