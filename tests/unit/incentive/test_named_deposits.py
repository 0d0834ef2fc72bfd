"""Funds and the bank's statement: money that names its document explains itself, and what does not agree is shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.simulators.bank import Bank, Booking
from deploy.simulators.iso_answers import camt053
from services.incentive.adapters.remittance import MOST, named_documents
from services.incentive.adapters.statement import reconcile
from services.incentive.domain.funds import DepositFunds
from services.incentive.domain.statement import ExplainLine, RecordLine
from services.incentive.domain.statement_lines import BookedLine, Kind, LineClaim, LineState
from tests.unit.incentive.bank import NOW, Clock, client_for
from tests.unit.incentive.city import City
from tests.unit.incentive.counter import at_desk, funded
from tests.unit.incentive.files import ACCOUNT, file_world
from tests.unit.incentive.house import NIK, House
from tests.unit.incentive.phone import words

SEVEN_MILLION = 7_000_000
PLACE = "/petugas/rekening-koran"


def came(*documents: str, **fields: Any) -> RecordLine:
    """Money came to our account, and the bank's text has these numbers."""
    known: dict[str, Any] = {
        "source": "bni",
        "bank_line": "S1/1",
        "booked_at": NOW,
        "came_in": True,
        "amount_rupiah": SEVEN_MILLION,
        "reference": "",
        "says": "",
        "documents": documents,
    }
    return RecordLine(**{**known, **fields})


def line(city: City, command: RecordLine) -> BookedLine:
    found = city.state(BookedLine, command.line_id)
    assert isinstance(found, BookedLine)
    return found


def recorded(*deposits: str, rupiah: int = SEVEN_MILLION) -> City:
    city = City()
    for each in deposits:
        city.ask(DepositFunds(each, rupiah, "maker"))
    return city


def test_money_that_names_a_recorded_deposit_with_its_rupiah_explains_itself_once() -> None:
    city = recorded("00123/SP2D-LS/2020")
    first = came("2020", "00123/SP2D-LS/2020")
    for _ in range(2):
        assert city.ask(first)["state"] == "explained"
    assert (line(city, first).kind, line(city, first).proof) == (Kind.DEPOSIT, "00123/SP2D-LS/2020")
    assert [(each.id, each.line_id) for each in city.all(LineClaim)] == [("deposit/00123/SP2D-LS/2020", first.line_id)]
    again = came("00123/SP2D-LS/2020", bank_line="S1/2")
    assert city.ask(again)["state"] == "open"
    assert (line(city, again).why, line(city, again).names) == ("DEPOSIT_TWICE", "00123/SP2D-LS/2020")


@pytest.mark.parametrize("rupiah", [SEVEN_MILLION - 1, SEVEN_MILLION + 1])
def test_a_deposit_with_other_rupiah_is_named_and_explains_nothing(rupiah: int) -> None:
    city, command = recorded("SP2D-9"), came("SP2D-9", amount_rupiah=rupiah)
    assert city.ask(command)["state"] == "open"
    assert (line(city, command).why, line(city, command).names) == ("DEPOSIT_DIFFERS", "SP2D-9")
    assert city.all(LineClaim) == []
    explained = ExplainLine(command.line_id, "other", "BI-1", "uang muka", "maker")
    assert city.ask(explained)["state"] == "proposed", "two people look where the papers do not agree"


def test_of_several_deposits_none_is_guessed() -> None:
    city, command = recorded("SP2D-8", "SP2D-9"), came("SP2D-8", "SP2D-9")
    assert city.ask(command)["state"] == "open"
    assert (line(city, command).why, line(city, command).names) == ("DEPOSITS_NAMED", "SP2D-8, SP2D-9")


def test_a_number_that_nobody_recorded_is_not_kept_until_somebody_does() -> None:
    city, command = City(), came("SP2D-9", "0812345678")
    assert city.ask(command)["state"] == "open"
    assert (line(city, command).why, line(city, command).names) == ("UNKNOWN_CREDIT", "")
    assert "0812345678" not in repr(line(city, command))
    city.ask(DepositFunds("SP2D-9", SEVEN_MILLION, "maker"))
    assert city.ask(command)["state"] == "explained"
    assert line(city, command).state == LineState.EXPLAINED


def test_money_that_left_is_no_deposit_whatever_its_text_says() -> None:
    city, command = recorded("SP2D-9"), came("SP2D-9", came_in=False)
    assert city.ask(command)["state"] == "open"
    assert line(city, command).why == "UNKNOWN_DEBIT"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SP2D NO: 00123/SP2D-LS/1.05/2020.", ("SP2D", "00123/SP2D-LS/1.05/2020")),
        ("pencairan sp2d-9", ("sp2d-9", "SP2D-9")),
        ("160751302000451", ("160751302000451",)),
        ("Rahmad Lubis, pengembalian", ()),
        (f"NIK {NIK} kartu1234567812345678", ()),
        ("7 ab 12", ()),
        ("9" * 65, ()),
        ("", ()),
    ],
)
def test_of_a_bank_s_text_only_what_may_be_a_document_s_number_is_taken(text: str, found: tuple[str, ...]) -> None:
    assert named_documents(text) == found


def test_a_long_text_gives_a_bounded_number_of_documents() -> None:
    assert len(named_documents(" ".join(f"SP2D-{n}" for n in range(500)))) == MOST


