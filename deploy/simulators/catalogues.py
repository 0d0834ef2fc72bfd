"""The lists of courses that platforms keep themselves, one address each; a script may change what they sell."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Response
from fastapi import Path as InPath
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

IDENTITY = ("platform_code", "platform", "certificate_prefix")
"""What a platform's list does not tell: the office knows it."""
NUMBERS = ("price_rupiah", "hours", "kkni_level")
Code = Annotated[str, InPath(max_length=40)]


class PlatformLists:
    """Partner code -> its courses by code, as the platform would publish them."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._lists: dict[str, dict[str, dict[str, Any]]] = {}
        for row in rows:
            told = {name: int(value) if name in NUMBERS else value for name, value in row.items()}
            course = {name: value for name, value in told.items() if name not in IDENTITY}
            self._lists.setdefault(row["platform_code"], {})[row["course_code"]] = course

    def courses(self, partner_code: str) -> list[dict[str, Any]] | None:
        """None: no such platform."""
        found = self._lists.get(partner_code)
        return None if found is None else list(found.values())

    def reprice(self, partner_code: str, course_code: str, price_rupiah: int) -> None:
        """Raises KeyError."""
        self._lists[partner_code][course_code]["price_rupiah"] = price_rupiah

    def put_up(self, partner_code: str, course: Mapping[str, Any]) -> None:
        """A new course with all that a list tells of one. Raises KeyError."""
        self._lists[partner_code][course["course_code"]] = dict(course)

    def take_off(self, partner_code: str, course_code: str) -> None:
        """Raises KeyError."""
        del self._lists[partner_code][course_code]


def read_lists(file: Path) -> PlatformLists:
    """The lists of a catalogue file of the incentive service."""
    with file.open(encoding="utf-8", newline="") as lines:
        return PlatformLists(csv.DictReader(lines))


class PriceBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    price_rupiah: Annotated[int, Field(ge=1)]


def build_catalogues(lists: PlatformLists) -> FastAPI:
    """The lists, for loopback only: GET /TOKOPEDIA; POST there, PUT and DELETE /TOKOPEDIA/TKP-001 for scripts."""
    app = FastAPI(title="Simulated catalogues", docs_url=None, redoc_url=None)

    @app.get("/{partner_code}")
    async def courses(partner_code: Code) -> Response:
        found = lists.courses(partner_code)
        return JSONResponse({"courses": found}) if found is not None else JSONResponse({"error": "UNKNOWN"}, 404)

    @app.post("/{partner_code}")
    async def put_up(partner_code: Code, course: dict[str, str | int]) -> dict[str, str]:
        lists.put_up(partner_code, course)
        return {"status": "ok"}

    @app.put("/{partner_code}/{course_code}")
    async def reprice(partner_code: Code, course_code: Code, body: PriceBody) -> dict[str, str]:
        lists.reprice(partner_code, course_code, body.price_rupiah)
        return {"status": "ok"}

    @app.delete("/{partner_code}/{course_code}")
    async def take_off(partner_code: Code, course_code: Code) -> dict[str, str]:
        lists.take_off(partner_code, course_code)
        return {"status": "ok"}

    return app
