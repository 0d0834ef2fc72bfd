"""A waiting room in which coming early or late within a window gives nobody a better place, and nobody is forgotten.

Arrivals of one window of WINDOW_SECONDS form a batch. When the window is over, batches are let in one after
another; within a batch the order is by chance: every ticket has a place u between 0 and 1 (HMAC of its id), and is
admitted when the batch's progress passes u. So the room keeps two numbers per batch, whatever the number of people,
and a ticket carries all that is needed to find its place again. The order here changes no odds of the draw.
Source: paper facts 96 and 97, goals R2 and O4.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW_SECONDS = 5.0
OPENS_AT, CLOSES_AT = 0.7, 0.5
"""Shares of the capacity: from the first on people wait, below the second nobody need any more."""
VALID_SECONDS = 900.0
"""How long an admitted ticket can be used after its batch was let in."""
_ID_BYTES, _TAG_BYTES = 12, 16


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: people before, and seconds until the own turn at today's pace (0 and 0 when admitted)."""

    before: int
    seconds: int

    @property
    def admitted(self) -> bool:
        return self.before == 0


@dataclass(slots=True)
class _Batch:
    number: int
    size: int = 0
    progress: float = 0.0
    """Share that has been let in."""
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class _Use:
    at: float
    holder: str


class TicketRefused(Exception):
    """Not one of ours, used already, or out of date: take a new one."""


@dataclass(slots=True)
class WaitingRoom:
    """`capacity` is what the service can take, in registrations a second; `clock` counts seconds."""

    key: bytes
    capacity: float
    clock: Callable[[], float]
    open: bool = False
    _batches: deque[_Batch] = field(default_factory=deque)
    _used: dict[bytes, _Use] = field(default_factory=dict)
    _advanced_at: float = field(default=0.0, init=False)
    _rate: float = field(default=0.0, init=False)
    """Arrivals a second, smoothed over about a second's worth of capacity."""
    _arrived_at: float = field(default=0.0, init=False)

    @property
    def admissions(self) -> float:
        """People let in per second while the room is open."""
        return OPENS_AT * self.capacity

    @property
    def waiting(self) -> int:
        return sum(round(batch.size * (1 - batch.progress)) for batch in self._batches if batch.ended_at is None)

    def arrive(self) -> bool:
        """Count one arrival; True when there is room at once, False when a ticket is needed."""
        now = self.clock()
        passed = max(now - self._arrived_at, 0.0)
        self._arrived_at = now
        # An exponentially weighted count: each arrival adds one, and a second forgets all but 37 %.
        self._rate = self._rate * 2.718281828**-passed + 1.0
        self._advance(now)
        if not self.open and self._rate >= OPENS_AT * self.capacity:
            self.open, self._advanced_at = True, now
        elif self.open and self._rate < CLOSES_AT * self.capacity and not self.waiting:
            self.open = False
        return not self.open

    def ticket(self) -> str:
        """A place in the current batch, signed."""
        batch = self._current(self.clock())
        batch.size += 1
        body = batch.number.to_bytes(6, "big") + secrets.token_bytes(_ID_BYTES)
        return (body + self._tag(body)).hex()

    def place(self, ticket: str) -> Place:
        """Raises TicketRefused."""
        self._advance(self.clock())
        number, id = self._read(ticket)
        batch = next((each for each in self._batches if each.number == number), None)
        if batch is None:  # let in so long ago that it is forgotten, or from before a restart
            raise TicketRefused("EXPIRED")
        share = self._chance(number, id)
        if share < batch.progress:
            return Place(0, 0)
        earlier = sum(each.size * (1 - each.progress) for each in self._batches if each.number < number)
        before = max(1, round(earlier + (share - batch.progress) * batch.size))
        return Place(before, max(1, round(before / self.admissions)))

    def use(self, ticket: str, holder: str) -> None:
        """Go in: one holder per ticket, whoever else has a copy; that one may come again (a lost answer, a reload).

        Raises TicketRefused, also before its turn.
        """
        if not self.place(ticket).admitted:
            raise TicketRefused("NOT_YET")
        _, id = self._read(ticket)
        if self._used.setdefault(id, _Use(self.clock(), holder)).holder != holder:
            raise TicketRefused("USED")

    def give_back(self, ticket: str) -> None:
        """What the holder came for was not done: the ticket is as good as before."""
        self._used.pop(self._read(ticket)[1], None)

    def _read(self, ticket: str) -> tuple[int, bytes]:
        try:
            raw = bytes.fromhex(ticket)
        except ValueError:
            raise TicketRefused("FORGED") from None
        body, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
        if len(body) != 6 + _ID_BYTES or not hmac.compare_digest(tag, self._tag(body)):
            raise TicketRefused("FORGED")
        return int.from_bytes(body[:6], "big"), body[6:]

    def _tag(self, body: bytes) -> bytes:
        return hmac.digest(self.key, b"ticket" + body, "sha256")[:_TAG_BYTES]

    def _chance(self, number: int, id: bytes) -> float:
        """The place of a ticket within its batch: nobody can choose it, and asking again changes nothing."""
        digest = hmac.digest(self.key, b"place" + number.to_bytes(6, "big") + id, hashlib.sha256)
        return int.from_bytes(digest[:7], "big") / 2**56

    def _current(self, now: float) -> _Batch:
        number = int(now / WINDOW_SECONDS)
        if not self._batches or self._batches[-1].number != number:
            self._batches.append(_Batch(number))
        return self._batches[-1]

    def _advance(self, now: float) -> None:
        """Let in as many as the time that passed allows, batch after batch."""
        allowed = (now - self._advanced_at) * self.admissions
        self._advanced_at = now
        over = int(now / WINDOW_SECONDS)  # a batch that people may still join is not let in: its order is not fixed
        for batch in self._batches:
            if batch.ended_at is not None or batch.number >= over:
                continue
            left = batch.size * (1 - batch.progress)
            if allowed < left:
                batch.progress += allowed / batch.size
                break
            allowed -= left
            batch.progress, batch.ended_at = 1.0, now
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._batches and (self._batches[0].ended_at or now) < now - VALID_SECONDS:
            self._batches.popleft()
        while self._used and (first := next(iter(self._used))) and self._used[first].at < now - VALID_SECONDS:
            del self._used[first]
