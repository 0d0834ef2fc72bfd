"""The door under pressure: what cannot be served in time is refused at once, before routing and parsing.

A service does its best work with a certain number of requests under way; more of them only wait. Each lane
(citizens, partners, staff) finds its own number by itself: it grows while answers come in time and shrinks when
they do not, by as much as they were late (additive increase, multiplicative decrease, as TCP does). Who comes
beyond it is told when to come again, at a random moment so that not all come back together. Source: paper facts 96
and 136, goals O1-O3.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.platform.metrics import EngineMetrics
from shared.security.accounts import COOKIE
from shared.web.door_refusals import PLATFORMS, REFUSED, Form, Headers, form_of, refusal_of
from shared.web.headers import ASGI, Receive, Scope, Send
from shared.web.problems import Problem

LaneName = Literal["citizen", "partner", "staff"]
IN_TIME_SECONDS = 0.5
"""An answer after this long is a sign that too many are under way."""
FEWEST, FIRST, MOST = 8, 32, 2000
GROW_MOST, SHRINK_MOST = 4.0, 0.5
"""With answers in a quarter of the time a lane grows four times as fast; however late one was, half of it stays."""
BEGIN_AT_A_TIME = 4
"""Requests that begin in one turn of the loop; each costs some milliseconds before it first waits."""
ASIDE_SECONDS = 0.25
"""Whose body is not there by then stands aside until it is: slow senders must not hold the places of all others."""
COME_AGAIN_SECONDS = (5, 60)
UNLIMITED = ("/alive", "/health", "/metrics", "/style.css")
"""What operators and browsers need just then."""
PARTNERS = ("/partner/", PLATFORMS, "/bank/notices")
"""Parts of paths that only platforms and banks ask for, whatever else their requests carry."""


@dataclass(slots=True)
class Lane:
    """How many requests of one kind may be under way."""

    limit: float = FIRST
    under_way: int = 0
    aside: int = 0
    """Requests whose bodies are on their way; they have no place meanwhile."""
    judged_at: float = field(default=float("-inf"))
    """When the limit last shrank: once per latency, for what is under way was let in under the old limit."""

    @property
    def full(self) -> bool:
        return self.under_way >= int(self.limit)

    def done(self, seconds: float, now: float) -> None:
        """One answer came after so many seconds."""
        if seconds <= IN_TIME_SECONDS:
            if self.under_way >= self.limit / 2:  # a limit that nobody reaches says nothing about what can be borne
                room = IN_TIME_SECONDS / max(seconds, IN_TIME_SECONDS / GROW_MOST)
                self.limit = min(MOST, self.limit + room / self.limit)
        elif now - self.judged_at > seconds:
            self.limit, self.judged_at = max(FEWEST, self.limit * max(SHRINK_MOST, IN_TIME_SECONDS / seconds)), now
        self.under_way -= 1


def lane_of(scope: Scope) -> LaneName | None:
    """Which lane a request belongs to; None for what is never refused.

    Who claims to be staff is believed here (the sign-in judges later): a forged claim only fills the staff lane,
    which is bounded like the others.
    """
    path: str = scope["path"]
    if path.endswith(UNLIMITED):
        return None
    if is_partners(path):
        return "partner"
    signed_in = any(
        name == b"authorization" or (name == b"cookie" and _SESSION in value) for name, value in scope["headers"]
    )
    return "staff" if signed_in else "citizen"


def is_partners(path: str) -> bool:
    """Known by the path alone: some clients send an empty Authorization along, which would make them staff."""
    return any(each in path for each in PARTNERS)


class Lanes:
    """The lanes of one service, and how it refuses."""

    def __init__(self, metrics: EngineMetrics, chance: random.Random | None = None) -> None:
        self._metrics, self._chance = metrics, chance or random.Random()
        self._lanes: Mapping[LaneName, Lane] = {"citizen": Lane(), "partner": Lane(), "staff": Lane()}

    def __getitem__(self, name: LaneName) -> Lane:
        return self._lanes[name]

    def refusal(self, name: LaneName, form: Form) -> tuple[Headers, bytes]:
        """Headers and body of a 503 in the visitor's own form, made of ready bytes: it must cost next to nothing."""
        self._metrics.door_refused.labels(name).inc()
        seconds = self._chance.randint(*COME_AGAIN_SECONDS)
        return refusal_of(form, seconds)

    def done(self, name: LaneName, seconds: float, now: float) -> None:
        self[name].done(seconds, now)
        self._metrics.door_limit.labels(name).set(int(self[name].limit))


