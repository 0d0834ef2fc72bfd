"""Whose wave is cancelled is told so in person: once each, whatever is heard again, and by the channel they prefer."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts.registration import ApplicantReleased
from tests.component.notification import samples
from tests.component.notification.stage import ANNA, Stage, virtual

BUDI = "6f1b1c9e-0000-4000-8000-000000000002"
OTHER_MOBILE = "+628120000222"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def released(applicant_id: str, wave: int = 1) -> ApplicantReleased:
    reason = {"reason": "WAVE_CANCELLED", "reason_text": samples.CANCELLED}
    return ApplicantReleased(applicant_id=applicant_id, wave=wave, released_at=samples.NOW, **reason)


def cancellations(stage: Stage) -> list[tuple[str, str, str]]:
    """(person, channel, state) of every message about a cancelled wave."""
    found = [each for each in stage.messages() if each["template"] == "wave.cancelled"]
    assert {each["cause_type"] for each in found} <= {"ApplicantReleased"}
    return sorted((each["applicant_id"], each["channel"], each["state"]) for each in found)


def test_the_city_hears_of_a_cancelled_wave_what_happened_and_that_nobody_registers_again(stage: Stage) -> None:
    async def scenario() -> None:
        stage.say(samples.wave_cancelled(), samples.wave_cancelled())
        await stage.play()
        campaigns = stage.store.documents("campaigns")
        assert [each["template"] for each in campaigns] == ["wave.called_off"]
        flyer = next((stage.folder / "campaigns").rglob("12.71.05.html")).read_text()
        assert "Gelombang 3 dibatalkan: tidak ada undian. Alasan: Kuota dari pusat ditarik kembali." in flyer
        assert "tetap terdaftar dan dapat ikut gelombang berikutnya tanpa mengisi ulang" in flyer
        assert "Jadwal sekarang" not in flyer

    virtual(scenario)


def test_everybody_of_the_wave_has_one_message_of_their_own(stage: Stage) -> None:
    async def scenario() -> None:
        anna, budi = await stage.person(ANNA), await stage.person(BUDI)
        stage.say(samples.registered(anna), samples.registered(budi, mobile=OTHER_MOBILE))
        for person in (ANNA, BUDI):
            for record in stage.say(released(person), at=timedelta(seconds=1)):
                stage.append(record)  # the relay published it again
            stage.say(released(person), at=timedelta(seconds=1))  # and the same fact under a new number
        await stage.play()
        assert cancellations(stage) == [(ANNA, "sms", "sent"), (BUDI, "sms", "sent")]
        effects = Counter(each["key"] for each in stage.store.documents("effects"))
        assert set(effects.values()) == {1}, "one piece of outside work per (event, recipient, channel)"
        texts = [text for text in stage.texts() if "yang Anda ikuti dibatalkan" in text]
        assert sorted(text.partition("\n")[0] for text in texts) == [
            f"Kepada: {samples.MOBILE}",
            f"Kepada: {OTHER_MOBILE}",
        ]
        assert stage.alarms() == {}
        stage.say(released(ANNA), at=timedelta(seconds=1))  # and once more when it was sent long ago
        await stage.play()
        assert cancellations(stage) == [(ANNA, "sms", "sent"), (BUDI, "sms", "sent")]
        assert len([text for text in stage.texts() if "yang Anda ikuti dibatalkan" in text]) == 2

    virtual(scenario)


def test_a_second_wave_that_is_cancelled_is_told_too(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        stage.say(samples.registered(key), released(ANNA, 1), released(ANNA, 2))
        await stage.play()
        assert cancellations(stage) == [(ANNA, "sms", "sent")] * 2
        assert any("Gelombang 2 yang Anda ikuti" in text for text in stage.texts())

    virtual(scenario)


def test_who_has_no_phone_is_told_by_mail(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        stage.say(samples.registered(key, mobile=None), released(ANNA))
        await stage.play()
        assert cancellations(stage) == [(ANNA, "email", "sent")]
        (told,) = [text for text in stage.texts() if "dibatalkan" in text]
        assert "Gelombang Anda dibatalkan" in told

    virtual(scenario)
