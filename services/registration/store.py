"""What this service stores (states.py), and every query by name, each bounded and on an index."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from services.registration.domain.applicant import Applicant, NikClaim, PlaceTask
from services.registration.domain.closing import FrozenChunk, chunk_id
from services.registration.domain.eligibility import Household
from services.registration.domain.handover import Handover
from services.registration.domain.import_run import Import, ImportRow
from services.registration.domain.joining import BatchJoin
from services.registration.domain.lists import ListBook, Listing
from services.registration.domain.results import ResultChunk
from services.registration.domain.review import ReviewCase
from services.registration.domain.rings import Ring
from services.registration.domain.waves import SeatPool, Wave, wave_id
from services.registration.states import AGGREGATES as AGGREGATES
from services.registration.states import INDEXES as INDEXES
from shared.contracts.decision import Aggregate
from shared.engine.ports import Database, Document, Where
from shared.engine.states import States

PAGE = 1000
"""Documents read at once where a whole collection is walked through."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Lower end of a range of times: without one SecantusDB walks through everybody who has no such time."""

_STATES = States(AGGREGATES)
T = TypeVar("T", bound=Aggregate)
Part = TypeVar("Part", FrozenChunk, ResultChunk)


async def _one(database: Database, kind: type[T], id: str) -> T | None:
    found = await database.get(kind.collection, id)
    return None if found is None else cast(T, _STATES.state(kind.collection, found))


async def _many(
    database: Database, kind: type[T], where: Where, sort: Sequence[tuple[str, int]], limit: int, skip: int = 0
) -> list[T]:
    found = await database.find(kind.collection, where, sort=sort, limit=limit, skip=skip)
    return [cast(T, _STATES.state(kind.collection, document)) for document in found]


async def applicant(database: Database, applicant_id: str) -> Applicant | None:
    return await _one(database, Applicant, applicant_id)


async def tracked_applicant(database: Database, tracking_index: str) -> Applicant | None:
    """Whose tracking code this is, by its blind index."""
    found = await _many(database, Applicant, {"tracking_index": tracking_index}, (), 1)
    return found[0] if found else None


async def nik_claim(database: Database, nik_index: str) -> NikClaim | None:
    return await _one(database, NikClaim, nik_index)


async def nik_claims(database: Database, indexes: Sequence[str]) -> list[NikClaim]:
    """The claims of up to 500 NIKs, in no special order."""
    return await _many(database, NikClaim, {"_id": {"$in": list(indexes[:500])}}, (), 500)


def listings(database: Database) -> AsyncIterator[Listing]:
    """All NIKs that stand, or stood, on a list: walked through once for every list that is uploaded."""
    return _walk(database, Listing, "", "~", PAGE)  # ids are hexadecimal


async def listings_of(database: Database, indexes: Sequence[str]) -> list[Listing]:
    """The lists on which up to 500 NIKs stand."""
    return await _many(database, Listing, {"_id": {"$in": list(indexes[:500])}}, (), 500)


async def household(database: Database, kk_index: str) -> Household | None:
    return await _one(database, Household, kk_index)


async def applicants(database: Database, ids: Sequence[str]) -> list[Applicant]:
    """Up to 100 people by id, in no special order."""
    return await _many(database, Applicant, {"_id": {"$in": list(ids[:100])}}, (), 100)


async def without_kecamatan(database: Database, after: str, limit: int) -> list[str]:
    """Ids of people whose kecamatan nobody knows yet, in their order, after one: a task for staff."""
    tasks = await _many(database, PlaceTask, {"_id": {"$gt": after}}, (("_id", 1),), limit)
    return [task.applicant_id for task in tasks]


async def wave(database: Database, number: int) -> Wave | None:
    return await _one(database, Wave, wave_id(number))


async def waves(database: Database) -> list[Wave]:
    """All waves, the newest first; an office has a few dozen."""
    return await _many(database, Wave, {}, (("_id", -1),), 200)


async def waves_in(database: Database, *states: str) -> list[Wave]:
    return await _many(database, Wave, {"state": {"$in": list(states)}}, (("_id", 1),), 20)


async def joined(database: Database, number: int) -> int:
    """How many people stand in a wave now; on the index that `members_after` reads."""
    return await database.count("applicants", {"wave": number, "stage": "joined"})


async def free_seats(database: Database) -> int:
    """Seats that wait for the next wave that is opened."""
    pool = await _one(database, SeatPool, SeatPool.ID)
    return pool.seats if pool else 0


async def members_after(database: Database, number: int, after: str, limit: int) -> list[Document]:
    """Who stands in a wave, in order of ids: `_id`, `profile`, `laid_off_listed` of each."""
    where = {"wave": number, "stage": "joined", "_id": {"$gt": after}}
    fields = ("_id", "profile", "laid_off_listed")
    return await database.find("applicants", where, sort=(("_id", 1),), limit=limit, fields=fields)


