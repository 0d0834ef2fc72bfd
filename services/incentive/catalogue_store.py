"""The catalogue as everybody sees it now, kept in memory and read again when it changed; and its editions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.incentive.domain.catalogue import Course
from services.incentive.domain.listings import CURRENT, Catalogue, Edition, Listing
from services.incentive.domain.platform_looks import PlatformLook
from services.incentive.domain.ratings import CourseRating
from services.incentive.store import one, some
from shared.contracts.decision import Refused
from shared.engine.ports import Database

MOST_COURSES = 20_000
MOST_EDITIONS = 20


class Shelf:
    """What can be bought. Until the first edition is complete, the file that ships with the service counts."""

    def __init__(self, database: Database, shipped: Mapping[str, Course]) -> None:
        self._database, self.shipped = database, shipped
        self._version = 0
        self._listings: Mapping[str, Listing] = {code: Listing(course, ()) for code, course in shipped.items()}

    async def begun(self) -> bool:
        return (await self._state()).begun

    async def version(self) -> int:
        """Another number after every change."""
        return (await self._state()).version

    async def listings(self) -> Mapping[str, Listing]:
        """Every course that was ever listed, withdrawn ones too; those of the file that ships have no prices yet."""
        state = await self._state()
        if state.begun and state.version != self._version:
            found = await some(self._database, Listing, {}, limit=MOST_COURSES)
            # What was read may be newer than the state: then the next look reads once more.
            self._listings, self._version = {each.id: each for each in found}, state.version
        return self._listings

    async def courses(self) -> Mapping[str, Course]:
        """What is sold now."""
        return {code: each.course for code, each in (await self.listings()).items() if each.withdrawn_at is None}

    async def course(self, code: str) -> Course:
        """Raises COURSE_UNKNOWN, COURSE_WITHDRAWN."""
        known = (await self.listings()).get(code)
        if known is None:
            raise Refused("COURSE_UNKNOWN")
        if known.withdrawn_at:
            raise Refused("COURSE_WITHDRAWN")
        return known.course

    async def platforms(self) -> dict[str, str]:
        """Code -> name of every platform that ever sold something, by name."""
        names = {each.course.platform_code: each.course.platform for each in (await self.listings()).values()}
        return dict(sorted(names.items(), key=lambda each: each[1]))

    async def _state(self) -> Catalogue:
        return await one(self._database, Catalogue, CURRENT) or Catalogue()


async def rating_of(database: Database, course_code: str) -> CourseRating:
    return await one(database, CourseRating, course_code) or CourseRating(course_code)


async def ratings_of(database: Database, course_codes: Sequence[str]) -> dict[str, CourseRating]:
    """Ratings by course; nothing for courses that nobody rated."""
    where = {"_id": {"$in": list(course_codes)}}
    return {each.course_code: each for each in await some(database, CourseRating, where, limit=len(course_codes) or 1)}


async def latest_editions(database: Database) -> list[Edition]:
    return await some(database, Edition, {}, sort=[("taken_at", -1)], limit=MOST_EDITIONS)


async def edition_of(database: Database, edition: str) -> Edition | None:
    return await one(database, Edition, edition)


async def looks(database: Database) -> dict[str, PlatformLook]:
    """The last look at each platform's list; there are as many as platforms."""
    return {each.partner_code: each for each in await some(database, PlatformLook, {}, limit=1_000)}
