"""Money given back by receipt on the pages of the office and of the person, and in letters of a later finding."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.incentive.builders import ineligible
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.indebted import PLACE, STATUS, debt_of, indebted, upheld
from tests.unit.incentive.phone import entered, key_of, words


async def test_what_the_treasurer_gave_back_is_recorded_by_its_receipt_and_the_case_is_over(house: House) -> None:
    await indebted(house, repaid=200_000)
    await upheld(house)
    desk, auditor = await at_desk(house, "secretariat"), await at_desk(house, "auditor")
    assert "Catat uang yang dikembalikan" not in await auditor.get(PLACE)
    page = await desk.get(PLACE)
    form = {"key": key_of(page), "refund_id": "TT-9/2020", "amount": "200.000"}
    for _ in range(2):
        page = await desk.post(f"{PLACE}/uang-kembali", **form)
        assert "Uang yang dikembalikan sudah dicatat; peserta diberi tahu." in words(page)
    assert "Keadaan dibatalkan, keberatan peserta diterima" in words(page)
    assert "Dikembalikan kepada peserta Rp 200.000, seluruhnya" in words(page)
    assert "Catat uang yang dikembalikan" not in page
    assert "0 orang menunggu uangnya dikembalikan kantor" in words(await desk.get("/petugas"))
    own = words(await (await entered(house)).get(STATUS))
    assert "Rp 200.000 yang pernah Anda bayarkan sudah dikembalikan kepada Anda." in own
    assert "dikembalikan bendahara kantor kami" not in own


async def test_a_refund_that_cannot_be_is_refused_in_words(house: House) -> None:
    await indebted(house, repaid=200_000)
    await upheld(house)
    desk = await at_desk(house, "secretariat")
    form = {"key": key_of(await desk.get(PLACE)), "refund_id": "TT-9", "amount": "200.001"}
    refused = await desk.post(f"{PLACE}/uang-kembali", 422, **form)
    assert "Yang masih harus dikembalikan kepada peserta ini 200000 rupiah." in words(refused)
    form |= {"key": key_of(await desk.get(PLACE)), "amount": "50.000"}
    await desk.post(f"{PLACE}/uang-kembali", **form)
    form |= {"key": key_of(await desk.get(PLACE))}
    assert "RECEIPT_KNOWN" in await desk.post(f"{PLACE}/uang-kembali", 409, **form)
    assert "Harus dikembalikan kepada peserta Rp 150.000" in words(await desk.get(PLACE))


async def test_the_door_takes_a_refund_from_the_secretariat_alone(house: House) -> None:
    await indebted(house, repaid=200_000)
    await upheld(house)
    place, body = f"/incentive/staff/participants/{ANN}/refunds", {"refund_id": "TT-9", "amount_rupiah": 150_000}
    assert (await house.post(place, body)).status_code == 401
    for role in ("approver", "placement", "auditor"):
        assert (await house.post(place, body, **await house.staff(role))).status_code == 403
    answer = await house.post(place, body, **await house.staff("secretariat"))
    assert (answer.status_code, answer.json()) == (202, {"left_rupiah": 50_000})
    assert (await debt_of(house))["to_return_rupiah"] == 50_000


async def test_the_letter_of_a_later_finding_says_that_what_was_repaid_counts(house: House) -> None:
    await indebted(house, repaid=200_000)
    await upheld(house)
    house.clock.at += timedelta(days=90)
    later = {"decided_at": ineligible(ANN).decided_at + timedelta(days=2)}
    await house.hear(ineligible(ANN).model_copy(update=later))
    await house.until(lambda person: person.debt.number == 2)
    letter = words(await (await at_desk(house, "approver")).get(f"{PLACE}/surat/3"))
    assert "Bantuan yang sudah diterima sebesar Rp 250.000 wajib dikembalikan dalam 60 hari" in letter
    assert "Yang sudah Saudara bayarkan, Rp 200.000, sudah diperhitungkan" in letter
    assert "bendahara" not in letter


async def test_the_letter_of_a_later_finding_demands_nothing_where_all_had_been_repaid(house: House) -> None:
    await indebted(house, repaid=450_000)
    await upheld(house)
    await house.hear(ineligible(ANN).model_copy(update={"decided_at": ineligible(ANN).decided_at + timedelta(days=2)}))
    await house.until(lambda person: person.debt.number == 2)
    letter = words(await (await at_desk(house, "approver")).get(f"{PLACE}/surat/3"))
    assert "Tidak ada lagi yang harus dibayar. Yang sudah Saudara bayarkan, Rp 450.000, sudah diperhitungkan" in letter
    assert "wajib dikembalikan" not in letter
    assert "cicilan" not in letter
    own = words(await (await entered(house)).get(STATUS))
    assert "Tidak ada yang harus dikembalikan lagi." in own
