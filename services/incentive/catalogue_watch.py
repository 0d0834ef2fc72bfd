"""Begins the catalogue with the file that ships with the service, and reads platforms' own lists every few hours.

What it finds becomes ordinary commands (listings.py). A list with any fault is not taken at all: staff see the fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from services.incentive import catalogue_store
from services.incentive.adapters.partners import Partner, PartnerFile, PartnersUnreadable
from services.incentive.adapters.platform_catalogue import Catalogues, CatalogueUnusable, HttpCatalogues, identified
from services.incentive.catalogue_store import Shelf
from services.incentive.domain.catalogue import Course, examine
from services.incentive.domain.listings import Listing, Origin, TakeCourses, clashes, compare, parts_of
from services.incentive.domain.platform_looks import NOT_LISTED, TOO_MANY_GONE, NoteLook, is_time, too_many_gone
from services.incentive.partner_watch import watch_timer
from shared.engine.ports import Clock, Database
from shared.engine.rules import Timer

EVERY = timedelta(seconds=30)
"""How often it is asked whether a list is to be read; each list is read every few hours (platform_looks.EVERY)."""
ROWS_WRONG = "ROWS_WRONG"
BEGINNING = "shipped"


class CatalogueWatch:
    """One platform per round, so that a slow one does not hold up what the others have changed."""

    def __init__(self, shipped: Mapping[str, Course], partners: PartnerFile, catalogues: Catalogues) -> None:
        self._shipped, self._partners, self._catalogues = shipped, partners, catalogues

    async def due(self, database: Database, now: datetime) -> Sequence[Any]:
        shelf = Shelf(database, self._shipped)
        if not await shelf.begun():
            return beginning(self._shipped)
        partner = await self._next(database, now)
        return await self._look(await shelf.listings(), partner, now) if partner else ()

    async def _next(self, database: Database, now: datetime) -> Partner | None:
        """A platform whose list is to be read again, the one that waits for longest first."""
        try:
            partners = [each for each in self._partners.all() if each.catalogue]
        except PartnersUnreadable:
            return None
        looks = await catalogue_store.looks(database) if partners else {}
        waiting = [each for each in partners if is_time(looks.get(each.partner_code), now)]
        return min(waiting, key=lambda each: str(getattr(looks.get(each.partner_code), "looked_at", "")), default=None)

    async def _look(self, known: Mapping[str, Listing], partner: Partner, now: datetime) -> Sequence[Any]:
        code = partner.partner_code
        one = next((each.course for each in known.values() if each.course.platform_code == code), None)
        if one is None:
            return [NoteLook(code, NOT_LISTED)]
        try:
            rows = identified(await self._catalogues.rows(partner.catalogue), one)
        except CatalogueUnusable as unusable:
            return [NoteLook(code, unusable.fault)]
        told, faults = examine(rows)
        if faults := faults or clashes(known, told):
            return [NoteLook(code, ROWS_WRONG, f"{faults[0].course_code}: {faults[0].what} ({len(faults)} baris)")]
        found = compare(known, told)
        if too_many_gone(found, known, code):
            return [NoteLook(code, TOO_MANY_GONE, f"{len(found.gone)} pelatihan akan hilang")]
        edition = f"{code}-{now:%Y%m%d%H%M%S}"
        return [*parts_of(edition, Origin.PLATFORM, code, "", found), NoteLook(code)]


def beginning(shipped: Mapping[str, Course]) -> Sequence[TakeCourses]:
    """The commands with which a catalogue begins."""
    return parts_of(BEGINNING, Origin.SHIPPED, "catalogue.csv", "", compare({}, shipped))


def platform_timers(partners_file: Path, shipped: Mapping[str, Course], clock: Clock) -> tuple[Timer, Timer]:
    """What the partners' file has this service look at: their keys and badges, and their lists of courses."""
    partners = PartnerFile(partners_file)
    watch = CatalogueWatch(shipped, partners, HttpCatalogues())
    return watch_timer(partners, clock), Timer("catalogue", EVERY, watch.due)
