"""The border: the one consumer of the partner topic, in a process of its own with a memory limit.

Records are decompressed inside the Kafka client, before any of our code runs, so a small batch may blow up and kill
the process. An attempt is therefore written down before each fetch. After a death the records are read one by one,
so that the next death names the batch; after MOST_DEATHS at one offset that batch is stepped over with a letter.
The offset is only a cursor: a claim read twice is recognised.
"""

from __future__ import annotations

import asyncio
import hashlib
import resource
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from services.incentive.adapters.border import Border, ClaimAccepted, ClaimRefused
from services.incentive.adapters.partners import PartnersUnreadable
from services.incentive.domain.completion import RecordCompletion
from services.incentive.domain.refused_claims import RefuseClaim
from services.incentive.store import BORDER
from shared.contracts.decision import Refused
from shared.contracts.partner import TOPIC
from shared.engine.committer import Overloaded
from shared.engine.deciding import DecisionFailed
from shared.engine.ports import BrokerError, Clock, Database, Document, Put, Record, TransientError

MOST_DEATHS = 3
"""A batch that was being fetched this often when the process died is stepped over."""
MOST_FAILURES = 20
"""The same for a batch that a broker in good health cannot give us (broken checksum)."""
RECORDS_AT_ONCE = 200
IDLE_SECONDS = 0.5
WAIT_SECONDS = 1.0

Submit = Callable[[Any], Awaitable[Mapping[str, Any]]]
"""Asks a command and returns its reply once it is on disk."""


class ClaimLog(Protocol):
    """What the border asks of the broker. All methods raise BrokerError."""

    async def end_offset(self, topic: str, partition: int) -> int: ...

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[Record]:
        """Decompresses: may raise MemoryError or kill the process."""
        ...


