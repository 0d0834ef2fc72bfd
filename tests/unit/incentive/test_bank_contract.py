"""One suite for all adapters: what the Protocol promises holds whichever bank stands behind it."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.simulators.bank import Bank as Books
from deploy.simulators.bank_http import build_bank
from services.incentive.adapters.bank import Bank, BankAway, BankStatus, PaymentOrder, SimulatedBankClient
from tests.unit.incentive.bank import NOW, Clock
from tests.unit.incentive.files import BATCH, file_world, reference
from tests.unit.incentive.snap import Wire, snap_world

ADAPTERS = ["simulated", "snap", "iso20022", "csv"]


@dataclass
class Side:
    """An adapter, the books behind it, and how to let the bank work and to break the line to it."""

    bank: Bank
    books: Books
    clock: Clock
    works: Callable[[], Awaitable[Any]]
    breaks: Callable[[type[Exception]], None]


def side(name: str, folder: Path) -> Side:
    if name == "simulated":
        return _simulated()
    if name == "snap":
        world = snap_world()

        def broken(error: type[Exception]) -> None:
            world.wire.broken = error

        return Side(world.client, world.bank, world.clock, world.bank.run_due, broken)
    files = file_world(folder, name, 1)  # type: ignore[arg-type]  # the two file formats are adapters' names here

    async def works() -> None:
        await files.desk.run()
        await files.bank.run_due()
        files.desk.state(".xml" if name == "iso20022" else ".csv")

    return Side(files.client, files.bank, files.clock, works, lambda error: files.exchange.register.close())


def _simulated() -> Side:
    clock = Clock()
    books = Books(clock, late_seconds=0)
    wire = Wire(httpx.ASGITransport(build_bank(books)))

    def breaks(error: type[Exception]) -> None:
        wire.broken = error

    client = SimulatedBankClient(httpx.AsyncClient(transport=wire, base_url="http://bank"))
    return Side(client, books, clock, books.run_due, breaks)


def order(account: str = "1234567800", number: int = 1, rupiah: int = 600_000) -> PaymentOrder:
    return PaymentOrder(reference(number), "BNI", account, rupiah, "Ann br. Sembiring", BATCH, NOW)


@pytest.fixture(params=ADAPTERS)
def given(request: pytest.FixtureRequest, tmp_path: Path) -> Side:
    return side(request.param, tmp_path / "bank")


async def test_an_order_is_paid_once_and_then_said_to_be_paid(given: Side) -> None:
    assert (await given.bank.pay(order())).status in (BankStatus.PAID, BankStatus.PENDING)
    await given.works()
    found = await given.bank.payment(order())
    assert (found.status, given.books.paid_times(reference(1))) == (BankStatus.PAID, 1)


async def test_the_same_order_again_moves_no_money(given: Side) -> None:
    for _ in range(3):
        assert (await given.bank.pay(order())).status != BankStatus.FAILED
        await given.works()
    assert given.books.paid_times(reference(1)) == 1


async def test_the_same_reference_with_another_amount_moves_no_money_and_fails_nothing(given: Side) -> None:
    await given.bank.pay(order())
    await given.works()
    await given.bank.pay(order(rupiah=50_000))
    await given.works()
    assert [line.amount_rupiah for line in given.books.ledger] == [600_000]


async def test_a_reference_that_was_never_sent_is_not_found(given: Side) -> None:
    assert (await given.bank.payment(order(number=9))).status == BankStatus.NOT_FOUND


async def test_a_refusal_for_good_is_final_and_has_a_code(given: Side) -> None:
    await given.bank.pay(order("1234567857"))
    await given.works()
    found = await given.bank.payment(order("1234567857"))
    assert found.status == BankStatus.FAILED
    assert found.code
    assert given.books.ledger == []


async def test_money_that_left_without_an_answer_is_never_called_failed_or_unsent(given: Side) -> None:
    first = await given.bank.pay(order("1234567852"))
    assert first.status in (BankStatus.UNKNOWN, BankStatus.PENDING)
    await given.works()
    assert (await given.bank.payment(order("1234567852"))).status == BankStatus.PAID


async def test_money_that_came_back_is_told_by_answer_or_statement(given: Side) -> None:
    await given.bank.pay(order("1234567855"))
    await given.works()
    given.clock.at += timedelta(days=3)
    await given.works()
    assert (await given.bank.payment(order("1234567855"))).status == BankStatus.RETURNED


async def test_nothing_that_breaks_is_raised_by_pay_or_payment(given: Side) -> None:
    for error in (httpx.ReadTimeout, httpx.ConnectError, RuntimeError):
        if error is RuntimeError and isinstance(given.bank, SimulatedBankClient):
            continue  # a closed client is a mistake of ours; the engine takes it as unknown
        given.breaks(error)
        assert (await given.bank.pay(order())).status in (BankStatus.UNKNOWN, BankStatus.NOT_SENT)
        assert (await given.bank.payment(order())).status == BankStatus.UNKNOWN
    assert given.books.ledger == []


async def test_a_question_that_cannot_be_answered_says_the_bank_is_away(given: Side) -> None:
    given.breaks(httpx.ReadTimeout)
    with pytest.raises(BankAway):
        await given.bank.account("BNI", "1234567800")


async def test_a_statement_comes_in_pages_with_lines_that_keep_their_names(given: Side) -> None:
    for number in (1, 2, 3):
        await given.bank.pay(order(number=number))
        await given.works()
    first = await given.bank.statement(NOW - timedelta(days=2), 0, 2)
    second = await given.bank.statement(NOW - timedelta(days=2), 2, 2)
    if not first:
        assert type(given.bank).__name__ == "SnapBank"  # its statements come as files
        return
    assert [line.reference for line in (*first, *second)] == [reference(number) for number in (1, 2, 3)]
    assert len({line.line_id for line in (*first, *second)}) == 3
    assert all(line.status == BankStatus.PAID and not line.came_in for line in (*first, *second))
    assert await given.bank.statement(NOW - timedelta(days=2), 0, 2) == first
    assert list(await given.bank.statement(NOW + timedelta(days=2), 0, 2)) == []


async def test_no_account_number_or_name_is_in_what_prints(given: Side) -> None:
    answer = await given.bank.pay(order())
    assert "1234567800" not in repr((answer, order()))
    assert "Sembiring" not in repr((answer, order()))


async def test_a_closed_register_is_not_silent(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    world.exchange.register.close()
    with pytest.raises(sqlite3.Error):
        world.exchange.register.standing("X")
