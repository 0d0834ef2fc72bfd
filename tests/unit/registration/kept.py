"""All that a house has stored and published, for tests of what must leave nothing behind."""

from __future__ import annotations

from typing import Any

from shared.engine.journal import HEADS
from shared.engine.relay import POSITION
from tests.unit.registration.house import House, wait_for


def kept(house: House) -> tuple[dict[str, list[dict[str, Any]]], list[Any]]:
    """Documents by collection and every record, the service's own heartbeat apart."""
    names = sorted(set(house.store.collections) - {"leases"})
    stored = {name: found for name in names if (found := house.store.documents(name))}
    return stored, [record for partitions in house.log.topics.values() for records in partitions for record in records]


async def told_all(house: House) -> None:
    """Wait until the relay has published all that was committed, and kept how far it came."""

    async def behind() -> int:
        positions = house.store.documents(POSITION)
        return house.store.documents(HEADS)[0]["n"] - (positions[0]["n"] if positions else 0)

    await wait_for(behind, lambda rows: rows == 0)
