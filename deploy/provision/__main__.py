"""`python -m deploy.provision`: the one-shot of the compose file. Safe to repeat; says what it could not do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pymongo
from aiokafka.errors import KafkaConnectionError
from pydantic_settings import BaseSettings, SettingsConfigDict
from pymongo.errors import ConnectionFailure, OperationFailure

from deploy.provision import kafka, mongo
from deploy.provision.matrix import MATRIX, SERVICES, grants
from deploy.topics import PREFIX, topics

PATIENCE_SECONDS = 120


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="GELOMBANG_")

    kafka: str
    kafka_user: str = "admin"
    kafka_password_file: Path
    mongo: str
    """Reaches the one server directly, as its root user, without the password."""
    mongo_password_file: Path
    mongo_host: str = "mongo:27017"
    """Where the services find the server."""
    replica_set: str = "gelombang"
    topic_prefix: str = PREFIX
    database_prefix: str = ""

    def password(self, system: str, user: str) -> str:
        """The passwords to give out lie beside the administrator's: `kafka-<user>` and `mongo-<user>`."""
        return (self.kafka_password_file.parent / f"{system}-{user}").read_text()


async def provision_kafka(settings: Settings) -> None:
    access: dict[str, Any] = {
        "bootstrap_servers": settings.kafka,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_plain_username": settings.kafka_user,
        "sasl_plain_password": settings.kafka_password_file.read_text(),
    }
    await kafka.create_topics(topics(SERVICES, settings.topic_prefix), **access)
    await kafka.create_users({user: settings.password("kafka", user) for user in MATRIX}, **access)
    await kafka.grant(grants(settings.topic_prefix), **access)


async def provision_mongo(settings: Settings) -> None:
    users = [user for user, rights in MATRIX.items() if rights.databases]
    client: mongo.Client = pymongo.AsyncMongoClient(settings.mongo, password=settings.mongo_password_file.read_text())
    async with client:
        await mongo.create_replica_set(client, settings.replica_set, settings.mongo_host)
        passwords = {user: settings.password("mongo", user) for user in users}
        await mongo.create_users(client, passwords, settings.database_prefix)


async def patiently(what: Callable[[Settings], Awaitable[None]], settings: Settings) -> None:
    """A server that does not answer yet is asked again; one that refuses is not."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return await what(settings)
            except (KafkaConnectionError, ConnectionFailure) as error:
                print(f"waiting: {type(error).__name__}", flush=True)
                await asyncio.sleep(1)


async def main() -> int:
    settings = Settings()
    try:
        await patiently(provision_kafka, settings)
        await patiently(provision_mongo, settings)
    except (kafka.ProvisionFailed, OperationFailure, TimeoutError) as error:
        print(f"provision failed: {error or 'a server did not answer in time'}", file=sys.stderr)
        return 1
    print(f"topics, users and rights are as they should be: {len(MATRIX)} users")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
