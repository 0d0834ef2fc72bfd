"""Programme time runs as its file says; leases and waits stay real."""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.platform.clock import ProgrammeClock, SystemClock, whole_milliseconds

BEGIN = datetime(2020, 4, 3, 1, 0, tzinfo=UTC)


def test_nothing_finer_than_milliseconds_is_kept() -> None:
    assert whole_milliseconds(BEGIN.replace(microsecond=999_999)).microsecond == 999_000
    for clock in (SystemClock(), SystemClock()):
        assert clock.now().microsecond % 1000 == clock.wall().microsecond % 1000 == 0
        assert clock.now().tzinfo is UTC


def test_programme_time_begins_where_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    ProgrammeClock.write(path, BEGIN, 1.0)
    assert timedelta() <= ProgrammeClock(path).now() - BEGIN < timedelta(seconds=5)


def test_programme_time_runs_as_fast_as_the_file_says(tmp_path: Path) -> None:
    """A day per second: what the file says happened ten seconds ago is ten days past."""
    path = tmp_path / "clock.json"
    state = {"programme": BEGIN.isoformat(), "real": time.time() - 10, "speed": 86_400.0}
    path.write_text(json.dumps(state))
    assert timedelta(days=10) <= ProgrammeClock(path).now() - BEGIN < timedelta(days=15)


def test_a_clock_that_stands_still_stands_still(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    ProgrammeClock.write(path, BEGIN, 0.0)
    assert ProgrammeClock(path).now() == BEGIN


def test_all_processes_follow_a_new_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProgrammeClock, "REFRESH_SECONDS", 0.0)
    path = tmp_path / "clock.json"
    ProgrammeClock.write(path, BEGIN, 0.0)
    one, other = ProgrammeClock(path), ProgrammeClock(path)
    assert one.now() == other.now() == BEGIN
    ProgrammeClock.write(path, BEGIN + timedelta(days=30), 0.0)
    assert one.now() == other.now() == BEGIN + timedelta(days=30)


def test_the_file_is_read_at_most_so_often(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    ProgrammeClock.write(path, BEGIN, 0.0)
    clock = ProgrammeClock(path)
    clock.now()
    path.unlink()
    assert clock.now() == BEGIN


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    ProgrammeClock.write(path, BEGIN, 1.0)
    before = os.stat(path).st_ino
    ProgrammeClock.write(path, BEGIN, 2.0)
    assert os.stat(path).st_ino != before, "a new file takes the place of the old one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["clock.json"]


def test_leases_and_timeouts_stay_real(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    ProgrammeClock.write(path, BEGIN, 86_400.0)
    clock = ProgrammeClock(path)
    assert abs(clock.wall() - datetime.now(UTC)) < timedelta(seconds=5)
    assert abs(clock.monotonic() - time.monotonic()) < 5


async def test_waiting_ends_with_the_event_or_the_time() -> None:
    clock, event = SystemClock(), asyncio.Event()
    begun = time.monotonic()
    await clock.wait_for(event, 0.01)
    await clock.sleep(0.01)
    assert 0.015 < time.monotonic() - begun < 5
    event.set()
    await clock.wait_for(event, 60)
    assert time.monotonic() - begun < 5