async def imported_after(database: Database, import_id: str, after: str, limit: int) -> list[str]:
    """Ids of the people one sheet brought, in their order."""
    where = {"import_id": import_id, "_id": {"$gt": after}}
    found = await database.find("applicants", where, sort=(("_id", 1),), limit=limit, fields=("_id",))
    return [document["_id"] for document in found]


async def frozen_chunk_of(database: Database, number: int, applicant_id: str) -> FrozenChunk | None:
    """The part of the frozen list in which a person would stand."""
    where = {"wave": number, "first": {"$lte": applicant_id}}
    found = await _many(database, FrozenChunk, where, (("first", -1),), 1)
    return found[0] if found else None


async def frozen_lines(database: Database, number: int) -> AsyncIterator[str]:
    """Every line of the frozen list in its order, part by part."""
    async for chunk in _parts(database, FrozenChunk, number):
        for line in chunk.lines:
            yield line


async def result_chunks(database: Database, number: int) -> AsyncIterator[ResultChunk]:
    """Every part of the results in the order of the tickets."""
    async for chunk in _parts(database, ResultChunk, number):
        yield chunk


def _parts(database: Database, kind: type[Part], number: int) -> AsyncIterator[Part]:
    """The parts of one wave, 20 at a time; their ids sort as their numbers do."""
    return _walk(database, kind, f"{wave_id(number)}/", f"{wave_id(number)}0", 20)


async def _walk(database: Database, kind: type[T], after: str, end: str, page: int) -> AsyncIterator[T]:
    """Every document between two ids, page by page in order of the ids."""
    while True:
        found = await _many(database, kind, {"_id": {"$gt": after, "$lt": end}}, (("_id", 1),), page)
        for each in found:
            yield each
        if len(found) < page:
            return
        after = found[-1].id


async def result_parts(database: Database, number: int, first: int, count: int) -> list[ResultChunk]:
    """Some parts of the results by their numbers."""
    ids = [chunk_id(number, first + each) for each in range(count)]
    return await _many(database, ResultChunk, {"_id": {"$in": ids}}, (("_id", 1),), count)


async def unannounced(database: Database, number: int, limit: int) -> list[ResultChunk]:
    """Parts of the results that their people do not know yet."""
    where = {"_id": {"$gt": f"{wave_id(number)}/", "$lt": f"{wave_id(number)}0"}, "announced": False}
    return await _many(database, ResultChunk, where, (("_id", 1),), limit)


async def running_batches(database: Database) -> list[BatchJoin]:
    return await _many(database, BatchJoin, {"done": False}, (("_id", 1),), 10)


async def batch_join(database: Database, batch_id: str) -> BatchJoin | None:
    return await _one(database, BatchJoin, batch_id)


async def waking(database: Database, now: datetime, limit: int) -> list[Document]:
    """People for whom time alone changes something: `_id`, `stage`, `rule_set`, `screened` of each."""
    fields = ("_id", "stage", "rule_set", "screened")
    where = {"wake_at": {"$gt": LONG_AGO, "$lte": now}}
    return await database.find("applicants", where, sort=(("wake_at", 1),), limit=limit, fields=fields)


async def open_cases(database: Database, skip: int, limit: int) -> list[ReviewCase]:
    """Cases that wait for staff, the oldest first."""
    where = {"state": {"$in": ["open", "proposed"]}}
    return await _many(database, ReviewCase, where, (("opened_at", 1),), limit, skip)


async def review_case(database: Database, case_id: str) -> ReviewCase | None:
    return await _one(database, ReviewCase, case_id)


async def ring(database: Database, ring_id: str) -> Ring | None:
    return await _one(database, Ring, ring_id)


async def waiting_rings(database: Database, limit: int) -> list[Ring]:
    """Rings with members to hold, release or reject, or with a case to open."""
    return await _many(database, Ring, {"waiting": True}, (("_id", 1),), limit)


async def import_run(database: Database, import_id: str) -> Import | None:
    return await _one(database, Import, import_id)


async def imports(database: Database, limit: int) -> list[Import]:
    """Sheets, the newest first."""
    return await _many(database, Import, {}, (("started_at", -1),), limit)


def import_rows(database: Database, import_id: str) -> AsyncIterator[ImportRow]:
    """What became of every row of a sheet, in the order of the sheet: ids begin with the sheet's."""
    return _walk(database, ImportRow, f"{import_id}/", f"{import_id}0", PAGE)


async def handover(database: Database, handover_id: str) -> Handover | None:
    return await _one(database, Handover, handover_id)


async def handovers(database: Database) -> list[Handover]:
    """The latest first; an office makes some a month."""
    return await _many(database, Handover, {}, (("at", -1),), 200)


async def list_book(database: Database) -> ListBook | None:
    return await _one(database, ListBook, ListBook.ID)


def as_document(state: Aggregate) -> dict[str, Any]:
    """A state as plain data, for pages and files."""
    return _STATES.document(state)
