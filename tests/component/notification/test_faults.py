"""What cannot be sent is an alarm and a counted failure, never silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.notification.settings import NotificationSettings
from tests.component.notification import samples
from tests.component.notification.stage import Stage, virtual

DATA = NotificationSettings().messages_directory


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("messages_id.csv", "incentive.paid,", "incentive.elsewhere,", "TEMPLATE_MISSING"),
        ("messages_id.csv", "{payment_ref}", "{payment_reference}", "FIELD_MISSING"),
        ("messages_id.csv", "Nomor bukti:", "Nomor bukti " + "panjang " * 200, "TEXT_TOO_LONG"),
        ("routing.csv", "IncentivePaid,", "IncentivePaidOut,", "ROUTE_MISSING"),
    ],
)
def test_a_gap_in_the_data_raises_the_alarm_and_is_a_counted_failure(
    tmp_path: Path, file: str, old: str, new: str, code: str
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for path in DATA.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        folder.joinpath(path.name).write_text(text.replace(old, new, 1) if path.name == file else text)
    stage = Stage(tmp_path, {"messages_directory": folder})

    async def scenario() -> None:
        key = await stage.person()
        paid = next(e for e in samples.all_of(key) if type(e).__name__ == "IncentivePaid")
        stage.say(samples.registered(key, email=None), paid)
        await stage.play()
        failed = [state for state in stage.states() if state[2] == "failed"]
        assert {state[3] for state in failed} == {code}
        # A text too long for SMS is tried on WhatsApp, which takes it.
        assert stage.alarms() == {code: 1.0}
        assert [kind for kind, _ in stage.heard()].count("MessageFailed") == 1

    virtual(scenario)


def test_somebody_who_cannot_be_reached_is_a_counted_failure(tmp_path: Path) -> None:
    stage = Stage(tmp_path)

    async def scenario() -> None:
        key = await stage.person()
        stage.say(samples.registered(key, mobile=None, email=None))
        await stage.play()
        assert stage.states() == [("registration.received", "", "failed", "NO_CONTACT")]

    virtual(scenario)


def test_a_wave_whose_line_is_missing_is_an_alarm_and_a_failed_broadcast(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for path in DATA.glob("*.csv"):
        folder.joinpath(path.name).write_text(path.read_text(encoding="utf-8").replace("WaveOpened,,city", "X,,city"))
    stage = Stage(tmp_path, {"messages_directory": folder})

    async def scenario() -> None:
        stage.say(samples.wave_opened())
        await stage.play()
        (campaign,) = stage.store.documents("campaigns")
        assert (campaign["state"], campaign["code"]) == ("failed", "ROUTE_MISSING")
        assert stage.alarms() == {"ROUTE_MISSING": 1.0}

    virtual(scenario)


def test_a_disk_that_is_full_leaves_the_broadcast_for_later(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    (tmp_path / "campaigns").write_text("a file where the folder should be")

    async def scenario() -> None:
        stage.say(samples.wave_opened())
        await stage.play(5)
        assert stage.store.documents("campaigns")[0]["state"] == "preparing"
        (tmp_path / "campaigns").unlink()
        await stage.play(60)
        assert stage.store.documents("campaigns")[0]["state"] == "published"

    virtual(scenario)
