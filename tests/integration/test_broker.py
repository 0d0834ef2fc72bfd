"""What the engine asks of a broker, on Apache Kafka when it deletes what it should have kept."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.admin.records_to_delete import RecordsToDelete

from deploy.servers import Kafka
from shared.engine.ports import Record
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from tests.servers import Space

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(not Kafka.fetched(), reason="Apache Kafka is not in .cache/kafka"),
]


@pytest.fixture
async def broker(space: Space) -> AsyncIterator[AioKafkaBroker]:
    broker = AioKafkaBroker(KafkaAccess(space.kafka))
    yield broker
    await broker.close()


async def publish(broker: AioKafkaBroker, topic: str, *values: bytes) -> None:
    records = [Record(topic, 0, -1, b"key", value, (), 1_586_000_000_000) for value in values]
    await broker.publish(topic, 0, records)


async def test_what_was_deleted_is_answered_with_what_follows_or_with_nothing(
    broker: AioKafkaBroker, space: Space
) -> None:
    topic = f"{space.topic_prefix}deleted"
    await broker.ensure_topic(topic, 1)
    await publish(broker, topic, b"one", b"two")
    assert [record.value for record in await broker.read(topic, 0, 1, 1)] == [b"two"]
    admin = AIOKafkaAdminClient(bootstrap_servers=space.kafka)
    await admin.start()
    await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(2)})
    await admin.close()
    assert await broker.read(topic, 0, 1, 1) == []
    await publish(broker, topic, b"three")
    assert [(record.offset, record.value) for record in await broker.read(topic, 0, 0, 1)] == [(2, b"three")]


async def test_a_topic_that_a_service_makes_is_kept_for_ever(broker: AioKafkaBroker, space: Space) -> None:
    topic = f"{space.topic_prefix}kept"
    await broker.ensure_topic(topic, 1)
    admin = AIOKafkaAdminClient(bootstrap_servers=space.kafka)
    await admin.start()
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    await admin.close()
    assert {key: value for *_, config in answer.resources for key, value, *_ in config}["retention.ms"] == "-1"
