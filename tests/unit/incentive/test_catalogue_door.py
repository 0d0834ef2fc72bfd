"""The catalogue by program: a list is previewed, confirmed exactly as it was seen, and taken once."""

from __future__ import annotations

from typing import Any

import pytest

from services.incentive.api import LARGE_BODIES, catalogue_files
from services.incentive.api.catalogue_door import CatalogueBody, CourseRow
from services.incentive.domain.catalogue import COLUMNS
from shared.contracts.decision import Refused
from tests.unit.incentive.catalogues import as_file, rows_of
from tests.unit.incentive.house import House

PLACE = "/incentive/staff/catalogue"
CHANGED = rows_of("TOKOPEDIA", TKP_001=None, TKP_002={"price_rupiah": 600_000}, TKP_009={"course_name": "Kelas Baru"})
NAME = {"name": "katalog-tokopedia.csv"}
SEEN = {
    "courses": 5,
    "faults": [],
    "added": ["TKP-009"],
    "changed": ["TKP-002"],
    "withdrawn": ["TKP-001"],
    "rises": [{"course_code": "TKP-002", "before_rupiah": 450_000, "after_rupiah": 600_000}],
}


def as_body(form: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The same list as CSV text or as rows."""
    return {**NAME, "csv": as_file(rows, ";").decode()} if form == "csv" else {**NAME, "courses": rows}


@pytest.mark.parametrize("form", ["csv", "rows"])
async def test_a_list_is_previewed_and_confirmed_once_whichever_way_it_is_given(house: House, form: str) -> None:
    secretariat, body = await house.staff("secretariat"), as_body(form, CHANGED)
    answer = await house.post(f"{PLACE}/preview", body, **secretariat)
    seen = answer.json()
    preview = seen.pop("preview")
    assert (answer.status_code, seen) == (200, SEEN)
    assert house.store.documents("courses") == [], "a preview changes nothing"
    for _ in range(2):
        taken = await house.post(PLACE, {**body, "preview": preview}, **secretariat)
        assert taken.status_code == 202
        assert taken.json() == {"edition": f"file-{preview[:16]}", "added": 1, "changed": 1, "withdrawn": 1}
    editions = {each["_id"]: each for each in house.store.documents("catalogue_editions")}
    assert set(editions) == {"shipped", f"file-{preview[:16]}"}
    edition = editions[f"file-{preview[:16]}"]
    assert (edition["name"], edition["by"], edition["origin"]) == ("katalog-tokopedia.csv", "secretariat", "file")
    gone = await house.client.get("/incentive/catalogue/TKP-001")
    assert (gone.status_code, gone.json()["code"]) == (409, "COURSE_WITHDRAWN")


async def test_only_what_was_previewed_is_taken(house: House) -> None:
    secretariat = await house.staff("secretariat")
    other = as_body("csv", rows_of("TOKOPEDIA", TKP_002={"price_rupiah": 1_000}))
    preview = (await house.post(f"{PLACE}/preview", as_body("csv", CHANGED), **secretariat)).json()["preview"]
    refused = await house.post(PLACE, {**other, "preview": preview}, **secretariat)
    assert (refused.status_code, refused.json()["code"]) == (409, "CATALOGUE_CHANGED")
    never = await house.post(PLACE, {**other, "preview": "0" * 64}, **secretariat)
    assert (never.status_code, never.json()["code"]) == (409, "CATALOGUE_CHANGED")
    assert house.store.documents("courses") == []


async def test_what_was_previewed_before_another_change_is_previewed_again(house: House) -> None:
    secretariat = await house.staff("secretariat")
    first, second = as_body("csv", CHANGED), as_body("rows", rows_of("TOKOPEDIA", TKP_003={"price_rupiah": 1_000}))
    seen = [(await house.post(f"{PLACE}/preview", each, **secretariat)).json()["preview"] for each in (first, second)]
    assert (await house.post(PLACE, {**first, "preview": seen[0]}, **secretariat)).status_code == 202
    stale = await house.post(PLACE, {**second, "preview": seen[1]}, **secretariat)
    assert (stale.status_code, stale.json()["code"]) == (409, "CATALOGUE_CHANGED")
    again = (await house.post(f"{PLACE}/preview", second, **secretariat)).json()
    assert (again["added"], again["withdrawn"]) == ([], ["TKP-009"])
    assert sorted(again["changed"]) == ["TKP-001", "TKP-002", "TKP-003"], "what is sold again is a change too"
    assert (await house.post(PLACE, {**second, "preview": again["preview"]}, **secretariat)).status_code == 202


async def test_a_list_as_it_is_now_makes_no_edition(house: House) -> None:
    secretariat, body = await house.staff("secretariat"), as_body("rows", rows_of("TOKOPEDIA"))
    preview = (await house.post(f"{PLACE}/preview", body, **secretariat)).json()["preview"]
    taken = await house.post(PLACE, {**body, "preview": preview}, **secretariat)
    assert taken.json() == {"edition": None, "added": 0, "changed": 0, "withdrawn": 0}


async def test_a_wrong_list_says_which_rows_and_has_no_preview_to_confirm(house: House) -> None:
    secretariat = await house.staff("secretariat")
    wrong = as_body("csv", rows_of("TOKOPEDIA", TKP_003={"price_rupiah": "mahal"}))
    seen = (await house.post(f"{PLACE}/preview", wrong, **secretariat)).json()
    assert (seen["preview"], "added" in seen) == (None, False)
    said = "kolom kurang, lebih, atau bukan angka"
    assert seen["faults"] == [{"row": 3, "course_code": "TKP-003", "what": said}]
    foreign = as_body("rows", rows_of("TOKOPEDIA", SKA_001={"hours": 1}))
    (fault,) = (await house.post(f"{PLACE}/preview", foreign, **secretariat)).json()["faults"]
    assert (fault["course_code"], fault["what"]) == ("SKA-001", "kode ini milik platform lain")
    refused = await house.post(PLACE, {**foreign, "preview": "0" * 64}, **secretariat)
    assert (refused.status_code, refused.json()["code"]) == (422, "CATALOGUE_FILE_WRONG")
    assert house.store.documents("courses") == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        NAME,
        {**NAME, "csv": "course_code\n", "courses": CHANGED},
        {**NAME, "courses": []},
        {**NAME, "courses": [{**CHANGED[0], "price_rupiah": "450000"}]},
        {**NAME, "courses": [{**CHANGED[0], "colour": "red"}]},
        {**NAME, "courses": [{"course_code": "TKP-001"}]},
        {"name": "", "csv": "x"},
        {"name": "x" * 81, "csv": "x"},
    ],
)
async def test_what_is_no_list_at_all_is_refused(house: House, body: dict[str, Any]) -> None:
    refused = await house.post(f"{PLACE}/preview", body, **await house.staff("secretariat"))
    assert (refused.status_code, refused.json()["code"]) == (422, "INPUT_INVALID")


def test_a_list_has_at_most_five_thousand_courses_in_two_mebibytes() -> None:
    row = CourseRow(**(dict.fromkeys(COLUMNS, "") | {"price_rupiah": 1, "hours": 1, "kkni_level": 1}))
    assert len(CatalogueBody(name="x", courses=(row,) * 5_000).rows()) == 5_000
    with pytest.raises(Refused, match="CATALOGUE_FILE_WRONG"):
        CatalogueBody(name="x", courses=(row,) * 5_001).rows()
    assert LARGE_BODIES["/incentive/staff/catalogue"] == 2 * 2**20


async def test_a_file_that_is_none_is_refused_as_on_the_page(house: House) -> None:
    for text in ("", "course_code\n", "x", "course_code\nTKP\r001,x\n"):
        refused = await house.post(f"{PLACE}/preview", {**NAME, "csv": text}, **await house.staff("secretariat"))
        assert (refused.status_code, refused.json()["code"]) == (422, "CATALOGUE_FILE_WRONG")


@pytest.mark.parametrize("raw", [b"course_code\nTKP\r001\n", b"course_code\n" + b"x" * 131_073, b"course_code\n\xff\n"])
def test_what_the_reader_of_tables_gives_up_on_is_no_catalogue(raw: bytes) -> None:
    with pytest.raises(Refused, match="CATALOGUE_FILE_WRONG"):
        catalogue_files.rows_of(raw)


@pytest.mark.parametrize("role", ["placement", "disputes", "approver", "auditor"])
async def test_only_the_secretariat_brings_a_list(house: House, role: str) -> None:
    body, who = as_body("rows", CHANGED), await house.staff(role)
    for place, more in ((f"{PLACE}/preview", {}), (PLACE, {"preview": "0" * 64})):
        refused = await house.post(place, {**body, **more}, **who)
        assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_MISSING")
