"""What will be late, on the participant's page and on those of the office, before it is late."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.phone import entered, words
from tests.unit.incentive.steps import bought, claimed, platform_of, select, simulator

SHORT = ANN[:8]


async def finished(house: House) -> None:
    """Ann's course is finished on 10 August; review and account are missing."""
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    await claimed(house, code)


async def test_the_participant_sees_what_will_make_the_money_late_and_until_when_it_helps(house: House) -> None:
    await finished(house)
    phone = await entered(house)
    assert "Akan terlambat" not in await phone.get("/status")
    house.clock.at += timedelta(days=12)
    await house.until(lambda person: person.forecast_cause)
    page = words(await phone.get("/status"))
    assert "Akan terlambat bila ini belum beres Ulasan dan penilaian pelatihan belum diisi" in page
    assert "Bila beres paling lambat 22 Agustus 2020, uangnya masuk sekitar 25 Agustus 2020" in page
    assert "lewat dari jadwal 24 Agustus 2020. Setiap hari sesudah itu menundanya." in page
    house.clock.at += timedelta(days=4)
    await house.until(lambda person: person.late)
    page = words(await phone.get("/status"))
    assert "Akan terlambat" not in page
    assert "Terlambat sejak 24 Agustus 2020" in page


async def test_staff_see_who_will_be_late_for_which_cause_and_who_they_are(house: House) -> None:
    await finished(house)
    auditor = await at_desk(house, "auditor")
    assert "0 orang akan terlambat bila tidak ditindak" in words(await auditor.get("/petugas"))
    house.clock.at += timedelta(days=11)
    await house.until(lambda person: person.forecast_cause)
    assert "1 orang akan terlambat bila tidak ditindak" in words(await auditor.get("/petugas"))
    page = words(await auditor.get("/petugas/keterlambatan"))
    assert "Tidak ada insentif yang terlambat." in page
    assert "Ulasan dan penilaian pelatihan belum diisi. 1 orang" in page
    place = "/petugas/keterlambatan/akan/REVIEW_MISSING"
    rows = words(await auditor.get(place))
    assert f"{SHORT} Insentif pasca pelatihan ke-1 600.000 24 Agustus 2020 3" in rows
    assert SHORT not in await auditor.get(f"{place}?page_no=1")
    assert SHORT not in await auditor.get("/petugas/keterlambatan/akan/CERT_NOT_RECEIVED")
    assert "CAUSE_UNKNOWN" in await auditor.get("/petugas/keterlambatan/akan/LAIN", 404)
