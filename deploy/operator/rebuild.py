"""`gelombang rebuild`: build reporting's projections again from the topics, while it runs or not.

The feed's marks are frozen at an epoch that no record has, so nothing is applied while the old documents go; then
each mark names a record that does not exist, and the feed, which checks that in silence, reads from the beginning.
A rebuild that breaks off leaves the marks frozen: run it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deploy.operator.reporting_audit import emptied, until_heard
from deploy.topics import PARTITIONS, of_service
from services.reporting.domain.projections import COLLECTIONS
from shared.engine.dead_letters import PARKED
from shared.engine.marks import FEEDS, Mark, feed_id
from shared.engine.ports import Database, Put, TransientError
from shared.engine.projector import checksum

NO_EPOCH = 10**9
NOBODYS = "rebuild"
TRIES = 20


async def start(database: Database, sources: Iterable[str], prefix: str, partitions: int = PARTITIONS) -> None:
    """Forget everything projected. What was set aside as a dead letter is judged anew as well."""
    places = [feed_id(of_service(source, prefix), n) for source in sources for n in range(partitions)]
    await _marks(database, [Mark(place, epoch=NO_EPOCH, last=NOBODYS) for place in places])
    await emptied(database, (*COLLECTIONS, PARKED))
    await _marks(database, [Mark(place, offset=1, last=NOBODYS) for place in places])


async def _marks(database: Database, marks: Sequence[Mark]) -> None:
    """All in one transaction; the running feed holds some of them now and then."""
    for attempt in range(TRIES):
        try:
            async with database.transaction() as tx:
                await tx.write([Put(FEEDS, mark.document()) for mark in marks])
            return
        except TransientError:
            if attempt == TRIES - 1:
                raise


async def finished(database: Database, sources: Mapping[str, Database], prefix: str, seconds: float) -> dict[str, Any]:
    """Wait until reporting has heard everything again. Raises NotAtRest."""
    await until_heard("reporting", database, sources, prefix, seconds)
    counts = {collection: await database.count(collection) for collection in COLLECTIONS}
    return {"checksum": await checksum(database, COLLECTIONS), "documents": counts}
