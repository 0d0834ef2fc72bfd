"""Lists as pages: a preview that changes nothing and shows no NIK, then exactly that list, once, by its keeper."""

from __future__ import annotations

import re
from datetime import timedelta

from services.registration.api import list_parcel
from services.registration.api.desk import Desk
from services.registration.api.lists import Rows
from services.registration.settings import RegistrationSettings
from tests.unit.registration.house import PLACEMENT, SECRETARIAT, House, open_house, person
from tests.unit.registration.sheets import as_csv, row
from tests.unit.registration.test_lists_door import officials
from tests.unit.registration.test_wave_pages import staff

PARCEL = re.compile(r'name="parcel" value="([^"]+)"')
BROWSER = {"Accept": "text/html", "Origin": "http://medan"}
DISPUTES = {"Staff": "rina disputes"}


async def preview(house: House, who: dict[str, str], status: int, *numbers: int, **fields: str) -> str:
    form = {"source": "BKN", "as_of": "2020-03-31", "code": "ASN", **fields}
    headers = {**who, **BROWSER}
    answer = await house.http.post(
        "/registration/daftar-nik/pratinjau", headers=headers, files=officials(*numbers), data=form
    )
    assert answer.status_code == status, answer.text
    return answer.text


async def confirm(house: House, who: dict[str, str], status: int, parcel: str) -> str:
    headers = {**who, **BROWSER}
    answer = await house.http.post("/registration/daftar-nik/terapkan", headers=headers, data={"parcel": parcel})
    assert answer.status_code == status, answer.text
    return answer.headers.get("location", answer.text)


def parcel_of(page: str) -> str:
    found = PARCEL.search(page)
    assert found, page
    return found[1]


async def test_a_list_is_previewed_and_then_that_list_is_taken_once() -> None:
    async with open_house() as house:
        answer = await house.apply(**person(1))
        await house.until(answer, "eligible")
        rows = house.service.metrics.committed._value.get()

        page = await preview(house, SECRETARIAT, 200, 1, 2)

        assert house.service.metrics.committed._value.get() == rows
        assert "Yang akan berubah: 1 orang" in page
        assert "tidak memenuhi syarat: " in page
        assert person(1)["full_name"] in page
        assert "1271**********01" in page
        assert not any(person(number)["nik"] in page for number in (1, 2))
        assert (await house.seen(answer))["code"] == "eligible"
        assert (await confirm(house, SECRETARIAT, 303, parcel_of(page))).endswith("selesai=diterapkan")
        assert (await house.until(answer, "ineligible"))["details"]["reason_code"] == "OFFICIAL_ASN"
        assert (await confirm(house, SECRETARIAT, 303, parcel_of(page))).endswith("selesai=sudah")
        shown = await staff(house, "andi placement").get("/daftar-nik")
        assert "2 NIK, keadaan 31 Maret 2020, dari BKN" in shown
        assert "Kiriman ke-1" in shown
        assert "Lihat pratinjau" not in shown


async def test_a_page_from_before_does_not_bring_back_an_older_list() -> None:
    async with open_house() as house:
        old = parcel_of(await preview(house, SECRETARIAT, 200, 1))
        await confirm(house, SECRETARIAT, 303, old)
        new = parcel_of(await preview(house, SECRETARIAT, 200, 1, 2, as_of="2020-04-02"))
        await confirm(house, SECRETARIAT, 303, new)

        assert (await confirm(house, SECRETARIAT, 303, old)).endswith("selesai=sudah")

        shown = await staff(house, "andi placement").get("/daftar-nik")
        assert "2 NIK, keadaan 2 April 2020" in shown


async def test_each_list_has_its_keeper_at_the_preview_and_at_the_confirmation() -> None:
    async with open_house() as house:
        assert "ROLE_MISSING" in await preview(house, PLACEMENT, 403, 1)
        assert "ROLE_MISSING" in await preview(house, DISPUTES, 403, 1)
        assert "LIST_CODE_UNKNOWN" in await preview(house, SECRETARIAT, 422, 1, code="X")
        assert "HEADINGS" in await preview(house, SECRETARIAT, 422, 1, code="")
        page = await preview(house, DISPUTES, 200, 1, code="LAID_OFF", source="<b>serikat</b>")
        assert "<b>serikat</b>" not in page
        assert "Tidak seorang pun dari pendaftar terkena" in page
        others = parcel_of(await preview(house, SECRETARIAT, 200, 1))
        assert "ROLE_MISSING" in await confirm(house, DISPUTES, 403, others)
        await confirm(house, DISPUTES, 303, parcel_of(page))
        seen = await staff(house, "rina disputes").get("/daftar-nik")
        assert '<option value="LAID_OFF">' in seen
        assert '<option value="ASN">' not in seen


async def test_a_preview_ends_after_an_hour_and_a_changed_one_is_none() -> None:
    async with open_house() as house:
        parcel = parcel_of(await preview(house, SECRETARIAT, 200, 1))
        assert "PREVIEW_OVER" in await confirm(house, SECRETARIAT, 409, parcel[:-3] + "AAA")
        assert "PREVIEW_OVER" in await confirm(house, SECRETARIAT, 409, f"{parcel}.{parcel}")
        house.clock.ahead += timedelta(hours=2)
        assert "PREVIEW_OVER" in await confirm(house, SECRETARIAT, 409, parcel)
        assert house.store.documents("list_books") == []


async def test_the_longest_list_travels_whole_and_an_old_one_is_marked() -> None:
    async with open_house(list_fresh_days=5) as house:
        desk = Desk(house.service, house.vault, None, RegistrationSettings(), house.reference)  # type: ignore[arg-type]
        entries = [(f"12710505{number:08d}", ("ASN", "TNI")[number % 2]) for number in range(20_000)]

        parcel = list_parcel.pack(desk, Rows(entries, {"NIK_FORMAT": 2}), None, "BKN", "2020-03-01")
        opened = list_parcel.unpack(desk, parcel)

        assert opened is not None
        assert (set(opened.rows.entries), opened.rows.received) == (set(entries), 20_002)
        assert len(parcel) < 400_000
        await confirm(house, SECRETARIAT, 303, list_parcel.pack(desk, Rows(entries[:3], {}), None, "BKN", "2020-03-01"))
        first = (await staff(house, "siti secretariat").get("/daftar-nik")).partition("<article")[2]
        assert "Sudah lama: 33 hari" in first.partition("</article>")[0]


async def test_sheets_are_uploaded_on_a_page_and_their_progress_is_seen() -> None:
    async with open_house() as house:
        files = {"file": ("lembar.csv", as_csv([row(number) for number in range(1, 4)]))}
        form = {"source": "<i>Disnaker</i>", "received_on": "2020-04-03"}
        path = "/registration/lembar"
        assert (await house.http.post(path, headers={**DISPUTES, **BROWSER}, files=files, data=form)).status_code == 403
        sent = await house.http.post(path, headers={**SECRETARIAT, **BROWSER}, files=files, data=form)
        assert sent.headers["location"] == "/registration/lembar?selesai=unggah"
        browser = staff(house, "andi placement")
        for _ in range(300):
            page = await browser.get("/lembar")
            if "3 dari 3 baris: 3 terdaftar" in page:
                break
        assert "3 dari 3 baris: 3 terdaftar" in page
        assert "&lt;i&gt;Disnaker&lt;/i&gt;" in page
        assert "/rows.csv" in page
