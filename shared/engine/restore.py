"""Was this database restored from a backup? Then its topic knows more than it does, and nothing may go out.

The check runs before the first commit: a number in an own partition above the head's says that the
database forgot what it had said. The epoch goes up, the forgotten records are listed as orphans, and
the service is in quarantine (no outside work) until a person has reconciled and confirmed.
"""

from __future__ import annotations

from shared.engine.journal import HEAD, HEADS
from shared.engine.marks import Heard, hear
from shared.engine.ports import Broker, Change, Database, Delete, Document, Put, Write

STATE = "service_state"
ORPHANS = "orphans"
TAIL = 1000
"""How far back the end of a partition is searched for its highest number: repeats may lie at the end."""


async def detect_restore(topic: str, partitions: int, database: Database, broker: Broker) -> int:
    """Returns how many orphaned records were found; more than 0 puts the service into quarantine."""
    # The topic first and the head after it: another process may be committing and telling meanwhile, and what
    # was told before the head was read can only be missing there when the database forgot it.
    tails = [await _tail(topic, partition, broker) for partition in range(partitions)]
    head: Document = await database.get(HEADS, HEAD) or {}
    sequences, epoch = head.get("sequences", {}), head.get("epoch", 1)
    orphans: list[Heard] = []
    highest = epoch
    for partition, tail in enumerate(tails):
        for heard in tail:
            highest = max(highest, heard.epoch)
            forgotten = heard.epoch == epoch and heard.sequence > sequences.get(str(partition), 0)
            if forgotten or heard.epoch > epoch:
                orphans.append(heard)
    if orphans:
        await database.write(_quarantine(head, highest + 1, orphans))
    return len(orphans)


def _quarantine(head: Document, epoch: int, orphans: list[Heard]) -> list[Write]:
    sequences = head.get("sequences", {})
    listed: list[Write] = [
        Put(
            ORPHANS,
            {
                "_id": f"{epoch}/{o.record.partition}/{o.epoch}/{o.sequence}",
                "type": o.type,
                "id": o.id,
                "subject": (o.record.key or b"").decode(errors="replace"),
                "partition": o.record.partition,
            },
        )
        for o in orphans
    ]
    new_head = {"epoch": epoch, "starts": sequences, "sequences": sequences}
    # The head last: until it is written the next start finds the same orphans again.
    return [
        *listed,
        Put(STATE, {"_id": "quarantine", "epoch": epoch, "orphans": len(orphans)}),
        Change(HEADS, {"_id": HEAD}, set=new_head, upsert=True),
    ]


async def _tail(topic: str, partition: int, broker: Broker) -> list[Heard]:
    end = await broker.end_offset(topic, partition)
    offset = max(0, end - TAIL)
    tail: list[Heard] = []
    while offset < end:
        records = await broker.read(topic, partition, offset, TAIL)
        if not records:
            break
        tail += [heard for heard in (hear(record, {}) for record in records) if not heard.fault]
        offset = records[-1].offset + 1
    return tail


async def enter_quarantine(database: Database, above: int = 0) -> int:
    """A backup was just loaded: say so before anything is said or done. Returns the new epoch.

    `above` is the highest epoch that anybody else is known to have seen of this service: numbers given after the
    backup exist outside, and an epoch used twice would make listeners take new facts for old ones.
    """
    head: Document = await database.get(HEADS, HEAD) or {}
    epoch: int = max(head.get("epoch", 1), above) + 1
    await database.write(_quarantine(head, epoch, []))
    return epoch


async def is_quarantined(database: Database) -> bool:
    return await database.get(STATE, "quarantine") is not None


async def confirm_restore(database: Database) -> None:
    """A person has reconciled with bank and providers: outside work may begin again."""
    await database.write([Delete(STATE, "quarantine")])
