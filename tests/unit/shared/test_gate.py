"""The gate on a real server: refusals before HTTP is parsed, and never one answer more than requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from deploy.processes import free_port
from deploy.serving import serving
from shared.platform.metrics import EngineMetrics
from shared.security.accounts import COOKIE
from shared.web.door import FIRST, Door, Lanes
from shared.web.gate import gated, lane_of_head, whole_head

HEAD = "POST /registration/applications HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n"


def request(body: str = '{"nik":1}', more: str = "") -> bytes:
    return (HEAD.format(len(body), more) + body).encode()


@dataclass
class Built:
    port: int
    lanes: Lanes
    bodies: list[bytes] = field(default_factory=list)

    def fill(self, full: bool = True) -> None:
        self.lanes["citizen"].under_way = FIRST if full else 0

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        yield Line(reader, writer)
        writer.close()


@dataclass
class Line:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0.05)  # so that the pieces come one by one

    async def status(self) -> int:
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        await self.reader.readexactly(length)
        return int(head[9:12])

    async def is_silent(self) -> bool:
        try:
            async with asyncio.timeout(0.2):
                return not await self.reader.read(1)
        except TimeoutError:
            return True


@asynccontextmanager
async def built() -> AsyncIterator[Built]:
    app, lanes = FastAPI(), Lanes(EngineMetrics("test"))
    found = Built(free_port(), lanes)

    @app.post("/registration/applications")
    async def apply(request: Request) -> Response:
        found.bodies.append(await request.body())
        return Response(status_code=202)

    app.add_middleware(Door, lanes=lanes)
    config = uvicorn.Config(app, port=found.port, http=gated(lanes), log_config=None, lifespan="off")
    async with serving(config):
        yield found


async def test_a_full_lane_is_refused_and_the_connection_serves_on() -> None:
    async with built() as house, house.line() as line:
        await line.send(request())
        assert await line.status() == 202
        house.fill()
        for _ in range(3):
            await line.send(request())
            assert await line.status() == 503
        house.fill(full=False)
        await line.send(request("{}"))
        assert await line.status() == 202
        assert house.bodies == [b'{"nik":1}', b"{}"]


@pytest.mark.parametrize("cut", [5, 60, 85])
async def test_a_request_in_pieces_is_answered_once(cut: int) -> None:
    async with built() as house, house.line() as line:
        house.fill()
        await line.send(request()[:cut], request()[cut:])
        assert await line.status() == 503
        assert await line.is_silent()


async def test_a_body_that_looks_like_a_request_is_a_body() -> None:
    inner = request().decode()
    whole = request(inner)
    head = len(whole) - len(inner)
    async with built() as house, house.line() as line:
        house.fill()
        await line.send(whole[:head], whole[head:])
        assert await line.status() == 503
        assert await line.is_silent()


async def test_two_requests_at_once_have_two_answers() -> None:
    async with built() as house, house.line() as line:
        house.fill()
        await line.send(request() + request())
        assert [await line.status(), await line.status()] == [503, 503]
        assert await line.is_silent()
        assert not house.bodies


async def test_others_are_let_through() -> None:
    async with built() as house, house.line() as line:
        house.fill()
        await line.send(request(more="Authorization: Bearer x\r\n"))
        assert await line.status() == 202
        await line.send(request(more=f"Cookie: a=b; {COOKIE}=x\r\n"))
        assert await line.status() == 202


async def test_a_platform_is_refused_in_the_form_of_its_own_interface() -> None:
    async with built() as house, house.line() as line:
        house.lanes["partner"].under_way = FIRST
        await line.send(request().replace(b"/registration/applications", b"/api/v1/integration/payment/x"))
        head = await line.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert (await line.reader.readuntil(b"}")).startswith(b'{"success": false, "code": "ERRPLT50301"')


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"POST / HTTP/1.1\r\n",
        request()[:-1],
        request() + b"G",
        request(more="Content-Length: 9\r\n"),
        request(more="Transfer-Encoding: chunked\r\n"),
        request(more="Expect: 100-continue\r\n"),
        request().replace(b"HTTP/1.1", b"HTTP/1.0"),
        request().replace(b"Content-Length: 9", b"Content-Length: +9"),
    ],
)
def test_what_is_not_beyond_doubt_goes_the_usual_way(data: bytes) -> None:
    assert whole_head(data) is None


@pytest.mark.parametrize(
    ("line", "lane"),
    [
        (b"GET /registration/daftar?langkah=2 HTTP/1.1", "citizen"),
        (b"POST /incentive/partner/claims HTTP/1.1", "partner"),
        (b"POST /api/v1/integration/payment/redeem-code/commit HTTP/1.1", "partner"),
        (b"POST /incentive/bank/notices HTTP/1.1", "partner"),
        (b"POST /api/v1/integration/payment/redeem-code/status HTTP/1.1\r\nAuthorization:", "partner"),
        (b"GET /incentive/staff/claims HTTP/1.1\r\nAuthorization: Bearer x", "staff"),
        (b"GET /registration/health HTTP/1.1", None),
        (b"GET /registration/style.css?v=1 HTTP/1.1", None),
        (b"OPTIONS * HTTP/1.1", None),
        (b"rubbish", None),
    ],
)
def test_lanes_are_read_from_the_first_line(line: bytes, lane: str | None) -> None:
    assert lane_of_head(line.lower()) == lane
