"""Hear: records of other services' topics, each applied once and in order, whatever broker and rebalances do.

The feed never decides what is next: the sink judges every record against the mark inside its own
transaction. The feed only sees to it that the right records are read: it checks at assignment and in
silence that the log is the one it knows, and reads again from the beginning when there is a gap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from shared.contracts.base import Event
from shared.engine.dead_letters import Breaker
from shared.engine.marks import FEEDS, Heard, Mark, feed_id, hear
from shared.engine.ports import Broker, BrokerError, Clock, Consumer, Database, Record, TransientError
from shared.engine.units import Delivered
from shared.platform.metrics import EngineMetrics

SILENCE_SECONDS = 10.0
READINGS_BEFORE_ALARM = 3
RETRY_SECONDS = 1.0

Place = tuple[str, int]


class Sink(Protocol):
    """Where heard records go: the committer of a service, or the projector of reporting."""

    async def deliver(self, topic: str, partition: int, heard: Sequence[Heard]) -> Delivered: ...


@dataclass(slots=True)
class Reading:
    """What this process knows of a partition it was given."""

    ready: bool = False
    """Nothing is delivered before the position was checked: the client swallows errors of its listener."""
    quiet_since: float = 0.0
    gap: bool = False
    """A gap was met since the last reading from the beginning began."""
    progressed: bool = True
    """Something was applied since then, so that another reading can find more."""
    until: int = 0
    """Where the log ended when that reading began: behind it the reading is complete."""
    fruitless: int = 0
    """Complete readings that did not heal the gap."""


class Feed:
    """Steers the reading of one service's topics."""

    def __init__(
        self,
        events: Mapping[str, type[Event]],
        sink: Sink,
        database: Database,
        broker: Broker,
        clock: Clock,
        metrics: EngineMetrics,
    ) -> None:
        self._events, self._sink, self._database, self._broker = events, sink, database, broker
        self._clock, self._metrics = clock, metrics
        self._readings: dict[Place, Reading] = {}
        self._breaker = Breaker()
        self._stopped = False

    @property
    def healthy(self) -> bool:
        """False while a gap does not heal or too many dead letters stopped the feed."""
        stuck = any(r.fruitless >= READINGS_BEFORE_ALARM for r in self._readings.values())
        return not self._stopped and not stuck

    async def assigned(self, consumer: Consumer, partitions: Sequence[Place]) -> None:
        for place in partitions:
            self._readings[place] = Reading()
            await self._position(consumer, place)

    async def revoked(self, partitions: Sequence[Place]) -> None:
        for place in partitions:
            self._readings.pop(place, None)

    async def records(self, consumer: Consumer, records: Sequence[Record]) -> None:
        """Apply what was read, partitions beside each other. Never raises: it waits, or asks to read again."""
        groups = groupby(records, key=lambda record: (record.topic, record.partition))
        await asyncio.gather(*(self._take(consumer, place, list(group)) for place, group in groups))

    async def _take(self, consumer: Consumer, place: Place, records: Sequence[Record]) -> None:
        reading = self._readings.setdefault(place, Reading())
        if self._stopped:
            await self._clock.sleep(RETRY_SECONDS)
            consumer.seek(*place, records[0].offset)
        elif not reading.ready:
            await self._position(consumer, place)  # and read them again from there
        else:
            await self._apply(consumer, place, reading, records)

    async def silence(self, consumer: Consumer) -> None:
        """No record came for a while: is the log still ours, and did a gap outlive a whole reading?"""
        for place, reading in list(self._readings.items()):
            if not reading.ready:
                await self._position(consumer, place)
            elif self._clock.monotonic() - reading.quiet_since >= SILENCE_SECONDS:
                reading.quiet_since = self._clock.monotonic()
                if reading.gap:
                    await self._read_again(consumer, place, reading)
                else:
                    await self._position(consumer, place)

    async def _apply(self, consumer: Consumer, place: Place, reading: Reading, records: Sequence[Record]) -> None:
        heard = [hear(record, self._events) for record in records]
        self._metrics.heard.labels(place[0]).inc(len(heard))
        for each in heard:
            if each.event is None and each.fault is None:
                self._metrics.unlearned.labels(each.type[:60]).inc()
        began = self._clock.monotonic()
        delivered = await self._sink.deliver(*place, heard)
        self._trace(heard, self._clock.monotonic() - began)
        self._count_letters(place, len(heard), delivered.letters)
        if delivered.applied:
            reading.progressed, reading.fruitless = True, 0
        if not reading.gap:
            reading.quiet_since = self._clock.monotonic()
        if delivered.gap:
            await self._gap(consumer, place, reading, records[-1].offset)
        elif not reading.gap:
            await consumer.commit(*place, records[-1].offset + 1)

    def _trace(self, heard: Sequence[Heard], seconds: float) -> None:
        for each in heard:
            if each.event is not None:
                self._metrics.traces.done(f"hear {each.type}", each.record.header("traceparent") or "", seconds)

    async def _gap(self, consumer: Consumer, place: Place, reading: Reading, offset: int) -> None:
        """Never applied, never skipped. What is missing lies earlier (another log, a wrong position) or
        later (a stalled publisher woke up): read from the beginning, and through the gap to the end."""
        self._metrics.gaps.labels(place[0]).inc()
        if reading.progressed:
            await self._rewind(consumer, place, reading)
            return
        reading.gap = True
        complete = offset + 1 >= reading.until
        if complete and self._clock.monotonic() - reading.quiet_since >= SILENCE_SECONDS:
            await self._read_again(consumer, place, reading)

    async def _read_again(self, consumer: Consumer, place: Place, reading: Reading) -> None:
        """A whole reading did not heal the gap. The partition waits; the others go on."""
        reading.fruitless += 1
        if reading.fruitless == READINGS_BEFORE_ALARM:
            self._metrics.alarm("GAP_STAYS", topic=place[0], partition=place[1], remedy="republish the topic")
        await self._rewind(consumer, place, reading)

    async def _rewind(self, consumer: Consumer, place: Place, reading: Reading) -> None:
        try:
            reading.until = await self._broker.end_offset(*place)
        except BrokerError:
            reading.ready = False  # tried again in silence()
            return
        reading.gap = reading.progressed = False
        reading.quiet_since = self._clock.monotonic()
        consumer.seek(*place, 0)

    async def _position(self, consumer: Consumer, place: Place) -> None:
        """Go where the stored mark says, if this log holds there what we read; else to the beginning."""
        reading = self._readings.get(place)
        if reading is None:
            return  # revoked in the meantime
        try:
            mark = Mark.of(feed_id(*place), await self._database.get(FEEDS, feed_id(*place)))
            ours = mark.offset == 0 or await self._holds(place, mark)
        except (BrokerError, TransientError):
            reading.ready = False
            return
        if not ours or not reading.ready:
            consumer.seek(*place, mark.offset if ours else 0)
        reading.ready = True
        reading.quiet_since = self._clock.monotonic()

    async def _holds(self, place: Place, mark: Mark) -> bool:
        """A log that ends before our position, or holds another record there, is not the one we read."""
        if await self._broker.end_offset(*place) < mark.offset:
            return False
        found = await self._broker.read(*place, mark.offset - 1, 1)
        return bool(found) and found[0].offset == mark.offset - 1 and hear(found[0], {}).identity == mark.last

    def _count_letters(self, place: Place, records: int, letters: int) -> None:
        for i in range(records):
            self._breaker.count(i < letters)
        if letters:
            self._metrics.letters.labels(place[0]).inc(letters)
        if self._breaker.open and not self._stopped:
            self._stopped = True
            self._metrics.alarm("TOO_MANY_DEAD_LETTERS", topic=place[0])
