"""`gelombang topics`: what is in them, make what is missing, publish a journal again from its first row."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.embedded import SERVICES
from deploy.operator.installation import Installation, OperatorError
from deploy.operator.journal_audit import head_of
from deploy.provision import kafka as provision
from deploy.topics import PARTITIONS, topics
from shared.engine.lease import LEASE_SECONDS
from shared.engine.ports import BrokerError, Change, Put
from shared.engine.relay import POSITION, Position
from shared.platform.kafka import KafkaAccess
from shared.platform.settings import CommonSettings, secret_text

OWNER = "operator"
MARGIN_SECONDS = 2.0


def access_of(settings: CommonSettings) -> KafkaAccess:
    password = secret_text(settings.kafka_password_file) or None
    return KafkaAccess(settings.kafka, settings.kafka_user, password, stand_in=settings.kafka_stand_in)


async def listed(installation: Installation) -> list[dict[str, Any]]:
    """Every topic with its records; `said` counts what the service's journal holds for it."""
    settings = installation.settings
    there = await _names(access_of(settings))
    broker = installation.ports("registration").broker
    wanted = [topic.name for topic in topics(SERVICES, settings.topic_prefix)]
    said = {f"{settings.topic_prefix}{name}.v1": await _said(installation, name) for name in SERVICES}
    found: list[dict[str, Any]] = []
    for name in wanted:
        # Only those that are there: a stand-in broker makes a topic by being asked for it.
        ends = [await broker.end_offset(name, n) for n in range(PARTITIONS)] if name in there else []
        found.append({"topic": name, "there": name in there, "records": sum(ends), "said": said.get(name)})
    return found


async def _said(installation: Installation, service: str) -> int:
    return sum((await head_of(installation.database(service)))["sequences"].values())


async def _names(access: KafkaAccess) -> set[str]:
    admin = AIOKafkaAdminClient(**access.client())
    try:
        await admin.start()
        return set(await admin.list_topics())
    except KafkaError as error:
        raise OperatorError(f"the broker does not answer: {type(error).__name__}") from error
    finally:
        await admin.close()


async def create(installation: Installation) -> list[str]:
    """Make what is missing, with its settings. Safe to repeat; a wrong partition count is an error."""
    settings = installation.settings
    wanted = topics(SERVICES, settings.topic_prefix)
    try:
        if settings.kafka_stand_in:  # it keeps no settings of topics
            broker = installation.ports("registration").broker
            for topic in wanted:
                await broker.ensure_topic(topic.name, PARTITIONS)
        else:
            await provision.create_topics(wanted, **access_of(settings).client())
    except (BrokerError, KafkaError, provision.ProvisionFailed) as error:
        raise OperatorError(f"topics were not made: {error or type(error).__name__}") from error
    return [topic.name for topic in wanted]


async def republish(installation: Installation, service: str) -> dict[str, Any]:
    """Send the whole journal again. Harmless: every record carries its number, and repeats are skipped.

    The leader keeps its position in memory, so it is set aside first: the lease is taken, and by the time it
    would have run out even a stalled leader has given up; then the next one starts from row 0.
    """
    database = installation.database(service)
    wait = LEASE_SECONDS + MARGIN_SECONDS
    until = datetime.now(UTC) + timedelta(seconds=wait * 2)
    taken = Change("leases", {"_id": service}, set={"owner": OWNER, "until": int(until.timestamp() * 1000)})
    led = await database.change(taken)
    if led:
        await asyncio.sleep(wait)
    await database.write([Put(POSITION, Position().document())])
    await database.release(service, OWNER)
    return {"service": service, "rows": (await head_of(database))["n"]}
