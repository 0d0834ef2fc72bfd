"""What a process does before it serves."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI

from shared.platform.settings import CommonSettings
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
