"""Staff sign in with a page or a token; a one-time password must be changed; nothing tells who has an account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import Depends, FastAPI

from shared.platform.clock import SystemClock
from shared.security.accounts import COOKIE, Accounts, Staff
from shared.web import problems, sign_in
from tests.fakes import MemoryDatabase, MemoryStore

NEW = "kata-sandi-yang-panjang"


@asynccontextmanager
async def office() -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A service with one account; its one-time password."""
    database, clock = MemoryDatabase(MemoryStore()), SystemClock()
    accounts = Accounts(database, clock)
    once = await accounts.add("sekretariat", "Petugas", ["secretariat"])
    app = FastAPI()
    app.include_router(sign_in.router_of("shop", database, clock))

    @app.get("/secret")
    async def secret(staff: Staff = Depends(accounts.require("secretariat"))) -> dict[str, str]:  # noqa: B008
        return {"who": staff.username}

    problems.install(app, {})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://kantor.example") as client:
        yield client, once


async def test_a_program_gets_a_token_once_the_one_time_password_is_changed() -> None:
    async with office() as (client, once):
        body = {"username": "sekretariat", "password": once}
        assert (await client.post("/shop/session", json=body)).json()["code"] == "PASSWORD_MUST_CHANGE"
        token = (await client.post("/shop/session", json={**body, "new_password": NEW})).json()["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await client.get("/secret", headers=bearer)).json() == {"who": "sekretariat"}
        assert (await client.delete("/shop/session", headers=bearer)).status_code == 204
        assert (await client.get("/secret", headers=bearer)).json()["code"] == "SIGN_IN_NEEDED"


async def test_a_person_signs_in_on_the_page_and_gets_a_cookie_no_script_can_read() -> None:
    async with office() as (client, once):
        assert "Masuk petugas" in (await client.get("/shop/sign-in")).text
        form = {"username": "sekretariat", "password": once}
        asked = await client.post("/shop/sign-in", data=form)
        assert "Kata sandi baru" in asked.text
        answer = await client.post("/shop/sign-in", data={**form, "new_password": NEW})
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(COOKIE)
        assert {"HttpOnly", "Secure", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}
        assert (await client.get("/secret")).json() == {"who": "sekretariat"}


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike() -> None:
    async with office() as (client, _):
        wrong = await client.post("/shop/session", json={"username": "sekretariat", "password": "salah"})
        unknown = await client.post("/shop/session", json={"username": "siapa", "password": "salah"})
        assert wrong.json() == unknown.json()
        assert wrong.status_code == unknown.status_code == 401
