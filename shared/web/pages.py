"""What all pages share: the base template, the style sheet, and how numbers and days are written in Indonesian."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

HERE = Path(__file__).parent
WIB = ZoneInfo("Asia/Jakarta")
MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]  # names of months as people read them


def environment(folder: Path) -> Environment:
    """Templates of one service and the shared base. What a template names and nobody gave is an error."""
    made = Environment(
        loader=FileSystemLoader([folder, HERE / "templates"]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
    )
    made.filters.update(rupiah=rupiah, number=number, day=day, instant=instant)
    return made


def style_sheet() -> str:
    """The one style sheet of all pages."""
    return (HERE / "static" / "style.css").read_text(encoding="utf-8")


def rupiah(amount: int) -> str:
    """`Rp 2.550.000`."""
    return f"Rp {number(amount)}"


def number(count: int) -> str:
    """Thousands with points, as Indonesian writes them."""
    return f"{count:,}".replace(",", ".")


def day(value: date | str) -> str:
    """`3 April 2020`."""
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def instant(value: datetime | Any) -> str:
    """`3 April 2020, 08.15 WIB`."""
    local = value.astimezone(WIB)
    return f"{day(local.date())}, {local:%H.%M} WIB"
