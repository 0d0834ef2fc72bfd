"""Subscriptions run by FastStream.

Its defaults (acknowledge first, decode before the handler, `latest`) lose or kill records, so all of them
are set here. The handler never raises: FastStream would hand it the next batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.subscriber.usecase import BatchSubscriber

from shared.engine.ports import FeedListener
from shared.platform.kafka.access import KafkaAccess, record_of

MOST_RECORDS = 2000
SILENCE_CHECK_SECONDS = 1.0
FETCH_WAIT_MS = 100
"""A partition whose records are being applied is not in the question that waits at the broker: its next record is
asked for when that question comes back, after this long at most."""


class _Steering:
    """What a feed may do with a subscription. Commits go out once a second, only for tools that show lag."""

    def __init__(self) -> None:
        self.subscriber: BatchSubscriber | None = None
        self._offsets: dict[TopicPartition, int] = {}

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """There before the first assignment, which may come while the subscription is still starting."""
        return self.subscriber.consumer if self.subscriber else None

    def seek(self, topic: str, partition: int, offset: int) -> None:
        if self.consumer:
            with suppress(IllegalStateError):  # revoked in the meantime: its next owner seeks by itself
                self.consumer.seek(TopicPartition(topic, partition), offset)

    async def commit(self, topic: str, partition: int, offset: int) -> None:
        self._offsets[TopicPartition(topic, partition)] = offset

    async def flush(self) -> None:
        offsets, self._offsets = self._offsets, {}
        if self.consumer and offsets:
            with suppress(KafkaError, IllegalStateError):
                await self.consumer.commit(offsets)


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    def __init__(self, listener: FeedListener, steering: _Steering) -> None:
        self._listener, self._steering = listener, steering

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._listener.revoked([(place.topic, place.partition) for place in revoked])

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        places = sorted((place.topic, place.partition) for place in assigned)
        await self._listener.assigned(self._steering, places)


@asynccontextmanager
async def subscription(
    access: KafkaAccess, topics: Sequence[str], group: str, listener: FeedListener
) -> AsyncIterator[None]:
    steering = _Steering()
    options = {key: value for key, value in access.client().items() if not key.startswith(("sasl", "sec", "ssl"))}
    broker = KafkaBroker(**options, security=access.security(), logger=None, apply_types=False, acks="all")
    subscriber = broker.subscriber(
        *topics,
        group_id=group,
        batch=True,
        max_records=MOST_RECORDS,
        batch_timeout_ms=100,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.MANUAL,
        listener=_Rebalance(listener, steering),
        parser=_unparsed,
        decoder=_undecoded,
    )

    async def handle(records: tuple[ConsumerRecord[Any, Any], ...]) -> None:
        await listener.records(steering, [record_of(record) for record in records])

    subscriber(handle)
    steering.subscriber = subscriber
    await _start(broker)
    watch = asyncio.create_task(_watch(listener, steering))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        with suppress(KafkaError, OSError):
            await broker.stop()


async def _start(broker: KafkaBroker) -> None:
    while True:
        try:
            await broker.start()
            return
        except (KafkaError, OSError):
            await broker.stop()
            await asyncio.sleep(1.0)


async def _watch(listener: FeedListener, steering: _Steering) -> None:
    while True:
        await asyncio.sleep(SILENCE_CHECK_SECONDS)
        await steering.flush()
        await listener.silence(steering)


async def _unparsed(records: tuple[ConsumerRecord[Any, Any], ...]) -> KafkaMessage:
    """FastStream's own parser fails on a header that is not UTF-8 and would drop the whole batch."""
    first = records[0]
    return KafkaMessage(raw_message=records, body=b"", message_id=f"{first.offset}", consumer=None)  # type: ignore[arg-type]


async def _undecoded(message: KafkaMessage) -> tuple[ConsumerRecord[Any, Any], ...]:
    """Decoding is the feed's, which makes a dead letter of what cannot be read."""
    return message.raw_message
