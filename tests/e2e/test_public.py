"""What anybody may see, on a small phone without scripts: the numbers of the programme, and what went wrong."""

from __future__ import annotations

import pytest

from services.notification.reference import read_reference
from services.notification.settings import NotificationSettings
from services.reporting.pages.dashboard import STEPS
from tests.e2e.town import LARGE, MIDDLE, PEOPLE, SMALL, Town
from tests.e2e.visitor import IN_BROWSER, Visitor

pytestmark = IN_BROWSER
LINKS = read_reference(NotificationSettings().messages_directory).routes.links()
"""Where messages to persons and to the city lead."""


async def table(visitor: Visitor, heading: str) -> list[list[str]]:
    """Cells of the first table after a heading."""
    rows = visitor.page.get_by_role("heading", name=heading, exact=True).locator("xpath=following::table[1]//tbody/tr")
    return [await row.locator("td").all_inner_texts() for row in await rows.all()]


async def test_the_front_page_shows_the_numbers_that_the_staff_have(phone: Visitor, town: Town) -> None:
    await phone.go("/")
    assert phone.place == "/reporting/"
    rows = (await town.ask("GET", "/reporting/funnel", "budi"))["by_kecamatan"]
    shown = [await step.locator("span, b").all_inner_texts() for step in await phone.page.locator(".step").all()]
    assert shown == [[name, str(sum(row[step] for row in rows))] for step, name in STEPS.items()]
    assert shown[0] == ["Terdaftar", str(PEOPLE)]
    await phone.look("numbers")


async def test_the_same_page_fits_a_computer(desk: Visitor) -> None:
    await desk.go("/reporting/")
    await desk.look("numbers")
    assert len(await table(desk, "Per kecamatan")) == 3


async def test_a_kecamatan_with_few_people_shows_no_number_that_points_at_them(phone: Visitor, town: Town) -> None:
    await phone.go("/reporting/")
    public = {row["kecamatan"]: row["registered"] for row in await town.ask("GET", "/reporting/public/funnel")}
    assert public == {SMALL: None, MIDDLE: None, LARGE: PEOPLE - 7}
    shown = await phone.page.locator("tr:has(td.wide)").all()
    assert [(await row.locator("td").nth(2).inner_text(), await row.locator("svg").count()) for row in shown] == [
        (str(PEOPLE - 7), 1),
        ("•", 0),  # the length of a bar would be a number too
        ("•", 0),
    ]


async def test_rupiah_are_those_of_the_office_s_own_list_with_the_cause_of_what_is_late(
    phone: Visitor, town: Town
) -> None:
    await phone.go("/reporting/")
    told = {row["state"]: row for row in await town.ask("GET", "/reporting/money", "budi")}
    assert {state: (row["rupiah"], row["count"]) for state, row in told.items()} == {
        "paid": (1_200_000, 2),
        "owed": (600_000, 1),
        "late": (600_000, 1),
    }
    assert await table(phone, "Uang insentif") == [
        ["Dibayarkan", "Rp 1.200.000", "2"],
        ["Dijadwalkan", "Rp 600.000", "1"],
        ["Terlambat, dengan sebab", "Rp 600.000", "1"],
    ]
    assert await table(phone, "Mengapa ada yang terlambat") == [["Ulasan pelatihan belum diisi.", "Rp 600.000", "1"]]


async def test_an_address_that_is_none_is_a_page_that_leads_on(phone: Visitor) -> None:
    await phone.go("/reporting/tidak-ada", status=404)
    assert await phone.page.inner_text("h1") == "Tidak ditemukan"
    await phone.look("error-404")
    await phone.page.get_by_role("link", name="Ke halaman depan").click()
    assert phone.place == "/reporting/"


@pytest.mark.parametrize("link", sorted({"/", *LINKS}))
async def test_every_link_of_a_message_leads_to_a_page(phone: Visitor, link: str) -> None:
    await phone.go(f"{link}?k=127105&c=0a1b2c3d")
    assert phone.headers["content-type"].startswith("text/html")
    assert await phone.page.get_by_role("heading", level=1).count() == 1


async def test_what_was_typed_wrongly_is_told_without_being_repeated(phone: Visitor) -> None:
    nik = "1271050504950001"
    await phone.go(f"/notification/sign-in?left={nik}", status=422)
    assert nik not in await phone.page.content()
    await phone.look("error-422")


@pytest.mark.parametrize("accept", ["application/json", "*/*"])
async def test_a_program_still_gets_the_problem_document(town: Town, accept: str) -> None:
    answer = await town.http.get("/reporting/tidak-ada", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "NOT_FOUND"
