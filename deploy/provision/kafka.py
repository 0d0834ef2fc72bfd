"""The brokers' part: topics as `deploy/topics.py` says, users, and exactly the rights of the matrix."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.protocol.api import Request

from deploy.provision.matrix import Grant, Operation, Resource
from deploy.provision.wire import (
    ALLOW,
    EVERY_HOST,
    LITERAL,
    AlterUsersRequest,
    CreateRights,
    DeleteRights,
    DescribeRights,
    Row,
)
from deploy.topics import PARTITIONS, REPLICAS, Topic

ATTEMPTS = 300


class ProvisionFailed(Exception):
    """A broker or the database refused; the text says what."""


async def create_topics(topics: Sequence[Topic], **access: Any) -> None:
    """Create what is missing and bring settings up to date. A wrong partition count is never mended by itself."""
    admin = AIOKafkaAdminClient(**access)
    try:
        await admin.start()
        new = [NewTopic(topic.name, PARTITIONS, REPLICAS, topic_configs=topic.config()) for topic in topics]
        for name, code, *_ in (await admin.create_topics(new)).topic_errors:
            if code != TopicAlreadyExistsError.errno:
                _check(f"topic {name}", code, None)
        settings = [ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=topic.config()) for topic in topics]
        for response in await admin.alter_configs(settings):
            for code, message, _, name in response.resources:
                _check(f"topic {name}", code, message)
        for found in await admin.describe_topics([topic.name for topic in topics]):
            if (count := len(found["partitions"])) != PARTITIONS:
                raise ProvisionFailed(f"topic {found['topic']} has {count} partitions instead of {PARTITIONS}")
    finally:
        await admin.close()


async def create_users(passwords: Mapping[str, str], **access: Any) -> None:
    """Create each user, or give it this password."""
    async with _client(access) as client:
        response = await _send(client, AlterUsersRequest(passwords))
        for user, code, message, _ in response.results:
            _check(f"user {user}", code, message)


async def grant(wanted: Iterable[Grant], **access: Any) -> None:
    """Afterwards these rights and no others exist, whoever gave them."""
    rows = {_row(one) for one in wanted}
    async with _client(access) as client:
        for _ in range(ATTEMPTS):
            found = await _rights(client)
            if found == rows:
                return
            await _change(client, rows - found, found - rows)
            # The controller has them at once, the brokers a moment later.
            await asyncio.sleep(0.1)
    raise ProvisionFailed("the brokers did not take the rights over in time")


async def granted(**access: Any) -> set[Grant]:
    """What the brokers allow now."""
    async with _client(access) as client:
        return {
            Grant(principal.removeprefix("User:"), Resource(kind), name, Operation(operation))
            for kind, name, _, principal, _, operation, _ in await _rights(client)
        }


async def _rights(client: AIOKafkaClient) -> set[Row]:
    response = await _send(client, DescribeRights())
    _check("reading rights", response.error_code, response.error_message)
    return {(*resource, *entry) for *resource, entries in response.resources for entry in entries}


async def _change(client: AIOKafkaClient, missing: set[Row], stale: set[Row]) -> None:
    if missing:
        for code, message in (await _send(client, CreateRights(missing))).creation_responses:
            _check("granting", code, message)
    if stale:
        for code, message, _ in (await _send(client, DeleteRights(stale))).filter_responses:
            _check("revoking", code, message)


def _row(one: Grant) -> Row:
    return (one.resource, one.name, LITERAL, f"User:{one.user}", EVERY_HOST, one.operation, ALLOW)


@asynccontextmanager
async def _client(access: Mapping[str, Any]) -> AsyncIterator[AIOKafkaClient]:
    client = AIOKafkaClient(**access)
    try:
        await client.bootstrap()
        yield client
    finally:
        await client.close()


async def _send(client: AIOKafkaClient, request: Request[Any]) -> Any:
    # Any broker will do: it passes these requests on to the controller.
    return await client.send(client.get_random_node(), request)


def _check(what: str, code: int, message: str | None) -> None:
    if code:
        raise ProvisionFailed(f"{what}: {for_code(code).__name__} {message or ''}".rstrip())
