"""Letters about debts: nobody of the office learns a name or an address without a record of who, whose and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.base import Sealed
from shared.contracts.decision import Refused
from shared.engine.ports import TransientError
from shared.security.openings import IdentityOpening, OpenIdentity
from tests.unit.incentive.builders import ineligible
from tests.unit.incentive.city import city_with
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import ANN, NIK, House
from tests.unit.incentive.phone import words
from tests.unit.incentive.steps import bought, platform_of, select, simulator

CASE = f"/petugas/pengembalian/{ANN}"
LETTER = f"{CASE}/surat/1"
NAME, ADDRESS = "Ann br. Sembiring", "Jl. Burung Kenari 77, Medan"
WHY = "Surat pertama dikirim lewat pos hari ini."
ROLES = ("placement", "secretariat", "disputes", "approver", "auditor")


async def indebted(house: House, address: str | None = ADDRESS) -> None:
    """Ann's course of 450,000 rupiah is to be repaid; without an address as events of older releases told it."""
    await select(house)
    await simulator(house).redeem(platform_of(house), await bought(house))
    sealed = (await house.vault.key(ANN)).seal("domicile", address) if address else None
    await house.hear(ineligible(ANN).model_copy(update={"domicile": sealed}))
    await house.until(lambda person: person.debt)


def records(house: House) -> list[dict[str, Any]]:
    return house.store.documents("identity_openings")


async def test_nobody_learns_a_name_without_a_record(house: House) -> None:
    await indebted(house)
    for role in ROLES:
        desk = await at_desk(house, role)
        for place in (LETTER, CASE, f"/petugas/peserta/{ANN}"):
            page = await desk.get(place)
            assert NAME not in page
            assert ADDRESS not in page
    assert records(house) == []
    head = await at_desk(house, "approver")
    letter = words(await head.post(LETTER, reason=WHY))
    assert f"Kepada Yth. {NAME} {ADDRESS} Penerima Kartu Prakerja gelombang 5" in letter
    assert "Tercatat: approver membuka nama dan alamat orang ini untuk surat ini." in letter
    (record,) = records(house)
    assert (record["applicant_id"], record["by"], record["opened_at"]) == (ANN, "approver", house.clock.now())
    assert (record["purpose"], record["reason"]) == ("clawback_letter/1", WHY)
    assert record["fields"] == ["full_name", "domicile"]
    house.clock.at += timedelta(minutes=1)
    assert NAME in await head.post(LETTER, reason=WHY)
    assert len({each["opened_at"] for each in records(house)}) == 2, "seen again is recorded again"


async def test_who_may_not_open_learns_nothing_and_leaves_no_record(house: House) -> None:
    await indebted(house)
    for role in set(ROLES) - {"approver"}:
        desk = await at_desk(house, role)
        page = await desk.post(LETTER, 403, reason=WHY)
        assert NAME not in page
        assert "Buka untuk dicetak" not in await desk.get(LETTER)
    head = await at_desk(house, "approver")
    for reason in ("", "  ", "ab", "x" * 301):
        page = await head.post(LETTER, 422, reason=reason)
        assert "INPUT_INVALID" in page
        assert NAME not in page
    assert "DEBT_UNKNOWN" in await head.post(f"{CASE}/surat/9", 404, reason=WHY)
    foreign = await head.http.post(f"/incentive{LETTER}", data={"reason": WHY}, headers={"Origin": "http://elsewhere"})
    assert foreign.status_code == 403
    assert NAME not in foreign.text
    assert records(house) == []


async def test_a_name_is_not_shown_while_its_record_cannot_be_written(house: House) -> None:
    await indebted(house)
    head, asked = await at_desk(house, "approver"), list[Any]()

    async def full(command: Any, **options: Any) -> Any:
        asked.append(command)
        raise TransientError("the disk is full")

    house.service.execute = full  # type: ignore[method-assign]
    page = await head.post(LETTER, 503, reason=WHY)
    assert [each.by for each in asked] == ["approver"]
    assert NAME not in page
    assert ADDRESS not in page


