"""A payment through a bank that takes files, from the approved list to the statement, on the running service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from deploy.simulators.bank import Bank, Booking
from deploy.simulators.file_bank import FileDesk
from deploy.simulators.iso_answers import camt053
from services.incentive import money_store
from services.incentive.adapters.bank import Bank as BankPort
from services.incentive.adapters.bank import SimulatedBankClient, StatementLine
from services.incentive.adapters.banks import Banks
from services.incentive.adapters.files.client import FileBank, FileProfile
from services.incentive.adapters.files.exchange import Exchange
from services.incentive.adapters.files.register import Register
from services.incentive.domain.participant import EntitlementState, Participant
from tests.fakes import MemoryDatabase
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.files import ACCOUNT, DEBTOR
from tests.unit.incentive.house import House, eventually, open_house
from tests.unit.incentive.phone import key_of, words
from tests.unit.incentive.steps import pay_everything, ready_to_be_paid


class Inquiry(SimulatedBankClient):
    """Asked whose account it is, and nothing else: its books are the file bank's, which has the statements."""

    async def statement(self, since: datetime, after: int, limit: int) -> list[StatementLine]:
        return []


class Town:
    """A house whose bank BNI takes files; whose account it is, the simulated bank tells."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.house: House
        self.desk: FileDesk

    def bank(self, database: MemoryDatabase, simulated: BankPort, books: Bank) -> BankPort:
        self.desk = FileDesk(books, self.folder, ACCOUNT)
        register = Register(self.folder / "register.sqlite3")
        exchange = Exchange(self.folder, "iso20022", DEBTOR, register, lambda code, **details: None)
        expected = partial(money_store.released_orders, database)
        files = FileBank(FileProfile({"BNI": "BNINIDJA"}), exchange, books.clock.now, expected)
        assert isinstance(simulated, SimulatedBankClient)
        banks = Banks({"bni": files, "inquiry": Inquiry(simulated._client)}, lambda code, **details: None)
        banks.of_partner["BNI"], banks.inquiry["BNI"] = "bni", "inquiry"
        return banks

    def inbox(self, name: str, raw: bytes) -> None:
        """A file as the bank's transfer leaves it."""
        (self.folder / "inbox" / name).write_bytes(raw)

    async def outbox(self) -> list[str]:
        self.house.clock.at += timedelta(minutes=5)  # the engine asks again in programme time
        return [path.name for path in (self.folder / "outbox").glob("*.xml")]

    def state(self, person: Participant) -> EntitlementState:
        return person.entitlements[0].state


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    opened = Town(tmp_path / "bni")
    async for house in open_house(tmp_path, other_bank=opened.bank):
        opened.house = house
        yield opened


async def test_a_list_becomes_one_file_and_is_paid_when_the_bank_says_so(town: Town) -> None:
    house = town.house
    await ready_to_be_paid(house)
    batch_id = await pay_everything(house)
    assert await eventually(town.outbox, lambda names: names) == [f"{batch_id}-001.xml"]
    person = await house.until(lambda person: town.state(person) == EntitlementState.SENDING)
    assert (person.money["sending"], person.unsure_payment) == (600_000, False)
    await town.desk.run()
    await eventually(town.outbox, lambda names: not names)

    async def look() -> int:
        house.clock.at += timedelta(hours=1)
        person = await house.until(lambda person: True)
        return person.money.get("paid", 0)

    assert await eventually(look, lambda paid: paid) == 600_000
    assert len(house.bank.ledger) == 1


async def test_a_file_that_the_bank_never_answers_is_shown_after_a_day_as_what_it_is(town: Town) -> None:
    house = town.house
    await ready_to_be_paid(house)
    batch_id = await pay_everything(house)
    await eventually(town.outbox, lambda names: names)
    secretariat = await at_desk(house, "secretariat")
    assert "0 berkas di bank tanpa jawaban lebih dari sehari" in words(await secretariat.get("/petugas"))
    assert "Semua berkas sudah dijawab." in await secretariat.get("/petugas/berkas-bank")
    house.clock.at += timedelta(days=1)
    assert "1 berkas di bank tanpa jawaban lebih dari sehari" in words(await secretariat.get("/petugas"))
    assert f"bni {batch_id}-001" in (page := words(await secretariat.get("/petugas/berkas-bank")))
    assert "1 1 dari 1 600.000" in page
    await town.desk.run()
    house.clock.at += timedelta(hours=1)
    await house.until(lambda person: person.money.get("paid"))
    assert "Semua berkas sudah dijawab." in await secretariat.get("/petugas/berkas-bank")


