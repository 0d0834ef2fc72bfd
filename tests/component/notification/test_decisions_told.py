"""Whoever staff decided about hears of it in person, once: in the list again, or what became of an objection."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts.registration import ApplicantReinstated, ObjectionDecided
from tests.component.notification import samples
from tests.component.notification.stage import ANNA, Stage, virtual


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_who_stands_in_the_list_again_is_told_so_once(stage: Stage) -> None:
    async def scenario() -> None:
        anna = await stage.person(ANNA)
        again = ApplicantReinstated(applicant_id=ANNA, wave=1, reinstated_at=samples.NOW)
        stage.say(samples.registered(anna))
        stage.say(again, at=timedelta(seconds=1))
        stage.say(again, at=timedelta(seconds=1))
        await stage.play()
        told = [text for text in stage.texts() if "Anda kembali di daftar gelombang 1" in text]
        assert len(told) == 1
        assert "tidak perlu bergabung lagi" in told[0]
        assert stage.alarms() == {}

    virtual(scenario)


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("upheld", "NIK Anda tidak diblokir lagi. Daftarlah lagi"),
        ("rejected", "dua petugas pada 3 April 2020"),
    ],
)
def test_who_objected_is_told_once_what_was_decided(stage: Stage, which: str, words: str) -> None:
    async def scenario() -> None:
        decided = ObjectionDecided(applicant_id=ANNA, decided_at=samples.NOW, which=which)
        stage.say(samples.registered(await stage.person(ANNA)))
        stage.say(decided, at=timedelta(seconds=1))
        stage.say(decided, at=timedelta(seconds=1))
        await stage.play()
        told = [text for text in stage.texts() if "Keberatan Anda" in text]
        assert len(told) == 1
        assert words in told[0]
        assert stage.alarms() == {}

    virtual(scenario)
