"""A platform's own list of courses, read from the address that the partners file gives.

    {"courses": [{"course_code": "TKP-001", "course_name": "...", "institution": "...", "price_rupiah": 320000,
                  "hours": 12, "mode": "online", "topic": "FOOD", "kbji": "7512", "skkni": "...", "kkni_level": 2,
                  "entry_education": "SD", "needs": ""}]}

Who the platform is, the list cannot say: its code, name and certificate prefix are those we know (identified).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import httpx

from services.incentive.domain.catalogue import Course

MOST_BYTES = 4 * 2**20
MOST_COURSES = 5_000
TIMEOUT_SECONDS = 20.0
AWAY, TOO_LARGE, NOT_A_CATALOGUE = "AWAY", "TOO_LARGE", "NOT_A_CATALOGUE"


class CatalogueUnusable(Exception):
    """A platform's list could not be read. `fault` is AWAY, TOO_LARGE or NOT_A_CATALOGUE."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Catalogues(Protocol):
    """Where platforms' lists are read."""

    async def rows(self, address: str) -> list[dict[str, str]]:
        """The rows of a list, each value as text. Raises CatalogueUnusable."""
        ...


class HttpCatalogues:
    """Lists over HTTP. A redirection is not followed: the address was agreed with the platform."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport

    async def rows(self, address: str) -> list[dict[str, str]]:
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT_SECONDS) as client:
                return read_rows(await self._body(client, address))
        except (httpx.HTTPError, httpx.InvalidURL):
            raise CatalogueUnusable(AWAY) from None

    async def _body(self, client: httpx.AsyncClient, address: str) -> bytes:
        found = bytearray()
        async with client.stream("GET", address) as response:
            if response.status_code != httpx.codes.OK:
                raise CatalogueUnusable(AWAY)
            async for block in response.aiter_bytes():
                found += block
                if len(found) > MOST_BYTES:
                    raise CatalogueUnusable(TOO_LARGE)
        return bytes(found)


def read_rows(body: bytes) -> list[dict[str, str]]:
    """Rows of a list as it came. Raises CatalogueUnusable."""
    try:
        courses = json.loads(body)["courses"]
        rows = [{str(name): _text(value) for name, value in course.items()} for course in courses]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise CatalogueUnusable(NOT_A_CATALOGUE) from None
    if not 0 < len(rows) <= MOST_COURSES:
        raise CatalogueUnusable(NOT_A_CATALOGUE)
    return rows


def _text(value: Any) -> str:
    """Text and whole numbers alone. Raises TypeError."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError
    return str(value)


def identified(rows: Iterable[Mapping[str, str]], one: Course) -> list[dict[str, str]]:
    """Rows under the identity of the platform that sells `one`, whatever they say themselves."""
    own = {
        "platform_code": one.platform_code,
        "platform": one.platform,
        "certificate_prefix": one.certificate_prefix,
    }
    return [{**row, **own} for row in rows]
