"""Who may enter a door of the office: a living session, the right role, and no foreign site behind it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from fastapi import Request

from shared.security.accounts import COOKIE, ROLES, Accounts, Role
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.shared.office import HandClock, accounts_on, refusal, signed_in


@pytest.fixture
def accounts() -> Accounts:
    return accounts_on(MemoryDatabase(MemoryStore()), HandClock())


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
