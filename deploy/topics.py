"""All topics: partitions, retention, copies. Everything that creates a topic takes it from here."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts import partner

PREFIX = "gelombang."
PARTITIONS = 12
"""Never changes for a v1 topic: the numbers of records are counted per partition."""
REPLICAS = 1
MIN_IN_SYNC = 1
"""Three brokers: 3 and 2. With one broker a lost disk loses the topics, and the journals publish them again."""
FOR_EVER = -1
DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    retention_ms: int = FOR_EVER
    compression: str = "uncompressed"
    """What lies in the log. `uncompressed`: the broker unpacks what it is given and refuses what is then larger than
    `max.message.bytes`, so nothing in the log can grow inside a reader (ADR 0010)."""

    broker_time: bool = False
    """Records carry the time at which the broker took them, whatever the sender's clock says."""

    def config(self) -> dict[str, str]:
        return {
            "retention.ms": str(self.retention_ms),
            "min.insync.replicas": str(MIN_IN_SYNC),
            "cleanup.policy": "delete",
            "compression.type": self.compression,
            "message.timestamp.type": "LogAppendTime" if self.broker_time else "CreateTime",
        }


def of_service(service: str, prefix: str = PREFIX) -> str:
    """The topic on which a service tells what happened."""
    return f"{prefix}{service}.v1"


def topics(services: tuple[str, ...], prefix: str = PREFIX) -> tuple[Topic, ...]:
    """A service's topic is its history and kept for ever; partners' claims are taken in within days."""
    own = tuple(Topic(of_service(service, prefix)) for service in services)
    claims = Topic(partner_topic(prefix), retention_ms=30 * DAY_MS, compression="producer", broker_time=True)
    return (*own, claims)


def partner_topic(prefix: str = PREFIX) -> str:
    """Partners know one name; only installations set apart by a prefix of their own (tests) have another."""
    return partner.TOPIC if prefix == PREFIX else f"{prefix}{partner.TOPIC}"
