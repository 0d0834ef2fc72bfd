"""The office's door for catalogues: a program previews a list first and confirms exactly what it previewed.

The same rules and the same command as the page (catalogue_pages.py); a list is given as CSV text or as rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field, StrictInt, model_validator

from services.incentive import catalogue_store
from services.incentive.api.bodies import Body, Hash
from services.incentive.api.catalogue_files import MOST_BYTES, MOST_ROWS, examined, fingerprint, rows_of, take
from services.incentive.api.door import Door
from services.incentive.domain.catalogue import Course, Fault
from services.incentive.domain.listings import Difference, Edition, compare
from shared.contracts.decision import Refused
from shared.security.accounts import Staff

PLACE = "/staff/catalogue"
MOST_BODY_BYTES = 2 * MOST_BYTES
SHOWN = 200
Cell = Annotated[str, Field(max_length=1_000)]


class CourseRow(Body):
    """One course; the columns of a catalogue file."""

    course_code: Cell
    course_name: Cell
    platform_code: Cell
    platform: Cell
    certificate_prefix: Cell
    institution: Cell
    price_rupiah: StrictInt
    hours: StrictInt
    mode: Cell
    topic: Cell
    kbji: Cell
    skkni: Cell
    kkni_level: StrictInt
    entry_education: Cell
    needs: Cell


class CatalogueBody(Body):
    """The whole list of every platform that it names: as text of a CSV file, or as rows. `name` is shown to staff."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    csv: Annotated[str | None, Field(max_length=MOST_BYTES)] = None
    courses: Annotated[tuple[CourseRow, ...] | None, Field(min_length=1)] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> CatalogueBody:
        if (self.csv is None) == (self.courses is None):
            raise ValueError("either csv or courses")
        return self

    def rows(self) -> list[dict[str, Any]]:
        """Raises CATALOGUE_FILE_WRONG."""
        if self.csv is not None:
            return rows_of(self.csv.encode())
        rows = [each.model_dump() for each in self.courses or ()]
        if len(rows) > MOST_ROWS:
            raise Refused("CATALOGUE_FILE_WRONG")
        return rows


class CatalogueConfirmation(CatalogueBody):
    """The same list again, with what its preview was called."""

    preview: Hash


def add_catalogue_door(router: APIRouter, door: Door) -> None:
    """The secretariat keeps the lists of the office, this one too."""
    secretariat = Depends(door.accounts.require("secretariat"))

    @router.post(f"{PLACE}/preview", summary="Pratinjau katalog")
    async def preview(body: CatalogueBody, staff: Staff = secretariat) -> dict[str, Any]:
        told, faults = await examined(door, body.rows())
        name = None if faults else await fingerprint(door, told)
        return {"preview": name, **_shown(told, faults, compare(await door.shelf.listings(), told))}

    @router.post(PLACE, status_code=202, summary="Terapkan katalog yang sudah dipratinjau")
    async def confirm(body: CatalogueConfirmation, staff: Staff = secretariat) -> dict[str, Any]:
        edition = f"file-{body.preview[:16]}"
        if known := await catalogue_store.edition_of(door.service.database, edition):
            return _taken(edition, known)  # sent again: the answer was lost on the way
        told, faults = await examined(door, body.rows())
        if faults:
            raise Refused("CATALOGUE_FILE_WRONG")
        if await fingerprint(door, told) != body.preview:
            raise Refused("CATALOGUE_CHANGED")
        await take(door, told, edition, body.name, staff.username)
        return _taken(edition, await catalogue_store.edition_of(door.service.database, edition))


def _shown(told: Mapping[str, Course], faults: list[Fault], found: Difference) -> dict[str, Any]:
    """What a list would change; nothing of it where it has faults, which are given by row (1 is the first course)."""
    if faults:
        return {"courses": len(told), "faults": [asdict(each) for each in faults[:SHOWN]]}
    return {
        "courses": len(told),
        "faults": [],
        "added": [each.course_code for each in found.added],
        "changed": [each.course_code for each in found.changed],
        "withdrawn": [each.id for each in found.gone],
        "rises": [asdict(each) for each in found.rises],
    }


def _taken(edition: str, known: Edition | None) -> dict[str, Any]:
    """What an edition changed; None: a list that changes nothing makes none."""
    if known is None:
        return {"edition": None, "added": 0, "changed": 0, "withdrawn": 0}
    counts = {"added": known.added, "changed": known.changed, "withdrawn": known.withdrawn}
    return {"edition": edition, **counts}
