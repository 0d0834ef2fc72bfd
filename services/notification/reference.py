"""Reads the data that ship with the service: texts, routing table and kecamatan. A broken file stops the start."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.notification.domain.routing import Route, Routes, route
from services.notification.domain.templates import Catalogue, Template, parse

LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class Reference:
    """All of it, read once at start."""

    catalogue: Catalogue
    routes: Routes
    kecamatan: Mapping[str, str]
    """Kemendagri code -> name, in order of code."""

    @property
    def city(self) -> tuple[str, ...]:
        return tuple(self.kecamatan)


def read_reference(folder: Path) -> Reference:
    """Raises TextFault TEMPLATE_BROKEN or RouteBroken naming the line, KeyError for a missing column."""
    kecamatan = {row["code"]: row["name"] for row in _rows(folder / "kecamatan.csv")}
    return Reference(Catalogue(_templates(folder)), Routes(map(_route, _rows(folder / "routing.csv"))), kecamatan)


def _templates(folder: Path) -> list[Template]:
    rows = _rows(folder / "messages_id.csv")
    return [parse(row["key"], language, row[f"text_{language}"]) for row in rows for language in LANGUAGES]


def _route(row: Mapping[str, str]) -> Route:
    return route(
        row["event"],
        row["variant"],
        row["audience"],
        row["channels"].split("|"),
        row["language"],
        row["template"],
        row["title"],
        row["link"],
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
