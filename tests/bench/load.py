"""Load from outside: callers that wait for each answer, and HTTP over connections that stay open.

The client is as cheap as it can be (a few microseconds' worth of parsing), and runs in another process than the
server, so that what is measured is the server.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.bench.registration import new_body

HEAD = b"POST /registrations HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
Call = Callable[[int], Awaitable[Any]]


async def per_second(call: Call, seconds: float, callers: int) -> float:
    """Answers per second while a fixed number of callers each wait for their answer. Counts what was answered
    after a first fifth of warming up."""
    began = time.monotonic()
    start, end, answered = began + seconds / 5, began + seconds, 0

    async def caller(which: int) -> None:
        nonlocal answered
        while time.monotonic() < end:
            await call(which)
            answered += start <= time.monotonic() < end

    await asyncio.gather(*(caller(which) for which in range(callers)))
    return answered / (end - start)


class Connection:
    """One HTTP/1.1 connection that stays open; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def register(self) -> bytes:
        """POST somebody new; the answer's body. Anything but 202 ends the bench."""
        body = new_body().model_dump_json().encode()
        self._writer.write(HEAD % len(body) + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        content = await self._reader.readexactly(length)
        if not answer.startswith(b"HTTP/1.1 202"):
            raise RuntimeError(f"not taken: {answer!r} {content!r}")
        return content

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def connections(port: int, count: int) -> AsyncIterator[Sequence[Connection]]:
    opened = [Connection(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(count)]
    try:
        yield opened
    finally:
        for connection in opened:
            connection.close()


async def http_per_second(port: int, seconds: float, callers: int) -> float:
    """Registrations answered with 202 per second."""
    async with connections(port, callers) as opened:
        return await per_second(lambda which: opened[which].register(), seconds, callers)


async def steady(port: int, rate: int, seconds: float) -> dict[str, float]:
    """Register at a steady rate, whatever the answers take; per registration the instant of its answer."""
    answered: dict[str, float] = {}
    free: asyncio.Queue[Connection] = asyncio.Queue()

    async def one() -> None:
        connection = await free.get()
        content = await connection.register()
        answered[json.loads(content)["id"]] = time.monotonic()
        free.put_nowait(connection)

    async with connections(port, 64) as opened, asyncio.TaskGroup() as group:
        for connection in opened:
            free.put_nowait(connection)
        began = time.monotonic()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(began + number / rate - time.monotonic())
            group.create_task(one())
    return answered
