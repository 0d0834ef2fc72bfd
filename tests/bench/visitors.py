"""A crowd at registration's door, on one processor of its own: `python -m tests.bench.visitors ARGUMENTS` (JSON).

Every visitor is one person with one Idempotency-Key. Who is refused does what Retry-After says; who gets no answer
tries again after a second, as a browser's user would. The client is as cheap as it can be: what is measured is
the server. Result on standard output, as JSON.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import os
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.bench.registration import new_body

HEAD = (
    b"POST %s HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
    b"idempotency-key: crowd-%d\r\ncontent-length: %d\r\n\r\n"
)
GIVES_UP_SECONDS = 10.0
BIRTH_DATES = 13_000
"""Neighbours in the crowd are born on different days: thousands of one name and one day would be near duplicates."""
GIVEN = ("Siti", "Ahmad", "Dewi", "Budi", "Rina", "Togar", "Duma", "Hendra", "Lestari", "Maruli", "Nurul", "Putra")
FAMILY = ("Siregar", "Nasution", "Lubis", "Harahap", "Sitorus", "Ginting", "Wijaya", "Hasibuan", "Tarigan", "Purba")


def body(number: int) -> bytes:
    """The application of person `number`: valid, and nobody else's."""
    born = date(1965, 1, 1) + timedelta(days=number % BIRTH_DATES)
    serial = number // BIRTH_DATES + 1
    form = {
        "full_name": f"{GIVEN[number % 12]} {FAMILY[number // 12 % 10]}",
        "nik": f"127105{born:%d%m%y}{serial:04d}",
        "kk_number": f"127105{born:%d%m%y}{serial:04d}",
        "birth_date": born.isoformat(),
        "sex": "L",
        "email": f"orang{number}@contoh.id",
        "mobile": f"+6281{number:010d}",
        "domicile": "Jl. Gatot Subroto 12, Kota Medan",
        "district_code": f"12.71.{number % 21 + 1:02d}",
        "last_education": "SMA",
        "work_status": "Pencari kerja",
        "desired_training": "Barista",
        "covid_affected": False,
        "heard_from": "teman",
        "declarations": {"citizen": True, "not_in_formal_education": True, "not_an_official": True},
        "consent": True,
    }
    return json.dumps(form).encode()


def textbook_body(number: int) -> bytes:
    """The same person at the textbook service, which has no Idempotency-Key: the number itself is taken once."""
    fixed = new_body().model_dump(mode="json")
    return json.dumps({**fixed, "nik": f"{number:016}", "email": f"orang{number}@contoh.id"}).encode()


@dataclass(frozen=True, slots=True)
class Door:
    """Where the crowd goes: the path, what it sends, and under which name the answer holds the new id."""

    path: bytes
    body: Callable[[int], bytes]
    id: str


DOORS = {
    "registration": Door(b"/registration/applications", body, "applicant_id"),
    "textbook": Door(b"/registrations", textbook_body, "id"),
}


@dataclass(slots=True)
class Seen:
    """What the crowd saw. Times in seconds from the beginning, latencies in seconds."""

    answers: Counter[str] = field(default_factory=Counter)
    accepted: dict[int, str] = field(default_factory=dict)
    """Person -> applicant_id of the 202."""
    accepted_at: list[float] = field(default_factory=list)
    accepted_took: list[float] = field(default_factory=list)
    refused_took: list[float] = field(default_factory=list)
    doubled: int = 0
    """Persons who were given two different ids."""


class Crowd:
    """Keeps connections, sends what is due, and counts."""

    def __init__(self, port: int, door: Door, first: int) -> None:
        self._port, self._door, self._next = port, door, first
        self._idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()
        self._due: list[tuple[float, int]] = []
        self.seen, self.began = Seen(), time.monotonic()

    def person(self, now: float) -> int:
        """Who asks next: somebody whose time to come again has come, else somebody new."""
        if self._due and self._due[0][0] <= now:
            return heapq.heappop(self._due)[1]
        self._next += 1
        return self._next

    async def ask(self, number: int) -> bool:
        """Whether the person was taken."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(GIVES_UP_SECONDS):
                status, headers, content = await self._exchange(number)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            self.seen.answers["none"] += 1
            heapq.heappush(self._due, (time.monotonic() + 1.0, number))
            return False
        took = time.monotonic() - began
        self.seen.answers[str(status)] += 1
        if status == 202:
            self._take(number, json.loads(content)[self._door.id], took)
        else:
            self.seen.refused_took.append(took)
            again = int(headers.partition(b"retry-after:")[2].partition(b"\r\n")[0] or 5)
            heapq.heappush(self._due, (time.monotonic() + again, number))
        return status == 202

    def _take(self, number: int, applicant_id: str, took: float) -> None:
        if self.seen.accepted.setdefault(number, applicant_id) != applicant_id:
            self.seen.doubled += 1
        self.seen.accepted_at.append(time.monotonic() - self.began)
        self.seen.accepted_took.append(took)

    async def _exchange(self, number: int) -> tuple[int, bytes, bytes]:
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        try:
            content = self._door.body(number)
            writer.write(HEAD % (self._door.path, number, len(content)) + content)
            headers = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(headers.partition(b"content-length:")[2].partition(b"\r\n")[0])
            answer = await reader.readexactly(length)
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        return int(headers[9:12]), headers, answer


async def closed(crowd: Crowd, seconds: float, callers: int) -> None:
    """A fixed number of visitors, each waiting for the answer before the next comes: what can be sustained.

    Whoever is refused makes room for nobody for a moment: else the measure would be of refusals.
    """
    end = time.monotonic() + seconds

    async def caller() -> None:
        while time.monotonic() < end:
            if not await crowd.ask(crowd.person(time.monotonic())):
                await asyncio.sleep(0.5)

    await asyncio.gather(*(caller() for _ in range(callers)))


async def flood(crowd: Crowd, seconds: float, rate: float, most: int = 4000) -> None:
    """`rate` requests a second, those that come again included, whatever the answers take; at most `most` under way."""
    under_way: set[asyncio.Task[bool]] = set()
    sent, end = 0, crowd.began + seconds
    while (now := time.monotonic()) < end:
        for _ in range(min(int((now - crowd.began) * rate) - sent, most - len(under_way))):
            task = asyncio.create_task(crowd.ask(crowd.person(now)))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            sent += 1
        await asyncio.sleep(0.005)
    await asyncio.gather(*under_way)


async def main(arguments: Mapping[str, Any]) -> dict[str, Any]:
    os.sched_setaffinity(0, {arguments["processor"]})
    crowd = Crowd(arguments["port"], DOORS[arguments["door"]], arguments["first"])
    if "rate" in arguments:
        await flood(crowd, arguments["seconds"], arguments["rate"])
    else:
        await closed(crowd, arguments["seconds"], arguments["callers"])
    seen = crowd.seen
    return {
        "answers": seen.answers,
        "accepted": seen.accepted,
        "accepted_at": seen.accepted_at,
        "accepted_took": sorted(seen.accepted_took),
        "refused_took": sorted(seen.refused_took),
        "doubled": seen.doubled,
        "last": crowd.person(float("-inf")),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
