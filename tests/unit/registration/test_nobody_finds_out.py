"""Nobody finds out by trying whose NIK is registered: a taken and a new one are answered alike, at every door.

Alike means: status, names of headers, keys of the body, and the length of every value. Only one who also knows KK
and birth date is told (test_door.py).
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import httpx
import pytest

from services.registration.adapters.civil_registry import Answer, RegistryUnavailable
from tests.unit.registration.browser import CONTACT, IDENTITY, STATEMENTS, WORK, Browser, code_of
from tests.unit.registration.house import NIK, House, application, holder, open_house

NEW = "1271050504950077"
STRANGER = {"kk_number": "1271051203100009", "full_name": "Orang Lain", "mobile": "081260002222"}
ANOTHER = {**STRANGER, "kk_number": "1271051203100008"}
TRIES = ({**STRANGER, "nik": NIK}, {**STRANGER, "nik": NEW}, {**ANOTHER, "nik": NIK})
"""Of somebody who has a list of NIKs and knows nothing else: taken, new, and taken twice over."""


def shape(answer: httpx.Response) -> tuple[Any, ...]:
    """All that an answer shows before it is read."""
    body = {name: len(str(value)) for name, value in answer.json().items()}
    return answer.status_code, sorted(answer.headers), body, len(answer.content)


async def test_the_door_for_programs_answers_a_taken_nik_as_a_new_one() -> None:
    async with open_house() as house:
        await house.apply()
        shapes = []
        for tried in TRIES:
            answer = await house.http.post("/registration/applications", json=application(**tried))
            shapes.append(shape(answer))
        assert shapes[0][0] == 202
        assert shapes == [shapes[1]] * 3


@pytest.mark.parametrize(
    "given", [Answer("match"), Answer("mismatch", ("full_name",)), RegistryUnavailable("HTTP_502")]
)
async def test_the_status_page_begins_alike(given: Answer | Exception) -> None:
    """What the registry says of the data is said of both. A claimed NIK is then a question for staff, as many are."""
    async with open_house() as house:
        await house.apply()
        house.registry.answers = {NIK: given, NEW: given}
        for tried in TRIES:
            applied = await house.apply(**tried)
            seen = await house.http.get(
                f"/registration/applications/{applied['applicant_id']}", headers=holder(applied)
            )
            assert seen.json()["code"] in ("pending", "questioned", "eligible")
            assert "NIK_CLAIMED_TWICE" not in seen.text
            assert NIK not in seen.text
        registered = house.events("ApplicantRegistered")
        assert [sorted(each) for each in registered] == [sorted(registered[0])] * 4


async def test_while_nobody_has_looked_both_are_waiting() -> None:
    async with open_house() as house:
        await house.apply()
        house.registry.answers = {nik: RegistryUnavailable("HTTP_502") for nik in (NIK, NEW)}
        shown = []
        for tried in TRIES:
            applied = await house.apply(**tried)
            seen = await house.seen(applied)
            shown.append({**seen, "applicant_id": "", "details": {**seen["details"], "received_at": ""}})
        assert shown[0]["code"] == "pending"
        assert shown == [shown[1]] * 3


async def form(house: House, **identity: str) -> tuple[httpx.Response, str]:
    """The last answer of the form, and the page with the receipt."""
    browser = Browser(house)
    await browser.fill({**IDENTITY, **identity}, {**CONTACT, "mobile": "0812 6000 2222"}, WORK, STATEMENTS)
    data, told = {"langkah": "5"}, {"Origin": "http://medan"}
    answer = await browser.http.post("/registration/daftar", data=data, headers=told, follow_redirects=False)
    return answer, await browser.get("/daftar/selesai")


def without_code(page: str) -> str:
    for part in (code := code_of(page), *code.split("-")):
        page = page.replace(part, "")
    return page


async def test_the_form_answers_a_taken_nik_as_a_new_one() -> None:
    async with open_house() as house:
        await house.apply()
        names = {"kk_number": STRANGER["kk_number"], "full_name": STRANGER["full_name"]}
        answers = [await form(house, nik=nik, **names) for nik in (NIK, NEW)]
        (taken, receipt), (new, other) = answers
        assert (taken.status_code, taken.headers["location"]) == (303, new.headers["location"])
        assert sorted(taken.headers) == sorted(new.headers)
        cookies = [[len(each) for each in answer.headers.get_list("set-cookie")] for answer in (taken, new)]
        assert [abs(one - two) <= 4 for one, two in zip(*cookies, strict=True)] == [True] * len(cookies[0])
        assert without_code(receipt) == without_code(other)


async def test_lost_codes_are_asked_for_alike() -> None:
    async with open_house() as house:
        await house.apply()
        person = {name: application()[name] for name in ("nik", "kk_number", "birth_date")}
        unknown, half = {**person, "nik": NEW}, {**person, "kk_number": STRANGER["kk_number"]}
        for body in (person, unknown, half, person):  # the last comes too soon
            answer = await house.http.post("/registration/lost-codes", json=body)
            assert (answer.status_code, answer.json()) == (202, {})
            shapes = shape(answer)
            assert shapes == shape(await house.http.post("/registration/lost-codes", json=unknown))


async def test_a_renewal_tells_nothing_to_one_who_has_only_the_nik() -> None:
    async with open_house() as house:
        await house.apply()
        body = {"kk_number": STRANGER["kk_number"], "birth_date": "1995-04-05", "code": "123456"}
        taken, new = [
            await house.http.post("/registration/lost-codes/renewals", json={**body, "nik": nik}) for nik in (NIK, NEW)
        ]
        assert (taken.status_code, taken.json()["code"]) == (403, "CODE_EXPIRED")
        assert (taken.status_code, taken.content, sorted(taken.headers)) == (403, new.content, sorted(new.headers))


async def test_the_page_for_lost_codes_says_the_same_to_all() -> None:
    async with open_house() as house:
        await house.apply()
        pages = []
        for nik in (NIK, NEW):
            fields = {name: IDENTITY[name] for name in ("birth_date_d", "birth_date_m", "birth_date_y")}
            page = await Browser(house).post("/kode-hilang", nik=nik, kk_number=STRANGER["kk_number"], **fields)
            pages.append(re.sub(r'name="isian" value="[^"]*"', "", page))
        assert pages[0] == pages[1]
        assert "Bila data ini cocok" in pages[0]


async def test_an_application_s_number_tells_nothing_of_its_time() -> None:
    """It stands in the public list of the draw."""
    async with open_house() as house:
        ids = [uuid.UUID((await house.apply(**tried))["applicant_id"]) for tried in TRIES]
        assert [(each.version, each.variant) for each in ids] == [(4, uuid.RFC_4122)] * 3
