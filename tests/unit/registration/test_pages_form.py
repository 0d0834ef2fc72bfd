"""The application form: step by step, resumable, sealed, sent once however often the button is pressed."""

from __future__ import annotations

import logging
import re

import pytest

from services.registration.pages import questions as asked
from services.registration.pages.questions import Question
from tests.unit.registration.browser import IDENTITY, STEPS, Browser, code_of, cookies
from tests.unit.registration.builders import medan
from tests.unit.registration.house import NIK, open_house

QUESTIONS = [
    (number, question)
    for number, (_, questions) in enumerate(asked.steps(medan()), 1)
    for question in questions
    if question.missing
]
WRONG = {
    "nik": ("12710505", "16 angka"),
    "kk_number": ("abc", "Nomor KK harus 16 angka"),
    "full_name": ("Rahmad\u202eLubis", "tidak dapat dicetak"),
    "mobile": ("0612345", "nomor Indonesia"),
    "email": ("rahmad@", "tidak lengkap"),
    "domicile": ("x" * 301, "terlalu panjang"),
    "desired_training": ("x" * 201, "terlalu panjang"),
    "district_code": ("12.71.99", "Pilih kecamatan"),
    "last_education": ("PROFESOR", "Pilih pendidikan"),
    "work_status": ("RAJA", "Pilih status kerja"),
    "sex": ("X", "Pilih salah satu"),
}


async def test_who_fills_in_all_steps_is_registered_and_reads_the_tracking_code() -> None:
    async with open_house() as house:
        browser = Browser(house)

        check = await browser.fill()
        assert browser.place == "/daftar?langkah=5"
        assert "5 April 1995" in check
        assert "Medan Barat" in check
        code = code_of(await browser.post("/daftar", langkah="5"))

        (told,) = house.events("ApplicantRegistered")
        assert (told["channel"], told["work_status"], told["kecamatan"]) == ("online", "LAID_OFF", "12.71.05")
        assert (told["consent_campaigns"], told["covid_affected"]) == (True, True)
        assert "Status pendaftaran" in await browser.post("/daftar/selesai")
        assert browser.place == "/status"
        assert "Status pendaftaran" in await Browser(house).enter(code.lower().replace("-", " "))


async def test_the_button_pressed_twice_registers_once() -> None:
    async with open_house() as house:
        browser = Browser(house)
        await browser.fill()
        again = browser.as_it_is()  # the second press comes before the first is answered

        first = code_of(await browser.post("/daftar", langkah="5"))
        assert code_of(await again.post("/daftar", langkah="5")) == first

        assert code_of(await browser.post("/daftar", langkah="5")) == first
        assert len(house.events("ApplicantRegistered")) == 1


async def test_what_was_sent_and_then_changed_is_not_a_second_application() -> None:
    async with open_house() as house:
        browser = Browser(house)
        await browser.fill()
        again = browser.as_it_is()
        await browser.post("/daftar", langkah="5")

        await again.post("/daftar", langkah="1", **{**IDENTITY, "full_name": "Rahmat Lubis"})
        page = await again.post("/daftar", 422, langkah="5")

        assert "sudah kami terima" in page
        assert "/registration/kode-hilang" in page
        assert len(house.events("ApplicantRegistered")) == 1


async def test_the_form_goes_on_where_it_was_left() -> None:
    async with open_house() as house:
        browser = Browser(house)
        await browser.fill(*STEPS[:2])

        page = await browser.get("/daftar?langkah=1")
        assert f'value="{NIK}"' in page
        assert "Isian Anda yang lalu masih ada" in page
        assert "Langkah 3 dari 5" in await browser.get("/daftar?langkah=4"), "no step is left out"
        await browser.post("/daftar/hapus")
        assert NIK not in await browser.get("/daftar")


async def test_a_browser_that_keeps_nothing_is_told_so() -> None:
    async with open_house() as house:
        browser = Browser(house)
        await browser.post("/daftar", langkah="1", **IDENTITY)
        browser.http.cookies.clear()
        assert "Izinkan kuki" in await browser.get("/daftar?langkah=2")