@pytest.mark.parametrize("place", ["EndToEndId", "Ustrd", "RfrdDocInf", "CdtrRefInf", "AddtlNtryInf"])
async def test_camt_053_tells_the_document_from_wherever_the_bank_puts_it(tmp_path: Path, place: str) -> None:
    world = file_world(tmp_path / "bank")
    raw = camt053("S1", 1, ACCOUNT, (0, 7), [Booking("", "in", 7, NOW, "DMCT")])
    inside = {
        "EndToEndId": "<NtryDtls><TxDtls><Refs><EndToEndId>SP2D-9</EndToEndId></Refs></TxDtls></NtryDtls>",
        "Ustrd": "<NtryDtls><TxDtls><RmtInf><Ustrd>Kas Negara</Ustrd><Ustrd>No SP2D-9</Ustrd></RmtInf></TxDtls>"
        "</NtryDtls>",
        "RfrdDocInf": "<NtryDtls><TxDtls><RmtInf><Strd><RfrdDocInf><Nb>SP2D-9</Nb></RfrdDocInf></Strd></RmtInf>"
        "</TxDtls></NtryDtls>",
        "CdtrRefInf": "<NtryDtls><TxDtls><RmtInf><Strd><CdtrRefInf><Ref>SP2D-9</Ref></CdtrRefInf></Strd></RmtInf>"
        "</TxDtls></NtryDtls>",
        "AddtlNtryInf": "<AddtlNtryInf>SP2D-9</AddtlNtryInf>",
    }[place]
    world.inbox("1.xml", raw.replace(b"</Ntry>", f"{inside}</Ntry>".encode()))
    (found,) = await world.client.statement(NOW - timedelta(days=1), 0, 10)
    assert (found.came_in, found.documents) == (True, ("SP2D-9",))


async def test_a_csv_tells_the_document_of_money_that_came_in_alone(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank", "csv")
    rows = (
        f"STATEMENT,{ACCOUNT},S1,1,0,7\r\n"
        "number,booked_on,direction,amount_rupiah,reference,kind\r\n"
        "1,2020-09-01,in,12,SP2D-9 KAS NEGARA,\r\n"
        "2,2020-09-01,out,5,SP2D-8,\r\n"
    )
    world.inbox("1.csv", rows.encode())
    lines = await world.client.statement(NOW - timedelta(days=1), 0, 10)
    assert [(each.amount_rupiah, each.documents) for each in lines] == [(12, ("SP2D-9",)), (5, ())]


async def test_the_simulated_bank_s_funds_explain_themselves(house: House) -> None:
    secretariat = await at_desk(house, "secretariat")
    await funded(secretariat, "7.000.000", "SP2D-9")
    house.bank.receive(SEVEN_MILLION, "Kas Negara SP2D-9")
    house.bank.receive(SEVEN_MILLION - 1, "Kas Negara SP2D-9")
    house.bank.receive(5, f"Pengembalian {NIK}")
    done = await secretariat.post("/petugas/dana/rekening-koran", since="2020-08-01")
    assert "SP2D-9" not in done
    lines = house.store.documents("statement_lines")
    assert sorted((each["amount_rupiah"], each["state"], each["why"], each["names"]) for each in lines) == [
        (5, "open", "UNKNOWN_CREDIT", ""),
        (SEVEN_MILLION - 1, "open", "DEPOSIT_DIFFERS", "SP2D-9"),
        (SEVEN_MILLION, "explained", "", ""),
    ]
    page = words(await secretariat.get(PLACE))
    assert "Menyebut dana yang kami catat dengan jumlah lain." in page
    assert "menyebut SP2D-9." in page
    assert NIK not in page


async def test_what_the_simulated_bank_receives_is_no_payment_of_ours(tmp_path: Path) -> None:
    bank, kept = Bank(Clock()), list[Any]()
    bank.receive(5, "SP2D-9 dari Kas Negara")

    async def execute(command: Any, **options: Any) -> dict[str, Any]:
        kept.append(command)
        return {}

    assert (await reconcile(execute, client_for(bank), NOW - timedelta(days=1)))["lines"] == 1
    (command,) = kept
    assert (command.says, command.came_in, command.documents) == ("", True, ("SP2D-9",))


async def test_funds_without_a_line_after_three_days_are_asked_about(house: House) -> None:
    secretariat, placement = await at_desk(house, "secretariat"), await at_desk(house, "placement")
    await funded(secretariat, "7.000.000", "SP2D-9")
    await funded(secretariat, "1.000", "SP2D-8")
    tile = "dana tercatat tanpa baris rekening koran lebih dari 3 hari"
    house.clock.at += timedelta(days=3, seconds=-1)
    assert f"0 {tile}" in words(await secretariat.get("/petugas"))
    house.clock.at += timedelta(seconds=1)
    assert f"2 {tile}" in words(await secretariat.get("/petugas"))
    page = words(await secretariat.get(PLACE))
    assert "SP2D-9 : Rp 7.000.000, dicatat secretariat" in page
    assert "SP2D-8 : Rp 1.000, dicatat secretariat" in page
    house.bank.receive(SEVEN_MILLION, "SP2D-9")
    await secretariat.post("/petugas/dana/rekening-koran", since="2020-08-01")
    assert f"1 {tile}" in words(await secretariat.get("/petugas"))
    page = words(await secretariat.get(PLACE))
    assert "SP2D-9" not in page
    assert "SP2D-8 : Rp 1.000" in page
    for place in ("/petugas", PLACE):
        assert "SP2D" not in await placement.get(place)
        assert tile not in words(await placement.get(place))
