"""Files leave once, wherever a process dies, and each of the bank's files counts once."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from deploy.simulators.bank import Booking
from deploy.simulators.iso_answers import Verdict, camt053, pain002
from services.incentive.adapters.bank import BankStatus
from services.incentive.adapters.files.client import FileBank, FileProfile
from services.incentive.adapters.files.exchange import Exchange
from services.incentive.adapters.files.register import Register
from services.incentive.domain.bank_days import BankCalendar
from tests.unit.incentive.bank import NOW
from tests.unit.incentive.files import ACCOUNT, BATCH, DEBTOR, Format, file_world, paying, reference

OFFICE_HOURS = BankCalendar(time(15), frozenset({1, 2, 3, 4, 5}))


class Died(BaseException):
    """The process is gone: nothing of ours may catch it."""


def dying_at(*steps: str) -> Callable[[str], None]:
    """Die the first time that each of these steps is reached."""
    left = list(steps)

    def fail(step: str) -> None:
        if step in left:
            left.remove(step)
            raise Died(step)

    return fail


async def test_a_batch_is_one_file_that_waits_for_all_its_orders(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank", expected=None)
    for number in (1, 2):
        found = await world.client.pay(paying(number))
        assert (found.status, found.code) == (BankStatus.PENDING, "IN_FILE")
    assert world.outbox() == []
    world.counts[BATCH] = 3
    world.clock.at += timedelta(seconds=5)
    await world.client.payment(paying(1))
    assert world.outbox() == []
    await world.client.pay(paying(3))
    assert world.outbox() == [f"{BATCH}-001.xml"]
    for number in (1, 2, 3):
        assert (await world.client.payment(paying(number))).code == "IN_FILE"
    assert world.outbox() == [f"{BATCH}-001.xml"]


async def test_what_lacks_is_waited_for_an_hour_and_then_comes_in_a_part_of_its_own(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank", expected=2)
    await world.client.pay(paying(1))
    world.clock.at += timedelta(minutes=59)
    await world.client.payment(paying(1))
    assert world.outbox() == []
    world.clock.at += timedelta(minutes=1)
    await world.client.payment(paying(1))
    assert world.outbox() == [f"{BATCH}-001.xml"]
    await world.desk.run()
    await world.client.pay(paying(2))
    assert world.outbox() == [f"{BATCH}-002.xml"]
    await world.desk.run()
    assert world.bank.paid_times(reference(1)) == world.bank.paid_times(reference(2)) == 1


async def test_a_file_leaves_only_before_the_cut_off_dated_the_day_it_leaves(tmp_path: Path) -> None:
    """Released at 14.55 WIB, cut-off at 15.00: what lacks gets BANK_CLOSED, and what waits is given back until then.

    So each order is looked at once more before it leaves; in the register nobody would.
    """
    world = file_world(tmp_path / "bank", expected=2, calendar=OFFICE_HOURS)
    world.clock.at = datetime(2020, 9, 4, 7, 55, tzinfo=UTC)  # a Friday
    assert (await world.client.pay(paying(1))).code == "IN_FILE"
    world.clock.at = datetime(2020, 9, 4, 8, 0, tzinfo=UTC)
    back = await world.client.payment(paying(1))
    assert (back.status, back.code, back.retry_after) == (BankStatus.NOT_SENT, "BANK_CLOSED", timedelta(hours=57))
    assert (await world.client.payment(paying(1))).status == BankStatus.NOT_FOUND
    assert world.outbox() == []
    world.clock.at = datetime(2020, 9, 6, 17, 0, tzinfo=UTC)  # Monday 00.00 WIB
    for number in (1, 2):
        await world.client.pay(paying(number))
    assert world.outbox() == [f"{BATCH}-001.xml"]
    raw = (world.folder / "outbox" / f"{BATCH}-001.xml").read_bytes()
    assert b"<NbOfTxs>2</NbOfTxs>" in raw
    assert b"<ReqdExctnDt><Dt>2020-09-07</Dt></ReqdExctnDt>" in raw


@pytest.mark.parametrize("step", ["begun", "written", "staged", "leaving"])
async def test_a_file_that_a_dead_process_left_behind_is_dated_the_day_it_leaves(step: str, tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank", calendar=OFFICE_HOURS)
    world.exchange.fail = dying_at(step)
    world.clock.at = datetime(2020, 9, 4, 7, 59, tzinfo=UTC)
    with pytest.raises(Died):
        await world.client.pay(paying(1))
    world.clock.at = datetime(2020, 9, 4, 8, 0, tzinfo=UTC)  # 15.00 WIB: the bank is closed
    await world.client.payment(paying(1))
    assert world.outbox() == []
    world.clock.at = datetime(2020, 9, 7, 1, 0, tzinfo=UTC)
    await world.client.payment(paying(1))
    raw = (world.folder / "outbox" / f"{BATCH}-001.xml").read_bytes()
    assert b"<ReqdExctnDt><Dt>2020-09-07</Dt></ReqdExctnDt>" in raw


@pytest.mark.parametrize("format", ["iso20022", "csv"])
@pytest.mark.parametrize("courier", [True, False], ids=["the bank takes it at once", "it lies in the outbox"])
@pytest.mark.parametrize("steps", [("written",), ("staged",), ("leaving",), ("left",), ("written", "leaving", "left")])
async def test_wherever_a_process_dies_the_file_leaves_once(
    steps: tuple[str, ...], courier: bool, format: Format, tmp_path: Path
) -> None:
    world = file_world(tmp_path / "bank", format)
    world.exchange.fail = dying_at(*steps)
    for _ in steps:
        with pytest.raises(Died):
            await world.client.pay(paying(1))
        if courier:
            await world.desk.run()
        world = _again(world.folder, format, world)
    await world.client.pay(paying(1))
    await world.client.payment(paying(1))
    await world.desk.run()
    assert world.bank.paid_times(reference(1)) == 1
    assert world.desk.seen == {f"{BATCH}-001"}
    assert (await world.client.payment(paying(1))).status == BankStatus.PAID
    assert world.alarms == []


def _again(folder: Path, format: Format, before):  # type: ignore[no-untyped-def]  # the same world with a new process
    """A new process over the same disk; the bank goes on."""
    before.exchange.register.close()
    after = file_world(folder, format)
    after.bank, after.desk, after.exchange.fail = before.bank, before.desk, before.exchange.fail
    return after


async def test_two_processes_beside_each_other_send_one_file(tmp_path: Path) -> None:
    """The slower one has seen that the file is not made; it must not make it after the other's has left."""
    world = file_world(tmp_path / "bank", expected=None)
    await world.client.pay(paying(1))
    world.exchange.register.cut(BATCH, NOW)
    slow, quick = (file_world(tmp_path / "bank").exchange for _ in range(2))
    has_begun, may_go_on = threading.Event(), threading.Event()

    def pause(step: str) -> None:
        if step == "begun":
            has_begun.set()
            may_go_on.wait(5)

    slow.fail = pause
    first = asyncio.create_task(asyncio.to_thread(slow.hand_over, NOW))
    await asyncio.to_thread(has_begun.wait, 5)
    second = asyncio.create_task(asyncio.to_thread(quick.hand_over, NOW))
    await asyncio.sleep(0.3)
    await world.desk.run()  # the bank takes what is there by now
    may_go_on.set()
    await asyncio.gather(first, second)
    await world.desk.run()
    assert world.bank.paid_times(reference(1)) == 1
    assert world.alarms == []
    assert world.names("inbox") == ["R000001.xml"]


