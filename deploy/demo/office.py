"""The people who act in the demo: seven staff with their passwords, citizens with their phones, and the clock."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from shared.platform.clock import ProgrammeClock
from shared.platform.mongo import MongoDatabase
from shared.security.accounts import Accounts, Role

TEAM: tuple[tuple[str, str, Role], ...] = (
    *((f"penempatan{n}", f"Petugas Penempatan {n}", "placement") for n in range(1, 6)),
    ("sekretariat", "Petugas Informatika", "secretariat"),
    ("perselisihan", "Petugas Perselisihan", "disputes"),
)  # paper facts 58 to 61: five, one and one
HEAD: tuple[str, str, Role] = ("kepala", "Kepala Dinas", "approver")
RETRIES = 5
"""A polite client does what Retry-After says; only questions are asked again without a key."""
HEARS = {
    "registration": ("incentive",),
    "incentive": ("registration",),
    "notification": ("registration", "incentive"),
    "reporting": ("registration", "incentive", "notification"),
}
TRACKING = re.compile(r"nomor ([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})")
ONE_TIME = re.compile(r"Kode Anda ([0-9]{6})")
T = TypeVar("T")


class DemoFailed(Exception):
    """A step of the story did not come out; the text says which and what was answered."""


@dataclass
class Office:
    """A signed-in client per role, and programme time."""

    http: httpx.AsyncClient
    accounts: Accounts
    database: MongoDatabase
    """An operator's view of all databases."""
    simulators: str
    """Address of the simulated outside world."""
    clock_file: Path
    state: Path
    passwords: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _phones: dict[str, list[str]] = field(default_factory=dict)
    _read: set[Path] = field(default_factory=set)

    async def hire(self) -> None:
        """Accounts of the team, each with a random password of its own, and sign everybody in."""
        for username, name, role in (*TEAM, HEAD):
            once = await self.accounts.add(username, name, [role])
            self.passwords[username] = secrets.token_urlsafe(12)
            self._tokens[username] = await self.accounts.sign_in(username, once, self.passwords[username])

    async def idle(self, service: str) -> bool:
        """Nothing is due, under way or unpublished in a service."""
        database = self.database
        open_ = {"state": {"$in": ["due", "attempting"]}}
        if await database.find(f"{service}:effects", open_, limit=1):
            return False
        head = await database.get(f"{service}:heads", "head") or {"n": 0}
        position = await database.get(f"{service}:relay", "position") or {"n": 0}
        return bool(head["n"] == position["n"]) and await self._has_heard(service)

    async def _has_heard(self, service: str) -> bool:
        """Every mark stands where its source's numbers do."""
        marks = {feed["_id"]: feed["mark"] for feed in await self.database.find(f"{service}:feeds")}
        for source in HEARS[service]:
            head = await self.database.get(f"{source}:heads", "head") or {}
            for partition, number in head.get("sequences", {}).items():
                if marks.get(f"gelombang.{source}.v1/{partition}", 0) < number:
                    return False
        return True

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
        for _ in range(RETRIES if method == "GET" else 0):
            if answer.status_code != 503:
                break
            await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
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

    def messages(self, mobile: str) -> list[str]:
        """What came to a phone so far, oldest first."""
        for folder in ("sms", "whatsapp"):
            for path in sorted((self.state / "messages" / folder).rglob("*.txt")):
                if path not in self._read:
                    self._read.add(path)
                    to, _, text = path.read_text().partition("\n")
                    self._phones.setdefault(_digits(to), []).append(text)
        return self._phones.get(_digits(mobile), [])

    def tracking_code(self, mobile: str) -> str | None:
        return _last(TRACKING, self.messages(mobile))

    def one_time_code(self, mobile: str) -> str | None:
        return _last(ONE_TIME, self.messages(mobile))


def _digits(text: str) -> str:
    """Phone numbers are compared by their last ten digits: +62812... and 0812... are one."""
    return re.sub(r"\D", "", text)[-10:]


def _last(pattern: re.Pattern[str], texts: list[str]) -> str | None:
    found = [match.group(1) for text in texts for match in pattern.finditer(text)]
    return found[-1] if found else None


async def until(what: str, look: Callable[[], Awaitable[T | None]], seconds: float = 120) -> T:
    """Wait until `look` finds something. Raises DemoFailed when it does not in time."""
    for _ in range(int(seconds / 0.2)):
        found = await look()
        if found is not None and found is not False:
            return found
        await asyncio.sleep(0.2)
    raise DemoFailed(f"waited in vain for: {what}")


async def together(calls: Mapping[Any, Callable[[], Awaitable[Any]]], width: int = 32) -> dict[Any, Any]:
    """Run many calls, at most `width` at once; results by key."""
    gate = asyncio.Semaphore(width)

    async def one(key: Any, call: Callable[[], Awaitable[Any]]) -> tuple[Any, Any]:
        async with gate:
            return key, await call()

    return dict(await asyncio.gather(*(one(key, call) for key, call in calls.items())))
