"""Server-rendered pages of notification, in Indonesian; they work on a small phone and without JavaScript."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notification.domain.words import long_date, long_instant

SHARED = Path(__file__).parents[3] / "shared" / "web"


def environment() -> Environment:
    """Templates of this service and the shared base. What a template names but nobody gave is an error, not a gap."""
    folders = [Path(__file__).parent, SHARED / "templates"]
    made = Environment(
        loader=FileSystemLoader(folders), autoescape=select_autoescape(default=True), undefined=StrictUndefined
    )
    made.filters["day"], made.filters["instant"] = long_date, long_instant
    return made
