"""The simulated bank misbehaves as scripted, and its books say what it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest

from deploy.simulators.bank import FAULTS, Bank
from deploy.simulators.bank_http import build_bank
from services.incentive.adapters.bank import BankAway, BankStatus, PaymentOrder, SimulatedBankClient, StatementLine
from tests.unit.incentive.bank import NOW, ORDER, Clock, client_for


@pytest.mark.parametrize("deduplicates", [True, False])
async def test_the_same_reference_is_paid_once_where_the_bank_deduplicates(deduplicates: bool) -> None:
    bank = Bank(Clock(), deduplicates=deduplicates)
    client = client_for(bank)
    for _ in range(2):
        assert (await client.pay(ORDER)).status == BankStatus.PAID
    assert bank.paid_times(ORDER.reference) == (1 if deduplicates else 2)


FIRST_ANSWERS = {
    "late": BankStatus.PAID,
    "silent": BankStatus.UNKNOWN,
    "lost": BankStatus.UNKNOWN,
    "mislaid": BankStatus.UNKNOWN,
    "pending": BankStatus.PENDING,
    "reversed": BankStatus.PAID,
    "refused": BankStatus.FAILED,
    "inactive": BankStatus.FAILED,
    "full": BankStatus.FAILED,
    "contradicted": BankStatus.PENDING,
    "unreachable": BankStatus.PAID,
}


@pytest.mark.parametrize("suffix", sorted(FAULTS))
async def test_each_fault_begins_and_ends_as_scripted(suffix: str) -> None:
    clock, notices = Clock(), list[bytes]()

    async def keep(headers: Mapping[str, str], body: bytes) -> None:
        notices.append(body)

    bank = Bank(clock, notify=keep, secret=b"s", late_seconds=7)
    client, fault = client_for(bank), FAULTS[suffix]
    order = PaymentOrder(ORDER.reference, "BNI", f"12345678{suffix}", 600_000)
    assert (await client.pay(order)).status == FIRST_ANSWERS[fault]
    assert clock.slept == ([7] if fault == "late" else [])
    found = (await client.payment(order)).status
    paid = fault in ("late", "silent", "reversed", "unreachable")
    assert bank.paid_times(order.reference) == paid
    assert (found == BankStatus.NOT_FOUND) is (fault in ("lost", "mislaid"))
    for _ in range(2):
        clock.at += timedelta(days=2)
        await bank.run_due()
    assert len(notices) == {"pending": 2, "reversed": 1, "contradicted": 2}.get(fault, 0)
    ends = {"reversed": "returned", "refused": "failed", "inactive": "failed", "full": "failed"}
    if fault == "mislaid":
        assert (await client.pay(order)).status == BankStatus.PAID
    if fault != "lost":
        assert bank.transfers[order.reference].status == ends.get(fault, "paid")


async def test_a_lost_order_is_carried_out_when_it_comes_again_to_a_bank_that_was_told() -> None:
    bank = Bank(Clock(), share=1.0, seed=3)
    faults = {bank.fault_of("1", f"R{n}") for n in range(60)}
    assert faults == {"late", "silent", "lost", "pending", "reversed"}
    assert Bank(Clock()).fault_of("1", "R1") is None
    await Bank(Clock(), notify=None)._tell("R", "paid", "")


async def test_accounts_are_opened_and_asked_about() -> None:
    clock = Clock()
    bank = Bank(clock)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(build_bank(bank)), base_url="http://bank")
    row = {"bank": "OVO", "account_number": "0812", "holder_nik": "1", "holder_name": "ANN", "ceiling_rupiah": 10}
    assert (await http.post("/simulator/accounts", json=[row])).json() == {"accounts": 1}
    client = SimulatedBankClient(http)
    facts = await client.account("OVO", "0812")
    assert facts
    assert (facts.holder_name, facts.active, facts.identity_checked, facts.room_rupiah) == ("ANN", True, True, 10)
    assert "ANN" not in repr(facts)
    assert await client.account("BNI", "0812") is None
    with pytest.raises(BankAway):
        await client.account("BNI", "12345660")
    await client.pay(ORDER)
    (line,) = await client.statement(NOW - timedelta(days=1), 0, 10)
    assert line == StatementLine(ORDER.reference, BankStatus.PAID, "", 600_000, NOW, "20200901T030000-0")
    assert await client.statement(NOW - timedelta(days=1), 1, 10) == []
    assert (await http.get("/simulator/books")).json() == {
        "paid_rupiah": 600_000,
        "returned_rupiah": 0,
        "paid_twice": 0,
    }
