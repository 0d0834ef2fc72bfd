"""What the demo adds of its own: bars and lines, phones, the conditions of rest, the memory of parts."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from deploy.demo.office import DemoFailed, Office
from deploy.demo.phones import Phones
from deploy.demo.progress import Steps, Tell
from deploy.demo.rest import until_idle
from deploy.demo.story import wib
from deploy.demo.summary import MEMORY_MB, heavy
from deploy.processes import peak_megabytes
from deploy.simulators.bank import Bank, Transfer
from shared.engine.ports import Put, Write
from shared.platform.clock import ProgrammeClock, SystemClock
from shared.security.accounts import Accounts
from tests.fakes import MemoryDatabase, MemoryStore


async def test_a_step_is_timed_and_what_it_says_is_shown_on_a_terminal_alone_as_a_bar() -> None:
    for terminal in (True, False):
        text = io.StringIO()
        steps = Steps(Console(file=text, force_terminal=terminal, width=100))

        async def counted(tell: Tell) -> str:
            tell(3, 7)
            return "done"

        assert await steps.count("People join", counted) == "done"
        assert list(steps.seconds) == ["People join"]
        assert "✓ People join" in text.getvalue().replace("\x1b[32m", "").replace("\x1b[0m", "")
        assert ("3/7" in text.getvalue()) == terminal


def test_a_phone_knows_the_last_code_that_came_and_each_file_is_read_once(tmp_path: Path) -> None:
    phones = Phones(tmp_path)
    phones.look()
    assert phones.one_time_code("081200000001") is None
    for channel, day, code in (("sms", "2020-04-03", "111111"), ("whatsapp", "2020-04-24", "222222")):
        (tmp_path / channel / day).mkdir(parents=True)
        (tmp_path / channel / day / "a.txt").write_text(f"Kepada: +6281200000001\n\nKode Anda {code}.")
        phones.look()
        (tmp_path / channel / day / "a.txt").unlink()
        assert phones.one_time_code("081200000001") == code
    assert phones.tracking_code("081200000001") is None


NOW = wib(2020, 5, 9)
BUSY = {
    "not told": Put("incentive:heads", {"_id": "head", "n": 4, "sequences": {"0": 9}}),
    "not heard": Put("registration:heads", {"_id": "head", "n": 3, "sequences": {"0": 8}}),
    "under way": Put("incentive:effects", {"_id": "pay", "state": "attempting"}),
    "due": Put("incentive:effects", {"_id": "pay", "state": "due", "next_at": NOW}),
    "due within the hour": Put(
        "incentive:effects", {"_id": "pay", "state": "due", "next_at": NOW + timedelta(minutes=30)}
    ),
    "to be asked about": Put("incentive:effects", {"_id": "pay", "state": "unknown", "next_at": NOW}),
    "overdue": Put("incentive:participants", {"_id": "a", "next_action_at": NOW}),
}


@pytest.mark.parametrize("busy", BUSY.values(), ids=BUSY)
async def test_a_service_is_idle_only_when_nothing_is_to_be_told_heard_done_or_overdue(
    busy: Write, tmp_path: Path
) -> None:
    database, clock_file = MemoryDatabase(MemoryStore()), tmp_path / "clock.json"
    ProgrammeClock.write(clock_file, NOW + timedelta(seconds=1), 1.0)
    later = NOW + timedelta(days=1)
    at_rest = (
        Put("incentive:heads", {"_id": "head", "n": 3, "sequences": {"0": 9}}),
        Put("incentive:relay", {"_id": "position", "n": 3}),
        Put("registration:heads", {"_id": "head", "n": 2, "sequences": {"0": 7}}),
        Put("incentive:feeds", {"_id": "gelombang.registration.v1/0", "mark": 7}),
        Put("incentive:effects", {"_id": "pay", "state": "unknown", "next_at": later}),
        Put("incentive:effects", {"_id": "to a bank that is closed", "state": "due", "next_at": later}),
        Put("incentive:participants", {"_id": "a", "next_action_at": later}),
        Put("incentive:participants", {"_id": "b", "next_action_at": None}),
    )
    await database.write(at_rest)
    async with httpx.AsyncClient() as http:
        office = Office(http, Accounts(database, SystemClock()), database, "", clock_file, Phones(tmp_path))
        await until_idle(office, "incentive", seconds=0)
        await database.write([busy])
        with pytest.raises(DemoFailed):
            await until_idle(office, "incentive", seconds=0)


async def test_registration_is_not_idle_while_a_ring_has_members_to_tend(tmp_path: Path) -> None:
    database, clock_file = MemoryDatabase(MemoryStore()), tmp_path / "clock.json"
    ProgrammeClock.write(clock_file, NOW, 1.0)
    async with httpx.AsyncClient() as http:
        office = Office(http, Accounts(database, SystemClock()), database, "", clock_file, Phones(tmp_path))
        await until_idle(office, "registration", seconds=0)
        await database.write([Put("registration:rings", {"_id": "ring", "waiting": True})])
        with pytest.raises(DemoFailed):
            await until_idle(office, "registration", seconds=0)


async def test_the_bank_says_what_it_has_still_to_do() -> None:
    now = NOW

    class Clock(SystemClock):
        def now(self) -> datetime:
            return now

    bank, seen = Bank(Clock()), list[int]()

    async def notify(headers: Mapping[str, str], body: bytes) -> None:
        seen.append(bank.waiting())

    bank.notify = notify
    await bank.pay(Transfer("A1", "BNI", "8800000055", 600_000))  # taken back after two days
    assert bank.waiting() == 0
    now += timedelta(days=3)
    assert bank.waiting() == 1
    await bank.run_due()
    assert (seen, bank.waiting()) == ([1], 0)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_the_memory_a_process_held_at_most_is_known() -> None:
    assert 5 < (peak_megabytes(os.getpid()) or 0) < 5000
    assert peak_megabytes(2**22 + 1) is None
    assert heavy({"registration": MEMORY_MB + 1, "border": MEMORY_MB, "database": 10 * MEMORY_MB}) == ["registration"]
