"""A body is looked at before anything is made of it: refused when deep, with doubled keys or no numbers.

How large and how slow it may be is decided before (body_limits.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from shared.web.body_limits import is_json
from shared.web.problems import Problem

MOST_DEPTH = 16
YEARS = range(2015, 2101)
Dated = TypeVar("Dated", date, datetime)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([Tt ].+)?")


def _written(value: Any) -> Any:
    """Else pydantic takes a number, or digits, for seconds since 1970: `0` would be a day long past."""
    if (isinstance(value, str) and not _DAY.fullmatch(value)) or isinstance(value, int | float):
        raise ValueError("not a date as text")
    return value


def _in_our_times(value: Dated) -> Dated:
    """Near the ends of the calendar a day less, or another time zone, is no date any more."""
    if value.year not in YEARS:
        raise ValueError("not in the years of the programme")
    return value


Day = Annotated[date, BeforeValidator(_written), AfterValidator(_in_our_times)]
"""`2020-04-11`, within YEARS."""
Instant = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_our_times)]
"""`2020-04-11T08:00:00+07:00`, within YEARS."""

TRACE: ContextVar[str] = ContextVar("trace", default="")
"""The caller's traceparent while a request is served."""


DEVICE = "gelombang_device"
"""Cookie with a number by which a browser that asks too much is known again."""


class Caller(NamedTuple):
    """Who asks, as far as a request shows: for counting attempts alone (limiter.py)."""

    peer: str = ""
    """Address of the connection: the caller's own, or that of a proxy."""
    forwarded: str = ""
    """X-Forwarded-For as it came: anybody can write one."""
    device: str = ""


NOBODY = Caller()
CALLER: ContextVar[Caller] = ContextVar("caller", default=NOBODY)
"""The caller of the request that is served."""


class KnownRoute(APIRoute):
    """A route whose trace and caller go along with what it decides; it reads its body itself."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handle = super().get_route_handler()

        async def known(request: Request) -> Response:
            TRACE.set(getattr(request.state, "trace", ""))
            CALLER.set(_caller(request))
            return await handle(request)

        return known


class GuardedRoute(KnownRoute):
    """A route whose body is looked at first."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if is_json(request.headers.get("content-type", "")):
                strict_json(await request.body())
            return await handle(request)

        return guarded


def _caller(request: Request) -> Caller:
    peer = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    return Caller(peer, forwarded[-1000:], _device(request))


def _device(request: Request) -> str:
    """The browser's number; a program that fills in the form for people sends theirs as Device-Id."""
    return (request.cookies.get(DEVICE) or request.headers.get("device-id", ""))[:64]


def strict_json(raw: bytes) -> Any:
    """The value of a JSON text. Raises Problem NOT_JSON for what two readers could understand differently."""
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_none, parse_float=_none)
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is no character
    except (ValueError, RecursionError):
        raise Problem("NOT_JSON") from None
    if _depth(value) > MOST_DEPTH:
        raise Problem("NOT_JSON")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled key")
    return found


def _none(text: str) -> Any:
    """No field of ours is a fraction: money is whole rupiah."""
    raise ValueError("not a whole number")


def _depth(value: Any) -> int:
    """Levels of nesting, counted without recursion."""
    level, deep = [value], 0
    while level and deep <= MOST_DEPTH:
        deep += 1
        level = [inner for each in level if isinstance(each, dict | list) for inner in _inner(each)]
    return deep


def _inner(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else list(value)
