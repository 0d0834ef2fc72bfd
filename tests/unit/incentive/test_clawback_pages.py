"""Debts on the office's pages: cases by age, a plan that two people make, letters to print, and who may do what."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.unit.incentive.builders import ineligible
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.phone import entered, key_of, words
from tests.unit.incentive.steps import bought, platform_of, select, simulator
from tests.unit.registration.browser import Browser

PLACE = f"/petugas/pengembalian/{ANN}"
SHORT = ANN[:8]
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')


async def indebted(house: House) -> None:
    """Ann's course of 450,000 rupiah is to be repaid by 9 October."""
    await select(house)
    await simulator(house).redeem(platform_of(house), await bought(house))
    await house.hear(ineligible(ANN))
    await house.until(lambda person: person.debt)


async def proposed(secretariat: Browser, instalments: str, first_on: str) -> None:
    form = {"key": key_of(await secretariat.get(PLACE)), "instalments": instalments, "first_on": first_on}
    await secretariat.post(f"{PLACE}/rencana", **form)


async def decided(head: Browser, agreed: str = "ya") -> None:
    """The head of the office sends the form as the page gives it."""
    await head.post(f"{PLACE}/keputusan", **seen_on(await head.get(PLACE)), agreed=agreed)


async def planned(secretariat: Browser, head: Browser, instalments: str, first_on: str) -> None:
    await proposed(secretariat, instalments, first_on)
    await decided(head)


def seen_on(page: str) -> dict[str, str]:
    """What the form of the decision holds on the page of a proposed plan."""
    form = page.split("/keputusan")[1].split("</form>")[0]
    return dict(HIDDEN.findall(form))


async def test_cases_stand_by_state_and_age_and_lead_to_the_people(house: House) -> None:
    await indebted(house)
    auditor = await at_desk(house, "auditor")
    assert "1 orang harus mengembalikan bantuan" in words(await auditor.get("/petugas"))
    page = words(await auditor.get("/petugas/pengembalian"))
    assert "Ditagih sekaligus 1 orang" in page
    assert "1 sampai 30 hari" in page
    house.clock.at += timedelta(days=45)
    assert "1 31 sampai 60 hari" in words(await auditor.get("/petugas/pengembalian"))
    place = "/petugas/pengembalian/keadaan/open"
    for age, there in (("", True), ("?umur=lama", True), ("?umur=baru", False), ("?page_no=1", False)):
        assert (SHORT in await auditor.get(f"{place}{age}")) is there
    assert SHORT not in await auditor.get("/petugas/pengembalian/keadaan/planned")
    house.clock.at += timedelta(days=20)
    await house.until(lambda person: person.debt_state == "overdue")
    assert "Lewat batas, peringatan terakhir sudah dibuat 1 orang" in words(await auditor.get("/petugas/pengembalian"))
    assert "Berapa kali" not in await auditor.get(PLACE), "an auditor reads"


async def test_a_plan_is_proposed_by_one_and_agreed_by_another_who_saw_it(house: House) -> None:
    await indebted(house)
    secretariat, head = await at_desk(house, "secretariat"), await at_desk(house, "approver")
    form = {"key": key_of(await secretariat.get(PLACE)), "instalments": "3", "first_on": "2020-09-10"}
    assert "PLAN_TOO_LONG" in await secretariat.post(f"{PLACE}/rencana", 422, **{**form, "instalments": "13"})
    assert "INPUT_INVALID" in await secretariat.post(f"{PLACE}/rencana", 422, **{**form, "first_on": "besok"})
    form["key"] = key_of(await secretariat.get(PLACE))
    for _ in range(2):
        assert "Rencana cicilan diusulkan" in await secretariat.post(f"{PLACE}/rencana", **form)
    assert "Menunggu kepala dinas, bukan secretariat." in words(await secretariat.get(PLACE))
    page = await head.get(PLACE)
    assert "Yang disetujui tepat rencana di halaman ini: 3 kali, Rp 450.000." in words(page)
    seen = {**seen_on(page), "agreed": "ya"}
    assert (seen["instalments"], seen["amount_rupiah"]) == ("3", "450000")
    assert "PLAN_CHANGED" in await head.post(f"{PLACE}/keputusan", 409, **{**seen, "amount_rupiah": "450001"})
    seen["key"] = key_of(await head.get(PLACE))
    assert "Rencana cicilan disetujui" in await head.post(f"{PLACE}/keputusan", **seen)
    page = words(await head.get(PLACE))
    assert "diusulkan secretariat" in page.lower()
    assert "disetujui approver" in page
    assert "2 10 Oktober 2020 150.000 0" in page
    phone = await entered(house)
    own = words(await phone.get("/status"))
    assert "Boleh dicicil menurut rencana Anda." in own
    assert "Rp 150.000 paling lambat 10 November 2020" in own
    repaid = {
        "key": key_of(await secretariat.get(PLACE)),
        "repayment_id": "K-1",
        "amount": "200.000",
    }
    assert "Pengembalian sudah dicatat." in await secretariat.post(f"{PLACE}/uang-masuk", **repaid)
    page = words(await head.get(PLACE))
    assert "1 10 September 2020 150.000 150.000 2 10 Oktober 2020 150.000 50.000" in page
    assert "Sedang dicicil 1 orang" in words(await head.get("/petugas/pengembalian"))


