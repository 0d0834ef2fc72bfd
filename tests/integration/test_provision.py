"""`provision` of docker-compose.yml on a broker and a database that ask who one is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError, TopicAuthorizationFailedError
from pymongo.errors import OperationFailure

from deploy.provision.kafka import grant, granted
from deploy.provision.matrix import SERVICES, Grant, Operation, Resource, grants
from deploy.servers import Kafka
from deploy.topics import DAY_MS, PARTITIONS, topics
from tests.guarded import Guarded, guarded_servers

pytestmark = pytest.mark.skipif(not Kafka.fetched(), reason="Apache Kafka is not in .cache/kafka")

TOPICS = [topic.name for topic in topics(SERVICES)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Guarded]:
    async with guarded_servers(tmp_path_factory.mktemp("guarded")) as guarded:
        yield guarded


async def may_publish(guarded: Guarded, user: str, topic: str) -> bool:
    producer = AIOKafkaProducer(**guarded.kafka(user))
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"fact", partition=0)
    except TopicAuthorizationFailedError:
        return False
    finally:
        await producer.stop()
    return True


async def test_each_user_may_do_what_the_matrix_says_and_nothing_else(guarded: Guarded) -> None:
    assert "as they should be" in await guarded.provision()

    assert await granted(**guarded.kafka()) == set(grants())
    for user in ("registration", "simulators"):
        may = [name for name in TOPICS if await may_publish(guarded, user, name)]
        assert may == [one.name for one in grants() if (one.user, one.operation) == (user, Operation.WRITE)]

    async with guarded.mongo("incentive") as incentive:
        await incentive["incentive"]["facts"].insert_one({"_id": 1})
        assert await incentive["vault"]["keys"].find_one({}) is None
        with pytest.raises(OperationFailure):
            await incentive["vault"]["keys"].insert_one({"_id": 1})
    for service in SERVICES:
        async with guarded.mongo(service) as client:
            await client["access"]["sessions"].create_index([("username", 1)])
            await client["access"]["staff"].update_one({"_id": "kepala"}, {"$set": {"seen_by": service}}, upsert=True)
            assert (await client["access"]["staff"].find_one({"_id": "kepala"}) or {})["seen_by"] == service
    async with guarded.mongo("reporting") as reporting:
        with pytest.raises(OperationFailure):
            await reporting["vault"]["keys"].find_one({})


async def test_a_second_run_mends_what_was_changed_by_hand(guarded: Guarded) -> None:
    await guarded.provision()
    others = [one for one in grants() if one.user != "reporting"]
    await grant([*others, Grant("stranger", Resource.TOPIC, TOPICS[0], Operation.READ)], **guarded.kafka())

    await guarded.provision()

    assert await granted(**guarded.kafka()) == set(grants())


async def test_topics_are_kept_for_ever_save_the_partners_claims(guarded: Guarded) -> None:
    await guarded.provision()

    settings = [ConfigResource(ConfigResourceType.TOPIC, name) for name in TOPICS]
    admin = AIOKafkaAdminClient(**guarded.kafka())
    await admin.start()
    try:
        partitions = {one["topic"]: len(one["partitions"]) for one in await admin.describe_topics(TOPICS)}
        described = [resource for answer in await admin.describe_configs(settings) for resource in answer.resources]
    finally:
        await admin.close()
    told = {(name, key): value for *_, name, config in described for key, value, *_ in config}
    kept_days = {name: int(told[name, "retention.ms"]) // DAY_MS for name in TOPICS}
    own_time = [name for name in TOPICS if told[name, "message.timestamp.type"] == "LogAppendTime"]
    assert partitions == dict.fromkeys(TOPICS, PARTITIONS)
    assert kept_days == {**dict.fromkeys(TOPICS, -1), "partner.training.v1": 30}
    # The age of a claim is judged by the broker's clock, not by that of whoever sends it.
    assert own_time == ["partner.training.v1"]


async def publish_bomb(guarded: Guarded, user: str, topic: str) -> None:
    """Forty zeroed records of 500 kB in one batch: 20 MB that take a few kB on the wire."""
    room = {"max_batch_size": 64 * 2**20, "max_request_size": 64 * 2**20}
    producer = AIOKafkaProducer(compression_type="gzip", acks="all", **room, **guarded.kafka(user))
    await producer.start()
    try:
        batch = producer.create_batch()
        for _ in range(40):
            assert batch.append(key=None, value=bytes(500_000), timestamp=None) is not None
        batch.close()
        await (await producer.send_batch(batch, topic, partition=0))
    finally:
        await producer.stop()


async def test_no_batch_that_grows_inside_a_reader_gets_into_a_services_topic(guarded: Guarded) -> None:
    await guarded.provision()
    with pytest.raises(MessageSizeTooLargeError):
        await publish_bomb(guarded, "registration", "gelombang.registration.v1")
    await publish_bomb(guarded, "simulators", "partner.training.v1")  # taken: the border is made for it
