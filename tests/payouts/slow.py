"""A bank that takes its time, so that a kill meets orders on their way."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from fastapi import FastAPI


def slow(app: FastAPI, chance: random.Random, at_bank: list[str]) -> FastAPI:
    """The bank with a delay before each answer; `at_bank` holds the methods of the requests it is answering."""

    @app.middleware("http")
    async def wait(request: Any, call: Any) -> Any:
        at_bank.append(request.method)
        try:
            await asyncio.sleep(chance.uniform(0.1, 0.6))
            return await call(request)
        finally:
            at_bank.remove(request.method)

    return app