async def test_the_form_of_a_plan_that_was_proposed_anew_meanwhile_agrees_to_nothing(house: House) -> None:
    await indebted(house)
    secretariat, head = await at_desk(house, "secretariat"), await at_desk(house, "approver")
    await proposed(secretariat, "3", "2020-09-10")
    opened = seen_on(await head.get(PLACE))
    await proposed(secretariat, "3", "2020-10-09")
    answer = await head.post(f"{PLACE}/keputusan", 409, **opened, agreed="ya")
    assert "PLAN_CHANGED" in answer
    assert "Rencana atau sisa kewajiban tidak sama dengan yang Anda lihat." in words(answer)
    assert "Usul rencana cicilan" in words(await head.get(PLACE))


async def test_letters_say_what_was_owed_when_they_were_written_and_the_article(house: House) -> None:
    await indebted(house)
    head = await at_desk(house, "approver")
    first = words(await head.get(f"{PLACE}/surat/1"))
    assert "Hal: Pemberitahuan pengembalian bantuan" in first
    assert "Rp 450.000 wajib dikembalikan dalam 60 hari, paling lambat 9 Oktober 2020" in first
    assert "Anda tercatat sebagai aparatur sipil negara" in first
    assert "Ann" not in first
    house.clock.at += timedelta(days=61)
    await house.until(lambda person: person.debt_state == "overdue")
    last = words(await head.get(f"{PLACE}/surat/2"))
    assert "Hal: Peringatan terakhir sebelum gugatan ganti rugi" in last
    assert "Pasal 31C" in last
    assert "DEBT_UNKNOWN" in await head.get(f"{PLACE}/surat/9", 404)


async def test_nobody_without_a_debt_has_a_case(house: House) -> None:
    await select(house)
    await house.until(lambda person: True)
    auditor = await at_desk(house, "auditor")
    assert "DEBT_UNKNOWN" in await auditor.get(PLACE, 404)
    assert "Tidak ada yang harus dikembalikan." in await auditor.get("/petugas/pengembalian")


async def test_the_form_of_a_plan_says_its_last_day_and_the_door_takes_exactly_those_days(house: House) -> None:
    await indebted(house)
    secretariat = await at_desk(house, "secretariat")
    page = await secretariat.get(PLACE)
    assert "Tanggal itu antara 11 Agustus 2020 dan 9 Oktober 2020." in words(page)
    assert 'min="2020-08-11" max="2020-10-09"' in page
    for first_on in ("2020-08-10", "2020-10-10"):
        form = {"key": key_of(await secretariat.get(PLACE)), "instalments": "3", "first_on": first_on}
        assert "PLAN_DATE_WRONG" in await secretariat.post(f"{PLACE}/rencana", 422, **form)
    for first_on in ("2020-08-11", "2020-10-09"):
        form = {"key": key_of(await secretariat.get(PLACE)), "instalments": "3", "first_on": first_on}
        assert "Rencana cicilan diusulkan" in await secretariat.post(f"{PLACE}/rencana", **form)
    house.clock.at += timedelta(days=61)
    await house.until(lambda person: any(each.kind == "damages" for each in person.debt.letters))
    page = await secretariat.get(PLACE)
    assert 'min="2020-10-11" max="2020-10-20"' in page, "after its deadline a plan may begin within ten days"


async def test_the_letter_about_a_plan_says_for_ever_what_was_agreed_that_day(house: House) -> None:
    await indebted(house)
    secretariat, head = await at_desk(house, "secretariat"), await at_desk(house, "approver")
    await planned(secretariat, head, "3", "2020-09-10")
    agreed = (
        "Permintaan Saudara disetujui: sisa Rp 450.000 dikembalikan dengan cicilan bulanan. "
        "Rp 150.000, paling lambat 10 September 2020 Rp 150.000, paling lambat 10 Oktober 2020 "
        "Rp 150.000, paling lambat 10 November 2020 Selama setiap cicilan masuk tepat waktu"
    )
    letter = f"{PLACE}/surat/2"
    assert agreed in words(await head.get(letter))
    house.clock.at += timedelta(days=40)
    await house.until(lambda person: person.debt_state == "open")
    assert agreed in words(await head.get(letter)), "the plan has lapsed"
    await proposed(secretariat, "2", "2020-09-30")
    assert agreed in words(await head.get(letter)), "another plan is only proposed"
    await decided(head)
    assert agreed in words(await head.get(letter)), "another plan was agreed"
    second = words(await head.get(f"{PLACE}/surat/4"))
    assert "Rp 225.000, paling lambat 30 September 2020 Rp 225.000, paling lambat 30 Oktober 2020 Selama" in second