async def test_what_the_browser_keeps_can_neither_be_read_nor_changed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_house() as house:
        browser = Browser(house)
        await browser.fill()

        cookie = cookies(browser)["gelombang_form"]
        assert cookie.path == "/registration/daftar"
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "strict"
        kept = str(cookie.value)
        for part in (NIK, "Rahmad", "rahmad@contoh.id", "1995"):
            assert part not in kept
        await browser.post("/daftar", langkah="5")
        stored = house.everything()
        for part in (NIK, "1271051203100002", "Rahmad Lubis", "rahmad@contoh.id", "81260001111"):
            assert part.encode() not in stored
        assert not [url for url in browser.seen if re.search(r"\d{8}|rahmad", url, re.IGNORECASE)]
        assert NIK not in caplog.text

        other = "A" if kept[40] != "A" else "B"
        for forged in (kept[:40] + other + kept[41:], kept[:-4], "x", "ä"):
            thief = Browser(house)
            thief.http.cookies.set("gelombang_form", forged.encode("ascii", "ignore").decode(), domain="medan")
            assert NIK not in await thief.get("/daftar")
        elsewhere = Browser(house)
        elsewhere.http.cookies.set("gelombang_status", kept, domain="medan")
        assert "Cek status pendaftaran" in await elsewhere.get("/status"), "a form is no session"


@pytest.mark.parametrize(("number", "question"), QUESTIONS, ids=lambda each: getattr(each, "name", ""))
async def test_every_question_left_out_is_told_beside_its_field(number: int, question: Question) -> None:
    async with open_house() as house:
        browser = Browser(house)
        await browser.fill(*STEPS[: number - 1])
        given = {name: value for name, value in STEPS[number - 1].items() if name not in asked.names(question)}

        page = await browser.post("/daftar", 422, langkah=str(number), **given)

        assert f'<a href="#{question.name}">' in page
        assert f'id="{question.name}"' in page
        assert page.count("<b>Perbaiki:</b>") == 1
        assert question.missing in page


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_is_told_and_what_was_typed_is_kept(name: str) -> None:
    number = next(number for number, question in QUESTIONS if question.name == name)
    typed, sentence = WRONG[name]
    async with open_house() as house:
        browser = Browser(house)
        await browser.fill(*STEPS[: number - 1])
        page = await browser.post("/daftar", 422, langkah=str(number), **{**STEPS[number - 1], name: typed})
        assert sentence in page
        assert page.count("<b>Perbaiki:</b>") == 1
        if not next(question for _, question in QUESTIONS if question.name == name).options:
            assert typed in page


@pytest.mark.parametrize(("day", "month", "year"), [("31", "2", "1995"), ("5", "4", "19"), ("x", "4", "1995")])
async def test_a_day_that_is_none_is_told(day: str, month: str, year: str) -> None:
    async with open_house() as house:
        given = {**IDENTITY, "birth_date_d": day, "birth_date_m": month, "birth_date_y": year}
        page = await Browser(house).post("/daftar", 422, langkah="1", **given)
        assert "Tanggal ini tidak ada di kalender" in page
        assert f'value="{year}"' in page


async def test_who_is_too_young_is_sent_to_the_birth_date() -> None:
    async with open_house() as house:
        browser = Browser(house)
        young = {**IDENTITY, "nik": "1271050504100001", "birth_date_y": "2010"}
        await browser.fill(young, *STEPS[1:])
        page = await browser.post("/daftar", 422, langkah="5")
        assert "18 tahun" in page
        assert "/registration/daftar?langkah=1" in page
        assert house.events("ApplicantRegistered") == []


async def test_a_contradiction_with_the_nik_is_shown_before_sending() -> None:
    async with open_house() as house:
        page = await Browser(house).fill({**IDENTITY, "sex": "P"}, *STEPS[1:])
        assert "Jenis kelamin tidak sama dengan yang tercatat di dalam NIK" in page


async def test_every_choice_is_the_code_that_the_rules_count() -> None:
    for _, questions in asked.steps(medan()):
        for question in questions:
            if question.name in ("last_education", "work_status", "heard_from"):
                read = [asked.sealing.read(question.name, code) for code in question.options]
                assert read == list(question.options)
    assert len(asked.kecamatan(medan()).options) == 22, "21 kecamatan, and one for who lives in none"


async def test_another_site_cannot_send_our_forms() -> None:
    async with open_house() as house:
        browser = Browser(house)
        answer = await browser.http.post(
            "/registration/daftar", data={"langkah": "1", **IDENTITY}, headers={"Origin": "http://evil.test"}
        )
        assert answer.status_code == 403
        assert "gelombang_form" not in cookies(browser)


async def test_what_is_no_form_is_refused() -> None:
    async with open_house() as house:
        for kind, body in (
            ("application/json", b"{}"),
            ("application/x-www-form-urlencoded", b"a=%ff&" + b"b=1&" * 80),
        ):
            answer = await house.http.post("/registration/daftar", content=body, headers={"Content-Type": kind})
            assert answer.status_code == 400
