"""How large and how slow a body may be, whatever it holds: refused while it comes in, before anything parses it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, MutableMapping
from email.message import Message
from typing import Any

from fastapi import Request, Response

from shared.web import error_pages, problems
from shared.web.headers import ASGI, Receive, Scope, Send

MOST_BODY_BYTES = 64 * 1024
PROGRAM_SECONDS, FORM_SECONDS = 8.0, 30.0
"""A program sends at once what it has; a person's form may come from a phone with a bad line."""
SLOWEST_BYTES = 256 * 1024
"""Files come at least so fast: bytes in a second."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def media_type(header: str) -> str:
    """Main and sub type in lower case, read as FastAPI reads them: `Application/JSON; charset=x` is JSON to it."""
    message = Message()
    message["content-type"] = header
    return message.get_content_type()


def is_json(header: str) -> bool:
    """Whether FastAPI would parse a body of this content type as JSON."""
    main, _, sub = media_type(header).partition("/")
    return bool(header) and main == "application" and (sub == "json" or sub.endswith("+json"))


def seconds_for(kind: str, most_bytes: int) -> float:
    """How long a body of a content type may take on a path that allows so many bytes."""
    usual = FORM_SECONDS if media_type(kind) in _FORMS else PROGRAM_SECONDS
    return usual + (most_bytes - MOST_BODY_BYTES) / SLOWEST_BYTES


class Limits:
    """A layer of a service's HTTP side. `large_bodies` maps path prefixes to their own limit in bytes."""

    def __init__(
        self,
        app: ASGI,
        large_bodies: Mapping[str, int],
        service: str,
        seconds: Callable[[str, int], float] = seconds_for,
    ) -> None:
        self._app, self._large, self._service, self._seconds = app, large_bodies, service, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next((most for path, most in self._large.items() if scope["path"].startswith(path)), MOST_BODY_BYTES)
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > limit:
            await self._refusal(scope, "BODY_TOO_LARGE")(scope, receive, send)
            return
        kind = headers.get(b"content-type", b"").decode("latin-1")
        counted = _Counted(receive, send, limit, self._seconds(kind, limit))
        await self._app(scope, counted.receive, counted.send)
        if counted.refused:
            await self._refusal(scope, counted.refused)(scope, receive, send)

    def _refusal(self, scope: Scope, code: str) -> Response:
        status, sentence = problems.COMMON[code]
        request = Request(scope)
        if error_pages.wanted(request):
            answer = error_pages.answer(request, self._service, code, status, sentence)
        else:
            answer = problems.problem(code, status, sentence)
        answer.headers["Connection"] = "close"  # whatever of the body still comes is nobody's
        return answer


class _Counted:
    """A body that is counted and timed while it comes. What the app answers to a cut body is dropped: frameworks take
    the cut for a body that cannot be parsed."""

    def __init__(self, receive: Receive, send: Send, limit: int, seconds: float) -> None:
        self._receive, self._send, self._left, self._seconds = receive, send, limit, seconds
        self._until: float | None = None
        self._answered = self._whole = False
        self.refused = ""

    async def receive(self) -> MutableMapping[str, Any]:
        message = await (self._receive() if self._answered or self._whole else self._in_time())
        self._whole = not message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self._refuse("BODY_TOO_LARGE")
        return message

    async def _in_time(self) -> MutableMapping[str, Any]:
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._until):
                return await self._receive()
        except TimeoutError:
            self._refuse("BODY_TOO_SLOW")
            raise

    def _refuse(self, code: str) -> None:
        self.refused = "" if self._answered else code
        raise problems.Problem(code)

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if not self.refused:
            self._answered = True
            await self._send(message)
