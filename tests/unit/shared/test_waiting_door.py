"""The waiting room as people and programs meet it over HTTP."""

from __future__ import annotations

import re

import httpx
import pytest
from fastapi import FastAPI, Response

from shared.web.waiting_door import HOLDER, TICKET, Entrance, WaitingDoor
from shared.web.waiting_room import WINDOW_SECONDS, WaitingRoom

ENTRIES = frozenset({("GET", "/daftar"), ("POST", "/applications")})


class Building:
    """An app with a waiting room before it, and the time in it."""

    def __init__(self) -> None:
        self.now, self.answers = 1000.0, 202
        self.room = WaitingRoom(b"a key of this test, 32 bytes long", 10.0, lambda: self.now)
        app = FastAPI()

        @app.get("/daftar")
        async def begin() -> Response:
            return Response("formulir")

        @app.post("/applications")
        async def apply() -> Response:
            return Response(status_code=self.answers)

        @app.get("/status")
        async def status() -> Response:
            return Response("status")

        door = WaitingDoor(app, Entrance(self.room, ENTRIES), "/style.css")
        self.transport = httpx.ASGITransport(door)

    def visitor(self, page: bool = True) -> httpx.AsyncClient:
        headers = {"Accept": "text/html"} if page else {}
        return httpx.AsyncClient(transport=self.transport, base_url="http://kantor.test", headers=headers)

    def crowd(self) -> None:
        for _ in range(200):
            self.room.arrive()
            self.room.ticket()

    def pass_time(self) -> None:
        """Until all who wait now are let in, while others go on coming."""
        for _ in range(10):
            self.now += (WINDOW_SECONDS + 200 / self.room.admissions) / 5
            self.crowd()


@pytest.fixture
def building() -> Building:
    return Building()


async def test_without_a_crowd_nobody_sees_it(building: Building) -> None:
    async with building.visitor() as visitor:
        answer = await visitor.get("/daftar")
    assert (answer.status_code, answer.text) == (200, "formulir")
    assert TICKET not in answer.cookies


async def test_a_ticket_of_yesterday_is_no_hindrance_when_there_is_room(building: Building) -> None:
    async with building.visitor() as visitor:
        visitor.cookies.set(TICKET, "00" * 34)
        assert (await visitor.get("/daftar")).text == "formulir"


async def test_a_person_waits_on_a_page_that_loads_itself_and_then_gets_in(building: Building) -> None:
    building.crowd()
    async with building.visitor() as visitor:
        waiting = await visitor.get("/daftar")
        assert waiting.status_code == 503
        assert re.search(r'http-equiv="refresh" content="\d+"', waiting.text)
        assert re.search(r"Orang di depan Anda</span><strong>\d", waiting.text)
        assert "tidak mengubah peluang" in waiting.text
        ticket = visitor.cookies[TICKET]
        assert (await visitor.get("/status")).text == "status"  # who only wants to look never waits
        await visitor.get("/daftar")
        assert visitor.cookies[TICKET] == ticket
        building.pass_time()
        assert (await visitor.get("/daftar")).text == "formulir"
        assert (await visitor.get("/daftar")).text == "formulir"  # a reload costs nothing
        async with building.visitor() as other:
            other.cookies.set(TICKET, ticket)
            assert (await other.get("/daftar")).status_code == 503
            assert other.cookies.get(HOLDER) is None


async def test_a_program_gets_a_ticket_and_uses_it_once(building: Building) -> None:
    building.crowd()
    async with building.visitor(page=False) as program:
        told = (await program.post("/applications")).json()
        assert told["code"] == "WAITING_ROOM"
        assert told["details"]["before"] > 0
        program.cookies.clear()
        mine = {"Waiting-Ticket": told["details"]["ticket"], "Idempotency-Key": "mine-mine"}
        assert (await program.post("/applications", headers=mine)).status_code == 503
        building.pass_time()
        building.answers = 422
        assert (await program.post("/applications", headers=mine)).status_code == 422
        building.answers = 202
        assert (await program.post("/applications", headers=mine)).status_code == 202
        assert (await program.post("/applications", headers=mine)).status_code == 202  # the answer was lost
        copied = {**mine, "Idempotency-Key": "another-one"}
        assert (await program.post("/applications", headers=copied)).status_code == 503


@pytest.mark.parametrize("ticket", ["x", "00" * 34, "\xff", "a" * 5000])
async def test_a_forged_ticket_is_answered_with_a_place_of_its_own(building: Building, ticket: str) -> None:
    building.crowd()
    async with building.visitor(page=False) as program:
        answer = await program.post("/applications", headers={"Waiting-Ticket": ticket.encode("latin-1")})
        assert answer.status_code == 503
        assert answer.json()["details"]["ticket"] not in ("", ticket)
