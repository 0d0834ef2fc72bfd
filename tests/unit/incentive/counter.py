"""The office's people on their pages: signed in by role, and what they do with forms."""

from __future__ import annotations

import re

from tests.unit.incentive.house import House, eventually
from tests.unit.incentive.phone import key_of, words
from tests.unit.registration.browser import Browser

HASH = re.compile(r'name="list_hash" value="([0-9a-f]{64})"')
NUMBER = re.compile(r"/petugas/daftar/(B[0-9]{8}-[0-9A-F]{8})")


async def at_desk(house: House, role: str) -> Browser:
    """The browser of somebody who is signed in with this role; roles are names of accounts here."""
    return Browser(house, "/incentive", **await house.staff(role))


async def funded(secretariat: Browser, amount: str = "1.000.000.000", deposit: str = "SP2D-1") -> str:
    key = key_of(await secretariat.get("/petugas/dana"))
    return await secretariat.post("/petugas/dana", key=key, deposit_id=deposit, amount=amount)


async def made(secretariat: Browser, until: str = "2020-12-31") -> str:
    """A list that is complete; its number."""
    key = key_of(await secretariat.get("/petugas/jatuh-tempo"))
    page = await secretariat.post("/petugas/daftar", key=key, until=until)
    found = NUMBER.search(page)
    assert found, page
    await proposed(secretariat, found[1])
    return found[1]


async def proposed(desk: Browser, batch_id: str) -> str:
    async def look() -> str:
        return await desk.get(f"/petugas/daftar/{batch_id}")

    return await eventually(look, lambda page: "Sedang dikumpulkan" not in words(page))


def seen(page: str, lines: str = "1", amount: str = "600000") -> dict[str, str]:
    """What the checker's form carries."""
    found = HASH.search(page)
    assert found, page
    return {"key": key_of(page), "list_hash": found[1], "lines": lines, "amount_rupiah": amount, "seen": "ya"}


async def paid_by_pages(house: House) -> str:
    """A list made by the secretariat and approved by the head of the office."""
    secretariat, head = await at_desk(house, "secretariat"), await at_desk(house, "approver")
    await funded(secretariat)
    batch_id = await made(secretariat)
    await head.post(f"/petugas/daftar/{batch_id}/setuju", **seen(await head.get(f"/petugas/daftar/{batch_id}")))
    return batch_id
