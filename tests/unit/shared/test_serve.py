"""What a process does before it serves."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI

from shared.platform.settings import CommonSettings
from shared.web.headers import ASGI, Receive, Scope, Send
from shared.web.serve import run


@pytest.fixture
def thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_what_the_start_left_is_never_walked_again_by_the_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[int] = []

    async def serve(self: uvicorn.Server) -> None:
        frozen.append(gc.get_freeze_count())

    monkeypatch.setattr(uvicorn.Server, "serve", serve)
    asyncio.run(run(FastAPI, CommonSettings()))
    assert frozen[0] > 10_000, "the modules alone are more"


@pytest.mark.usefixtures("thawed")
def test_one_request_is_over_before_the_first_visitor_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI builds its routes at the first request; they are there, and frozen, when the server opens."""
    happened: list[tuple[str, bool]] = []

    class Noted:
        def __init__(self, app: ASGI) -> None:
            self._app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await self._app(scope, receive, send)
            happened.append(("asked", bool(gc.get_freeze_count())))

    async def serve(self: uvicorn.Server) -> None:
        happened.append(("served", bool(gc.get_freeze_count())))

    app = FastAPI()
    app.add_middleware(Noted)
    monkeypatch.setattr(uvicorn.Server, "serve", serve)
    asyncio.run(run(lambda: app, CommonSettings()))
    assert happened == [("asked", False), ("served", True)]