class Door:
    """A layer of a service's HTTP side. Most refusals never come here: gate.py makes them before HTTP is parsed."""

    def __init__(
        self,
        app: ASGI,
        lanes: Lanes,
        clock: Callable[[], float] = time.monotonic,
        aside_seconds: float = ASIDE_SECONDS,
    ) -> None:
        self._app, self.lanes, self._clock, self._aside_seconds = app, lanes, clock, aside_seconds
        self._begun = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = lane_of(scope) if scope["type"] == "http" else None
        if name is None:
            await self._app(scope, receive, send)
            return
        lane = self.lanes[name]
        if lane.full:
            await self._refuse(name, scope, send)
            return
        lane.under_way += 1
        served = _Served(lane, receive, send, self._clock, self._aside_seconds)
        try:
            await self._turn()
            await self._app(scope, served.receive, served.send)
        finally:
            served.come_back()
            if served.refused:
                lane.under_way -= 1
            else:
                self.lanes.done(name, served.seconds, self._clock())
        if served.refused:
            await self._refuse(name, scope, send)

    async def _refuse(self, name: LaneName, scope: Scope, send: Send) -> None:
        browses = any(field == b"accept" and b"text/html" in value for field, value in scope["headers"])
        headers, body = self.lanes.refusal(name, form_of(scope["path"], browses))
        await send({"type": "http.response.start", "status": REFUSED, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _turn(self) -> None:
        """Let no more than a few begin in one turn of the loop: whoever is refused meanwhile must not wait for all."""
        while self._begun >= BEGIN_AT_A_TIME:  # noqa: ASYNC110  # the next turn is what it waits for
            await asyncio.sleep(0)
        if not self._begun:
            asyncio.get_running_loop().call_soon(self._next_turn)
        self._begun += 1

    def _next_turn(self) -> None:
        self._begun = 0


class _Served:
    """How long we took: from the end of the body to the beginning of the answer. A visitor who sends or reads
    slowly is no sign that too much is under way here, and one who sends slowly has no place meanwhile."""

    def __init__(
        self, lane: Lane, receive: Receive, send: Send, clock: Callable[[], float], aside_seconds: float
    ) -> None:
        self._lane, self._receive, self._send, self._clock = lane, receive, send, clock
        self._aside_seconds, self._aside = aside_seconds, False
        self._timer: asyncio.TimerHandle | None = None
        self._began, self.seconds = clock(), 0.0
        self.refused = False
        """The lane was full when the body was there. What the app answers to a body that broke off is dropped."""

    async def receive(self) -> MutableMapping[str, Any]:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._aside_seconds, self._step_aside)
        message = await self._receive()
        if not message.get("more_body", False):
            self.refused = self._aside and self._lane.full
            self.come_back()
        if self.refused:
            raise Problem("BUSY")
        if not self.seconds:
            self._began = self._clock()
        return message

    def _step_aside(self) -> None:
        if self._lane.aside < MOST:  # else it keeps its place: what waits is bounded too
            self._lane.under_way -= 1
            self._lane.aside += 1
            self._aside = True

    def come_back(self) -> None:
        """The body is there, or will never be: the place is taken again."""
        if self._timer:
            self._timer.cancel()
        if self._aside:
            self._lane.under_way += 1
            self._lane.aside -= 1
            self._aside = False

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if self.refused:
            return
        if message["type"] == "http.response.start":
            self.seconds = self._clock() - self._began
        await self._send(message)


_SESSION = f"{COOKIE}=".encode()
