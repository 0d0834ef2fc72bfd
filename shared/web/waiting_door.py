"""The waiting room as visitors meet it: a page that loads itself again, or a problem document with the ticket.

It stands before the entries of a service (where an application begins), without scripts: the ticket is in a cookie,
or in the header `Waiting-Ticket` for programs.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from shared.web.door_refusals import SAFE_HEADERS
from shared.web.headers import ASGI, Receive, Scope, Send
from shared.web.pages import environment, number
from shared.web.problems import COMMON, MEDIA_TYPE
from shared.web.waiting_room import Place, TicketRefused, WaitingRoom

HERE = Path(__file__).parent / "templates"
TICKET, HOLDER = "gelombang_antre", "gelombang_masuk"
LOOK_AGAIN_SECONDS = (5, 60)
"""How often a page asks again: after a third of the time that is left, within these bounds."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """A room before the (method, path) where people begin."""

    room: WaitingRoom
    entries: frozenset[tuple[str, str]]


class WaitingDoor:
    """Lets in everybody while there is room, and then those whose ticket's turn it is."""

    def __init__(self, app: ASGI, entrance: Entrance, style_href: str) -> None:
        self._app, self._room, self._entries = app, entrance.room, entrance.entries
        places = {name: f"[[{name}]]" for name in ("again", "before", "time")}
        self._made = environment(HERE).get_template("waiting.html").render(style_href=style_href, **places)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"], scope["path"]) not in self._entries:
            await self._app(scope, receive, send)
            return
        if self._room.arrive():
            await self._app(scope, receive, send)
            return
        visitor = _Visitor(scope)
        try:
            self._room.use(visitor.ticket, visitor.holder)
        except TicketRefused as error:
            await self._wait(visitor, str(error), send)
            return
        await self._enter(scope, receive, send, visitor)

    async def _enter(self, scope: Scope, receive: Receive, send: Send, visitor: _Visitor) -> None:
        """Inside. A program's ticket is used up only when what it came for was done."""

        async def answering(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                if visitor.by_page:
                    message["headers"] = [*message["headers"], _cookie(HOLDER, visitor.holder)]
                elif message["status"] >= 300:
                    self._room.give_back(visitor.ticket)
            await send(message)

        await self._app(scope, receive, answering)

    async def _wait(self, visitor: _Visitor, why: str, send: Send) -> None:
        ticket = visitor.ticket if why == "NOT_YET" else self._room.ticket()
        place = self._room.place(ticket)
        again = min(max(place.seconds // 3, LOOK_AGAIN_SECONDS[0]), LOOK_AGAIN_SECONDS[1])
        body = self._page(place, again) if visitor.by_page else _document(ticket, place)
        kind = "text/html; charset=utf-8" if visitor.by_page else MEDIA_TYPE
        told = {"content-type": kind, "content-length": str(len(body)), "retry-after": str(again)}
        headers = [(name.encode(), value.encode()) for name, value in told.items()]
        headers += [*SAFE_HEADERS, (b"waiting-ticket", ticket.encode()), _cookie(TICKET, ticket)]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _page(self, place: Place, again: int) -> bytes:
        """The page was made once; only three texts of it change, so that it costs next to nothing."""
        page = self._made
        for name, text in {"again": str(again), "before": number(place.before), "time": _time(place.seconds)}.items():
            page = page.replace(f"[[{name}]]", text)
        return page.encode()


class _Visitor:
    """What a request says of its ticket."""

    def __init__(self, scope: Scope) -> None:
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.by_page = b"text/html" in headers.get(b"accept", b"")
        cookies = _cookies(headers.get(b"cookie", b""))
        self.ticket = headers.get(b"waiting-ticket", b"").decode("latin-1") or cookies.get(TICKET, "")
        key = headers.get(b"idempotency-key", b"").decode("latin-1")
        self.holder = (cookies.get(HOLDER) if self.by_page else key) or secrets.token_hex(16)


def _cookies(header: bytes) -> Mapping[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header.decode("latin-1")).items()}
    except CookieError:
        return {}


def _cookie(name: str, value: str) -> tuple[bytes, bytes]:
    return b"set-cookie", f"{name}={value}; Path=/; Max-Age=7200; HttpOnly; SameSite=Lax".encode()


def _document(ticket: str, place: Place) -> bytes:
    status, sentence = COMMON["WAITING_ROOM"]
    known = {"type": "urn:gelombang:problem:WAITING_ROOM", "title": "WAITING_ROOM", "status": status}
    details = {"ticket": ticket, "before": place.before, "seconds": place.seconds}
    return json.dumps({**known, "code": "WAITING_ROOM", "detail": sentence, "details": details}).encode()


def _time(seconds: int) -> str:
    return "kurang dari satu menit" if seconds < 60 else f"sekitar {number(-(-seconds // 60))} menit"
