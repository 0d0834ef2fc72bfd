"""A collective sheet that a crash interrupted goes on where it stopped: every row counts once, every person once."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from datetime import date
from typing import Any, cast

from services.registration.api.desk import Desk
from services.registration.api.importing import Importer, Told
from services.registration.api.uploads import Upload
from services.registration.settings import RegistrationSettings
from shared.security.accounts import Accounts
from tests.unit.registration.house import SECRETARIAT, House, open_house, wait_for
from tests.unit.registration.sheets import as_csv, row, taken, upload

ROWS = 40
SHEET = as_csv([row(number) for number in range(1, ROWS + 1)])
TOLD = Told("Disnaker Medan", date(2020, 4, 3), "siti")


def process(house: House) -> Importer:
    """A process that takes sheets in, three rows at a time, on the service's own database."""
    settings = RegistrationSettings(import_rows_in_flight=3)
    return Importer(Desk(house.service, house.vault, cast(Accounts, None), settings, house.reference))


async def interrupted(house: House, after: int) -> str:
    """Begin, and be stopped when so many rows are on disk; the import's id."""
    first = process(house)
    with tempfile.TemporaryFile() as file:
        file.write(SHEET)
        file.flush()
        reply = await first.start(Upload("csv", file, digest_of(SHEET)), TOLD)
        await wait_for(lambda: received(house, reply["import_id"]), lambda count: count >= after)
        await first.stop()
    import_id: str = reply["import_id"]
    return import_id


def digest_of(raw: bytes) -> str:
    """As the door takes it from the file."""
    return hashlib.sha256(raw).hexdigest()


async def received(house: House, import_id: str) -> int:
    run: dict[str, Any] = await house.call("GET", f"/imports/{import_id}", 200, headers=SECRETARIAT)
    return int(run["received"])


async def test_a_sheet_that_is_uploaded_again_after_a_crash_doubles_no_row() -> None:
    async with open_house() as house:
        import_id = await interrupted(house, after=5)
        half = await received(house, import_id)
        assert 5 <= half < ROWS, "it was stopped in the middle"
        before = [each["applicant_id"] for each in house.events("ApplicantRegistered")]

        answer = await upload(house, SHEET)
        run = await taken(house, answer)

        assert (answer["import_id"], run["state"]) == (import_id, "done")
        assert (run["received"], run["registered"], run["questioned"], run["refused"]) == (ROWS, ROWS, 0, 0)
        people = [each["applicant_id"] for each in house.events("ApplicantRegistered")]
        assert (people[: len(before)], len(people), len(set(people))) == (before, ROWS, ROWS)
        rows = house.store.documents("import_rows")
        assert Counter(each["row"] for each in rows) == Counter(range(2, ROWS + 2))
        assert {each["applicant_id"] for each in rows} == set(people)


async def test_a_crash_before_the_first_row_and_one_before_the_end_are_no_different() -> None:
    async with open_house() as house:
        for after in (0, ROWS - 1):
            await interrupted(house, after)
        run = await taken(house, await upload(house, SHEET))
        assert (run["received"], run["registered"], run["refused"]) == (ROWS, ROWS, 0)
        assert len(house.events("ApplicantRegistered")) == ROWS
