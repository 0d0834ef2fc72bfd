"""Every number of the start page of incentive's staff is the length of the list behind it, in a city with all of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from services.incentive import store
from services.incentive.adapters.files.messages import FileOrder
from services.incentive.adapters.files.register import Register
from services.incentive.domain.clawbacks import ProposePlan
from services.incentive.domain.days import day_of
from services.incentive.domain.refused_claims import RefuseClaim
from services.incentive.domain.repayments import RecordRepayment
from services.incentive.domain.statement import RecordLine
from shared.engine.ports import Put
from shared.engine.rules import Outcome, OutcomeState
from shared.engine.states import States
from tests.unit.incentive.builders import SELECTED_AT, ineligible, selected
from tests.unit.incentive.catalogues import rows_of
from tests.unit.incentive.city import City
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import House, open_house
from tests.unit.incentive.owing import eligible
from tests.unit.incentive.test_file_bank_journey import Town
from tests.unit.registration.browser import Browser

DAY = timedelta(days=1)
TODAY = SELECTED_AT + 15 * DAY
TILE = re.compile(r'<a href="/incentive(/petugas[^"]*)"><strong>([0-9.+]+)</strong> ([^<]+)</a>')
PERSON = re.compile(r"/petugas/peserta/([0-9a-f-]{36})")
LATE = re.compile(r'href="/incentive(/petugas/keterlambatan/[A-Z_]+)"')
FORETOLD = re.compile(r'href="/incentive(/petugas/keterlambatan/akan/[A-Z_]+)"')
DEBTS = re.compile(r'href="/incentive(/petugas/pengembalian/keadaan/[a-z]+)"')
EXPECTED = {
    "orang jatuh tempo, belum masuk daftar": 2,
    "daftar menunggu orang kedua": 1,
    "daftar di bank, belum lengkap": 2,
    "pembayaran tidak diketahui hasilnya": 1,
    "pembayaran gagal atau kembali": 1,
    "berkas di bank tanpa jawaban lebih dari sehari": 1,
    "baris rekening koran tanpa penjelasan": 2,
    "dana tercatat tanpa baris rekening koran lebih dari 3 hari": 1,
    "orang akan terlambat bila tidak ditindak": 2,
    "orang menunggu insentif yang terlambat": 7,
    "orang harus mengembalikan bantuan": 2,
    "orang menunggu uangnya dikembalikan kantor": 1,
    "orang dengan sertifikat belum cocok": 1,
    "rekening baru diganti, masih ditahan": 1,
    "orang dengan rekening bersama": 2,
    "harga pelatihan naik tajam dalam 7 hari": 1,
    "klaim ditolak dalam 7 hari": 2,
}


def who(number: int) -> str:
    return f"{number:08d}-1111-4111-8111-{number:012d}"


def learned(city: City, number: int) -> None:
    """Finished, and not reviewed."""
    code = city.buy(applicant_id=who(number))
    city.redeem(code)
    city.ask(city.claim(code))


def pays(city: City) -> None:
    """One payment nobody knows the result of, one that failed, one on its way, and a list nobody has checked."""
    until = day_of(city.now + 60 * DAY)
    for number in (1, 2):
        city.ready(who(number), f"{number}")
    unknown, failed = city.approve(city.batch(until, "B20200810-0000000A"))
    city.finish(unknown, Outcome(OutcomeState.UNKNOWN))
    city.finish(failed, Outcome(OutcomeState.FAILED, {"code": "LIMIT_EXCEEDED"}))
    city.ready(who(3), "3")
    city.approve(city.batch(until, "B20200810-0000000B"))
    city.ready(who(4), "4")
    city.batch(until, "B20200810-0000000C")


def owes(city: City) -> None:
    """Two who owe what they received, one of them with a plan, and one who gets back what was repaid."""
    for number in (10, 11, 16):
        city.redeem(city.buy(applicant_id=who(number)))
        city.hear(ineligible(who(number)))
    city.ask(ProposePlan(who(11), 3, day_of(city.now + 20 * DAY), "maker"))
    city.ask(RecordRepayment(who(16), "R-1", 50_000, "maker"))
    city.hear(eligible(who(16)))


def whole_city() -> City:
    """What fifteen days in August left to do, with something for every number."""
    city = City()
    for number in range(1, 17):
        city.hear(selected(who(number)))
    city.fund()
    pays(city)
    for number in (5, 6):
        city.ready(who(number), f"{number}")
    learned(city, 7)
    city.ask(RefuseClaim("http/old", "SIGNATURE_WRONG", None, "d" * 64))
    city.pass_days(2)
    for number in (8, 9):
        learned(city, number)
    owes(city)
    city.pass_days(11)
    code = city.buy(applicant_id=who(12))
    city.redeem(code)
    city.ask(city.claim(code, certificate_number="LAIN-000001"))
    city.bank_says(city.link(who(13), "13"))
    city.bank_says(city.link(who(13), "14"))
    for number in (14, 15):
        city.bank_says(city.link(who(number), "everybody's"))
    for number in (1, 2):
        city.ask(RefuseClaim(f"http/{number}", "SIGNATURE_WRONG", None, f"{number}" * 64))
    city.fund(7)
    common = {"source": "bni", "booked_at": city.now, "reference": "", "says": ""}
    city.ask(RecordLine(bank_line="1", came_in=True, amount_rupiah=5, **common))  # type: ignore[arg-type]
    city.ask(RecordLine(bank_line="2", came_in=False, amount_rupiah=75_000, **common))  # type: ignore[arg-type]
    city.pass_to(TODAY)
    return city


@pytest.fixture
async def full_house(tmp_path: Path) -> AsyncIterator[House]:
    """The whole city in a running house; its bank was given a file two days ago and has not answered."""
    town, states, city = Town(tmp_path / "bni"), States(store.AGGREGATES), whole_city()
    async for house in open_house(tmp_path, other_bank=town.bank):
        register = Register(tmp_path / "bni" / "register.sqlite3")
        register.take(FileOrder("GLB" + "A" * 27, "BNINIDJA", "1", "Ann", 5), "B1", TODAY - 2 * DAY)
        register.cut("B1", TODAY - 2 * DAY)
        register.handed("B1-001")
        register.close()
        secretariat = await house.staff("secretariat")
        for days, course in ((10, "TKP_003"), (0, "TKP_002")):
            house.clock.at = TODAY - days * DAY
            dearer = {"TKP_003": {"price_rupiah": 900_000}, course: {"price_rupiah": 900_000}}
            body = {"name": "katalog.csv", "courses": rows_of("TOKOPEDIA", **dearer)}
            seen = (await house.post("/incentive/staff/catalogue/preview", body, **secretariat)).json()
            taken = await house.post("/incentive/staff/catalogue", {**body, "preview": seen["preview"]}, **secretariat)
            assert (taken.status_code, taken.json()["changed"]) == (202, 1)
        kept = [each for kind in store.AGGREGATES for each in city.all(kind)]
        await house.service.database.write([Put(each.collection, states.document(each)) for each in kept])
        yield house


async def people(desk: Browser, places: Iterable[str]) -> int:
    """How many people stand in these lists, each counted once in each."""
    return sum([persons(await desk.get(place)) for place in places])


def persons(page: str) -> int:
    return len(set(PERSON.findall(page)))


def rows(page: str) -> int:
    return page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")


def cards(page: str) -> int:
    return page.count("<article")


def entries(page: str, place: str) -> int:
    """Of the list that follows a place of the page."""
    return page.partition(f'id="{place}"')[2].partition("</ul>")[0].count("<li>")


async def test_every_number_of_the_start_page_is_the_length_of_its_list(full_house: House) -> None:
    desk = await at_desk(full_house, "auditor")
    tiles = TILE.findall(await desk.get("/petugas"))
    assert {what: int(count) for _, count, what in tiles} == EXPECTED
    page = {what: await desk.get(place.replace("&amp;", "&")) for place, _, what in tiles}
    foretold = set(FORETOLD.findall(page["orang akan terlambat bila tidak ditindak"]))
    late = set(LATE.findall(page["orang menunggu insentif yang terlambat"]))
    debts = set(DEBTS.findall(page["orang harus mengembalikan bantuan"])) - {"/petugas/pengembalian/keadaan/refunding"}
    unbooked = "dana tercatat tanpa baris rekening koran lebih dari 3 hari"
    listed = {
        "orang jatuh tempo, belum masuk daftar": persons(page["orang jatuh tempo, belum masuk daftar"]),
        "daftar menunggu orang kedua": cards(page["daftar menunggu orang kedua"]),
        "daftar di bank, belum lengkap": cards(page["daftar di bank, belum lengkap"]),
        "pembayaran tidak diketahui hasilnya": rows(page["pembayaran tidak diketahui hasilnya"]),
        "pembayaran gagal atau kembali": rows(page["pembayaran gagal atau kembali"]),
        "berkas di bank tanpa jawaban lebih dari sehari": rows(page["berkas di bank tanpa jawaban lebih dari sehari"]),
        "baris rekening koran tanpa penjelasan": cards(page["baris rekening koran tanpa penjelasan"]),
        unbooked: entries(page[unbooked], "dana"),
        "orang akan terlambat bila tidak ditindak": await people(desk, foretold),
        "orang menunggu insentif yang terlambat": await people(desk, late),
        "orang harus mengembalikan bantuan": await people(desk, debts),
        "orang menunggu uangnya dikembalikan kantor": persons(page["orang menunggu uangnya dikembalikan kantor"]),
        "orang dengan sertifikat belum cocok": persons(page["orang dengan sertifikat belum cocok"]),
        "rekening baru diganti, masih ditahan": rows(page["rekening baru diganti, masih ditahan"]),
        "orang dengan rekening bersama": rows(page["orang dengan rekening bersama"]),
        "harga pelatihan naik tajam dalam 7 hari": entries(page["harga pelatihan naik tajam dalam 7 hari"], "naik"),
        "klaim ditolak dalam 7 hari": rows(page["klaim ditolak dalam 7 hari"]),
    }
    assert listed == EXPECTED


async def test_what_is_older_than_its_number_says_is_one_click_away(full_house: House) -> None:
    desk = await at_desk(full_house, "auditor")
    lately, all_ = await desk.get("/petugas/klaim?sejak=minggu"), await desk.get("/petugas/klaim")
    assert (rows(lately), rows(all_)) == (2, 3)
    assert "Hanya dalam 7 hari terakhir." in lately
    assert "Hanya dalam" not in all_
    catalogue = await desk.get("/petugas/katalog")
    assert "TKP-003</a>: " not in catalogue
    assert "Rp 900.000" in await desk.get("/petugas/katalog/TKP-003")


def refused_by_hundreds(many: int) -> City:
    """The bank refused the payments of `many` people and did not answer about the one whose number is the last."""
    city = City()
    city.fund()
    for number in range(1, many + 2):
        city.hear(selected(who(number)))
        city.ready(who(number), f"{number}")
    *refused, silent = city.approve(city.batch(day_of(city.now + 60 * DAY)))
    for order in refused:
        city.finish(order, Outcome(OutcomeState.FAILED, {"code": "LIMIT_EXCEEDED"}))
    city.finish(silent, Outcome(OutcomeState.UNKNOWN))
    return city


async def test_two_hundred_failed_payments_hide_none_whose_result_is_unknown(house: House) -> None:
    city, states = refused_by_hundreds(200), States(store.AGGREGATES)
    kept = [each for kind in store.AGGREGATES for each in city.all(kind)]
    for start in range(0, len(kept), 400):
        await house.service.database.write([Put(e.collection, states.document(e)) for e in kept[start : start + 400]])
    desk = await at_desk(house, "auditor")
    tiles = {what: count for _, count, what in TILE.findall(await desk.get("/petugas"))}
    assert tiles["pembayaran tidak diketahui hasilnya"] == "1"
    assert tiles["pembayaran gagal atau kembali"] == "200+"
    unknown = await desk.get("/petugas/pembayaran")
    assert PERSON.findall(unknown) == [who(201)]
    assert "Berikutnya" not in unknown
    first = await desk.get("/petugas/pembayaran?apa=gagal")
    second = await desk.get(f"/petugas/pembayaran?apa=gagal&after={who(100)}")
    assert PERSON.findall(first) + PERSON.findall(second) == [who(number) for number in range(1, 201)]
