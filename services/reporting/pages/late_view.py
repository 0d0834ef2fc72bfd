"""The report of late rupiah as a page and as a sheet: whichever way it is summed, the total is the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.reporting.domain.lateness import AGES, Foretold, Lateness
from services.reporting.pages.dashboard import HERE, kecamatan_names
from shared.web.pages import environment

AGE_WORDS = {code: words for code, words, _ in AGES}
STAFF_WORDS = {"applicant": "peserta"}
"""How staff call an actor whose words speak to the participant."""
NOWHERE = "di luar Medan atau belum diketahui"
COLUMNS = ("cause", "cause_text", "actor", "age", "kecamatan", "kecamatan_name", "rupiah", "count")


def rows(report: Lateness) -> list[dict[str, Any]]:
    """One row per cause, actor, age and kecamatan, the largest first; their rupiah add up to the total."""
    found = [
        {
            "cause": cell.cause,
            "cause_text": report.words[cell.cause],
            "actor": cell.actor,
            "age": cell.age,
            "kecamatan": cell.kecamatan,
            "kecamatan_name": place(cell.kecamatan),
            "rupiah": each.rupiah,
            "count": each.count,
        }
        for cell, each in report.cells.items()
    ]
    return sorted(found, key=lambda row: (-row["rupiah"], row["cause"], row["age"], row["kecamatan"] or ""))


def sheet(report: Lateness) -> str:
    """The rows as CSV with a last line of the total."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    lines.writerows([row[name] if row[name] is not None else "" for name in COLUMNS] for row in rows(report))
    lines.writerow(["TOTAL", *[""] * (len(COLUMNS) - 3), report.total.rupiah, report.total.count])
    return text.getvalue()


def place(kecamatan: str | None) -> str:
    return NOWHERE if kecamatan is None else kecamatan_names().get(kecamatan, kecamatan)


def render(report: Lateness, foretold: Mapping[str, Foretold], now: datetime) -> str:
    """HTML for staff. Each table ends in the same total."""
    actors = {code: STAFF_WORDS.get(code, words) for code, words in report.words.items()}
    tables = (
        ("Menurut sebab", _table(report, "cause", report.words)),
        ("Menurut siapa yang harus bertindak", _table(report, "actor", actors)),
        ("Menurut umur", _table(report, "age", AGE_WORDS)),
        ("Menurut kecamatan", _table(report, "kecamatan", {})),
    )
    shown = {"total": report.total, "tables": tables, "foretold": sorted(foretold.values(), key=lambda f: -f.rupiah)}
    return environment(HERE).get_template("late.html").render(style_href="/reporting/style.css", now=now, **shown)


def _table(report: Lateness, name: str, words: Mapping[str, str]) -> list[tuple[str, int, int]]:
    sums = report.by(name)
    named = place if name == "kecamatan" else lambda code: words.get(code or "", str(code))
    told = [(named(code), each.rupiah, each.count) for code, each in sums.items()]
    return sorted(told, key=lambda row: (-row[1], row[0]))
