"""What a bank's reports and statements change: each once, and no final word is taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from deploy.simulators.bank import Booking
from deploy.simulators.iso_answers import Verdict, camt053, pain002
from services.incentive.adapters.bank import BankStatus
from tests.unit.incentive.bank import NOW
from tests.unit.incentive.files import ACCOUNT, BATCH, file_world, paying, reference


async def test_a_report_comes_in_parts_and_each_counts_once(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank", expected=2)
    for number in (1, 2):
        await world.client.pay(paying(number))
    file = f"{BATCH}-001"
    world.inbox(
        "1.xml", pain002("R1", file, NOW, [Verdict(reference(1), "ACCP"), Verdict(reference(2), "RJCT", "AC04")])
    )
    assert (await world.client.payment(paying(1))).code == "IN_FILE"
    refused = await world.client.payment(paying(2))
    assert (refused.status, refused.code) == (BankStatus.FAILED, "ACCOUNT_INACTIVE")
    again = pain002("R1", file, NOW, [Verdict(reference(1), "ACCP"), Verdict(reference(2), "RJCT", "AC04")])
    world.inbox("2.xml", again)
    world.inbox("3.xml", pain002("R1", file, NOW, [Verdict(reference(1), "RJCT", "AC04")]))
    world.inbox("4.xml", pain002("R2", file, NOW, [Verdict(reference(1), "ACSC")]))
    assert (await world.client.payment(paying(1))).status == BankStatus.PAID
    assert world.codes() == {"3.xml": "ID_TWICE"}
    assert len(world.names("taken")) == 3


async def test_a_final_word_is_never_taken_back_without_an_alarm(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    await world.client.pay(paying(1))
    world.inbox("1.xml", pain002("R1", f"{BATCH}-001", NOW, [Verdict(reference(1), "ACSC")]))
    world.inbox("2.xml", pain002("R2", f"{BATCH}-001", NOW, [Verdict(reference(1), "RJCT", "AC04")]))
    world.inbox("3.xml", pain002("R3", f"{BATCH}-001", NOW, [Verdict(reference(1), "PDNG")]))
    assert (await world.client.payment(paying(1))).status == BankStatus.PAID
    assert world.alarms == [("BANK_CONTRADICTS_ITSELF", {"reference": reference(1)})]


async def test_a_file_that_the_bank_refuses_fails_all_its_orders(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank", expected=2)
    for number in (1, 2):
        await world.client.pay(paying(number))
    world.inbox("1.xml", pain002("R1", f"{BATCH}-001", NOW, [], "AM10"))
    for number in (1, 2):
        found = await world.client.payment(paying(number))
        assert (found.status, found.code) == (BankStatus.FAILED, "ISO_AM10")


async def test_a_statement_is_taken_once_and_a_gap_in_their_numbers_is_told(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    for name, id, number in (("1.xml", "S1", 1), ("1-again.xml", "S1", 1), ("4.xml", "S4", 4)):
        world.inbox(name, camt053(id, number, ACCOUNT, (0, 7), [Booking("", "in", 7, NOW, "INTR")]))
    lines = await world.client.statement(NOW - timedelta(days=1), 0, 10)
    assert [(line.line_id, line.amount_rupiah, line.came_in) for line in lines] == [
        ("S1/1", 7, True),
        ("S4/1", 7, True),
    ]
    assert await world.client.findings() == ["STATEMENT_MISSING 2", "STATEMENT_MISSING 3"]
    world.inbox("other.xml", camt053("S1", 1, ACCOUNT, (0, 8), [Booking("", "in", 8, NOW, "INTR")]))
    assert len(await world.client.statement(NOW - timedelta(days=1), 0, 10)) == 2
    assert world.codes() == {"other.xml": "ID_TWICE"}


async def test_a_file_booked_as_one_sum_pays_each_of_its_orders(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank", expected=2)
    for number in (1, 2):
        await world.client.pay(paying(number, rupiah=50_000 * number))
    raw = camt053("S1", 1, ACCOUNT, (0, -150_000), [Booking("", "out", 150_000, NOW, "ESCT")])
    booked = f"<NtryDtls><Btch><MsgId>{BATCH}-001</MsgId></Btch></NtryDtls></Ntry>".encode()
    world.inbox("1.xml", raw.replace(b"</Ntry>", booked))
    lines = await world.client.statement(NOW - timedelta(days=1), 0, 10)
    assert [(line.reference, line.amount_rupiah) for line in lines] == [(reference(1), 50_000), (reference(2), 100_000)]
    assert (await world.client.payment(paying(2))).status == BankStatus.PAID


async def test_a_fee_under_our_reference_does_not_pay_the_order(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    await world.client.pay(paying(1))
    fee = Booking(reference(1), "out", 6_500, NOW, "CHRG")
    world.inbox("1.xml", camt053("S1", 1, ACCOUNT, (0, -6_500), [fee]))
    assert (await world.client.payment(paying(1))).status == BankStatus.PENDING
    assert world.alarms == [("BANK_NEEDS_STAFF", {"what": "AMOUNT_DIFFERS", "reference": reference(1)})]
    paid = Booking(reference(1), "paid", 600_000, NOW)
    world.inbox("2.xml", camt053("S2", 2, ACCOUNT, (-6_500, -606_500), [paid]))
    assert (await world.client.payment(paying(1))).status == BankStatus.PAID
    assert len(world.alarms) == 1
    lines = await world.client.statement(NOW - timedelta(days=1), 0, 10)
    assert [(line.reference, line.amount_rupiah) for line in lines] == [(reference(1), 6_500), (reference(1), 600_000)]


async def test_a_part_that_came_back_returns_nothing(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    await world.client.pay(paying(1))
    booked = [Booking(reference(1), "paid", 600_000, NOW), Booking(reference(1), "returned", 593_500, NOW)]
    world.inbox("1.xml", camt053("S1", 1, ACCOUNT, (0, -6_500), booked))
    assert (await world.client.payment(paying(1))).status == BankStatus.PAID
    assert world.alarms == [("BANK_NEEDS_STAFF", {"what": "AMOUNT_DIFFERS", "reference": reference(1)})]
