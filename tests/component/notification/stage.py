"""Notification on in-memory twins, with topics that a test speaks on as registration and incentive do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from services.notification.adapters import channels_of
from services.notification.adapters.channel import Channel
from services.notification.app import build
from services.notification.settings import NotificationSettings
from shared.contracts.base import Event
from shared.engine.journal import Numbering, Row, record_of
from shared.engine.ports import Insert, Record
from shared.engine.rules import Message
from shared.engine.service import Ports
from shared.platform.metrics import EngineMetrics
from shared.security.accounts import Accounts
from shared.security.vault import PersonKey, Vault
from tests.component.notification.samples import NOW
from tests.fakes import LoopClock, MemoryBroker, MemoryDatabase, MemoryLog, MemoryStore, VirtualLoop

PARTITIONS = 2
ANNA = "6f1b1c9e-0000-4000-8000-000000000001"


@dataclass(eq=False)
class Stage:
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    """Ways out that replace those of the settings."""
    log: MemoryLog = field(default_factory=MemoryLog)
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        self.clock = LoopClock(NOW)
        self.database = MemoryDatabase(self.store, clock=self.clock)
        self.vault = Vault(self.database, b"m" * 32, b"i" * 32)
        self.accounts = Accounts(self.database, self.clock)
        self._numbers: dict[str, Numbering] = {}
        self._said = 0

    async def person(self, applicant_id: str = ANNA) -> PersonKey:
        """A key in the vault, as registration would have put it there."""
        key = self.vault.new_key(applicant_id)
        async with self.database.transaction() as tx:
            await tx.write([Insert(key.wrapped.collection, {"_id": applicant_id, "wrapped": key.wrapped.wrapped})])
        return key

    def say(self, *events: Event, at: timedelta | None = None) -> list[Record]:
        """Each on its service's topic, with the next number and a time of its own (or `at` after the start)."""
        return [self._say(event, at) for event in events]

    def _say(self, event: Event, at: timedelta | None) -> Record:
        topic = f"{event.source}.v1"
        numbering = self._numbers.setdefault(topic, Numbering(1, 1, {}, {}, PARTITIONS))
        self._said += 1
        time = NOW + (at if at is not None else timedelta(milliseconds=self._said))
        numbering.append([numbering.entry(Message(f"m{self._said}", None, time), 0, event)])
        record = record_of(numbering.entries[-1], Row(1, 1, {}, ()), topic, event.source)
        self.append(record)
        return record

    def append(self, record: Record) -> None:
        """The very record, once more or for the first time."""
        places = self.log.topics.setdefault(record.topic, [[] for _ in range(PARTITIONS)])
        place = places[record.partition]
        copy = (record.key, record.value, record.headers, record.timestamp)
        place.append(Record(record.topic, record.partition, len(place), *copy))

    def app(self) -> FastAPI:
        self.metrics = EngineMetrics("notification")
        ports = Ports(
            database=self.database,
            broker=MemoryBroker(self.log),
            clock=self.clock,
            seal=lambda raw: raw.hex(),
            unseal=bytes.fromhex,
            metrics=self.metrics,
            partitions=PARTITIONS,
            topic_prefix="",
        )
        settings = NotificationSettings(state_dir=self.folder, **self.settings)
        channels = {**channels_of(settings, self.clock), **self.channels}
        return build(settings, ports, self.vault, self.accounts, channels)

    async def play(self, seconds: float = 30.0) -> None:
        """Run the service for so long, in virtual time, and stop it."""
        app = self.app()
        async with app.router.lifespan_context(app):
            await asyncio.sleep(seconds)

    # ---- what became of it

    def messages(self) -> list[dict[str, Any]]:
        return self.store.documents("messages")

    def states(self) -> list[tuple[str, str, str, str]]:
        return sorted((m["template"], m["channel"], m["state"], m["code"]) for m in self.messages())

    def files(self) -> list[Path]:
        return sorted(path for path in (self.folder / "messages").rglob("*") if path.is_file())

    def texts(self) -> list[str]:
        return [path.read_text() for path in self.files()]

    def heard(self) -> list[tuple[str, str]]:
        """(type, body) of all that notification said."""
        records = [record for place in self.log.topics["notification.v1"] for record in place]
        return [(record.header("ce_type") or "", (record.value or b"").decode()) for record in records]

    def alarms(self) -> dict[str, float]:
        samples = next(iter(self.metrics.alarms.collect())).samples
        return {each.labels["code"]: each.value for each in samples if each.name.endswith("_total")}

    def letters(self) -> int:
        return len(self.store.documents("parked"))


def virtual(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run a scenario to its end in virtual time."""
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(scenario())
    finally:
        loop.close()
        asyncio.set_event_loop(None)
