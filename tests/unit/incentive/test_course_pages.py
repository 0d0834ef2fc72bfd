"""Finding and buying a course on a phone: advice first, one form, once, and then the code with its guide."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from services.incentive import store
from services.incentive.domain.applicants import Applicant
from shared.engine.ports import Put
from tests.unit.incentive.builders import COURSE, DEAR_COURSE
from tests.unit.incentive.house import ANN, TRACKING, House, open_house
from tests.unit.incentive.phone import RIGHT, done, entered, key_of, sent_code, words
from tests.unit.incentive.steps import select

PLACE = f"/status/pelatihan/{COURSE}"


async def test_the_catalogue_is_searched_by_platform_topic_and_words(house: House) -> None:
    await select(house)
    phone = await entered(house)
    page = await phone.get("/status/pelatihan")
    assert "41 pelatihan" in words(page)
    assert "Berikutnya" in page
    assert "?platform=&amp;bidang=&amp;kata=&amp;urut=&amp;dari=12" in page
    found = words(await phone.get("/status/pelatihan?bidang=FOOD&kata=KUE&platform=TOKOPEDIA"))
    assert "1 pelatihan" in found
    assert "Membuat Kue Kering untuk Usaha Rumahan Rp 320.000, 12 jam, daring." in found
    assert "Tidak ada pelatihan dengan pilihan ini" in await phone.get("/status/pelatihan?kata=astronomi")


async def test_a_course_is_explained_before_it_is_bought_and_a_warning_hinders_nobody(house: House) -> None:
    await select(house)
    phone = await entered(house)
    page = words(await phone.get("/status/pelatihan/SKA-003?minat=FOOD"))
    assert "400.000; saldo Anda Rp 1.000.000" in page
    assert "18 jam, daring" in page
    assert "Untuk lulusan SMA ke atas" in page
    assert "Pertimbangkan: Kelas ini disusun untuk lulusan SMA ke atas" in page
    assert "Kelas ini di luar bidang yang Anda minati" in page
    assert "Ini hanya saran; keputusannya pada Anda." in page
    await done(phone, "/status/pelatihan/SKA-003", minat="FOOD")
    person = await house.until(lambda person: person.purchases)
    assert person.purchases[0].warned == ("ENTRY_LEVEL_ABOVE", "OTHER_TOPIC", "NEEDS")


async def test_courses_come_in_the_order_of_their_fit_or_price_when_that_is_asked_for(house: House) -> None:
    await select(house, wish="menjahit pakaian")
    phone = await entered(house)
    plain = words(await phone.get("/status/pelatihan"))
    assert "dari 100" not in plain
    fitting = words(await phone.get("/status/pelatihan?urut=sesuai"))
    assert "Menjahit Pakaian Wanita Rp 500.000, 24 jam, daring. Bukalapak Kecocokan 93 dari 100" in fitting
    assert fitting.index("Menjahit Pakaian Wanita") < fitting.index("Bordir dan Sulam") < fitting.index("Berikutnya")
    cheap = words(await phone.get("/status/pelatihan?urut=harga"))
    assert cheap.index("Rp 150.000") < cheap.index("Rp 175.000") < cheap.index("Rp 200.000")


async def test_the_parts_of_the_score_are_shown_and_the_score_is_kept_with_the_purchase(house: House) -> None:
    await select(house, wish="menjahit pakaian")
    phone = await entered(house)
    page = words(await phone.get("/status/pelatihan/BKL-001"))
    assert "Kecocokan 93 dari 100" in page
    assert "Keinginan Anda: 35 dari 35. Kelas ini menyebut yang Anda tulis saat mendaftar." in page
    assert "Pekerjaan yang dituju: 25 dari 25. Kelas ini menyiapkan pekerjaan yang Anda tuju." in page
    assert "Tingkat kelas: 20 dari 20." in page
    assert "Keadaan kerja Anda: 3 dari 10." in page
    assert "Harga: 10 dari 10." in page
    told = await house.client.get(f"/incentive/participants/{ANN}/advice/BKL-001", headers={"Tracking-Code": TRACKING})
    assert told.json()["points"] == 93
    assert [each["points"] for each in told.json()["parts"]] == [35, 25, 20, 3, 10]
    await done(phone, "/status/pelatihan/BKL-001")
    person = await house.until(lambda person: person.purchases)
    assert person.purchases[0].fit_points == 93


async def test_a_wish_that_nobody_can_read_counts_as_none(house: House) -> None:
    await select(house, wish="menjahit pakaian")
    phone = await entered(house)
    known = await store.one(house.service.database, Applicant, ANN)
    assert known
    unreadable = asdict(known) | {"_id": ANN, "desired_training": "no ciphertext"}
    await house.service.database.write([Put("applicants", unreadable)])
    assert "Keinginan Anda: 12 dari 35. Kami belum tahu" in words(await phone.get("/status/pelatihan/BKL-001"))


async def test_what_the_rules_refuse_is_said_before_a_code_is_sent(house: House) -> None:
    await select(house)
    phone = await entered(house)
    page = words(await phone.get(f"/status/pelatihan/{DEAR_COURSE}"))
    assert "Tidak dapat dibeli: Harga pelatihan 1250000 rupiah melebihi saldo Anda" in page
    assert "Lanjut, kirim kode" not in page
    assert "melebihi saldo" in await phone.post(f"/status/pelatihan/{DEAR_COURSE}", 422, key="x")
    assert "belum diizinkan" in await phone.get("/status/pelatihan/PTR-004")
    assert "COURSE_UNKNOWN" in await phone.get("/status/pelatihan/LAIN-1", 404)


async def test_a_course_is_bought_with_the_code_and_the_redeem_code_is_shown_with_its_guide(house: House) -> None:
    await select(house)
    phone = await entered(house)
    page = await done(phone, PLACE)
    assert phone.place == "/status/pembelian/1?baru=1"
    assert "Pembelian berhasil" in page
    person = await house.until(lambda person: person.purchases)
    assert f'aria-label="Kode penukaran {person.purchases[0].redeem_code}"' in page
    for step in (
        "Buka aplikasi atau situs Tokopedia dan masuk dengan akun Anda di sana.",
        "Cari Memasak Masakan Melayu Deli untuk Katering di kotak pencarian, dan pilih yang dari Dapur Belajar Deli.",
        "Saat membayar, pilih Kartu Prakerja atau tukar kode, lalu ketik kode di atas.",
        "Paling lambat",
    ):
        assert step in words(page)
    assert person.purchases[0].assisted_by is None
    page = words(await phone.get("/status"))
    assert "Saldo pelatihan Rp 550.000" in page
    assert "Sudah Anda beli" in (await phone.get(PLACE)).replace("sudah", "Sudah")
    assert "Lihat kode saya" in page


async def test_a_double_click_buys_once_and_shows_the_same_code(house: House) -> None:
    await select(house)
    phone = await entered(house)
    key = key_of(await phone.get(PLACE))
    await phone.post(PLACE, key=key)
    form = {"key": key, "tahap": "kode", "aksi": "kerjakan", "kode": RIGHT}
    twin = phone.as_it_is()
    pages = await asyncio.gather(phone.post(PLACE, **form), twin.post(PLACE, **form))
    assert pages[0] == pages[1]
    assert pages[0] == await phone.post(PLACE, **form)
    person = await house.until(lambda person: person.purchases)
    assert len(person.purchases) == 1


async def test_a_double_click_spends_one_real_code(tmp_path: Path) -> None:
    async for house in open_house(tmp_path, own_codes=True):
        await select(house)
        phone = await entered(house)
        key = key_of(await phone.get(PLACE))
        assert "Kode sudah dikirim" in await phone.post(PLACE, key=key)
        form = {"key": key, "tahap": "kode", "aksi": "kerjakan", "kode": await sent_code(house)}
        twin = phone.as_it_is()
        pages = await asyncio.gather(phone.post(PLACE, **form), twin.post(PLACE, **form))
        assert pages[0] == pages[1]
        assert "Pembelian berhasil" in pages[0]
        other = "/status/pelatihan/TKP-003"
        assert "Kode sekali pakai salah" in await phone.post(other, 422, **form), "spent, whatever else it is tried for"


async def test_a_wrong_and_an_expired_code_buy_nothing_and_a_new_one_is_not_sent_at_once(tmp_path: Path) -> None:
    async for house in open_house(tmp_path, own_codes=True):
        await select(house)
        phone = await entered(house)
        key = key_of(await phone.get(PLACE))
        await phone.post(PLACE, key=key)
        form = {"key": key, "tahap": "kode", "aksi": "kerjakan"}
        code = await sent_code(house)
        assert "Tulis 6 angka" in await phone.post(PLACE, 422, **form, kode="12")
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        assert "Kode sekali pakai salah" in await phone.post(PLACE, 422, **form, kode=wrong)
        page = await phone.post(PLACE, 422, **{**form, "aksi": "ulang"})
        assert "Tunggu 60 detik" in page
        assert "Kirim ulang kode" in page
        house.clock.ahead = timedelta(minutes=6)
        assert "sudah tidak berlaku" in await phone.post(PLACE, 422, **form, kode=code)
        await phone.post(PLACE, **{**form, "aksi": "ulang"})
        assert "Pembelian berhasil" in await phone.post(PLACE, **form, kode=await sent_code(house))


async def test_codes_are_limited_for_a_person_whatever_they_are_for(tmp_path: Path) -> None:
    async for house in open_house(tmp_path, codes_per_number_per_hour=1):
        await select(house)
        phone = await entered(house)
        await phone.post(PLACE, key="a-key")
        page = await phone.post("/status/rekening", 429, key="k", mitra="BNI", nomor="1234567890")
        assert "Terlalu banyak permintaan kode" in page
        assert 'value="1234567890"' in page


async def test_a_code_that_nobody_redeemed_gives_the_money_back_and_says_so(house: House) -> None:
    await select(house)
    phone = await entered(house)
    await done(phone, PLACE)
    house.clock.at += timedelta(hours=73)
    await house.until(lambda person: person.purchases[0].state == "released")
    page = words(await phone.get("/status/pembelian/1"))
    assert "Rp 450.000 sudah kembali ke saldo Anda" in page
    assert "COURSE_UNKNOWN" in await phone.get("/status/pembelian/7", 404)
    assert ANN not in page
