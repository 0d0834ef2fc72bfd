"""What staff look after on pages: unsure and failed payments, delays, certificates, accounts, claims, funds, people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from services.incentive.domain.partner_rates import KEPT_PER_HOUR, PartnerHour
from services.incentive.domain.refused_claims import RefuseClaim
from services.incentive.pages.ages import DEBTS, LATE, Age, span_of
from services.incentive.pages.desk_view import causes_of
from shared.engine.ports import Insert
from shared.engine.states import States
from tests.unit.incentive.builders import ineligible, reference
from tests.unit.incentive.counter import at_desk, funded, paid_by_pages
from tests.unit.incentive.house import ACCOUNT, ANN, House, eventually
from tests.unit.incentive.phone import key_of, words
from tests.unit.incentive.steps import bought, claimed, platform_of, ready_to_be_paid, select, simulator

REFERENCE = re.compile(r"/petugas/pembayaran/([A-Z2-7]{30})")
SHORT = ANN[:8]
PENDING, REFUSED = "1234567854", "1234567856"
"""Accounts at which the simulated bank pays late, and refuses."""


async def test_an_unknown_payment_is_asked_about_and_decided_with_evidence_by_another_person(house: House) -> None:
    await ready_to_be_paid(house, PENDING)
    await paid_by_pages(house)
    await house.until(lambda person: person.entitlements[0].state == "unknown")
    house.clock.at += timedelta(days=1)
    secretariat, head = await at_desk(house, "secretariat"), await at_desk(house, "approver")
    page = await secretariat.get("/petugas/pembayaran")
    assert "bank belum memastikan hasilnya" in words(page)
    assert "1 hari" in words(page)
    place = f"/petugas/pembayaran/{REFERENCE.findall(page)[0]}"
    assert "Catat keputusan" not in await secretariat.get(place)
    assert "Bank belum memutuskan" in await secretariat.post(f"{place}/tanya")
    form = {"key": key_of(await head.get(place)), "paid": "ya", "evidence": "rekening koran 3, baris 4"}
    assert "INPUT_INVALID" in await head.post(f"{place}/putuskan", 422, **{**form, "paid": "mungkin"})
    for _ in range(2):
        assert "Keputusan sudah dicatat." in await head.post(f"{place}/putuskan", **form)
    person = await house.until(lambda person: person.entitlements[0].paid_at)
    assert not person.unsure_payment
    assert "Tidak ada yang perlu diputuskan" in await head.get(place)
    assert "PAYMENT_NOT_OPEN" in await secretariat.post(f"{place}/tanya", 409)
    assert "PAYMENT_UNKNOWN" in await head.get(f"/petugas/pembayaran/{'B' * 30}", 404)


@pytest.mark.parametrize(
    ("says", "told"), [("paid", "Bank menjawab: sudah dibayarkan."), ("failed", "Bank menjawab: gagal.")]
)
async def test_the_bank_s_answer_to_a_question_of_ours_is_taken(house: House, says: str, told: str) -> None:
    await ready_to_be_paid(house, PENDING)
    await paid_by_pages(house)
    person = await house.until(lambda person: person.entitlements[0].state == "unknown")
    known = str(person.entitlements[0].reference)
    house.bank.transfers[known].status = says
    head = await at_desk(house, "approver")
    assert told in await head.post(f"/petugas/pembayaran/{known}/tanya")
    await house.until(lambda person: person.entitlements[0].state == says)


async def test_a_failed_payment_is_sent_again_when_its_cause_is_mended(house: House) -> None:
    await ready_to_be_paid(house, REFUSED)
    await paid_by_pages(house)
    await house.until(lambda person: person.entitlements[0].state == "failed")
    secretariat = await at_desk(house, "secretariat")
    page = await secretariat.get("/petugas/pembayaran?apa=gagal")
    assert "ditolak bank jumlahnya melewati batas transaksi rekening itu" in words(page)
    form = {"key": key_of(page)}
    place = f"/petugas/pembayaran/{ANN}/post_training/1/ulang"
    for _ in range(2):
        assert "kembali jatuh tempo" in await secretariat.post(place, **form)
    person = await house.until(lambda person: person.ready_on)
    assert person.entitlements[0].state == "due"
    assert "PAYMENT_NOT_FAILED" in await secretariat.post(place, 409, key="another")


async def test_delays_are_counted_by_cause_and_age_and_lead_to_the_people(house: House) -> None:
    await ready_to_be_paid(house)
    house.clock.at += timedelta(days=24)
    await house.until(lambda person: person.late)
    auditor = await at_desk(house, "auditor")
    page = words(await auditor.get("/petugas/keterlambatan"))
    assert "Pemeriksaan manual menumpuk" in page
    assert "1 orang" in page
    assert "1 8 sampai 30 hari" in page
    place = "/petugas/keterlambatan/MANUAL_BACKLOG"
    for age, there in (("", True), ("?umur=lama", True), ("?umur=baru", False), ("?page_no=1", False)):
        assert (SHORT in await auditor.get(f"{place}{age}")) is there
    assert "CAUSE_UNKNOWN" in await auditor.get("/petugas/keterlambatan/LAIN", 404)
    assert "Tidak ada insentif yang terlambat" not in page


@pytest.mark.parametrize("ages", [LATE, DEBTS])
def test_ages_leave_no_day_out_and_count_none_twice(ages: Sequence[Age]) -> None:
    today = date(2020, 9, 1)
    for days in (0, 1, 7, 8, 30, 31, 60, 61, 400):
        due = today - timedelta(days=days)
        spans = [span_of(ages, code, today) for code, *_ in ages]
        held = [(since or date.min) <= due < (until or date.max) for since, until in spans]
        assert held.count(True) == 1, days
    assert span_of(ages, "besok", today) == (None, None)


def test_who_is_late_is_counted_for_every_cause_and_while_it_is_on_its_way() -> None:
    known = [cause.code for cause in causes_of(reference().desk.causes)]
    assert known[-1] == "ON_ITS_WAY"
    assert len(set(known)) == 19


async def test_a_certificate_that_does_not_match_is_matched_by_the_counter(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    await claimed(house, code, certificate_number="LAIN-000001")
    await house.until(lambda person: person.unmatched)
    placement = await at_desk(house, "placement")
    page = await placement.get("/petugas/sertifikat")
    assert "Nomor yang dikirim: LAIN-000001; seharusnya berawalan TKP-." in words(page)
    place, form = f"/petugas/sertifikat/{ANN}", {"key": key_of(page), "purchase_number": "1"}
    assert "INPUT_INVALID" in await placement.post(place, 422, **form, certificate_number="<b>x</b>")
    for _ in range(2):
        assert "Sertifikat sudah dicocokkan." in await placement.post(place, **form, certificate_number="TKP-000001")
    assert "Semua sertifikat cocok." in await placement.get("/petugas/sertifikat")
    assert "Cocokkan nomor" not in await (await at_desk(house, "approver")).get("/petugas/sertifikat")


async def test_accounts_on_hold_are_listed_masked_until_when(house: House) -> None:
    await select(house)
    await house.citizen("payout-account", {"bank": "BNI", "account_number": ACCOUNT})
    await house.citizen("payout-account", {"bank": "BNI", "account_number": "9999999901"})
    await house.until(lambda person: person.account_watch == "hold")
    auditor = await at_desk(house, "auditor")
    page = words(await auditor.get("/petugas/rekening"))
    assert "BNI ••••9901" in page
    assert "13 Agustus 2020, 10.00 WIB" in page
    assert "9999999901" not in page
    assert "Tidak ada." in await auditor.get("/petugas/rekening?apa=bersama")
    house.clock.at += timedelta(hours=73)
    await house.until(lambda person: not person.account_watch)


async def test_refused_claims_have_words_and_hostile_places_stay_text(house: House) -> None:
    await house.service.execute(RefuseClaim("http/<b>x</b>", "SIGNATURE_WRONG", None, "d" * 64))
    await house.service.execute(RefuseClaim("http/2", "REDEEM_CODE_UNKNOWN", "TOKOPEDIA", "e" * 64))
    page = await (await at_desk(house, "disputes")).get("/petugas/klaim")
    assert "<b>x" not in page
    assert "tanda tangan tidak cocok: mungkin palsu" in page
    assert "Kode penukaran tidak dikenal." in page
    assert "Tokopedia" in page


async def test_a_platform_that_floods_us_with_refused_claims_is_named(house: House) -> None:
    desk = await at_desk(house, "disputes")
    assert "hanya dihitung" not in await desk.get("/petugas/klaim")
    flood = PartnerHour("TOKOPEDIA", house.clock.at, refusals=KEPT_PER_HOUR + 5)
    calm = PartnerHour("RUANGGURU", house.clock.at, refusals=KEPT_PER_HOUR)
    documents = [States([PartnerHour]).document(each) for each in (flood, calm)]
    await house.service.database.write([Insert("partner_hours", document) for document in documents])
    page = words(await desk.get("/petugas/klaim"))
    assert "Tokopedia : 2.005 klaim ditolak dalam satu jam" in page
    assert page.count("hanya dihitung") == 1


async def test_funds_are_recorded_once_and_compared_with_the_statement_and_proved(house: House) -> None:
    await ready_to_be_paid(house)
    secretariat = await at_desk(house, "secretariat")
    page = words(await funded(secretariat, "2.500.000"))
    assert "Dana masuk sudah dicatat." in page
    assert "Tersedia Rp 2.500.000" in page
    assert "DEPOSIT_EXISTS" in await secretariat.post(
        "/petugas/dana", 409, key="another", deposit_id="SP2D-1", amount="1"
    )
    for wrong in ("banyak", "-1", "1,5", "600000.00", "1.5", "9" * 14):
        form = {"key": f"k{wrong}", "deposit_id": "SP2D-2", "amount": wrong}
        assert "INPUT_INVALID" in await secretariat.post("/petugas/dana", 422, **form)
    assert "INPUT_INVALID" in await secretariat.post("/petugas/dana/rekening-koran", 422, since="kemarin")
    assert "0 baris dibaca." in await secretariat.post("/petugas/dana/rekening-koran", since="2020-08-01")
    assert "Setiap rupiah terjelaskan." in await secretariat.get("/petugas/dana/bukti")
    placement = await at_desk(house, "placement")
    assert "ROLE_MISSING" in await placement.get("/petugas/dana", 403)
    for place in ("/petugas", "/petugas/jatuh-tempo"):
        assert "Dana" not in await placement.get(place)
        assert "Rp 2.500.000" in await secretariat.get(place)


async def test_a_participant_is_shown_without_what_only_the_person_needs(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    secretariat = await at_desk(house, "secretariat")
    place = f"/petugas/peserta/{ANN}"
    page = await secretariat.get(place)
    for secret in (code, "Ann br", "1234567812345678"):
        assert secret not in page
    assert "Memasak Masakan Melayu Deli" in page
    await house.hear(ineligible(ANN))
    page = await secretariat.get(place)
    assert "Harus dikembalikan: Rp 450.000" in words(page)
    case = f"/petugas/pengembalian/{ANN}"
    form = {"key": key_of(await secretariat.get(case)), "repayment_id": "TT-1", "amount": "50.000"}
    for _ in range(2):
        assert "Sisa Rp 400.000" in words(await secretariat.post(f"{case}/uang-masuk", **form))
    assert "Harus dikembalikan: Rp 400.000" in words(await secretariat.get(place))
    too_much = {"key": "another", "repayment_id": "TT-2", "amount": "500.000"}
    assert "REPAYMENT_ABOVE_DEBT" in await secretariat.post(f"{case}/uang-masuk", 422, **too_much)
    assert "PARTICIPANT_UNKNOWN" in await secretariat.get(f"/petugas/peserta/{ANN.replace('1', '2')}", 404)
    assert await eventually(lambda: secretariat.get(place), lambda page: "TT-1" not in page)
