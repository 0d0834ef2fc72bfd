"""Practice: the citizens' pages for staff, with real rules and nothing kept."""

from __future__ import annotations

import re
from datetime import timedelta

from services.registration.domain.refusals import REFUSALS
from tests.unit.registration.browser import IDENTITY, STATEMENTS, STEPS, Browser, code_of
from tests.unit.registration.house import House, holder, open_house, person
from tests.unit.registration.kept import kept
from tests.unit.registration.test_pages_status import ANSWERS

SENT = re.compile(r"latihan: <b class=\"nowrap\">(\d{6})</b>")


def practising(house: House, name: str = "andi") -> Browser:
    return Browser(house, "/registration/latihan", Staff=f"{name} placement")


async def test_the_whole_way_leaves_nothing_behind() -> None:
    async with open_house() as house:
        before = kept(house)
        browser = practising(house)
        assert "Mode latihan untuk petugas" in await browser.get("")
        code = await browser.apply()
        assert "Memenuhi syarat" in await browser.post("/daftar/selesai")
        await browser.post("/status/tes", **ANSWERS)
        assert "Anda ikut <b>gelombang 1</b>" in await browser.post("/status/gabung", gelombang="1")
        sent = SENT.search(await browser.post("/status/perbaiki", desired_training="Menjahit"))
        assert sent
        done = {"desired_training": "Menjahit", "tahap": "kode", "kode": sent[1]}
        assert "Perbaikan sudah disimpan" in await browser.post("/status/perbaiki", **done)
        assert "Status pendaftaran" in await browser.enter(code)
        assert "Kode lacak ini tidak dikenal" in await Browser(house).post("/status", 422, kode_lacak=code)

        assert kept(house) == before
        assert house.store.documents("journal") == []
        assert house.registry.asked == []


async def test_every_page_says_that_it_is_practice() -> None:
    async with open_house() as house:
        browser = practising(house)
        pages = [
            await browser.fill(),
            await browser.post("/daftar", langkah="5"),
            await browser.post("/daftar/selesai"),
        ]
        pages += [await browser.get(f"/status/{place}") for place in ("tes", "perbaiki", "batal", "konsultasi")]
        pages += [await browser.get("/kode-hilang"), await browser.post("/status/keluar")]
        assert [page.count("Mode latihan untuk petugas") for page in pages] == [1] * len(pages)


async def test_the_same_checks_and_the_same_errors() -> None:
    async with open_house() as house:
        browser = practising(house)
        assert "16 angka" in await browser.post("/daftar", 422, langkah="1", **{**IDENTITY, "nik": "1"})
        await browser.apply()
        other = practising(house)
        await other.fill()
        told = REFUSALS["DUPLICATE"].sentence
        assert told in await other.post("/daftar", 422, langkah="5"), "the town of one member of staff is one town"
        stranger = practising(house, "siti")
        assert await stranger.apply()
        await browser.post("")
        assert await browser.apply(), "begun anew"


async def test_the_reason_of_a_refusal_is_shown_as_for_citizens() -> None:
    async with open_house() as house:
        browser = practising(house)
        await browser.fill(*STEPS[:3], {**STATEMENTS, "official": "ya"})
        code_of(await browser.post("/daftar", langkah="5"))
        assert "Anda menyatakan diri sebagai pejabat" in await browser.post("/daftar/selesai")


async def test_only_signed_in_staff_may_practise() -> None:
    async with open_house() as house:
        answer = await Browser(house, "/registration/latihan").http.get(
            "/registration/latihan/daftar", follow_redirects=False
        )
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/registration/sign-in")


async def test_who_practises_uses_up_nothing_of_what_citizens_may_try() -> None:
    limits = {f"{kind}_per_{by}_per_hour": 1 for kind in ("codes", "wrong_tries") for by in ("address", "device")}
    async with open_house(**limits) as house:
        answer = await house.apply(**person(1))
        address = {"X-Forwarded-For": "203.0.113.1"}
        browser = Browser(house, "/registration/latihan", Staff="andi placement", **address)
        await browser.apply()
        await browser.post("/daftar/selesai")
        for _ in range(2):
            await browser.post("/status/perbaiki", desired_training="Menjahit")
            await browser.post("/status", 422, kode_lacak="AAAA-BBBB-CCCC")
            house.clock.ahead += timedelta(minutes=2)
        path, told = f"/applications/{answer['applicant_id']}", {**holder(answer), **address}
        await house.call("POST", f"{path}/codes", 202, json={"purpose": "correction"}, headers=told)
        await house.call("GET", path, 200, headers=told)
