"""Somebody with a card on the pages: enters with the tracking code, reads, and sends forms with the one-time code."""

from __future__ import annotations

import html
import json
import re

from tests.unit.incentive.house import ANN, TRACKING, House
from tests.unit.registration.browser import Browser

RIGHT = "123456"
"""What the house's codes take for right."""
KEY = re.compile(r'name="key" value="([0-9a-f-]{36})"')
MARKS = re.compile(r"(?:<[^>]+>|\s)+")


async def entered(house: House) -> Browser:
    """Ann's phone, on the overview."""
    await house.until(lambda person: person.tracking_index)
    phone = Browser(house, "/incentive")
    assert "Halaman peserta" in await phone.post("/status", kode_lacak=TRACKING)
    return phone


def key_of(page: str) -> str:
    found = KEY.search(page)
    assert found, page
    return found[1]


def words(page: str) -> str:
    """What a reader sees, in one line."""
    return re.sub(r" (?=[,.;])", "", html.unescape(MARKS.sub(" ", page)))


async def done(phone: Browser, place: str, status: int = 200, code: str = RIGHT, **fields: str) -> str:
    """A form with its code; the page it leads to."""
    key = key_of(await phone.get(place))
    await phone.post(place, key=key, **fields)
    return await phone.post(place, status, key=key, tahap="kode", aksi="kerjakan", kode=code, **fields)


async def sent_code(house: House) -> str:
    """The one-time code as notification would read it in the last event."""
    rows = house.store.documents("journal")
    told = [entry for row in rows for entry in row["entries"] if entry["type"] == "ConfirmationCodeIssued"]
    return (await house.vault.key(ANN)).open("code", json.loads(told[-1]["data"])["code"])
