"""The catalogue on staff's pages: previewed first, taken once, and what people then see, buy and rate."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from services.incentive import store
from services.incentive.domain.listings import Edition, Listing
from services.incentive.domain.ratings import CourseRating
from shared.engine.ports import Insert
from tests.unit.incentive.builders import COURSE
from tests.unit.incentive.catalogues import as_file, rows_of
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import House
from tests.unit.incentive.phone import done, entered, key_of, words
from tests.unit.incentive.steps import select
from tests.unit.registration.browser import Browser

CONTENT = re.compile(r'name="content" value="([^"]+)"')
PLACE = "/petugas/katalog"
CHANGED = rows_of("TOKOPEDIA", TKP_001=None, TKP_002={"price_rupiah": 600_000}, TKP_009={"course_name": "Kelas Baru"})


async def previewed(desk: Browser, raw: bytes, status: int = 200) -> str:
    files = {"file": ("katalog-tokopedia.csv", raw, "text/csv")}
    answer = await desk.http.post(f"{desk.base}{PLACE}/pratinjau", files=files, headers={"Origin": "http://medan"})
    assert answer.status_code == status, answer.text
    return answer.text


def form_of(page: str) -> dict[str, str]:
    found = CONTENT.search(page)
    assert found, page
    return {"key": key_of(page), "name": "katalog-tokopedia.csv", "content": found[1]}


async def test_a_file_is_previewed_first_and_changes_nothing_before_it_is_confirmed(house: House) -> None:
    secretariat = await at_desk(house, "secretariat")
    page = words(await previewed(secretariat, as_file(CHANGED)))
    assert "Belum ada yang berubah. Berkas katalog-tokopedia.csv memuat 5 pelatihan" in page
    assert "TKP-002: Rp 450.000 menjadi Rp 600.000" in page
    assert "Pelatihan baru: 1 TKP-009 Kelas Baru" in page
    assert "Tidak dijual lagi: 1 TKP-001 Membuat Kue Kering untuk Usaha Rumahan, Tokopedia" in page
    assert house.store.documents("courses") == []
    assert "Katalog masih seperti yang terpasang" in await secretariat.get(PLACE)


async def test_a_confirmed_file_is_taken_once_by_two_clicks_and_everybody_sees_it(house: House) -> None:
    await select(house)
    phone, secretariat = await entered(house), await at_desk(house, "secretariat")
    form = form_of(await previewed(secretariat, as_file(CHANGED, ";")))
    pages = await asyncio.gather(*(secretariat.post(f"{PLACE}/terapkan", **form) for _ in range(2)))
    assert "Katalog sudah diperbarui." in pages[0]
    editions = sorted(each["_id"] for each in house.store.documents("catalogue_editions"))
    assert len(editions) == 2
    assert editions[1] == "shipped"
    page = words(await secretariat.get(PLACE))
    assert "TKP-002 : Rp 450.000 menjadi Rp 600.000" in page
    assert "Tokopedia 5 dijual, 1 ditarik" in page
    assert "Berkas katalog-tokopedia.csv, secretariat" in page
    history = words(await secretariat.get(f"{PLACE}/TKP-002"))
    assert "Rp 600.000" in history
    assert "Rp 450.000" in history
    assert "<strong>1</strong> harga pelatihan naik tajam" in await secretariat.get("/petugas")
    assert "41 pelatihan" in words(await phone.get("/status/pelatihan"))
    assert "Kelas Baru" in words(await phone.get("/status/pelatihan?kata=kelas+baru"))
    assert "Rp 600.000; saldo Anda Rp 1.000.000 Sebelum" in words(await phone.get(f"/status/pelatihan/{COURSE}"))
    assert "tidak dijual lagi" in await phone.get("/status/pelatihan/TKP-001", 409)
    catalogue = await house.client.get("/incentive/catalogue/TKP-001")
    assert (catalogue.status_code, catalogue.json()["code"]) == (409, "COURSE_WITHDRAWN")


async def test_the_same_file_again_changes_nothing(house: House) -> None:
    secretariat = await at_desk(house, "secretariat")
    await secretariat.post(f"{PLACE}/terapkan", **form_of(await previewed(secretariat, as_file(CHANGED))))
    before = house.store.documents("courses")
    assert "sama dengan katalog sekarang" in await previewed(secretariat, as_file(CHANGED))
    form = form_of(await previewed(secretariat, as_file(rows_of("TOKOPEDIA"))))
    await secretariat.post(f"{PLACE}/terapkan", **form)
    assert "tidak mengubah apa pun" in await secretariat.post(f"{PLACE}/terapkan", **{**form, "key": "another"})
    assert house.store.documents("courses") != before


async def test_a_wrong_file_says_which_rows_and_cannot_be_confirmed(house: House) -> None:
    secretariat = await at_desk(house, "secretariat")
    wrong = as_file(rows_of("TOKOPEDIA", TKP_003={"price_rupiah": "mahal"}))
    page = await previewed(secretariat, wrong)
    assert "Baris 4, TKP-003: kolom kurang, lebih, atau bukan angka" in words(page)
    assert "Terapkan katalog ini" not in page
    foreign = await previewed(secretariat, as_file(rows_of("TOKOPEDIA", SKA_001={"hours": 1})))
    assert "SKA-001: kode ini milik platform lain" in words(foreign)
    for raw in (b"", b"\xff\xfe", b"course_code\n", b"course_code\nTKP\r001,x\n"):
        assert "CATALOGUE_FILE_WRONG" in await previewed(secretariat, raw, 422)
    assert "BODY_TOO_LARGE" in await previewed(secretariat, b"x" * (2**20 + 1), 413)
    form = {**form_of(await previewed(secretariat, as_file(CHANGED))), "content": "bm90IHBhY2tlZA=="}
    assert "CATALOGUE_FILE_WRONG" in await secretariat.post(f"{PLACE}/terapkan", 422, **form)
    assert house.store.documents("courses") == []


async def test_only_the_secretariat_brings_a_catalogue(house: House) -> None:
    placement = await at_desk(house, "placement")
    assert "Unggah daftar baru" not in await placement.get(PLACE)
    await previewed(placement, as_file(CHANGED), 403)
    await placement.post(f"{PLACE}/terapkan", 403, key="k", name="x", content="x")
    assert "COURSE_UNKNOWN" in await placement.get(f"{PLACE}/TKP-999", 404)
    assert "Riwayat harga" in await placement.get(f"{PLACE}/TKP-001")


async def test_a_price_that_rose_while_somebody_looked_is_said_before_anything_is_bought(house: House) -> None:
    await select(house)
    phone, secretariat = await entered(house), await at_desk(house, "secretariat")
    place = f"/status/pelatihan/{COURSE}"
    page = await phone.get(place)
    assert 'name="harga" value="450000"' in page
    await secretariat.post(f"{PLACE}/terapkan", **form_of(await previewed(secretariat, as_file(CHANGED))))
    again = await phone.post(place, 422, key=key_of(page), harga="450000")
    assert "baru saja berubah menjadi 600000 rupiah" in again
    assert 'name="harga" value="600000"' in again
    await done(phone, place, harga="600000")
    person = await house.until(lambda person: person.purchases)
    assert [each.price_rupiah for each in person.purchases] == [600_000]


async def test_ratings_stand_beside_a_course_once_there_are_five(house: House) -> None:
    await select(house)
    phone = await entered(house)

    async def with_ratings(count: int, total: int) -> tuple[str, str]:
        found: Any = {"_id": COURSE, "course_code": COURSE, "count": count, "total": total}
        await house.service.database.write([Insert("course_ratings", found)])
        pages = (
            words(await phone.get("/status/pelatihan?kata=katering")),
            await phone.get(f"/status/pelatihan/{COURSE}"),
        )
        house.store.collections["course_ratings"].clear()
        return pages[0], words(pages[1])

    few, many = await with_ratings(4, 20), await with_ratings(12, 51)
    assert "Dinilai" not in few[0] + few[1]
    assert "Dinilai 4,3 dari 5 menurut 12 peserta" in many[0]
    assert "Dinilai peserta 4,3 dari 5 menurut 12 peserta" in many[1]
    assert await store.one(house.service.database, CourseRating, COURSE) is None
    assert await store.one(house.service.database, Listing, COURSE) is None
    assert await store.one(house.service.database, Edition, "shipped") is None