@runtime_checkable
class BatchHeaders(Protocol):
    """What a log may do besides, so that a batch is stepped over at once and not record by record."""

    async def batch_end(self, topic: str, partition: int, offset: int) -> int:
        """First offset after the batch that holds `offset`, from its header alone: nothing is decompressed."""
        ...


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a partition is read, and how often an earlier process died, or the broker failed, at that place.

    Below `careful_until` records are read one by one: a fetch of many dies without telling which batch it was.
    """

    id: str
    partition: int
    offset: int = 0
    deaths: int = 0
    failures: int = 0
    careful_until: int = 0

    def document(self) -> Document:
        known = {"offset": self.offset, "attempts": self.deaths, "failures": self.failures}
        return {"_id": self.id, **known, "careful_until": self.careful_until}

    @classmethod
    def of(cls, id: str, partition: int, document: Document | None) -> Cursor:
        """What an earlier process left. An attempt that it began and did not end was its death."""
        if document is None:
            return cls(id, partition)
        counts = (document["attempts"], document["failures"])
        left = cls(id, partition, document["offset"], *counts, document["careful_until"])
        return left.careful() if left.deaths else left

    def at(self, offset: int) -> Cursor:
        return replace(self, offset=offset, deaths=0, failures=0)

    def careful(self) -> Cursor:
        return replace(self, careful_until=max(self.careful_until, self.offset + RECORDS_AT_ONCE))

    @property
    def limit(self) -> int:
        return 1 if self.offset < self.careful_until else RECORDS_AT_ONCE


class BorderLoop:
    """Reads, judges and submits, partition by partition."""

    def __init__(
        self,
        border: Border,
        log: ClaimLog,
        database: Database,
        submit: Submit,
        clock: Clock,
        topic: str = TOPIC,
    ) -> None:
        self._border, self._log, self._database = border, log, database
        self._submit, self._clock, self._topic = submit, clock, topic
        self._cursors: dict[int, Cursor] = {}

    async def run(self, partitions: int) -> None:
        """For ever. A broker, database or partner file that is away slows it down and loses nothing."""
        while True:
            busy = [await self._quietly(partition) for partition in range(partitions)]
            if not any(busy):
                await self._clock.sleep(IDLE_SECONDS)

    async def _quietly(self, partition: int) -> bool:
        try:
            return await self.step(partition)
        except (BrokerError, TransientError, PartnersUnreadable):
            await self._clock.sleep(WAIT_SECONDS)
            return False

    async def step(self, partition: int) -> bool:
        """One batch of one partition; False when there was nothing to read."""
        cursor = await self._cursor(partition)
        end = await self._log.end_offset(self._topic, partition)
        if end < cursor.offset:  # a broker that forgot everything: read again, known claims change nothing
            cursor = Cursor(cursor.id, partition)
        if cursor.offset >= end:
            return False
        if cursor.deaths >= MOST_DEATHS or cursor.failures >= MOST_FAILURES:
            await self._step_over(cursor)
            return True
        records = await self._fetch(cursor)
        await self._take(records)
        await self._move(cursor.at(records[-1].offset + 1))
        return True

    async def _cursor(self, partition: int) -> Cursor:
        if partition not in self._cursors:
            id = f"{self._topic}/{partition}"
            self._cursors[partition] = Cursor.of(id, partition, await self._database.get(BORDER, id))
        return self._cursors[partition]

    async def _fetch(self, cursor: Cursor) -> Sequence[Record]:
        """The attempt is on disk before anything is fetched: whoever dies in here has left a trace."""
        await self._write(replace(cursor, deaths=cursor.deaths + 1))
        try:
            records = await self._log.read(self._topic, cursor.partition, cursor.offset, cursor.limit)
        except asyncio.CancelledError:
            await self._write(cursor)  # an orderly stop is no death
            raise
        except BrokerError:
            await self._write(cursor)
            await self._log.end_offset(self._topic, cursor.partition)  # away altogether: raises, and counts for nothing
            await self._move(replace(cursor, failures=cursor.failures + 1).careful())
            raise
        if cursor.deaths:
            await self._move(cursor.at(cursor.offset))  # readable after all: it died of something else
        return records

    async def _step_over(self, cursor: Cursor) -> None:
        if isinstance(self._log, BatchHeaders):
            after = cursor.at(await self._log.batch_end(self._topic, cursor.partition, cursor.offset))
        else:  # the next record may lie in the same batch: then one more death is enough
            after = replace(cursor.at(cursor.offset + 1), deaths=MOST_DEATHS - 1)
        place = f"{cursor.id}/{cursor.offset}-{after.offset - 1}"
        await self._ask(RefuseClaim(place, "BATCH_UNREADABLE", None, hashlib.sha256(place.encode()).hexdigest()))
        await self._move(after)

    async def _move(self, cursor: Cursor) -> None:
        await self._write(cursor)
        self._cursors[cursor.partition] = cursor

    async def _write(self, cursor: Cursor) -> None:
        await self._database.write([Put(BORDER, cursor.document())])

    async def _take(self, records: Sequence[Record]) -> None:
        await asyncio.gather(*(self._take_one(record) for record in records))

    async def _take_one(self, record: Record) -> None:
        judged = self._border.judge(record, self._clock.wall())
        digest = judged.command.digest if isinstance(judged, ClaimAccepted) else judged.digest
        # With the digest: a broker that forgot everything gives the same offsets out again.
        place = f"{record.topic}/{record.partition}/{record.offset}/{digest[:12]}"
        if not isinstance(judged, ClaimAccepted):
            await self._refuse(place, judged.reason, judged, len(record.value or b""))
            return
        command = judged.command
        try:
            await self._ask(command)
        except (Refused, DecisionFailed) as error:
            reason = error.code if isinstance(error, Refused) else "DECISION_FAILED"
            await self._refuse(place, reason, command, command.size)

    async def _refuse(self, place: str, reason: str, claim: ClaimRefused | RecordCompletion, size: int) -> None:
        await self._ask(RefuseClaim(place, reason, claim.partner_code, claim.digest, claim.claim_id, size))

    async def _ask(self, command: Any) -> None:
        """Until it is on disk: a full or absent database makes us wait, never skip."""
        while True:
            try:
                await self._submit(command)
                return
            except (Overloaded, TransientError):
                await self._clock.sleep(WAIT_SECONDS)


def limit_memory(megabytes: int) -> None:
    """From here on this process cannot take more address space: a bomb kills it, and only it."""
    most = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
