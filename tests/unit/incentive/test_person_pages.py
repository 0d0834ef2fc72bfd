"""One participant on the office's page: what is wrong, said to those who help and not to the person."""

from __future__ import annotations

from datetime import timedelta

from deploy.simulators.bank import Account
from tests.unit.incentive.builders import OTHER_NIK
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import ACCOUNT, ANN, House
from tests.unit.incentive.phone import words
from tests.unit.incentive.steps import bought, claimed, platform_of, select, simulator

PLACE = f"/petugas/peserta/{ANN}"


async def test_an_account_of_somebody_else_is_told_in_the_words_of_staff(house: House) -> None:
    await select(house)
    house.bank.open_account("BNI", "5555555501", Account(OTHER_NIK, "BEN"))
    await house.citizen("payout-account", {"bank": "BNI", "account_number": "5555555501"})
    await house.until(lambda person: person.account and person.account.check)
    page = words(await (await at_desk(house, "placement")).get(PLACE))
    assert "Ya Rekening aktif Belum NIK pemilik sama dengan NIK peserta" in page
    assert "rekening orang lain tidak dapat dipakai, juga bila diminta di loket. Belum Nama pemilik" in page
    assert "Ya Hanya peserta ini yang memakainya" in page
    assert "NIK Anda" not in page
    assert "Sambungkan rekening" not in page


async def test_an_account_is_held_only_as_long_as_it_is(house: House) -> None:
    await select(house)
    await house.citizen("payout-account", {"bank": "BNI", "account_number": "9999999901"})
    await house.citizen("payout-account", {"bank": "BNI", "account_number": ACCOUNT})
    await house.until(lambda person: person.account_watch == "hold")
    desk = await at_desk(house, "placement")
    assert "ditahan sampai 13 Agustus 2020, 10.00 WIB" in words(await desk.get(PLACE))
    house.clock.at += timedelta(hours=72)
    assert "ditahan sampai" not in words(await desk.get(PLACE))


async def test_why_money_is_late_is_told_with_what_the_office_can_do(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    await claimed(house, code)
    house.clock.at += timedelta(days=30)
    await house.until(lambda person: person.late_cause == "REVIEW_MISSING")
    page = words(await (await at_desk(house, "placement")).get(PLACE))
    assert "Ulasan dan penilaian pelatihan belum diisi. Oleh: peserta. Peserta mengisi ulasan di halamannya." in page
