"""Waves as pages for staff: all of them, and one with its rules, seats, history, next step and the forms of a role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from services.registration import store
from services.registration.adapters.beacon import CAN_CHECK
from services.registration.api import lists
from services.registration.api.bodies import WaveNumber
from services.registration.api.desk import Desk
from services.registration.api.staff_site import StaffSite
from services.registration.domain import officials as people
from services.registration.domain.beacon import CHAINS, QUICKNET
from services.registration.domain.officials import threshold_of
from services.registration.domain.refusals import REFUSALS
from services.registration.domain.strata import COVID_AFFECTED, GROUP, KECAMATAN, LAID_OFF_LIST, stratum_name
from services.registration.domain.waves import Wave
from services.registration.pages import wave_view
from shared.contracts.decision import Refused
from shared.security.accounts import Staff

PLACE = "/gelombang"
Batch = Annotated[str, Query(pattern=r"^[A-Za-z0-9-]{0,80}$")]
SHEETS = 20
"""Sheets offered for joining together."""
DONE = {
    "susun": "Rancangan gelombang sudah disimpan. Orang lain yang membukanya.",
    "buka": "Gelombang sudah dibuka.",
    "ubah": "Perubahan sudah disimpan dan disampaikan kepada semua orang.",
    "batal": "Gelombang dibatalkan. Pesertanya dilepas dan diberi tahu.",
    "tutup": "Gelombang ditutup. Daftarnya sedang dibekukan.",
    "gabung": "Penggabungan dimulai. Muat ulang halaman ini untuk melihat kemajuannya.",
    "pejabat": "Pejabat pemegang rahasia sudah ditetapkan.",
    "komitmen": "Komitmen sudah dicatat.",
    "bagian": "Pemeriksaan bagian rahasia sudah dicatat.",
    "undi": "Gelombang sudah diundi. Benihnya tetap untuk selamanya.",
}
COUNTED = ("open", "closing", "cancelling")
"""States in which people still come or go; later the frozen list says how many there are."""


def add_wave_pages(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """Everybody of the office reads; a form is there for those who may send it."""
    anybody = Depends(desk.accounts.require())

    @router.get(PLACE, include_in_schema=False)
    async def all_(staff: Staff = anybody) -> HTMLResponse:
        found, now = await store.waves(desk.service.database), desk.service.clock.now()
        rows = [
            {
                "wave": each,
                "joined": await joined(desk, each),
                "next": wave_view.next_step(each, now),
                "groups": wave_view.groups(each, desk.reference.places.names),
            }
            for each in found
        ]
        number = max((each.wave for each in found), default=0) + 1
        shown = {"rows": rows, "number": number, "pool": await store.free_seats(desk.service.database)}
        return site.page("waves.html", staff, "gelombang", states=wave_view.STATES, strata=choices(desk), **shown)

    @router.get(f"{PLACE}/{{wave}}", include_in_schema=False)
    async def one(wave: WaveNumber, staff: Staff = anybody, selesai: str = "", kelompok: Batch = "") -> HTMLResponse:
        found = await known(desk, wave)
        shown = {**await _about(desk, found), "notice": DONE.get(selesai, "")}
        batch = await store.batch_join(desk.service.database, kelompok) if kelompok else None
        more = {"batch": batch, "strata": choices(desk), "refusals": REFUSALS}
        return site.page("wave.html", staff, "gelombang", **shown, **more)

    @router.get(f"{PLACE}/{{wave}}/undian", include_in_schema=False)
    async def ceremony(wave: WaveNumber, staff: Staff = anybody, selesai: str = "") -> HTMLResponse:
        found = await known(desk, wave)
        shown = {**await _about(desk, found), "notice": DONE.get(selesai, "")}
        return site.page("ceremony.html", staff, "gelombang", **shown, **_ceremony(desk, found))


async def _about(desk: Desk, wave: Wave) -> dict[str, Any]:
    """What both pages of a wave name."""
    now = desk.service.clock.now()
    waiting = wave.state in ("draft", "open")
    stale = await lists.stale_names(desk) if waiting else []
    return {
        "wave": wave,
        "states": wave_view.STATES,
        "joined": await joined(desk, wave),
        "groups": wave_view.groups(wave, desk.reference.places.names),
        "history": wave_view.history(wave),
        "next": wave_view.next_step(wave, now),
        "pool": await store.free_seats(desk.service.database),
        "stale": stale,
        "over": now >= wave.closes_at,
        "lacking": people.missing(wave.officials),
        "sheets": await store.imports(desk.service.database, SHEETS) if wave.state == "open" else [],
    }


def _ceremony(desk: Desk, wave: Wave) -> dict[str, Any]:
    least = max(people.LEAST, desk.settings.draw_officials)
    return {
        "officials": wave_view.ceremony(wave),
        "least": least,
        "most": people.MOST,
        "threshold": threshold_of(least, desk.settings.draw_threshold),
        "beacon_at": wave_view.beacon_time(wave),
        "chain": CHAINS[wave.beacon.chain].name if wave.beacon else "",
        "drand": QUICKNET if CAN_CHECK else None,
        "relay": bool(desk.settings.beacon_url),
    }


async def known(desk: Desk, number: int) -> Wave:
    """Drafts too. Raises Refused WAVE_UNKNOWN."""
    found = await store.wave(desk.service.database, number)
    if found is None:
        raise Refused("WAVE_UNKNOWN")
    return found


async def joined(desk: Desk, wave: Wave) -> int:
    """How many people stand in a wave now, or stood in it when its list was frozen."""
    return await store.joined(desk.service.database, wave.wave) if wave.state in COUNTED else wave.entries


def choices(desk: Desk) -> Mapping[str, str]:
    """Groups that may have seats of their own, in the order in which they are served -> what staff call them."""
    places = desk.reference.places
    kecamatan = sorted(
        (code for code in places.names if code.startswith(f"{places.city}.")), key=places.names.__getitem__
    )
    codes = [LAID_OFF_LIST, COVID_AFFECTED]
    codes += [f"{GROUP}{each}" for each in desk.reference.rules.categories]
    codes += [f"{KECAMATAN}{each}" for each in kecamatan]
    names = {code: stratum_name(code, places.names) for code in codes}
    return {code: name[:1].upper() + name[1:] for code, name in names.items()}
