"""The outside door of registration: the table of commands, and one router over HTTP."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter, FastAPI

from services.registration.api import (
    applications,
    ceremony,
    citizen_pages,
    handovers,
    import_pages,
    imports,
    list_pages,
    lists,
    public,
    reviews,
    staff,
    staff_pages,
    verifier,
    waves,
)
from services.registration.api.commands import COMMANDS
from services.registration.api.desk import Desk
from services.registration.api.importing import Importer
from services.registration.api.staff_site import HOME
from services.registration.domain.refusals import REFUSALS
from services.registration.reference import Reference, read_reference
from services.registration.settings import RegistrationSettings
from shared.engine.service import Service
from shared.security.accounts import Accounts
from shared.security.vault import Vault
from shared.web.door_limits import DoorLimits
from shared.web.guard import GuardedRoute
from shared.web.host import host
from shared.web.waiting_door import Entrance
from shared.web.waiting_room import WaitingRoom

__all__ = ["COMMANDS", "build", "build_router", "large_bodies"]

PREFIX = "/registration"
UPLOADS = ("/imports", "/lists", import_pages.PLACE, list_pages.PLACE)
"""Where files come in, for programs and on pages."""
DOORS: Sequence[Callable[[APIRouter, Desk], None]] = (
    applications.add_intake,
    applications.add_changes,
    applications.add_lost_codes,
    applications.add_next_steps,
    waves.add_preparation,
    ceremony.add_officials,
    ceremony.add_selection,
    waves.add_joining,
    public.add_public,
    verifier.add_verifier,
    staff.add_counter,
    staff.add_search,
    staff.add_erasure,
    reviews.add_reviews,
    lists.add_lists,
    handovers.add_handovers,
    citizen_pages.add_pages,
)
"""All that needs no more than the desk."""


def build_router(
    service: Service,
    vault: Vault,
    accounts: Accounts,
    settings: RegistrationSettings,
    reference: Reference | None = None,
    importer: Importer | None = None,
) -> APIRouter:
    """All endpoints of registration. Whoever gives an `importer` stops it with the service."""
    known = reference or read_reference(settings.rule_set, settings.city_code)
    desk = Desk(service, vault, accounts, settings, known, DoorLimits(settings, service.clock))
    router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["registration"])
    for add in DOORS:
        add(router, desk)
    taking = importer or Importer(desk)
    imports.add_imports(router, desk, taking)
    staff_pages.add_staff_pages(router, desk, taking)
    return router


def build(
    service: Service,
    vault: Vault,
    accounts: Accounts,
    settings: RegistrationSettings,
    reference: Reference,
    closed: Callable[[], Awaitable[None]],
) -> FastAPI:
    """The app around the router; `closed` is called when it has stopped."""
    importer = Importer(Desk(service, vault, accounts, settings, reference))
    router = build_router(service, vault, accounts, settings, reference, importer)

    async def end() -> None:
        await importer.stop()
        await closed()

    sizes = large_bodies(settings)
    return host(
        service,
        [router],
        REFUSALS,
        title="Pendaftaran",
        home=f"{PREFIX}{HOME}",
        large_bodies=sizes,
        entrance=_entrance(settings),
        closed=end,
    )


def _entrance(settings: RegistrationSettings) -> Entrance:
    """Tickets are of this process: after a restart people get new ones. Rates are of real time, whatever the clock."""
    room = WaitingRoom(secrets.token_bytes(32), settings.intake_capacity_per_second, time.monotonic)
    return Entrance(room, frozenset({("POST", f"{PREFIX}/applications"), ("GET", f"{PREFIX}/daftar")}))


def large_bodies(settings: RegistrationSettings) -> dict[str, int]:
    """Paths that take files, with their limit in bytes (for shared.web.host)."""
    most = settings.import_max_bytes + 64 * 1024
    return {f"{PREFIX}{place}": most for place in UPLOADS}
