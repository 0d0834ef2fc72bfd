"""Dead letters of a service over HTTP: see what waits and why, replay it, or discard it with a reason.

Nothing of a record's content is shown: the key, the value and the headers' values may hold personal data.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.engine.dead_letters import PARKED, WAITING, opened
from shared.engine.ports import Change, Database, Document, Record
from shared.engine.service import Ports, Service, Unavailable
from shared.security.accounts import Accounts, Role, Staff
from shared.web.guard import GuardedRoute
from shared.web.problems import Problem

PAGE = 100
LetterId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
State = Annotated[str, Query(pattern=r"^(waiting|replayed|discarded)$")]
After = Annotated[str, Query(pattern=r"^[0-9a-f]{0,64}$")]
FIELDS = ("reason", "type", "topic", "partition", "offset", "state", "at", "tried_at", "settled_at", "discarded_by")

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,80}")


class HasLetters(Protocol):
    """Service and ProjectionService."""

    name: str
    ready: bool
    database: Database
    ports: Ports


class DiscardBody(BaseModel):
    """Why the record is given up: a person reads it later."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)]


class _Desk:
    """The letters of one service."""

    def __init__(self, service: HasLetters) -> None:
        self.service, self.database = service, service.database

    @cached_property
    def _accounts(self) -> Accounts:
        # Made at the first question: it costs one password hash, and most processes are never asked.
        return Accounts(self.database, self.service.ports.clock)

    def require(self, *roles: Role) -> Callable[[Request], Awaitable[Staff]]:
        async def signed_in(request: Request) -> Staff:
            return await self._accounts.require(*roles)(request)

        return signed_in

    async def page(self, state: str, after: str) -> dict[str, Any]:
        where = {"state": state, "_id": {"$gt": after}}
        found = await self.database.find(PARKED, where, sort=[("_id", 1)], limit=PAGE, fields=FIELDS)
        following = found[-1]["_id"] if len(found) == PAGE else None
        return {"letters": [_shown(letter) for letter in found], "next": following}

    async def one(self, id: str) -> Document:
        letter = await self.database.get(PARKED, id)
        if letter is None:
            raise Problem("LETTER_UNKNOWN", status=404, sentence="Surat mati tidak ditemukan. Periksa nomornya.")
        return letter

    async def show(self, id: str) -> dict[str, Any]:
        letter = await self.one(id)
        waiting = await self.waiting_in(letter)
        record = _masked(opened(letter, self.service.ports.unseal))
        return {**_shown(letter), "discard_reason": letter.get("discard_reason"), "waiting": waiting, "record": record}

    async def waiting_in(self, letter: Document) -> int:
        """How many records of the letter's key wait, itself included. A null key follows nobody."""
        same = {"lane": letter["lane"]} if letter["lane"] else {"_id": letter["_id"]}
        return await self.database.count(PARKED, {**same, "state": WAITING})

    async def replay(self, id: str) -> dict[str, Any]:
        """Take the letter's key again from its oldest record on, until nothing waits or one fails again."""
        letter = await self._waiting(id)
        if not isinstance(self.service, Service):
            sentence = "Layanan ini tidak memutar ulang surat. Bangun ulang proyeksinya dengan `gelombang rebuild`."
            raise Problem("REBUILD_INSTEAD", status=409, sentence=sentence)
        if not self.service.ready:
            raise Unavailable
        taken = 0
        while True:
            reply = await self.service.committer.replay(id, letter["lane"])
            taken += reply["taken"]
            if reply["left"] or not reply["taken"]:
                break
        return {"taken": taken, "left": await self.waiting_in(letter)}

    async def discard(self, id: str, reason: str, staff: Staff) -> dict[str, Any]:
        """Give one record up for good. Those behind it still wait: replay them."""
        letter = await self._waiting(id)
        marks = {
            "state": "discarded",
            "discard_reason": reason,
            "discarded_by": staff.username,
            "settled_at": self.service.ports.clock.wall(),
        }
        # Compare and set: a replay at the same moment may have taken it.
        if not await self.database.change(Change(PARKED, {"_id": id, "state": WAITING}, set=marks)):
            raise _settled()
        return {"state": "discarded", "left": await self.waiting_in(letter)}

    async def _waiting(self, id: str) -> Document:
        letter = await self.one(id)
        if letter["state"] != WAITING:
            raise _settled()
        return letter


def router_of(service: HasLetters) -> APIRouter:
    """GET lists and shows; POST .../replay and .../discard change. For staff alone."""
    router = APIRouter(prefix=f"/{service.name}/dead-letters", route_class=GuardedRoute, tags=["dead letters"])
    desk = _Desk(service)
    reader, keeper = Depends(desk.require("secretariat", "auditor")), Depends(desk.require("secretariat"))

    @router.get("", dependencies=[reader], summary="Surat mati")
    async def listed(state: State = WAITING, after: After = "") -> dict[str, Any]:
        return await desk.page(state, after)

    @router.get("/{letter_id}", dependencies=[reader], summary="Satu surat mati, tersamar")
    async def one(letter_id: LetterId) -> dict[str, Any]:
        return await desk.show(letter_id)

    @router.post("/{letter_id}/replay", dependencies=[keeper], summary="Putar ulang")
    async def replay(letter_id: LetterId) -> dict[str, Any]:
        return await desk.replay(letter_id)

    @router.post("/{letter_id}/discard", summary="Buang dengan alasan")
    async def discard(letter_id: LetterId, body: DiscardBody, staff: Staff = keeper) -> dict[str, Any]:
        return await desk.discard(letter_id, body.reason, staff)

    return router


def _settled() -> Problem:
    sentence = "Surat ini sudah selesai: sudah diputar ulang atau dibuang. Muat ulang daftarnya."
    return Problem("LETTER_SETTLED", status=409, sentence=sentence)


def _shown(letter: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: letter[name] for name in FIELDS if name in letter}
    # The type comes from a header: what is no type's name may be anything.
    return {"id": letter["_id"], **known, "type": letter["type"] if _TYPE.fullmatch(letter["type"]) else "?"}


def _masked(record: Record) -> dict[str, Any]:
    """Names and sizes only. A name that is not made of letters was invented by somebody, and may itself be a NIK."""
    headers = [{"name": _name(name), "bytes": len(value)} for name, value in record.headers[:100]]
    sizes = {"key_bytes": _size(record.key), "value_bytes": _size(record.value)}
    return {"timestamp": record.timestamp, **sizes, "headers": headers}


def _name(name: str) -> str:
    letters = name.replace("_", "").replace("-", "")
    return name if len(name) <= 40 and letters.isascii() and letters.isalpha() else "?"


def _size(data: bytes | None) -> int | None:
    return None if data is None else len(data)
