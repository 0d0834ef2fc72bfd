"""The status page and what is done from it: test, wave, correction, withdrawal, objection, appointment, lost code."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.registration.adapters.civil_registry import Answer
from services.registration.domain.eligibility import CONDITIONS as RULES
from services.registration.pages.words import CONDITIONS
from tests.unit.registration.browser import CONTACT, IDENTITY, STATEMENTS, STEPS, WORK, Browser, code_of, cookies
from tests.unit.registration.house import APPROVER, NIK, SECRETARIAT, House, open_house

WAVE = {"wave": 3, "quota": 10, "opens_at": "2020-04-01T01:00:00Z", "closes_at": "2020-04-20T09:00:00Z"}
ANSWERS = {"MOTIVATION": "a", "NUMERACY": "b", "READING": "b"}
LOST = {name: value for name, value in IDENTITY.items() if name not in ("full_name", "sex")}


async def registered(house: House, *steps: dict[str, str]) -> tuple[Browser, str]:
    """A browser on the status page of somebody who just applied, and the tracking code."""
    browser = Browser(house)
    await browser.fill(*(steps or STEPS))
    code = code_of(await browser.post("/daftar", langkah="5"))
    await browser.post("/daftar/selesai")
    return browser, code


async def open_wave(house: House) -> None:
    await house.call("POST", "/waves", 202, json=WAVE, headers=SECRETARIAT)
    await house.call("POST", "/waves/3/opening", 202, json={}, headers=APPROVER)


def applicant_id(house: House) -> str:
    return str(house.events("ApplicantRegistered")[-1]["applicant_id"])


async def one_time_code(house: House) -> str:
    return await house.last_code(applicant_id(house))


async def test_from_the_verdict_to_the_test_and_into_the_open_wave() -> None:
    async with open_house() as house:
        await open_wave(house)
        browser, _ = await registered(house)
        page = await browser.until("Memenuhi syarat")
        assert "10 dari 10 syarat terpenuhi" in page
        assert "Ikuti tes sekarang" in page
        assert "Pilih satu jawaban" in await browser.post("/status/tes", 422, MOTIVATION="a")
        assert "Gabung gelombang 3" in await browser.post("/status/tes", **ANSWERS)
        page = await browser.post("/status/gabung", gelombang="3")
        assert "Anda ikut <b>gelombang 3</b>" in page
        assert browser.place == "/status?selesai=gabung"
        assert [len(house.events(kind)) for kind in ("TestTaken", "WaveJoined")] == [1, 1]
        await browser.post("/status/gabung", gelombang="3")
        assert len(house.events("WaveJoined")) == 1
        await browser.post("/status/gabung", 404, gelombang="9")


async def test_the_session_ends_by_itself_by_the_button_and_with_a_new_code() -> None:
    async with open_house() as house:
        browser, code = await registered(house)
        cookie = cookies(browser)["gelombang_status"]
        assert (cookie.path, cookie.get_nonstandard_attr("SameSite")) == ("/registration/status", "strict")
        assert code not in str(cookie.value)
        stolen = browser.as_it_is()
        await browser.post("/status/keluar")
        assert "Cek status pendaftaran" in await browser.get("/status")
        assert "Status pendaftaran" in await stolen.get("/status")

        other = Browser(house)
        await other.post("/kode-hilang", **LOST)
        token = _hidden(await other.post("/kode-hilang", **LOST))
        new = code_of(
            await other.post("/kode-hilang/baru", isian=token, kode=await one_time_code(house), aksi="kerjakan")
        )
        assert new != code
        assert "Cek status pendaftaran" in await stolen.get("/status"), "the old code opens nothing any more"
        assert "Status pendaftaran" in await other.post("/kode-hilang/selesai")

        house.clock.ahead += timedelta(minutes=31)
        assert "Waktu melihat status sudah habis" in await other.get("/status/perbaiki")


async def test_a_lost_code_is_answered_alike_whether_anybody_is_known_or_not() -> None:
    async with open_house() as house:
        await registered(house)
        pages = []
        for given in (LOST, {**LOST, "kk_number": "1271051203100009"}):
            browser = Browser(house)
            page = await browser.post("/kode-hilang", **given)
            pages.append(page.replace(_hidden(page), ""))
            assert NIK not in page
        assert pages[0] == pages[1]
        assert len(house.events("ConfirmationCodeIssued")) == 1
        stranger = _hidden(await Browser(house).post("/kode-hilang", **{**LOST, "kk_number": "1271051203100009"}))
        page = await Browser(house).post("/kode-hilang/baru", 422, isian=stranger, kode="123456")
        assert "Kode tidak berlaku lagi" in page
        assert "Kode lacak hilang" in await Browser(house).post("/kode-hilang/baru", isian="palsu", kode="123456")


async def test_a_correction_is_checked_before_a_code_is_sent_and_keeps_what_was_typed() -> None:
    async with open_house() as house:
        house.registry.answers[NIK] = Answer("mismatch", ("full_name",))
        browser, _ = await registered(house)
        page = await browser.until("Data perlu diperiksa kembali")
        assert 'href="/registration/status/perbaiki"' in page
        assert "Periksa ini: Nama lengkap" in await browser.get("/status/perbaiki")

        assert "Belum ada yang diubah" in await browser.post("/status/perbaiki", 422)
        assert "nomor Indonesia" in await browser.post("/status/perbaiki", 422, mobile="123")
        assert house.events("ConfirmationCodeIssued") == []
        page = await browser.post("/status/perbaiki", full_name="Rahmat Lubis")
        assert "Kode sudah dikirim" in page
        assert 'value="Rahmat Lubis"' in page
        again = {"full_name": "Rahmat Lubis", "tahap": "kode", "aksi": "ulang"}
        assert "Tunggu 60 detik" in await browser.post("/status/perbaiki", 422, **again)

        code = await one_time_code(house)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        typed = {"full_name": "Rahmat Lubis", "tahap": "kode", "aksi": "kerjakan"}
        assert "Tulis 6 angka" in await browser.post("/status/perbaiki", 422, **typed, kode="12")
        assert "Tersisa 4 percobaan" in await browser.post("/status/perbaiki", 422, **typed, kode=wrong)
        house.registry.answers.clear()
        page = await browser.post("/status/perbaiki", **typed, kode=f"{code[:3]} {code[3:]}")
        assert "Perbaikan sudah disimpan" in page
        (told,) = house.events("ApplicantCorrected")
        assert told["fields"] == ["full_name"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"birth_date_d": "6", "birth_date_m": "4", "birth_date_y": "1995"}, "birth_date"),
        ({"covid_affected": "tidak"}, "covid_affected"),
        ({"district_code": "12.71.01"}, "kecamatan"),
        ({"work_status": "FURLOUGHED"}, "work_status"),
    ],
)
async def test_every_kind_of_field_can_be_corrected(given: dict[str, str], field: str) -> None:
    async with open_house() as house:
        browser, _ = await registered(house)
        await browser.post("/status/perbaiki", **given)
        await browser.post("/status/perbaiki", **given, tahap="kode", kode=await one_time_code(house))
        assert house.events("ApplicantCorrected")[-1]["fields"] == [field]


async def test_who_is_not_eligible_reads_why_and_objects_in_own_words() -> None:
    async with open_house() as house:
        browser, _ = await registered(house, IDENTITY, CONTACT, WORK, {**STATEMENTS, "learning": "ya"})
        page = await browser.until("Belum memenuhi syarat")
        assert "Anda tercatat sedang sekolah atau kuliah" in page
        assert "9 dari 10 syarat terpenuhi" in page
        assert f"<code>{applicant_id(house)}</code>" in page, "what to tell staff, and what the files of a draw name"
        text = "Saya sudah lulus tahun lalu,\nada ijazah."
        assert "sedikitnya 10 huruf" in await browser.post("/status/keberatan", 422, text="Tidak")
        assert "ada ijazah." in await browser.post("/status/keberatan", text=text)
        done = {"text": text, "tahap": "kode", "kode": await one_time_code(house)}
        assert "Keberatan sudah kami terima" in await browser.post("/status/keberatan", **done)
        (case,) = (await house.call("GET", "/reviews", 200, headers=SECRETARIAT))["cases"]
        assert case["kind"] == "OBJECTION"


async def test_withdrawing_needs_the_code_and_frees_the_nik() -> None:
    async with open_house() as house:
        browser, _ = await registered(house)
        assert "Anda boleh mendaftar lagi" in await browser.get("/status/batal")
        await browser.post("/status/batal")
        done = {"tahap": "kode", "kode": await one_time_code(house)}
        page = await browser.post("/status/batal", **done)
        assert "Pendaftaran sudah dibatalkan" in page
        assert "Daftar lagi" in page
        assert len(house.events("ApplicantWithdrawn")) == 1


async def test_an_appointment_has_a_number_and_a_second_press_has_the_same() -> None:
    async with open_house() as house:
        browser, _ = await registered(house)
        promise = {"commitment": "ya", "phone": "ya"}
        given = {"way": "visit", "topic": "DATA", "on": "2020-04-06", "slot": "09:30"}
        assert "Telepon kantor kami lebih dahulu" in await browser.post("/status/konsultasi", 422, **given)
        for _ in range(2):
            page = await browser.post("/status/konsultasi", **given, **promise)
            assert '<p class="code queue">7</p>' in page
            assert "Senin, 6 April 2020" in page
        assert len(house.events("ConsultationBooked")) == 1
        other = {**given, "slot": "10:30"}
        assert "sudah memiliki janji" in await browser.post("/status/konsultasi", 422, **other, **promise)


async def test_a_wrong_code_opens_nothing_and_never_stands_in_an_address() -> None:
    async with open_house() as house:
        browser, code = await registered(house)
        thief = Browser(house)
        assert "tidak dikenal" in await thief.post("/status", 422, kode_lacak="AAAA-BBBB-CCCC")
        assert "Tulis kode lacak" in await thief.post("/status", 422)
        for place in ("/status/tes", "/status/perbaiki", "/status/bukti/1"):
            assert "Waktu melihat status sudah habis" in await thief.get(place)
        assert not [url for url in (*browser.seen, *thief.seen) if code in url or "AAAA" in url]


def test_every_condition_has_words() -> None:
    assert list(CONDITIONS) == [*(name for name, _ in RULES), "IDENTITY"], "two people of staff decide that"


def _hidden(page: str) -> str:
    return page.partition('name="isian" value="')[2].partition('"')[0]
