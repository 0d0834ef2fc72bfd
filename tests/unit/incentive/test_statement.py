"""Reconciliation: the banks' statements against our payments, line by line; every line is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.simulators.bank import Bank, Booking, Transfer
from deploy.simulators.iso_answers import camt053
from services.incentive.adapters.banks import Banks
from services.incentive.adapters.statement import reconcile
from services.incentive.domain.payouts import HearPayment
from services.incentive.domain.statement import RecordLine
from shared.contracts.decision import Refused
from tests.unit.incentive.bank import NOW, Clock, client_for, client_of
from tests.unit.incentive.files import ACCOUNT, file_world


class Service:
    """Takes commands: payments of FOREIGN are unknown, and a line is explained when it is the first of its payment.

    Payments are of 5 rupiah, as far as amounts are told.
    """

    def __init__(self) -> None:
        self.heard: list[HearPayment] = []
        self.kept: list[RecordLine] = []

    async def execute(self, command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]:
        if isinstance(command, RecordLine):
            first = command.reference not in {each.reference for each in self.kept}
            self.kept.append(command)
            return {"state": "explained" if first and command.reference == "OURS" else "open"}
        if command.reference == "FOREIGN":
            raise Refused("PAYMENT_UNKNOWN")
        if command.amount_rupiah not in (None, 5):
            raise Refused("AMOUNT_DIFFERS")
        self.heard.append(command)
        return {}


async def test_the_statement_is_compared_line_by_line_and_every_line_is_kept() -> None:
    bank, service = Bank(Clock(), deduplicates=False), Service()
    for reference, times in (("OURS", 2), ("FOREIGN", 1)):
        for _ in range(times):
            await bank.pay(Transfer(reference, "BNI", "1", 5))
    found = await reconcile(service.execute, client_for(bank), NOW - timedelta(days=1))
    counts = {"lines": 3, "open_lines": 2, "amount_differs": [], "findings": []}
    assert found == {**counts, "not_ours": ["FOREIGN"], "paid_twice": ["OURS"]}
    assert all(each.is_notice and each.result == "paid" for each in service.heard)
    assert len({each.line_id for each in service.kept}) == 3
    again = Service()
    await reconcile(again.execute, client_for(bank), NOW - timedelta(days=1))
    assert again.kept == service.kept


async def test_a_line_with_another_amount_than_the_payments_is_no_news_of_it_and_stays_open() -> None:
    bank, service = Bank(Clock()), Service()
    bank.ledger += [Booking("OURS", "paid", 6_500, NOW), Booking("OURS", "paid", 5, NOW)]
    bank.ledger += [Booking("OURS", "returned", 4, NOW)]
    found = await reconcile(service.execute, client_for(bank), NOW - timedelta(days=1))
    assert (found["amount_differs"], found["not_ours"], found["paid_twice"]) == (["OURS", "OURS"], [], [])
    assert [(each.result, each.amount_rupiah) for each in service.heard] == [("paid", 5)]
    assert [(each.says, each.amount_rupiah) for each in service.kept] == [("paid", 6_500), ("paid", 5), ("returned", 4)]


class Slow(Service):
    """Takes commands as a service does that waits for its disk: those that come together are done together."""

    def __init__(self) -> None:
        super().__init__()
        self.beside, self.most = 0, 0

    async def execute(self, command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]:
        self.beside += 1
        self.most = max(self.most, self.beside)
        for _ in range(3 if isinstance(command, HearPayment) and command.result == "paid" else 1):
            await asyncio.sleep(0)
        self.beside -= 1
        return await super().execute(command)


async def test_lines_are_taken_beside_each_other_but_those_of_one_payment_in_their_order() -> None:
    bank, service = Bank(Clock()), Slow()
    for number in range(60):
        bank.ledger += [Booking(f"R{number}", status, 5, NOW) for status in ("paid", "returned")]
    assert (await reconcile(service.execute, client_for(bank), NOW))["lines"] == 120
    told: dict[str, list[str]] = {}
    for each in service.heard:
        told.setdefault(each.reference, []).append(each.result)
    assert told == {f"R{number}": ["paid", "returned"] for number in range(60)}
    assert [each.reference for each in service.kept] == [f"R{number // 2}" for number in range(120)]
    assert service.most == 50


async def test_a_line_that_says_nothing_is_kept_as_a_movement_nobody_knows() -> None:
    line = {"reference": "R", "status": "odd", "code": None, "amount_rupiah": 5, "booked_at": NOW.isoformat()}
    pages, service = iter([[line], []]), Service()
    client = client_of(lambda request: httpx.Response(200, json={"lines": next(pages)}))
    found = await reconcile(service.execute, client, NOW)
    assert (found["lines"], found["open_lines"], service.heard) == (1, 1, [])
    assert service.kept[0].says == ""


async def test_each_bank_has_a_statement_of_its_own_and_what_is_wrong_with_its_files_is_told(tmp_path: Path) -> None:
    world, service, simulated = file_world(tmp_path / "bank"), Service(), Bank(Clock())
    await simulated.pay(Transfer("OURS", "BNI", "1", 5))
    world.inbox("1.xml", camt053("S1", 1, ACCOUNT, (0, 7), [Booking("", "in", 7, NOW, "INTR")]))
    world.inbox("2.xml", b"<html/>")
    banks = Banks({"bni": world.client, "simulated": client_for(simulated)}, lambda code, **details: None)
    found = await reconcile(service.execute, banks, NOW - timedelta(days=1))
    assert found["findings"] == ["bni FILE_REFUSED MESSAGE_UNKNOWN"]
    assert {(each.source, each.amount_rupiah) for each in service.kept} == {("bni", 7), ("simulated", 5)}
    both = await banks.statement(NOW - timedelta(days=1), 0, 5)
    assert [line.amount_rupiah for line in both] == [7, 5]
