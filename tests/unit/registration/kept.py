"""All that a house has stored and published, for tests of what must leave nothing behind."""

from __future__ import annotations

from typing import Any

from tests.unit.registration.house import House


def kept(house: House) -> tuple[dict[str, list[dict[str, Any]]], list[Any]]:
    """Documents by collection and every record, the service's own heartbeat apart."""
    names = sorted(set(house.store.collections) - {"leases"})
    stored = {name: found for name in names if (found := house.store.documents(name))}
    return stored, [record for partitions in house.log.topics.values() for records in partitions for record in records]
