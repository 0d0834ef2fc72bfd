"""Invariant I9: what reporting shows is what the topics say. Built again beside the live one and compared."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from deploy.operator.findings import PAGE, Violation, missing, pages, violations
from deploy.operator.journal_audit import head_of, unheard
from services.reporting.app import build_service
from services.reporting.domain.projections import COLLECTIONS
from shared.engine.marks import FEEDS
from shared.engine.ports import Database, Delete, Document
from shared.engine.service import Ports

REPORTING, REBUILT = "reporting", "reporting_rebuild"
TRIES = 3


class NotAtRest(Exception):
    """Facts kept coming, so two builds of the same moment could not be compared. The text says what was open."""


async def until_heard(
    listener: str, database: Database, sources: Mapping[str, Database], prefix: str, seconds: float
) -> None:
    """Wait until everything that was said is published and heard. Raises NotAtRest."""
    end = asyncio.get_running_loop().time() + seconds
    while waiting := await unheard(listener, database, sources, prefix):
        if asyncio.get_running_loop().time() > end:
            raise NotAtRest("; ".join(waiting[:3]))
        await asyncio.sleep(0.5)


async def projection_as_rebuilt(
    ports: Ports, live: Database, target: Database, sources: Mapping[str, Database], seconds: float
) -> list[Violation]:
    """The live projection is equal to one built from the topics alone. Raises NotAtRest."""
    for _ in range(TRIES):
        await until_heard(REPORTING, live, sources, ports.topic_prefix, seconds)
        before = await _heads(sources)
        await emptied(target, (*COLLECTIONS, FEEDS, "parked"))
        await build_service(ports, target).rebuild(target)
        found = await differences(live, target)
        if not found or before == await _heads(sources):
            return found
    raise NotAtRest("new facts came while the projection was built again")


async def _heads(sources: Mapping[str, Database]) -> list[Document]:
    return [await head_of(source) for source in sources.values()]


async def emptied(database: Database, collections: tuple[str, ...]) -> None:
    """Remove all documents of these collections, a page at a time, whatever their ids are."""
    for collection in collections:
        ids = [document["_id"] for document in await database.find(collection, fields=["_id"])]
        for start in range(0, len(ids), PAGE):
            await database.write([Delete(collection, id) for id in ids[start : start + PAGE]])


async def differences(live: Database, rebuilt: Database) -> list[Violation]:
    """Per collection the first ids that are not the same in both."""
    found: list[Violation] = []
    for collection in COLLECTIONS:
        wrong: list[str] = []
        async for page in pages(live, collection):
            other = await rebuilt.find(collection, {"_id": {"$in": [document["_id"] for document in page]}})
            known = {document["_id"]: document for document in other}
            wrong += [document["_id"] for document in page if known.get(document["_id"]) != document]
        async for page in pages(rebuilt, collection, fields=["_id"]):
            wrong += await missing(live, collection, [document["_id"] for document in page])
        found += violations("PROJECTION", REPORTING, f"differs from the topics in {collection}", wrong)
    return found
