"""A body is looked at before anything is made of it: refused when slow, deep, with doubled keys or no numbers."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from shared.web.problems import Problem

READ_SECONDS = 8.0
MOST_DEPTH = 16

TRACE: ContextVar[str] = ContextVar("trace", default="")
"""The caller's traceparent while a request is served."""


class GuardedRoute(APIRoute):
    """Every route of this service: its body is looked at first, and its trace goes along with what it decides."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            TRACE.set(getattr(request.state, "trace", ""))
            if request.headers.get("content-type", "").startswith("application/json"):
                check_json(await _read(request))
            return await handle(request)

        return guarded


async def _read(request: Request) -> bytes:
    """The whole body within 8 seconds; its size is limited before it comes here (shared/web/host.py)."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await request.body()
    except TimeoutError:
        raise Problem("NOT_JSON", status=408) from None


def check_json(raw: bytes) -> None:
    """Raises Problem NOT_JSON for text that different readers could understand differently."""
    try:
        value = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Problem("NOT_JSON") from None
    if _depth(value) > MOST_DEPTH:
        raise Problem("NOT_JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled key")
    return found


def _no_number(text: str) -> Any:
    raise ValueError("no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def _depth(value: Any) -> int:
    """Levels of nesting, counted without recursion."""
    level, deep = [value], 0
    while level and deep <= MOST_DEPTH:
        deep += 1
        level = [inner for each in level if isinstance(each, dict | list) for inner in _inner(each)]
    return deep


def _inner(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else list(value)


def utc(at: datetime) -> datetime:
    """Whole milliseconds in UTC, as everything is stored."""
    whole = at.astimezone(UTC)
    return whole.replace(microsecond=whole.microsecond // 1000 * 1000)
