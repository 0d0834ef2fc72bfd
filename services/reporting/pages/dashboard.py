"""The one page of numbers: funnel, kecamatan, money and waves, from what the projections hold."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.reporting.domain.suppression import suppressed_rows
from services.reporting.pages.survey_view import Question
from shared.engine.ports import Document
from shared.web.pages import environment

HERE = Path(__file__).parent
STEPS = {
    "registered": "Terdaftar",
    "eligible": "Memenuhi syarat",
    "joined": "Ikut gelombang",
    "selected": "Terpilih",
    "purchased": "Membeli pelatihan",
    "completed": "Selesai pelatihan",
    "reviewed": "Memberi ulasan",
    "paid": "Menerima insentif",
    "surveyed": "Mengisi survei",
}
STATES = {
    "paid": "Dibayarkan",
    "owed": "Dijadwalkan",
    "late": "Terlambat, dengan sebab",
    "unknown": "Ditanyakan ke bank",
    "failed": "Gagal, diperbaiki",
    "returned": "Dikembalikan bank",
}
NOT_TOLD = "•"
NEWEST = 3
"""Waves that stand open on the page; earlier ones are folded away."""
CHANNELS = {
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "email": "E-mail",
    "letter": "Surat",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "flyer": "selebaran",
}


@dataclass(frozen=True)
class Shown:
    """Rows of the queries in store.py, and when they were read."""

    funnel: list[Document]
    money: list[Document]
    waves: list[Document]
    messages: list[Document]
    campaigns: list[Document]
    surveys: list[Question]
    now: datetime


def render(shown: Shown, smallest: int) -> str:
    """HTML of the page; small counts per kecamatan are not told, nor those that would give them away."""
    totals = {step: sum(row.get(step, 0) for row in shown.funnel) for step in STEPS}
    money = _money(shown.money)
    whole = sum(rupiah for state, (rupiah, _) in money.items() if state in STATES)
    return (
        environment(HERE)
        .get_template("dashboard.html")
        .render(
            style_href="/reporting/style.css",
            now=shown.now,
            steps=[(name, totals[step], _share(totals[step], totals["registered"])) for step, name in STEPS.items()],
            rows=_kecamatan(shown.funnel, smallest),
            money=[
                (STATES[state], *money[state], _share(money[state][0], whole)) for state in STATES if state in money
            ],
            causes=_causes(shown.money),
            waves=shown.waves,
            wave_state=wave_state,
            newest=NEWEST,
            messages=_messages(shown.messages),
            campaigns=[_campaign(row) for row in shown.campaigns],
            surveys=shown.surveys,
            smallest=smallest,
        )
    )


def wave_state(wave: Document, now: datetime) -> str:
    """What anybody reads of a wave: it takes people in only between its two times."""
    if wave.get("cancelled"):
        return "dibatalkan"
    if "drawn_at" in wave:
        return "sudah diundi"
    if "closed_at" in wave:
        return "ditutup, menunggu undian"
    if now < wave["opens_at"]:
        return "segera dibuka"
    return "dibuka" if now < wave["closes_at"] else "pendaftaran selesai, segera ditutup"


def _share(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def _kecamatan(rows: list[Document], smallest: int) -> list[dict[str, Any]]:
    """The largest first; rows that are not told stand last by name, for their place would tell their size."""
    told = suppressed_rows([{step: row[step] for step in STEPS} for row in rows], smallest)
    most = max((counts["registered"] or 0 for counts in told), default=0) or 1
    shown = [
        {
            "name": _name(row["_id"]),
            # A bar is a number too: one that is not told has none.
            "share": _share(counts["registered"] or 0, most),
            **{step: NOT_TOLD if count is None else count for step, count in counts.items()},
        }
        for row, counts in zip(rows, told, strict=True)
    ]
    return sorted(shown, key=lambda row: (-row["share"], row["name"]))


def _name(code: str | None) -> str:
    return "Di luar Medan / belum diketahui" if code is None else kecamatan_names().get(code, code)


def _money(rows: list[Document]) -> dict[str, tuple[int, int]]:
    """State -> rupiah, count; of incentives, not of courses."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["_id"]["kind"] != "training":
            sums[row["_id"]["state"]][0] += row["rupiah"]
            sums[row["_id"]["state"]][1] += row["count"]
    return {state: (rupiah, count) for state, (rupiah, count) in sums.items()}


def _causes(rows: list[Document]) -> list[tuple[str, int, int]]:
    """Every late rupiah under its one current cause, in words; the largest first."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["_id"]["state"] == "late":
            words = row.get("cause_text") or row["_id"]["cause"]
            sums[words][0] += row["rupiah"]
            sums[words][1] += row["count"]
    return sorted(((words, rupiah, count) for words, (rupiah, count) in sums.items()), key=lambda each: -each[1])


def _messages(rows: list[Document]) -> list[tuple[str, int, int]]:
    channels: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        channels[row["channel"]][0 if row["state"] == "sent" else 1] += row["count"]
    return [(CHANNELS.get(channel, channel), sent, failed) for channel, (sent, failed) in sorted(channels.items())]


def _campaign(row: Document) -> tuple[datetime, str, int]:
    """When something was made ready to tell the city, for which channels, and how many files that were."""
    return row["at"], ", ".join(CHANNELS.get(channel, channel) for channel in row["channels"]), row["files"]


@lru_cache(maxsize=1)
def kecamatan_names() -> dict[str, str]:
    """Kemendagri code -> name of the kecamatan of Medan."""
    with (HERE.parent / "data" / "kecamatan.csv").open(encoding="utf-8") as file:
        return {row["kemendagri_code"]: row["name"] for row in csv.DictReader(file)}
