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
from typing import Any

from shared.web.door import SAFE_HEADERS
from shared.web.headers import ASGI, Receive, Scope, Send
from shared.web.problems import COMMON, MEDIA_TYPE
from shared.web.waiting_room import Place, TicketRefused, WaitingRoom

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
        self._app, self._room, self._entries, self._style = app, entrance.room, entrance.entries, style_href

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
        return _PAGE.format(
            style=self._style, again=again, before=_number(place.before), time=_time(place.seconds)
        ).encode()


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


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _time(seconds: int) -> str:
    return "kurang dari satu menit" if seconds < 60 else f"sekitar {_number(-(-seconds // 60))} menit"


_PAGE = (
    '<!doctype html><html lang="id"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta http-equiv="refresh" content="{again}"><title>Ruang tunggu</title><link rel="stylesheet" href="{style}">'
    "</head><body><main><h1>Ruang tunggu</h1>"
    "<p>Banyak orang sedang mendaftar. Anda sudah punya tempat; halaman ini memuat ulang sendiri.</p>"
    '<ul class="tiles"><li><span class="quiet">Orang di depan Anda</span><strong>{before}</strong></li>'
    '<li><span class="quiet">Giliran Anda</span><strong>{time}</strong></li></ul>'
    "<p>Urutan di ruang tunggu diacak di antara yang datang bersamaan. Datang lebih dahulu atau lebih lambat "
    "<strong>tidak mengubah peluang terpilih</strong>: pemenang ditentukan undian setelah gelombang ditutup.</p>"
    "<p>Jangan tutup halaman ini. Jika tertutup, buka lagi dengan ponsel dan peramban yang sama: tempat Anda tetap.</p>"
    "</main></body></html>"
)
