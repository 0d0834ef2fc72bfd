"""The payout account on a phone: linked with a code, what the bank said, the hold after a change, asked again."""

from __future__ import annotations

from deploy.simulators.bank import Account
from tests.unit.incentive.house import ACCOUNT, NIK, House
from tests.unit.incentive.phone import RIGHT, done, entered, words
from tests.unit.incentive.steps import select

PLACE = "/status/rekening"
LINK = {"mitra": "BNI", "nomor": "1234 5678 00"}


async def checked(house: House) -> None:
    await house.until(lambda person: person.account and person.account.check)


async def test_an_account_is_linked_with_the_code_and_shown_masked_as_the_bank_sees_it(house: House) -> None:
    await select(house)
    phone = await entered(house)
    assert "Belum ada rekening yang tersambung" in await phone.get(PLACE)
    assert "Pilih salah satu." in await phone.post(PLACE, 422, key="k", mitra="LAIN", nomor=ACCOUNT)
    assert "8 sampai 20 angka" in await phone.post(PLACE, 422, key="k", mitra="BNI", nomor="12")
    page = await done(phone, PLACE, **LINK)
    assert "Rekening sudah tersambung" in page
    assert ACCOUNT not in page
    await checked(house)
    page = words(await phone.get(PLACE))
    assert "BNI ••••7800" in page
    assert "Benar menurut bank: insentif dikirim ke sini." in page
    for line in ("Rekening aktif", "NIK pemilik sama dengan NIK Anda", "Nama pemilik sama", "Hanya Anda"):
        assert f"Ya {line}" in page


async def test_what_is_wrong_is_told_with_what_to_do_and_the_bank_is_asked_again(house: House) -> None:
    await select(house)
    house.bank.open_account("OVO", "081233334444", Account(NIK, "ANN", identity_checked=False, ceiling_rupiah=0))
    phone = await entered(house)
    await done(phone, PLACE, mitra="OVO", nomor="081233334444")
    await checked(house)
    page = words(await phone.get(PLACE))
    assert "Belum dapat dipakai." in page
    assert "Belum Nama pemilik sama dengan nama Anda Perbaiki nama di bank sesuai KTP." in page
    assert "Belum Identitas sudah diverifikasi penuh Tingkatkan akun di aplikasinya." in page
    assert "Belum Masih dapat menerima Rp 0" in page
    house.bank.open_account("OVO", "081233334444", Account(NIK, "ANN BR SEMBIRING", ceiling_rupiah=900_000))
    assert "memeriksa ulang" in await done(phone, f"{PLACE}/periksa")
    await house.until(lambda person: person.account.verified)
    assert "Masih dapat menerima Rp 900.000" in words(await phone.get(PLACE))


async def test_a_wallet_is_known_again_however_its_number_is_written(house: House) -> None:
    await select(house)
    house.bank.open_account("OVO", "081233334444", Account(NIK, "ANN BR SEMBIRING", ceiling_rupiah=900_000))
    phone = await entered(house)
    await done(phone, PLACE, mitra="OVO", nomor="+62 812-3333-4444")
    await checked(house)
    page = words(await phone.get(PLACE))
    assert "OVO ••••4444" in page
    assert "Benar menurut bank: insentif dikirim ke sini." in page
    for written in ("081233334444", "6281233334444"):
        same = {"key": written, "tahap": "kode", "kode": RIGHT, "mitra": "OVO", "nomor": written}
        assert "Rekening ini sudah tersambung" in await phone.post(PLACE, 422, **same)


async def test_a_change_is_held_and_says_until_when_and_the_same_account_is_no_change(house: House) -> None:
    await select(house)
    house.bank.open_account("BNI", "9999999900", Account(NIK, "ANN BR SEMBIRING"))
    phone = await entered(house)
    await done(phone, PLACE, **LINK)
    await checked(house)
    assert "ditahan 72 jam" in words(await phone.get(PLACE))
    same = {"key": "k2", "tahap": "kode", "kode": RIGHT, **LINK}
    assert "Rekening ini sudah tersambung" in await phone.post(PLACE, 422, **same)
    await done(phone, PLACE, mitra="BNI", nomor="9999999900")
    page = words(await phone.get(PLACE))
    assert "Ditahan sampai 13 Agustus 2020, 10.00 WIB" in page
    assert "Bukan Anda yang mengganti? Segera hubungi kantor kami." in page
    person = await house.until(lambda person: person.account_watch == "hold")
    assert person.account_versions == 2


async def test_an_unknown_number_is_told_in_one_line(house: House) -> None:
    await select(house)
    phone = await entered(house)
    await done(phone, PLACE, mitra="BNI", nomor="7777777777")
    await checked(house)
    page = words(await phone.get(PLACE))
    assert "Bank tidak mengenal nomor ini, atau rekeningnya tidak aktif." in page
    assert "NIK pemilik sama" not in page, "whose it is nobody knows"
    assert "ACCOUNT_NOT_LINKED" not in await phone.get(f"{PLACE}/periksa")


async def test_nothing_is_checked_where_nothing_is_linked(house: House) -> None:
    await select(house)
    phone = await entered(house)
    assert "ACCOUNT_NOT_LINKED" in await phone.get(f"{PLACE}/periksa", 409)
