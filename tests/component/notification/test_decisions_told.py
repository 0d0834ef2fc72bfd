"""Whoever staff decided about hears of it in person, once: in the list again, or what became of an objection."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts.incentive import ClawbackCancelled, ClawbackRefunded
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


@pytest.mark.parametrize(
    ("which", "repaid", "said", "not_said"),
    [
        ("nothing_repaid", 0, "Tidak ada yang harus dikembalikan; abaikan surat tagihan sebelumnya.", "bendahara"),
        ("some_repaid", 200_000, "Rp 200.000 yang sudah Anda bayar dikembalikan bendahara kantor kami.", "Rp 700.000"),
    ],
)
def test_whose_debt_is_cancelled_is_told_once_what_becomes_of_the_money(
    stage: Stage, which: str, repaid: int, said: str, not_said: str
) -> None:
    async def scenario() -> None:
        cancelled = ClawbackCancelled(
            applicant_id=ANNA, which=which, cancelled_at=samples.NOW, amount_rupiah=700_000, repaid_rupiah=repaid
        )
        stage.say(samples.registered(await stage.person(ANNA)))
        stage.say(cancelled, at=timedelta(seconds=1))
        stage.say(cancelled, at=timedelta(seconds=1))
        await stage.play()
        told = [text for text in stage.texts() if "Keberatan Anda diterima: Anda memenuhi syarat" in text]
        assert len(told) == 1
        assert said in told[0]
        assert not_said not in told[0]
        assert stage.alarms() == {}

    virtual(scenario)


def test_who_gets_money_back_is_told_the_sum_and_the_receipt_so_that_nobody_else_signs_for_it(stage: Stage) -> None:
    async def scenario() -> None:
        stage.say(samples.registered(await stage.person(ANNA)))
        for number, (rupiah, left) in enumerate(((150_000, 50_000), (50_000, 0)), 1):
            refunded = ClawbackRefunded(
                applicant_id=ANNA,
                refunded_at=samples.NOW,
                receipt=f"TT-{number}",
                amount_rupiah=rupiah,
                left_rupiah=left,
            )
            stage.say(refunded, at=timedelta(seconds=number))
        await stage.play()
        told = sorted(text for text in stage.texts() if "sudah dikembalikan kepada Anda" in text)
        assert len(told) == 2
        assert "tanda terima TT-1. Yang masih harus kami kembalikan: Rp 50.000." in told[0]
        assert "tanda terima TT-2. Yang masih harus kami kembalikan: Rp 0." in told[1]
        assert all("Tidak menerima uang itu? Segera hubungi" in text for text in told)
        assert stage.alarms() == {}

    virtual(scenario)
