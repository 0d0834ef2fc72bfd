"""A wave is drafted by one person, opened by another with the seats that became free, and changed with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain import waves
from services.registration.domain.draw import Stratum
from services.registration.domain.waves import ChangeWave, DraftWave, OpenWave, PastChange, SeatPool, Wave
from shared.contracts.decision import Decision
from shared.contracts.registration import WaveChanged, WaveOpened
from tests.unit.registration.builders import CLOSES, NOW, OPENS, changed, refusal, rules, said, wave


def drafted(existing: Wave | None = None, **changes: Any) -> Decision:
    plain = DraftWave(1, 10, OPENS, CLOSES, (Stratum("LAID_OFF_LIST", 4),), rules(), "sekretariat")
    return waves.draft_wave(existing, replace(plain, **changes))


def test_a_draft_is_written_and_may_be_written_again() -> None:
    first = changed(drafted(), Wave)

    again = changed(drafted(first, quota=20), Wave)

    assert (again.state, again.quota, again.id) == ("draft", 20, "0001")


@pytest.mark.parametrize(
    ("code", "existing", "change"),
    [
        ("WAVE_EXISTS", wave(), {}),
        ("WAVE_TIMES", None, {"closes_at": OPENS}),
        ("STRATA_QUOTA", None, {"strata": (Stratum("LAID_OFF_LIST", 11),)}),
        ("STRATA_QUOTA", None, {"strata": (Stratum("LAID_OFF_LIST", 1), Stratum("LAID_OFF_LIST", 1))}),
        ("STRATUM_UNKNOWN", None, {"strata": (Stratum("TEMAN", 1),)}),
    ],
)
def test_drafts_that_cannot_be(code: str, existing: Wave | None, change: dict[str, Any]) -> None:
    assert refusal(lambda: drafted(existing, **change)) == code


def test_another_person_opens_and_the_freed_seats_join_the_quota() -> None:
    decision = waves.open_wave(changed(drafted(), Wave), SeatPool(3), OpenWave(1, True, "kepala"))

    told = said(decision, WaveOpened)
    assert (told.subject, told.quota, told.recycled_seats) == ("wave-1", 13, 3)
    assert [(each.code, each.quota) for each in told.strata] == [("LAID_OFF_LIST", 4)]
    assert changed(decision, SeatPool).seats == 0


@pytest.mark.parametrize(("pool", "take"), [(None, True), (SeatPool(0), True), (SeatPool(3), False)])
def test_seats_stay_in_the_pool_when_there_are_none_or_they_are_not_taken(pool: SeatPool | None, take: bool) -> None:
    decision = waves.open_wave(changed(drafted(), Wave), pool, OpenWave(1, take, "kepala"))

    assert said(decision, WaveOpened).quota == 10
    assert not [state for state in decision.changes if isinstance(state, SeatPool)]


def test_nobody_opens_alone() -> None:
    assert (
        refusal(lambda: waves.open_wave(changed(drafted(), Wave), None, OpenWave(1, True, "sekretariat")))
        == "SAME_EYES"
    )
    assert refusal(lambda: waves.open_wave(None, None, OpenWave(1, True, "kepala"))) == "WAVE_UNKNOWN"
    assert refusal(lambda: waves.open_wave(wave(), None, OpenWave(1, True, "kepala"))) == "WAVE_STATE"


def change(**values: Any) -> Decision:
    plain = ChangeWave(1, None, None, None, "Libur nasional")
    return waves.change_wave(wave(), replace(plain, **values), NOW)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"closes_at": CLOSES + timedelta(days=1)}, "perubahan jadwal"),
        ({"quota": 12}, "perubahan kuota"),
        ({"opens_at": OPENS - timedelta(days=1), "quota": 12}, "perubahan jadwal dan kuota"),
    ],
)
def test_a_change_is_told_with_its_reason(values: dict[str, Any], words: str) -> None:
    decision = change(**values)
    told = said(decision, WaveChanged)

    assert (told.change, told.reason) == (words, "Libur nasional")
    assert changed(decision, Wave).changes == (PastChange(NOW, words, "Libur nasional"),)


def test_a_change_of_nothing_says_nothing() -> None:
    assert change() == Decision()


def test_changes_that_cannot_be() -> None:
    assert refusal(lambda: change(closes_at=OPENS)) == "WAVE_TIMES"
    assert refusal(lambda: change(quota=3)) == "STRATA_QUOTA"
    assert (
        refusal(lambda: waves.change_wave(wave(state="closed"), ChangeWave(1, None, None, 1, "x"), NOW)) == "WAVE_STATE"
    )


def test_freed_seats_add_up() -> None:
    assert waves.recycle(None, 1, 0, "X", NOW) == Decision()
    assert changed(waves.recycle(None, 1, 2, "X", NOW), SeatPool).seats == 2
