"""Files that a bank was given and never answered: shown as what they are, not only as late payments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from services.incentive.adapters.bank import Bank, BankAway
from services.incentive.adapters.banks import Parts
from services.incentive.adapters.files.client import FileBank
from services.incentive.adapters.files.register import SilentFile
from services.incentive.api.door import Door
from services.incentive.domain.days import day_of
from shared.security.accounts import Staff
from shared.web.staff_site import HOME, StaffSite

PLACE = f"{HOME}/berkas-bank"


class Silent(NamedTuple):
    """One file at one bank; `days` since it was made. `file` None: the bank's folder cannot be read now."""

    bank: str
    file: SilentFile | None
    days: int = 0


async def silent(door: Door) -> Sequence[Silent]:
    """Of all banks that take files, the oldest file first."""
    found: list[Silent] = []
    parts: Mapping[str, Bank] = door.bank.parts() if isinstance(door.bank, Parts) else {}
    for name, bank in parts.items():
        if not isinstance(bank, FileBank):
            continue
        try:
            files = await bank.silent_files()
        except BankAway:
            found.append(Silent(name, None))
            continue
        found += [Silent(name, file, (door.today() - day_of(file.made_at)).days) for file in files]
    return sorted(found, key=lambda each: -each.days)


def add_files(router: APIRouter, door: Door, site: StaffSite) -> None:
    """Everybody of the office reads."""
    anybody = Depends(door.accounts.require())

    @router.get(PLACE, include_in_schema=False)
    async def files(staff: Staff = anybody) -> HTMLResponse:
        return site.page("files.html", staff, "pembayaran", files=await silent(door))