async def test_the_statement_is_explained_line_by_line_and_the_rest_stands_in_a_queue(town: Town) -> None:
    house = town.house
    await ready_to_be_paid(house)
    await pay_everything(house)
    await eventually(town.outbox, lambda names: names)
    await town.desk.run()
    fee = Booking("", "out", 75_000, house.clock.at, "CHRG")
    town.desk.state(extra=[fee, Booking("", "in", 1_000, house.clock.at, "INTR")])
    secretariat, approver = await house.staff("secretariat"), await house.staff("approver")
    since = {"since": "2020-08-01T00:00:00Z"}
    found = (await house.post("/incentive/staff/reconciliation", since, **secretariat)).json()
    assert (found["lines"], found["open_lines"], found["not_ours"], found["findings"]) == (3, 1, [], [])
    await house.until(lambda person: person.money.get("paid"))
    house.clock.at += timedelta(days=3)
    queue = (await house.client.get("/incentive/staff/statement-lines", headers=approver)).json()
    (line,) = queue["lines"]
    assert (line["age_days"], line["amount_rupiah"], line["why"], line["bank"]) == (3, 75_000, "UNKNOWN_DEBIT", "bni")
    assert queue["unexplained"] == {"lines": 1, "in_rupiah": 0, "out_rupiah": 75_000, "oldest_days": 3}
    path = f"/incentive/staff/statement-lines/{line['line_id']}"
    why = {"kind": "fee", "proof": "BNI-2020-09", "reason": "biaya administrasi bulanan"}
    assert (await house.post(f"{path}/explanation", why, **approver)).status_code == 403
    assert (await house.post(f"{path}/explanation", why, **secretariat)).json()["state"] == "proposed"
    assert (await house.post(f"{path}/decision", {"accept": True}, **secretariat)).status_code == 403
    assert (await house.post(f"{path}/decision", {"accept": True}, **approver)).json()["state"] == "explained"
    queue = (await house.client.get("/incentive/staff/statement-lines", headers=approver)).json()
    assert (queue["lines"], queue["unexplained"]["oldest_days"], queue["next"]) == ([], None, None)
    days = await house.client.get(
        "/incentive/staff/statement-days", params={"since": "2020-08-01", "until": "2020-12-31"}, headers=approver
    )
    sums = days.json()["days"]
    assert sum(day["out_rupiah"] for day in sums) == 675_000
    assert sum(day["in_rupiah"] for day in sums) == 1_000
    assert {day["unexplained_out_rupiah"] for day in sums} == {0}
    again = (await house.post("/incentive/staff/reconciliation", since, **secretariat)).json()
    assert (again["lines"], again["open_lines"]) == (3, 0)


async def test_a_fee_under_our_reference_pays_nobody_and_stands_in_the_queue(town: Town) -> None:
    house = town.house
    await ready_to_be_paid(house)
    await pay_everything(house)
    await eventually(town.outbox, lambda names: names)
    person = await house.until(lambda person: town.state(person) == EntitlementState.SENDING)
    reference = person.entitlements[0].reference or ""
    town.desk.state(extra=[Booking(reference, "out", 6_500, house.clock.at, "CHRG")])
    secretariat = await house.staff("secretariat")
    since = {"since": "2020-08-01T00:00:00Z"}
    found = (await house.post("/incentive/staff/reconciliation", since, **secretariat)).json()
    assert (found["amount_differs"], found["not_ours"], found["open_lines"]) == ([reference], [], 1)
    queue = (await house.client.get("/incentive/staff/statement-lines", headers=secretariat)).json()
    assert [(line["amount_rupiah"], line["why"]) for line in queue["lines"]] == [(6_500, "AMOUNT_DIFFERS")]
    page = await (await at_desk(house, "secretariat")).post("/petugas/dana/rekening-koran", since="2020-08-01")
    assert "Jumlahnya bukan jumlah pembayarannya" in page
    assert f"<code>{reference}</code>" in page
    person = await house.until(lambda person: True)
    assert (town.state(person), person.money.get("paid", 0)) == (EntitlementState.SENDING, 0)


async def test_statements_are_shown_to_staff_alone_and_nonsense_is_refused(town: Town) -> None:
    house = town.house
    for path in ("/incentive/staff/statement-lines", "/incentive/staff/statement-days"):
        assert (await house.client.get(path)).status_code == 401
    secretariat, approver = await house.staff("secretariat"), await house.staff("approver")
    nothing = f"/incentive/staff/statement-lines/{'0' * 32}"
    why = {"kind": "fee", "proof": "B-1", "reason": "biaya"}
    assert (await house.post(f"{nothing}/explanation", why, **secretariat)).json()["code"] == "LINE_UNKNOWN"
    assert (await house.post(f"{nothing}/decision", {"accept": True}, **approver)).json()["code"] == "LINE_UNKNOWN"
    bad = await house.post(f"{nothing}/explanation", {**why, "kind": "gift"}, **secretariat)
    assert bad.status_code == 422


ALL_EXPLAINED = "Semua baris terjelaskan."


async def compared(town: Town) -> str:
    """The page that the secretariat gets after asking for the statements since 1 August."""
    secretariat = await at_desk(town.house, "secretariat")
    key = key_of(await secretariat.get("/petugas/dana"))
    return words(await secretariat.post("/petugas/dana/rekening-koran", key=key, since="2020-08-01"))


async def test_all_is_explained_only_where_there_is_a_line_and_no_statement_is_missing(town: Town) -> None:
    none = await compared(town)
    assert "0 baris dibaca. Tidak ada baris sejak hari itu." in none
    assert ALL_EXPLAINED not in none
    interest = [Booking("", "in", 7, town.house.clock.at, "INTR")]
    town.inbox("1.xml", camt053("S1", 1, ACCOUNT, (0, 7), interest))
    first = await compared(town)
    assert f"1 baris dibaca. {ALL_EXPLAINED}" in first
    assert "Berkas dari bank tidak lengkap" not in first
    town.inbox("3.xml", camt053("S3", 3, ACCOUNT, (14, 21), interest))
    missing = await compared(town)
    assert "bni: rekening koran nomor 2 tidak pernah kami terima. Mintalah dari bank." in missing
    assert "Berkas dari bank tidak lengkap" in missing
    assert ALL_EXPLAINED not in missing


async def test_a_file_that_was_refused_is_said_although_no_line_was_read(town: Town) -> None:
    town.inbox("2.xml", b"<html/>")
    page = await compared(town)
    said = "satu berkasnya tidak dapat dipakai, isinya tidak dihitung (bukan hasil pembayaran dan bukan rekening koran)"
    assert f"0 baris dibaca. Berkas dari bank tidak lengkap bni: {said}. Tanyakan kepada bank." in page
    assert ALL_EXPLAINED not in page
    assert "Tidak ada baris sejak hari itu." not in page
