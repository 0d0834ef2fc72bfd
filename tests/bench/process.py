"""A side of the bench as a process: `python -m tests.bench.process ROLE SETTINGS`, as JSON.

It says {"ready": true}, then answers one JSON line per line {"do": name, ...arguments}, and ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from shared.platform.settings import CommonSettings
from shared.web.serve import run
from tests.bench.load import per_second
from tests.bench.ours import Reader, Registrations, Settings, fill, send_again
from tests.bench.registration import new_body
from tests.bench.textbook import Textbook, connect, project_one_by_one


class Intake:
    """A service behind uvicorn as shared/web/serve.py runs it, and its committing part called directly."""

    def __init__(self, side: Registrations | Textbook, settings: Settings) -> None:
        self._side = side
        app, options = side.app(), CommonSettings(http_port=settings["port"])
        self._server = asyncio.create_task(run(lambda: app, options))

    async def commit(self, seconds: float, callers: int) -> float:
        """Registrations on disk per second, as asked for by callers within the process: no HTTP."""
        return await per_second(lambda _: self._side.register(new_body()), seconds, callers)


class Reading:
    """Reporting, started once and asked for what it saw."""

    def __init__(self, settings: Settings) -> None:
        self._reader = Reader(settings, "reader")
        self._started = asyncio.create_task(self._reader.start())

    async def heard(self) -> int:
        return self._reader.projector.heard

    async def seen(self) -> dict[str, float]:
        return self._reader.projector.seen


class Once:
    """One measurement, in a process of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def fill(self, events: int) -> None:
        await fill(self._settings, events)

    async def relay(self, events: int) -> dict[str, float]:
        return await send_again(self._settings, events)

    async def project(self, name: str, expected: int) -> dict[str, float]:
        return await Reader(self._settings, name).read_all(expected)

    async def textbook_project(self, name: str, seconds: float) -> dict[str, float]:
        database = connect(self._settings["mongo"], name, self._settings["database_prefix"])
        topic = textbook_topic(self._settings)
        group = f"{topic}.{name}"
        return await project_one_by_one(database, self._settings["kafka"], topic, group, seconds)


def textbook_topic(settings: Settings) -> str:
    return f"{settings['topic_prefix']}textbook"


def _textbook(settings: Settings) -> Intake:
    database = connect(settings["mongo"], "textbook", settings["database_prefix"])
    return Intake(Textbook(database, settings["kafka"], textbook_topic(settings)), settings)


ROLES: Mapping[str, Callable[[Settings], Any]] = {
    "registration": lambda settings: Intake(Registrations(settings), settings),
    "textbook": _textbook,
    "reporting": Reading,
    "once": Once,
}


async def serve(role: str, settings: Settings) -> None:
    side = ROLES[role](settings)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(json.dumps({"ready": True}), flush=True)
    while line := await reader.readline():
        asked = json.loads(line)
        do: Callable[..., Awaitable[Any]] = _memory if asked["do"] == "memory" else getattr(side, asked.pop("do"))
        print(json.dumps(await do(**{key: value for key, value in asked.items() if key != "do"})), flush=True)


async def _memory() -> float:
    """Most resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], json.loads(sys.argv[2])))
