"""What the page of numbers says of each wave, whatever became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from services.reporting.domain.projections import WAVES, project
from services.reporting.pages.dashboard import Shown, render
from shared.contracts.registration import WaveChanged
from tests.unit.reporting.test_projections import Kept

NOW = datetime(2020, 4, 12, 3, 0, tzinfo=UTC)
WAVE: dict[str, Any] = {
    "_id": "wave-1",
    "wave": 1,
    "quota": 10,
    "opens_at": NOW - timedelta(days=1),
    "closes_at": NOW + timedelta(days=4),
}


def page(wave: dict[str, Any], now: datetime = NOW) -> str:
    return render(Shown([], [], [wave], [], [], [], now), 5)


def test_a_wave_says_when_it_can_be_joined_and_until_when() -> None:
    said = page(WAVE)
    assert "Gelombang 1: dibuka</h3>" in said
    assert "Dapat diikuti 11 April 2020, 10.00 WIB sampai 16 April 2020, 10.00 WIB." in said
    assert "Gelombang 1: segera dibuka</h3>" in page(WAVE, NOW - timedelta(days=2))
    assert "Gelombang 1: pendaftaran selesai, segera ditutup</h3>" in page(WAVE, NOW + timedelta(days=5))


def test_a_cancelled_wave_is_called_so_with_its_reason_and_no_dates() -> None:
    kept = Kept()
    kept.documents[(WAVES, "wave-1")] = dict(WAVE)
    called_off = WaveChanged(
        wave=1,
        changed_at=NOW,
        change="Gelombang dibatalkan",
        reason="Kuota ditarik.",
        cancelled=True,
        opens_at=WAVE["opens_at"],
        closes_at=WAVE["closes_at"],
        quota=10,
    )
    project(kept, called_off, "e1", NOW)
    said = page(kept.documents[(WAVES, "wave-1")])
    assert "Gelombang 1: dibatalkan</h3>" in said
    assert "Alasan pembatalan: Kuota ditarik." in said
    assert "Dapat diikuti" not in said


def test_the_long_numbers_of_a_draw_are_folded_away() -> None:
    drawn = {**WAVE, "closed_at": NOW, "drawn_at": NOW, "entries": 12, "root": "ab" * 32, "commitment": "cd" * 32}
    said = page({**drawn, "seed": "ef" * 32})
    assert "Gelombang 1: sudah diundi</h3>" in said
    before, _, folded = said.partition("<details>")
    assert "verifier" in before
    assert "ab" * 32 not in before
    assert "ab" * 32 in folded


def test_what_was_made_ready_to_tell_the_city_is_told_with_its_channels() -> None:
    assert "Siaran kepada warga" not in render(Shown([], [], [], [], [], [], NOW), 5)
    campaign = {"_id": "wave-4", "at": NOW, "channels": ["whatsapp", "flyer"], "files": 63, "template": "wave.opened"}
    page = render(Shown([], [], [], [], [campaign], [], NOW), 5)
    assert '<td>WhatsApp, selebaran</td><td class="number">63</td>' in page
