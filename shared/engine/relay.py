"""Tell: publish journal rows in order to the service's one topic, and notice when the log was lost.

A crash between publishing and storing the position repeats records and never loses one. Repeats are
harmless because every record carries its number.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from shared.engine.journal import HEAD, HEADS, JOURNAL, Row, record_of
from shared.engine.lease import Leader
from shared.engine.ports import (
    Broker,
    BrokerError,
    Clock,
    Database,
    Document,
    Put,
    Record,
    TransientError,
    UnsendableRecord,
)
from shared.platform.metrics import EngineMetrics

POSITION = "relay"
POLL_SECONDS = 0.2
STORE_SECONDS = 0.2
VERIFY_SECONDS = 10.0
"""Each partition is looked at this often, in turn: all at once would hold up what was just committed."""
MOST_ROWS = 40
"""Of a catching-up relay in memory at once; rows of a busy service hold 500 events each."""
MOST_BATCH_BYTES = 900 * 1024
RECORD_OVERHEAD_BYTES = 500
"""What headers and framing add to a record, rounded up."""


class LogLost(Exception):
    """The topic does not hold what was acknowledged: publish everything again."""


@dataclass(slots=True)
class Position:
    """All rows up to `n` are acknowledged; per partition where the last record went."""

    n: int = 0
    partitions: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document | None) -> Position:
        return cls(document["n"], document["partitions"]) if document else cls()

    def document(self) -> Document:
        return {"_id": "position", "n": self.n, "partitions": self.partitions}


class Relay:
    """Publishes while this process leads."""

    def __init__(
        self,
        source: str,
        topic: str,
        partitions: int,
        database: Database,
        broker: Broker,
        leader: Leader,
        clock: Clock,
        metrics: EngineMetrics,
    ) -> None:
        self._source, self._topic, self._partitions = source, topic, partitions
        self._database, self._broker, self._leader, self._clock = database, broker, leader, clock
        self._metrics = metrics
        self._fresh: deque[Row] = deque(maxlen=256)
        self._woken = asyncio.Event()
        self._position = Position()
        self._stored_at = self._verified_at = float("-inf")
        self._stored_n = -1
        self._turn = 0

    def offer(self, row: Row) -> None:
        """A row this process has just committed: it goes out at once, without reading it again."""
        if self._leader.leads:
            self._fresh.append(row)
            self._woken.set()

    async def run(self) -> None:
        """Publish for ever: whatever goes wrong, begin again from the stored position."""
        while True:
            await self._leader.wait()
            try:
                await self._lead()
            except (BrokerError, TransientError):
                await self._clock.sleep(1.0)
            except LogLost:
                self._metrics.republished.inc()
                self._metrics.alarm("LOG_LOST", topic=self._topic)
                await self._start_over()
            except UnsendableRecord:
                self._metrics.alarm("ROW_UNSENDABLE", topic=self._topic, row=self._position.n + 1)
                await self._clock.sleep(10.0)

    async def _lead(self) -> None:
        await self._broker.ensure_topic(self._topic, self._partitions)
        self._position = Position.of(await self._database.get(POSITION, "position"))
        self._stored_n = self._position.n
        for _ in range(len(self._position.partitions)):
            await self._verify()
        while self._leader.leads:
            rows = await self._next_rows()
            if rows:
                await self._publish(rows)
            else:
                await self._idle()
            await self._store()
            if self._clock.monotonic() - self._verified_at >= VERIFY_SECONDS / self._partitions:
                await self._verify()

    async def _idle(self) -> None:
        self._woken.clear()
        if not self._fresh:
            await self._clock.wait_for(self._woken, POLL_SECONDS)

    async def _next_rows(self) -> list[Row]:
        """Rows after the position: from memory when they follow on, else from the journal."""
        while self._fresh and self._fresh[0].n <= self._position.n:
            self._fresh.popleft()
        if self._fresh and self._fresh[0].n == self._position.n + 1:
            return self._following()
        head = await self._database.get(HEADS, HEAD)
        if not head or head["n"] <= self._position.n:
            return []
        last = min(head["n"], self._position.n + MOST_ROWS)
        wanted = {"_id": {"$gt": self._position.n, "$lte": last}}
        return [Row.of(document) for document in await self._database.find(JOURNAL, wanted, sort=[("_id", 1)])]

    def _following(self) -> list[Row]:
        rows: list[Row] = []
        n = self._position.n
        while self._fresh and self._fresh[0].n == n + 1 and len(rows) < MOST_ROWS:
            rows.append(self._fresh.popleft())
            n += 1
        return rows

    async def _publish(self, rows: list[Row]) -> None:
        """Each partition in its order, partitions beside each other; the position moves only when all are in."""
        by_partition: dict[int, list[tuple[Record, int, int]]] = {}
        for row in rows:
            for entry in row.entries:
                record = record_of(entry, row, self._topic, self._source)
                by_partition.setdefault(entry.partition, []).append((record, entry.sequence, row.epoch))
        results = await asyncio.gather(
            *(self._publish_partition(partition, records) for partition, records in by_partition.items()),
            return_exceptions=True,
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result
        self._position.n = rows[-1].n
        self._metrics.published.inc(sum(map(len, by_partition.values())))

    async def _publish_partition(self, partition: int, records: list[tuple[Record, int, int]]) -> None:
        for batch in _closed_batches(records):
            first = await self._broker.publish(self._topic, partition, [record for record, _, _ in batch])
            before = self._position.partitions.get(str(partition))
            if before and first <= before["offset"]:
                raise LogLost
            _, sequence, epoch = batch[-1]
            last = {"offset": first + len(batch) - 1, "sequence": sequence, "epoch": epoch}
            self._position.partitions[str(partition)] = last

    async def _store(self) -> None:
        """Keep the position, only while leading: a stalled leader that wakes must not move it back."""
        now = self._clock.monotonic()
        due = now - self._stored_at >= STORE_SECONDS and self._stored_n != self._position.n
        if due and self._leader.leads:
            await self._database.write([Put(POSITION, self._position.document())])
            self._stored_at, self._stored_n = now, self._position.n

    async def _verify(self) -> None:
        """The record AT a partition's stored offset must carry the stored number, or the log is not the one we
        wrote. One partition after the other."""
        places = sorted(self._position.partitions)
        self._turn = (self._turn + 1) % max(len(places), 1)
        for partition in places[self._turn : self._turn + 1]:
            last = self._position.partitions[partition]
            found = await self._broker.read(self._topic, int(partition), last["offset"], 1)
            numbers = [(r.offset, r.header("ce_sequence"), r.header("ce_epoch")) for r in found]
            if numbers[:1] != [(last["offset"], str(last["sequence"]), str(last["epoch"]))]:
                raise LogLost
        self._verified_at = self._clock.monotonic()
        head = await self._database.get(HEADS, HEAD)
        self._metrics.unsent.set((head["n"] if head else 0) - self._position.n)

    async def _start_over(self) -> None:
        """Store n = 0 FIRST: after a crash here the whole journal still goes out again."""
        self._fresh.clear()
        try:
            if self._leader.leads:
                await self._database.write([Put(POSITION, Position().document())])
        except TransientError:
            await self._clock.sleep(1.0)


def _closed_batches(records: list[tuple[Record, int, int]]) -> list[list[tuple[Record, int, int]]]:
    """Cut where a batch would outgrow what one request may hold."""
    batches: list[list[tuple[Record, int, int]]] = [[]]
    size = 0
    for record in records:
        bytes_ = len(record[0].value or b"") + RECORD_OVERHEAD_BYTES
        if batches[-1] and size + bytes_ > MOST_BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(record)
        size += bytes_
    return batches
