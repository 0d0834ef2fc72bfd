"""A newer list by NIK comes when everybody has joined: the office asks whom it would change, and then loads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.demo.found import Found, Newer
from deploy.demo.office import Office
from deploy.demo.rest import go_to
from deploy.demo.reviews import ids_of, stages
from deploy.demo.sheets import City
from deploy.demo.story import NEWER_FILE, wib

ELIGIBLE = "ELIGIBLE"
Reasons = tuple[str, str]
"""Before and after; ELIGIBLE where there is none."""


async def upload(
    office: Office, folder: Path, preview: bool, *, name: str = NEWER_FILE, as_of: str = "2020-04-14"
) -> Any:
    """The same file and the same words, only asked about or loaded."""
    form = {"source": "BKD dan Dinas Sosial Kota Medan (contoh)", "as_of": as_of, "preview": str(preview)}
    with (folder / name).open("rb") as file:
        return await office.ask("POST", "/registration/lists", "sekretariat", files={"file": file}, data=form)


async def ask_first(office: Office, folder: Path) -> Any:
    """Whom the list would change; nothing does."""
    await go_to(office, wib(2020, 4, 14, 9))
    return await upload(office, folder, preview=True)


async def load(office: Office, city: City, folder: Path, foreseen: Any, found: Found) -> None:
    """Load it, and look at each person it must have changed."""
    ids = await ids_of(office, city.changed)
    planted = {ids[nik]: reasons for nik, reasons in city.changed.items()}
    found.newer = compared(foreseen, planted)
    loaded = await upload(office, folder, preview=False)
    stage = await stages(office, planted)
    as_planted = [id for id, (_, after) in planted.items() if stage[id] == _stage(after)]
    # The service's own count is of everybody; the people looked at are only those who were planted.
    found.newer.changed = len(as_planted) if loaded["rescreened"] == len(planted) else loaded["rescreened"]
    found.newer.excluded = [id for id, (_, after) in planted.items() if after != ELIGIBLE]
    found.newer.let_in = [id for id, (_, after) in planted.items() if after == ELIGIBLE]
    found.newer.left_over = (await upload(office, folder, preview=True))["would_change"]


def compared(foreseen: Mapping[str, Any], planted: Mapping[str, Reasons]) -> Newer:
    """The preview beside what was planted: person by person, with the reason before and after."""
    people = foreseen["people"]
    told = {each["applicant_id"]: (each["before"] or ELIGIBLE, each["after"] or ELIGIBLE) for each in people}
    right = sum(planted.get(id) == reasons for id, reasons in told.items())
    return Newer(foreseen=right, other_foreseen=foreseen["would_change"] - right)


def words(foreseen: Mapping[str, Any]) -> str:
    """What the preview says, for a person."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(foreseen["counts"].items()))
    return f"the newer list would change {foreseen['would_change']} people: {kinds}"


def _stage(after: str) -> str:
    return "eligible" if after == ELIGIBLE else "ineligible"
