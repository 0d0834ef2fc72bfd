"""The participants' front page: who may open it, and every sentence of what is missing before the next rupiah."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

from shared.contracts.base import Sealed
from shared.contracts.registration import ApplicantCorrected, IdentityQuestioned
from shared.security.tokens import TokenSeal
from tests.unit.incentive.builders import SELECTED_AT, ineligible
from tests.unit.incentive.house import ACCOUNT, ANN, TRACKING, House, open_house
from tests.unit.incentive.phone import entered, words
from tests.unit.incentive.steps import bought, claimed, pay_everything, platform_of, ready_to_be_paid, select, simulator
from tests.unit.registration.browser import Browser, cookies

NEW_CODE = "ZZZZ-YYYY-XXXX"


async def test_the_tracking_code_opens_the_page_and_stands_in_no_address(house: House) -> None:
    await select(house)
    phone = await entered(house)
    page = words(await phone.get("/status"))
    assert "1234 5678 1234 5678" in page
    assert "Rp 1.000.000" in page
    assert "dapat dipakai sampai 15 Desember 2020" in page
    assert "3 dari 7: Pilih pelatihan" in page
    cookie = cookies(phone)["gelombang_peserta"]
    assert (cookie.path, cookie.get_nonstandard_attr("SameSite")) == ("/incentive/status", "strict")
    assert not [url for url in phone.seen if "ABCD" in url]
    await phone.post("/status/keluar")
    assert "Kode lacaknya sama" in await phone.get("/status")


async def test_a_wrong_code_or_none_opens_nothing(house: House) -> None:
    await select(house)
    thief = Browser(house, "/incentive")
    assert "tidak membuka halaman peserta" in await thief.post("/status", 422, kode_lacak="AAAA-BBBB-CCCC")
    assert "Tulis kode lacak" in await thief.post("/status", 422)
    for place in ("/status/pelatihan", "/status/pelatihan/TKP-002", "/status/rekening", "/status/pembelian/1"):
        assert "Waktu melihat halaman peserta sudah habis" in await thief.get(place)
    for place in ("/status/pelatihan/TKP-002", "/status/rekening", "/status/ulasan/1", "/status/survei/1"):
        assert "Waktu melihat halaman peserta sudah habis" in await thief.post(place, tahap="kode", kode="123456")
    refused = await house.client.post(
        "/incentive/status", data={"kode_lacak": TRACKING}, headers={"Origin": "http://elsewhere"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "ORIGIN_FOREIGN")


async def test_wrong_codes_are_counted_at_the_page_and_at_the_door_for_programs(tmp_path: Path) -> None:
    async for house in open_house(tmp_path, wrong_tries_per_address_per_hour=3):
        await select(house)
        await house.until(lambda person: person.tracking_index)
        thief = Browser(house, "/incentive", **{"X-Forwarded-For": "203.0.113.7"})
        for _ in range(2):
            await thief.post("/status", 422, kode_lacak="AAAA-BBBB-CCCC")
        told = {"X-Forwarded-For": "203.0.113.7", "Tracking-Code": "AAAA-BBBB-CCCC"}
        assert (await house.client.get(f"/incentive/participants/{ANN}", headers=told)).status_code == 404
        assert "TOO_MANY_TRIES" in await thief.post("/status", 429, kode_lacak=TRACKING)


async def test_the_session_ends_by_itself_and_with_a_new_code(house: House) -> None:
    await select(house)
    phone = await entered(house)
    house.clock.ahead = timedelta(minutes=31)
    assert "Kode lacaknya sama" in await phone.get("/status")
    house.clock.ahead = timedelta()
    assert "Kode lacaknya sama" not in await phone.get("/status")
    sealed = (await house.vault.key(ANN)).seal("tracking_code", NEW_CODE)
    await house.hear(corrected(sealed))
    assert "Kode lacaknya sama" in await phone.get("/status")
    await house.until(lambda person: person.tracking_index)
    await phone.post("/status", 422, kode_lacak=TRACKING)
    assert "Rupiah berikutnya" in await phone.post("/status", kode_lacak=NEW_CODE.lower())


async def test_a_session_of_other_pages_or_of_another_code_opens_nothing(house: House) -> None:
    await select(house)
    person = await house.until(lambda person: person.tracking_index)
    own = {"a": ANN, "t": person.tracking_index}
    for purpose, said in (
        ("registration/session", own),
        ("incentive/session", {**own, "t": "f" * 64}),
        ("incentive/session", {**own, "a": ANN.replace("1", "2")}),
    ):
        token = TokenSeal(house.vault, purpose, house.clock).seal(said, timedelta(minutes=30))
        headers = {"Cookie": f"gelombang_peserta={token}", "Accept": "text/html"}
        page = await house.client.get("/incentive/status", headers=headers)
        assert "Kode lacaknya sama" in page.text
    altered = {"Cookie": "gelombang_peserta=bm90aGluZw", "Accept": "text/html"}
    assert (await house.client.get("/incentive/status/rekening", headers=altered)).status_code == 303


def corrected(code: Sealed) -> ApplicantCorrected:
    return ApplicantCorrected(
        applicant_id=ANN,
        corrected_at=SELECTED_AT,
        by="applicant",
        fields=("tracking_code",),
        education="SMP",
        tracking_code=code,
        sex="F",
        age_band="25-34",
        work_status="LAID_OFF",
        consent_campaigns=False,
    )


async def test_an_erased_person_has_no_page_and_nobody_waits_for_one(house: House) -> None:
    await select(house)
    phone = await entered(house)
    await house.vault.erase(ANN)
    await house.hear(corrected(Sealed("b3BlbnMgbm90aGluZw==")))
    person = await house.until(lambda person: person.tracking_index)
    assert person.tracking_index == "-"
    assert "Kode lacaknya sama" in await phone.get("/status")


async def test_each_missing_condition_is_told_with_what_to_do(house: House) -> None:
    await select(house)
    phone = await entered(house)

    async def page() -> str:
        return words(await phone.get("/status"))

    found = await page()
    assert "Rupiah berikutnya Rp 600.000" in found
    assert "Insentif pasca pelatihan ke-1 dari 4" in found
    assert "dihitung dari hari Anda menyelesaikan pelatihan" in found
    assert "Pilih dan beli pelatihan pertama paling lambat 8 September 2020" in found
    assert "Setelah membeli, Anda mendapat kode" in found
    assert "Sambungkan rekening atau dompet elektronik atas nama" in found
    assert 'href="/incentive/status/pelatihan">Pilih pelatihan' in await phone.get("/status")
    code = await bought(house)
    assert "Masukkan kode Anda di Tokopedia paling lambat 13 Agustus 2020" in await page()
    await simulator(house).redeem(platform_of(house), code)
    assert "Selesaikan Memasak Masakan Melayu Deli untuk Katering" in await page()
    await claimed(house, code, certificate_number=None)
    assert "Kami menunggu sertifikat dari Tokopedia" in await page()
    await claimed(house, code, certificate_number="LAIN-000001")
    assert "sedang mencocokkan nomor sertifikat" in await page()
    assert "Beri nilai untuk Memasak Masakan Melayu Deli" in await page()
    await house.citizen("reviews", {"purchase_number": 1, "rating": 5})
    assert "Sambungkan rekening</a>" in await phone.get("/status")


async def test_what_the_bank_said_and_an_identity_in_question_are_told(house: House) -> None:
    await ready_to_be_paid(house)
    phone = await entered(house)
    page = words(await phone.get("/status"))
    assert "8 dari 8 syarat terpenuhi" in page
    assert "Semua syarat terpenuhi. Dibayarkan sekitar" in page
    await house.hear(IdentityQuestioned(**questioned()))
    assert "Kelayakan atau identitas sedang diperiksa ulang." in words(await phone.get("/status"))
    await house.citizen("payout-account", {"bank": "OVO", "account_number": "081299990000"})
    await house.until(lambda person: person.account.check)
    page = words(await phone.get("/status"))
    assert "Rekening atau dompet elektronik tidak aktif, diblokir, atau ditutup." in page


def questioned() -> dict[str, object]:
    return {
        "applicant_id": ANN,
        "questioned_at": SELECTED_AT,
        "fields": ("full_name",),
        "reasons": ("NEAR_DUPLICATE",),
        "deadline": date(2020, 8, 24),
        "tracking_code": Sealed("code"),
    }


async def test_a_late_incentive_tells_cause_actor_remedy_and_new_date(house: House) -> None:
    await ready_to_be_paid(house)
    phone = await entered(house)
    house.clock.at += timedelta(days=20)
    await house.until(lambda person: person.late_cause)
    page = words(await phone.get("/status"))
    assert "Terlambat sejak" in page
    assert "Pemeriksaan manual menumpuk" in page
    assert "Yang harus bertindak: kantor kami." in page
    assert "Perkiraan baru:" in page
    house.clock.at += timedelta(days=30)
    page = words(await (await entered(house)).get("/status"))
    assert "Biasanya uang masuk 7 hari setelah sebabnya selesai." in page, "no date that has passed is told"


async def test_money_that_arrived_is_counted_and_the_next_rupiah_is_the_next_one(house: House) -> None:
    await ready_to_be_paid(house)
    await pay_everything(house)
    await house.until(lambda person: person.entitlements[0].paid_at)
    phone = await entered(house)
    page = words(await phone.get("/status"))
    assert "Insentif yang sudah dibayarkan Rp 600.000" in page
    assert "Insentif pasca pelatihan ke-2 dari 4" in page
    assert "Isi survei ke-1 dari 3" in page
    await house.hear(ineligible(ANN))
    page = words(await phone.get("/status"))
    assert "Survei ke-1: tidak diisi" in page, "who takes part no more is led to no form"
    assert "Isi survei" not in page


async def test_the_end_is_told_with_its_reason_and_what_is_to_be_repaid(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    phone = await entered(house)
    await house.hear(ineligible(ANN))
    page = words(await phone.get("/status"))
    assert "Kepesertaan Anda dihentikan" in page
    assert "Alasannya: Anda tercatat sebagai aparatur sipil negara." in page
    assert "Yang harus dikembalikan: Rp 450.000 paling lambat" in page
    assert "Pilih pelatihan" not in page
    assert "sudah berakhir" in await phone.get("/status/pelatihan/TKP-003")


async def test_what_stands_in_a_page_is_text_and_never_markup(house: House) -> None:
    await select(house)
    phone = await entered(house)
    hostile = "<b>kue</b>"
    page = await phone.get(f"/status/pelatihan?kata={hostile}")
    assert hostile not in page
    assert "&lt;b&gt;kue&lt;/b&gt;" in page
    page = await phone.post("/status/rekening", 422, mitra="BNI", nomor=hostile)
    assert hostile not in page
    thief = Browser(house, "/incentive")
    assert hostile not in await thief.post("/status", 422, kode_lacak=hostile)
    await asyncio.sleep(0)
    assert ACCOUNT not in page
