"""`python -m deploy.provision` on a broker and a database that ask who one is."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAuthorizationFailedError
from pymongo.errors import OperationFailure

from deploy.provision.kafka import grant, granted
from deploy.provision.matrix import MATRIX, SERVICES, Grant, Operation, Resource, grants
from deploy.servers import Kafka, Secantus
from deploy.topics import DAY_MS, PARTITIONS, topics

pytestmark = pytest.mark.skipif(not Kafka.fetched(), reason="Apache Kafka is not in .cache/kafka")


@dataclass(frozen=True, slots=True)
class Guarded:
    """Servers with nobody but the administrators, and the passwords that provision is to give out."""

    broker: Kafka
    database: Secantus
    secrets: Path

    @property
    def kafka(self) -> dict[str, Any]:
        return {"bootstrap_servers": self.broker.address, **self.broker.sign_in()}

    def as_user(self, name: str) -> pymongo.AsyncMongoClient[dict[str, Any]]:
        return pymongo.AsyncMongoClient(self.database.uri, username=name, password=f"mongo-{name}")

    async def provision(self) -> str:
        environment = {
            "GELOMBANG_KAFKA": self.broker.address,
            "GELOMBANG_KAFKA_PASSWORD_FILE": str(self.secrets / "kafka-admin"),
            "GELOMBANG_MONGO": self.database.uri.replace("://", "://root@"),
            "GELOMBANG_MONGO_PASSWORD_FILE": str(self.secrets / "mongo-root"),
            "GELOMBANG_SECRETS_DIR": str(self.secrets),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.provision", env=environment, stdout=PIPE, stderr=STDOUT
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Guarded]:
    tmp_path = tmp_path_factory.mktemp("guarded")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for system in ("kafka", "mongo"):
        for user in (*MATRIX, "admin", "root"):
            secrets.joinpath(f"{system}-{user}").write_text(f"{system}-{user}")
    broker = Kafka(tmp_path / "broker", users={"admin": "kafka-admin"})
    database = Secantus(tmp_path / "database")
    try:
        await asyncio.gather(broker.start(), database.start())
        client: pymongo.AsyncMongoClient[dict[str, Any]] = pymongo.AsyncMongoClient(database.uri)
        async with client:
            await client.admin.command("createUser", "root", pwd="mongo-root", roles=["root"])
        database.sign_in_required = True
        await database.restart()
        yield Guarded(broker, database, secrets)
    finally:
        await asyncio.gather(broker.stop(), database.stop())


async def may_publish(guarded: Guarded, user: str, topic: str) -> bool:
    guarded.broker.users[user] = f"kafka-{user}"
    producer = AIOKafkaProducer(bootstrap_servers=guarded.broker.address, **guarded.broker.sign_in(user))
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

    assert await granted(**guarded.kafka) == set(grants())
    names = [topic.name for topic in topics(SERVICES)]
    for user in ("registration", "simulators"):
        may = [name for name in names if await may_publish(guarded, user, name)]
        assert may == [one.name for one in grants() if (one.user, one.operation) == (user, Operation.WRITE)]

    async with guarded.as_user("incentive") as incentive:
        await incentive["incentive"]["facts"].insert_one({"_id": 1})
        assert await incentive["vault"]["keys"].find_one({}) is None
        with pytest.raises(OperationFailure):
            await incentive["vault"]["keys"].insert_one({"_id": 1})
    async with guarded.as_user("reporting") as reporting:
        with pytest.raises(OperationFailure):
            await reporting["vault"]["keys"].find_one({})


async def test_a_second_run_mends_what_was_changed_by_hand(guarded: Guarded) -> None:
    await guarded.provision()
    others = [one for one in grants() if one.user != "reporting"]
    await grant([*others, Grant("stranger", Resource.TOPIC, names()[0], Operation.READ)], **guarded.kafka)

    await guarded.provision()

    assert await granted(**guarded.kafka) == set(grants())


async def test_topics_are_kept_for_ever_save_the_partners_claims(guarded: Guarded) -> None:
    await guarded.provision()

    settings = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names()]
    admin = AIOKafkaAdminClient(**guarded.kafka)
    await admin.start()
    try:
        topics_found = {one["topic"]: len(one["partitions"]) for one in await admin.describe_topics(names())}
        described = [resource for answer in await admin.describe_configs(settings) for resource in answer.resources]
    finally:
        await admin.close()
    days = {
        name: int(value) // DAY_MS
        for *_, name, config in described
        for key, value, *_ in config
        if key == "retention.ms"
    }
    assert topics_found == dict.fromkeys(names(), PARTITIONS)
    assert days == {**dict.fromkeys(names(), -1), "partner.training.v1": 30}


def names() -> list[str]:
    return [topic.name for topic in topics(SERVICES)]