async def test_an_order_that_was_erased_meanwhile_stays_known_without_its_account(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    await world.client.pay(paying(1))
    raw = (world.folder / "register.sqlite3").read_bytes()
    assert b"1234567800" not in raw
    assert b"Sembiring" not in raw
    assert stat.S_IMODE((world.folder / "register.sqlite3").stat().st_mode) == 0o600
    assert stat.S_IMODE((world.folder / "outbox" / f"{BATCH}-001.xml").stat().st_mode) == 0o600
    assert stat.S_IMODE((world.folder / "outbox").stat().st_mode) == 0o700


async def test_without_a_name_or_code_nothing_goes_into_a_file(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    nameless = paying(1).__class__(reference(1), "BNI", "1234567800", 600_000, " \n", BATCH, NOW)
    assert (await world.client.pay(nameless)).code == "HOLDER_NAME_MISSING"
    other = paying(1).__class__(reference(1), "DANA", "1234567800", 600_000, "Ann", BATCH, NOW)
    assert (await world.client.pay(other)).status == BankStatus.NOT_SENT
    assert world.outbox() == []


async def test_a_crash_after_a_file_was_applied_applies_it_once(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    world.exchange.fail = dying_at("applied")
    world.inbox("1.xml", camt053("S1", 1, ACCOUNT, (0, 7), [Booking("", "in", 7, NOW, "INTR")]))
    with pytest.raises(Died):
        await world.client.statement(NOW, 0, 10)
    assert len(await world.client.statement(NOW, 0, 10)) == 1
    assert world.names("inbox") == []


async def test_a_bank_that_gets_an_id_twice_refuses_it(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    await world.client.pay(paying(1))
    raw = (world.folder / "outbox" / f"{BATCH}-001.xml").read_bytes()
    await world.desk.run()
    (world.folder / "outbox" / f"{BATCH}-001.xml").write_bytes(raw)
    await world.desk.run()
    assert world.bank.paid_times(reference(1)) == 1
    assert (await world.client.payment(paying(1))).status == BankStatus.PAID
    assert world.alarms == [("BANK_REFUSES_OUR_FILE", {"reason": "ISO_DUPL"})]


async def test_a_second_copy_that_is_refused_says_nothing_about_the_first(tmp_path: Path) -> None:
    """Called failed it would be paid again under a new reference, while the first copy is still on its way."""
    world = file_world(tmp_path / "bank")
    await world.client.pay(paying(1))
    file = f"{BATCH}-001"
    world.inbox("1.xml", pain002("R1", file, NOW, [], "DUPL"))
    world.inbox("2.xml", pain002("R2", file, NOW, [Verdict(reference(1), "RJCT", "AM05")]))
    assert (await world.client.payment(paying(1))).code == "IN_FILE"
    assert [details["reason"] for _, details in world.alarms] == ["ISO_DUPL", "ISO_AM05"]


async def test_a_register_that_was_lost_sends_nothing_again(tmp_path: Path) -> None:
    """`not found` would have the engine send it again after the horizon."""
    world = file_world(tmp_path / "bank")
    await world.client.pay(paying(1))
    world.exchange.register.close()
    (world.folder / "register.sqlite3").unlink()
    fresh = Exchange(
        world.folder, "iso20022", DEBTOR, Register(world.folder / "register.sqlite3"), world.exchange.alarm
    )
    later = NOW + timedelta(minutes=1)
    client = FileBank(FileProfile({"BNI": "BNINIDJA"}), fresh, lambda: later, world.client._expected)
    found = await client.payment(paying(1))
    assert (found.status, found.code) == (BankStatus.UNKNOWN, "REGISTER_NEWER")
    assert (await client.payment(replace(paying(2), ordered_at=later))).status == BankStatus.NOT_FOUND
