"""One platform keeps its own list of courses, which the service reads: a price changes there and a course is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from deploy.demo.found import Found
from deploy.demo.office import HEAD, Office, until
from deploy.demo.sheets import PLAN
from deploy.simulators.claims import Platform

OWN = PLAN["catalogue"]["platform"]
REPRICED: dict[str, int] = PLAN["catalogue"]["repriced"]
NEW: dict[str, str] = PLAN["catalogue"]["new"]
READ_SECONDS = 90
"""The service looks every half minute whether a list is to be read again, which it is after six hours."""


def with_lists(platforms: Iterable[Platform], simulators: str) -> list[Platform]:
    """The partners as staff write them into their file: one with the address of its own list."""
    address = f"{simulators}/catalogues/{OWN}"
    return [replace(each, catalogue=address) if each.partner_code == OWN else each for each in platforms]


async def change(office: Office, found: Found) -> None:
    """The platform changes what it sells; nobody tells the office."""
    sold = await _sold(office)
    found.shelf.before = {code: sold[code]["price_rupiah"] for code in REPRICED}
    found.shelf.sold_before = len(sold)
    for code, price in REPRICED.items():
        await office.outside("PUT", f"/catalogues/{OWN}/{code}", json={"price_rupiah": price})
    listed = (await office.outside("GET", f"/catalogues/{OWN}"))["courses"][0]
    for code, name in NEW.items():
        await office.outside("POST", f"/catalogues/{OWN}", json={**listed, "course_code": code, "course_name": name})


async def look(office: Office, found: Found) -> None:
    """The catalogue that everybody sees, and the price history on staff's pages."""
    sold = await until("the platform's list to be read", partial(_with_news, office), READ_SECONDS)
    found.shelf.repriced = sum(sold[code]["price_rupiah"] == price for code, price in REPRICED.items())
    found.shelf.new = sum(sold[code]["course_name"] == name for code, name in NEW.items())
    found.shelf.sold = len(sold)
    for code, after in REPRICED.items():
        page = await office.ask("GET", f"/incentive/petugas/katalog/{code}", HEAD[0])
        found.shelf.histories += all(_written(price) in page for price in (found.shelf.before[code], after))


async def _with_news(office: Office) -> dict[str, dict[str, Any]] | None:
    sold = await _sold(office)
    return sold if NEW.keys() <= sold.keys() else None


async def _sold(office: Office) -> dict[str, dict[str, Any]]:
    """Course code -> course, of the platform."""
    found = await office.ask("GET", "/incentive/catalogue", params={"platform": OWN})
    return {course["course_code"]: course for course in found["courses"]}


def _written(rupiah: int) -> str:
    return f"{rupiah:,}".replace(",", ".")


def compared(found: Found) -> dict[str, tuple[int, int]]:
    """Name -> planted, found."""
    seen = found.shelf
    return {
        "prices changed in a platform's own list": (len(REPRICED), seen.repriced),
        "price histories with both prices": (len(REPRICED), seen.histories),
        "courses new in a platform's own list": (len(NEW), seen.new),
        "courses of that platform": (seen.sold_before + len(NEW), seen.sold),
    }