async def test_a_letter_carries_no_nik_and_no_number_of_a_card(house: House) -> None:
    await indebted(house)
    letter = await (await at_desk(house, "approver")).post(LETTER, reason=WHY)
    assert NAME in letter
    assert NIK not in letter
    assert "1234567812345678" not in letter


async def test_without_a_known_address_the_letter_has_the_name_and_room_for_it(house: House) -> None:
    await indebted(house, address=None)
    letter = words(await (await at_desk(house, "approver")).post(LETTER, reason=WHY))
    assert f"Kepada Yth. {NAME} Alamat:....." in letter
    assert "Alamatnya belum dikenal di sini; isilah dengan tangan." in letter
    assert [each["fields"] for each in records(house)] == [["full_name"]]


async def test_nothing_of_an_erased_person_is_opened(house: House) -> None:
    await indebted(house)
    await house.vault.erase(ANN)
    page = await (await at_desk(house, "approver")).post(LETTER, 404, reason=WHY)
    assert "PARTICIPANT_UNKNOWN" in page
    assert records(house) == []


@pytest.mark.parametrize("role", ["approver", "auditor"])
async def test_auditor_and_head_read_who_opened_whose_data(house: House, role: str) -> None:
    await indebted(house)
    head, desk, place = await at_desk(house, "approver"), await at_desk(house, role), "/petugas/pembukaan-data"
    assert "Belum ada data pribadi yang dibuka." in await desk.get(place)
    await head.post(LETTER, reason=WHY)
    assert place in await desk.get("/petugas")
    page = words(await desk.get(place))
    assert f"approver {ANN[:8]} nama lengkap, alamat domisili surat pengembalian ke-1 {WHY}" in page
    assert NAME not in page
    assert "Belum ada data pribadi yang dibuka." in await desk.get(f"{place}?page_no=1")
    told = (await house.client.get("/incentive/staff/identity-openings", headers=await house.staff(role))).json()
    assert told["next"] is None
    (row,) = told["openings"]
    assert (row["by"], row["applicant_id"], row["purpose"], row["reason"], row["fields"]) == (
        "approver",
        ANN,
        "clawback_letter/1",
        WHY,
        ["full_name", "domicile"],
    )


@pytest.mark.parametrize("role", ["placement", "secretariat", "disputes"])
async def test_others_do_not_read_the_record(house: House, role: str) -> None:
    desk = await at_desk(house, role)
    await desk.get("/petugas/pembukaan-data", 403)
    assert "/petugas/pembukaan-data" not in await desk.get("/petugas")
    refused = await house.client.get("/incentive/staff/identity-openings", headers=await house.staff(role))
    assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_MISSING")


@pytest.mark.parametrize("told", [Sealed("where Ann lives"), None])
def test_an_address_is_kept_as_it_was_told_with_the_verdict(told: Sealed | None) -> None:
    city = city_with()
    city.hear(ineligible().model_copy(update={"domicile": told}))
    assert city.person().domicile == told


def test_a_record_that_is_there_is_never_written_over() -> None:
    city, first = city_with(), OpenIdentity("o-1", "ann", "approver", "clawback_letter/1", WHY, ("full_name",))
    city.ask(first)
    city.ask(replace(first, by="secretariat", reason="tidak ada"))
    (kept,) = city.all(IdentityOpening)
    assert (kept.by, kept.reason, kept.opened_at) == ("approver", WHY, city.now)


def test_nobody_opens_the_data_of_a_whole_city() -> None:
    def opening(number: int, by: str = "approver") -> OpenIdentity:
        return OpenIdentity(f"{by}-{number}", "ann", by, "clawback_letter/1", WHY, ("full_name",))

    city = city_with()
    for number in range(30):
        city.ask(opening(number))
    with pytest.raises(Refused, match="TOO_MANY_OPENINGS"):
        city.ask(opening(30))
    city.ask(opening(0, "auditor"))
    city.now += timedelta(hours=1)
    city.ask(opening(31))
    assert len(city.all(IdentityOpening)) == 32
