"""A refusal never overtakes the answer before it: two requests on one line have their answers in their order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Response

from deploy.processes import free_port
from deploy.serving import serving
from shared.platform.metrics import EngineMetrics
from shared.web.door import FIRST, Door, Lanes
from shared.web.gate import gated
from tests.unit.shared.test_gate import Built, request


class Slow(Built):
    """Takes its time for the first request, until it may go on."""

    def __init__(self) -> None:
        super().__init__(free_port(), Lanes(EngineMetrics("test")))
        self.began, self.may_go_on = asyncio.Event(), asyncio.Event()


@asynccontextmanager
async def slow() -> AsyncIterator[Slow]:
    app, found = FastAPI(), Slow()

    @app.post("/registration/applications")
    async def apply() -> Response:
        found.began.set()
        await found.may_go_on.wait()
        return Response(status_code=202)

    app.add_middleware(Door, lanes=found.lanes)
    config = uvicorn.Config(app, port=found.port, http=gated(found.lanes), log_config=None, lifespan="off")
    async with serving(config):
        yield found


async def test_a_second_request_waits_for_the_answer_to_the_first_even_when_it_is_refused() -> None:
    async with slow() as house, house.line() as line:
        await line.send(request())
        await house.began.wait()
        house.lanes["citizen"].under_way = 2 * FIRST  # full, also when the first is answered
        await line.send(request(), request())
        assert await line.is_silent()
        house.may_go_on.set()
        assert [await line.status() for _ in range(3)] == [202, 503, 503]
        assert await line.is_silent()
