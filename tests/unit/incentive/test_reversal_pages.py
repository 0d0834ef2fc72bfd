"""A cancelled debt on the pages of the office and of the person: nothing is demanded, what came in is returned."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.incentive.builders import ineligible
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.indebted import PLACE, STATUS, debt_of, indebted, upheld
from tests.unit.incentive.phone import entered, words
from tests.unit.incentive.steps import select

LINK = '<a href="/registration/status">Ajukan keberatan dari status pendaftaran</a>'


async def test_the_office_sees_a_cancelled_case_and_what_is_to_be_returned(house: House) -> None:
    await indebted(house, repaid=200_000)
    await upheld(house)
    desk = await at_desk(house, "secretariat")
    page = await desk.get(PLACE)
    text = words(page)
    assert "Keadaan dibatalkan, uang peserta belum dikembalikan" in text
    assert "Sisa Rp 0" in text
    assert "Harus dikembalikan kepada peserta Rp 200.000" in text
    assert "Dibatalkan 10 Agustus 2020" in text
    assert "Pembatalan tagihan pengembalian bantuan" in text
    assert "Usulkan cicilan" not in text
    assert "Batas" not in text
    everything = words(await desk.get("/petugas/pengembalian"))
    assert "Dibatalkan, uang peserta belum dikembalikan 1 orang" in everything
    assert "Bendahara mengembalikan yang sudah masuk" in everything
    listed = await desk.get("/petugas/pengembalian/keadaan/refunding")
    assert ANN[:8] in listed
    assert "200.000" in listed
    assert ANN[:8] not in await desk.get("/petugas/pengembalian/keadaan/open")
    home = words(await desk.get("/petugas"))
    assert "0 orang harus mengembalikan bantuan" in home
    assert "1 orang menunggu uangnya dikembalikan kantor" in home


async def test_a_case_says_nothing_of_a_return_where_nothing_came_in(house: House) -> None:
    await indebted(house)
    desk = await at_desk(house, "auditor")
    assert "Harus dikembalikan kepada peserta" not in words(await desk.get(PLACE))
    await upheld(house)
    assert "Harus dikembalikan kepada peserta" not in words(await desk.get(PLACE))


async def test_the_letter_says_that_nothing_is_owed_and_who_returns_what_was_paid(house: House) -> None:
    await indebted(house, repaid=200_000)
    await upheld(house)
    letter = words(await (await at_desk(house, "approver")).get(f"{PLACE}/surat/2"))
    assert "Hal: Pembatalan tagihan pengembalian bantuan" in letter
    assert "Keberatan Saudara diterima: Saudara memenuhi syarat program." in letter
    assert "tidak ada yang harus dikembalikan, dan surat tagihan sebelumnya tidak berlaku lagi" in letter
    assert "Yang sudah Saudara bayarkan, Rp 200.000, dikembalikan bendahara kantor kami." in letter
    assert "gugatan" not in letter
    assert "Bayarlah" not in letter


async def test_the_letter_names_no_return_where_nothing_came_in(house: House) -> None:
    await indebted(house)
    await upheld(house)
    letter = words(await (await at_desk(house, "approver")).get(f"{PLACE}/surat/2"))
    assert "tidak ada yang harus dikembalikan" in letter
    assert "bendahara" not in letter


async def test_earlier_letters_say_what_they_said_when_another_finding_follows(house: House) -> None:
    await indebted(house)
    await upheld(house)
    house.clock.at += timedelta(days=90)
    later = {"decided_at": ineligible(ANN).decided_at + timedelta(days=2), "reason_text": "Anda menerima bantuan lain."}
    await house.hear(ineligible(ANN).model_copy(update=later))
    await house.until(lambda person: person.debt.number == 2)
    head = await at_desk(house, "approver")
    first, third = words(await head.get(f"{PLACE}/surat/1")), words(await head.get(f"{PLACE}/surat/3"))
    assert "Anda tercatat sebagai aparatur sipil negara" in first
    assert "ajukan keberatan paling lambat 24 Agustus 2020" in first
    assert "Anda menerima bantuan lain" in third
    assert "ajukan keberatan paling lambat 22 November 2020" in third


async def test_the_person_reads_that_nothing_need_be_repaid_instead_of_a_demand(house: House) -> None:
    await indebted(house, repaid=200_000)
    assert "Yang harus dikembalikan: Rp 250.000" in words(await (await entered(house)).get(STATUS))
    await upheld(house)
    page = await (await entered(house)).get(STATUS)
    text = words(page)
    assert "Keberatan Anda diterima: Anda memenuhi syarat. Tidak ada yang harus dikembalikan" in text
    assert "Rp 200.000 yang sudah Anda bayarkan dikembalikan bendahara kantor kami." in text
    assert "Kepesertaan Anda tetap berakhir" in text
    assert "Yang harus dikembalikan" not in text
    assert "aparatur sipil negara" not in text
    assert LINK not in page
    assert 'class="card urgent"' not in page


async def test_the_page_of_a_participant_leads_to_the_cancelled_case(house: House) -> None:
    await indebted(house)
    await upheld(house)
    page = await (await at_desk(house, "auditor")).get(f"/petugas/peserta/{ANN}")
    assert "Keberatan peserta diterima" in words(page)
    assert PLACE in page
    assert "aparatur sipil negara" not in page
    assert "Catat uang yang masuk" not in await (await at_desk(house, "secretariat")).get(PLACE)


async def test_who_had_no_debt_has_no_case_to_open(house: House) -> None:
    await select(house)
    await house.hear(ineligible(ANN))
    await house.until(lambda person: person.repay_until)
    await upheld(house)
    page = await (await at_desk(house, "auditor")).get(f"/petugas/peserta/{ANN}")
    assert "Keberatan peserta diterima" in words(page)
    assert PLACE not in page


async def test_the_door_tells_of_the_cancelled_case_in_numbers(house: House) -> None:
    await indebted(house, repaid=200_000)
    open_case = await debt_of(house)
    assert (open_case["cancelled_at"], open_case["to_return_rupiah"]) == (None, 0)
    await upheld(house)
    case = await debt_of(house)
    assert (case["state"], case["left_rupiah"], case["repaid_rupiah"]) == ("refunding", 0, 200_000)
    assert (case["to_return_rupiah"], case["deadline"], case["plan"]) == (200_000, None, None)
    assert case["cancelled_at"].startswith("2020-08-10T")
    assert [(each["kind"], each["amount_rupiah"]) for each in case["letters"]] == [
        ("opened", 450_000),
        ("cancelled", 250_000),
    ]
