"""The people who act in the demo: seven staff with their passwords, citizens with their phones, and the clock."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx

from deploy.demo.phones import Phones
from deploy.demo.progress import Tell
from shared.engine.ports import Database
from shared.platform.clock import ProgrammeClock
from shared.security.accounts import Accounts, Role
from shared.web.door import FEWEST

TEAM: tuple[tuple[str, str, Role], ...] = (
    *((f"penempatan{n}", f"Petugas Penempatan {n}", "placement") for n in range(1, 6)),
    ("sekretariat", "Petugas Informatika", "secretariat"),
    ("perselisihan", "Petugas Perselisihan", "disputes"),
)  # paper facts 58 to 61: five, one and one
HEAD: tuple[str, str, Role] = ("kepala", "Kepala Dinas", "approver")
RETRIES = 5
"""A polite client does what Retry-After says. Without a key only questions are asked again, and what the door refused:
nothing of that was taken."""
T = TypeVar("T")


class DemoFailed(Exception):
    """A step of the story did not come out; the text says which and what was answered."""


@dataclass
class Office:
    """A signed-in client per role, and programme time."""

    http: httpx.AsyncClient
    accounts: Accounts
    database: Database
    """An operator's view of all databases."""
    simulators: str
    """Address of the simulated outside world."""
    clock_file: Path
    phones: Phones
    passwords: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = ProgrammeClock(self.clock_file)

    async def hire(self, tell: Tell) -> None:
        """Accounts of the team, each with a random password of its own, and sign everybody in."""
        everybody = (*TEAM, HEAD)

        async def one(username: str, name: str, role: Role) -> None:
            once = await self.accounts.add(username, name, [role])
            self.passwords[username] = secrets.token_urlsafe(12)
            self._tokens[username] = await self.accounts.sign_in(username, once, self.passwords[username])
            tell(len(self._tokens), len(everybody))

        # Two at once: each hash of a password takes 64 MiB.
        await together({username: partial(one, username, name, role) for username, name, role in everybody}, 2)

    async def set_time(self, programme: datetime) -> None:
        """Programme time jumps forward and then runs like a clock: nothing is skipped, only waiting is."""
        ProgrammeClock.write(self.clock_file, programme, 1.0)
        await asyncio.sleep(2 * ProgrammeClock.REFRESH_SECONDS)  # every process has read it

    async def ask(self, method: str, path: str, who: str | None = None, **request: Any) -> Any:
        """One request; a staff member's when `who` is named. Raises DemoFailed unless it succeeds."""
        headers = dict(request.pop("headers", {}))
        if who:
            headers["Authorization"] = f"Bearer {self._tokens[who]}"
        answer = await self.http.request(method, path, headers=headers, **request)
        repeatable = method == "GET" or "Idempotency-Key" in headers
        for _ in range(RETRIES):
            if answer.status_code != 503 or not (repeatable or b'"BUSY"' in answer.content):
                break
            await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
            headers["Waiting-Ticket"] = answer.headers.get("Waiting-Ticket", "")
            answer = await self.http.request(method, path, headers=headers, **request)
        if answer.status_code >= 400:
            raise DemoFailed(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text

    async def outside(self, method: str, path: str, **request: Any) -> Any:
        """A question to the simulated outside world: bank, civil registry."""
        answer = await self.http.request(method, self.simulators + path, **request)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def code_of(self, method: str, path: str, who: str | None = None, **request: Any) -> str:
        """The code of the problem a request must end in, or its status when it succeeds."""
        try:
            await self.ask(method, path, who, **request)
        except DemoFailed as failed:
            found = re.search(r'"code":"([A-Z_]+)"', str(failed))
            return found.group(1) if found else str(failed)
        return "OK"


async def until(what: str, look: Callable[[], Awaitable[T | None]], seconds: float = 120) -> T:
    """Wait until `look` finds something. Raises DemoFailed when it does not in time."""
    begun = time.monotonic()
    while (found := await look()) is None:
        passed = time.monotonic() - begun
        if passed > seconds:
            raise DemoFailed(f"waited in vain for: {what}")
        # What takes long is asked for less often: questions cost the services, too.
        await asyncio.sleep(min(1.0, 0.05 + passed / 10))
    return found


async def together(calls: Mapping[Any, Callable[[], Awaitable[Any]]], width: int = FEWEST) -> dict[Any, Any]:
    """Run many calls, at most `width` at once; results by key. So few are never refused at a door."""
    gate = asyncio.Semaphore(width)

    async def one(key: Any, call: Callable[[], Awaitable[Any]]) -> tuple[Any, Any]:
        async with gate:
            return key, await call()

    return dict(await asyncio.gather(*(one(key, call) for key, call in calls.items())))
