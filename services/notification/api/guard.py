"""A JSON body is looked at before anything is made of it: doubled keys, no numbers and deep nesting are refused."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from shared.web.problems import Problem

MOST_DEPTH = 8


class GuardedRoute(APIRoute):
    """Every route of this service; the size of a body is limited before it comes here (shared/web/host.py)."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if request.headers.get("content-type", "").startswith("application/json"):
                check(await request.body())
            return await handle(request)

        return guarded


def check(raw: bytes) -> None:
    """Raises Problem NOT_JSON for a text that two readers could understand differently."""
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_none, parse_float=_none)
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is no character
    except (ValueError, RecursionError):
        raise Problem("NOT_JSON") from None
    level, depth = [value], 0
    while level:
        level = [inner for each in level for inner in _inner(each)]
        depth += 1
    if depth > MOST_DEPTH:
        raise Problem("NOT_JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled key")
    return found


def _none(text: str) -> Any:
    raise ValueError("no field here takes such a number")


def _inner(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
