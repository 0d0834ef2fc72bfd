"""Where the brokers are, who we are, and a record as the ports know it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any

from aiokafka import ConsumerRecord
from faststream.security import SASLScram256

from shared.engine.ports import Record

REQUEST_SECONDS = 10
METADATA_MAX_AGE_MS = 10_000


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """Where the brokers are and who we are.

    `stand_in` says that the broker is tansu, in memory, with two habits of its own: it makes missing topics
    with 4 partitions when merely asked for them (so such a topic is made anew: the journal fills it again),
    and its end offset counts only the first record of the last batch.
    """

    bootstrap: str
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None
    stand_in: bool = False

    def client(self) -> dict[str, Any]:
        """Arguments every aiokafka client takes."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "request_timeout_ms": REQUEST_SECONDS * 1000,
            "metadata_max_age_ms": METADATA_MAX_AGE_MS,
        }
        if self.user:
            options |= {
                "security_protocol": "SASL_SSL" if self.ca_file else "SASL_PLAINTEXT",
                "sasl_mechanism": "SCRAM-SHA-256",
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        if self.ca_file:
            options["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        return options

    def security(self) -> SASLScram256 | None:
        """The same for FastStream."""
        if not self.user:
            return None
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        return SASLScram256(self.user, self.password or "", ssl_context=context, use_ssl=bool(self.ca_file))


def record_of(record: ConsumerRecord[Any, Any]) -> Record:
    return Record(
        record.topic,
        record.partition,
        record.offset,
        record.key,
        record.value,
        tuple((name, value or b"") for name, value in record.headers),  # Kafka allows a header without a value
        record.timestamp,
    )
