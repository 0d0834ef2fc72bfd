"""The outside door of incentive: the table of commands, and one router over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from services.incentive.adapters.bank import Bank
from services.incentive.adapters.partners import PartnerFile, Partners
from services.incentive.api import bank as bank_door
from services.incentive.api import (
    catalogue_door,
    catalogue_files,
    catalogue_pages,
    citizens,
    debts,
    desk_pages,
    held_completions,
    openings,
    participant_pages,
    partner_report,
    platform_claims,
    platforms,
    staff,
    statements,
)
from services.incentive.api.door import Door, OneTimeCodes, OwnCodes
from services.incentive.catalogue_store import Shelf
from services.incentive.commands import commands
from services.incentive.reference import Reference, read_reference
from services.incentive.settings import IncentiveSettings
from shared.engine.service import Service
from shared.security.accounts import Accounts
from shared.security.vault import Vault
from shared.web import staff_site
from shared.web.door_limits import DoorLimits
from shared.web.guard import GuardedRoute, KnownRoute

__all__ = ["HOME", "LARGE_BODIES", "OneTimeCodes", "OwnCodes", "build_router", "commands"]

PREFIX = "/incentive"
HOME = f"{PREFIX}{staff_site.HOME}"
"""Where staff begin after signing in."""
LARGE_BODIES = {
    f"{PREFIX}{catalogue_pages.PLACE}": catalogue_files.MOST_BYTES + 2**16,
    f"{PREFIX}{catalogue_door.PLACE}": catalogue_door.MOST_BODY_BYTES,
}
"""Paths that take files, with their limit in bytes (for shared.web.host)."""
PEOPLE = (
    citizens.add_catalogue,
    citizens.add_page,
    citizens.add_codes,
    citizens.add_purchases,
    citizens.add_reviews,
    citizens.add_account,
    staff.add_batches,
    staff.add_second_eye,
    staff.add_payments,
    staff.add_people,
    debts.add_debts,
    debts.add_receipts,
    staff.add_claims,
    staff.add_funds,
    held_completions.add_held,
    statements.add_statements,
    catalogue_door.add_catalogue_door,
    openings.add_openings,
    participant_pages.add_participant_pages,
    desk_pages.add_desk_pages,
)


def build_router(
    service: Service,
    vault: Vault,
    accounts: Accounts,
    settings: IncentiveSettings,
    *,
    codes: OneTimeCodes | None = None,
    reference: Reference | None = None,
    partners: Partners | None = None,
    bank: Bank | None = None,
) -> APIRouter:
    """All endpoints of incentive; the real partner interface stands at its own well-known path beside them."""
    known = reference or read_reference(settings.data_directory)
    door = Door(
        service,
        vault,
        accounts,
        settings,
        known,
        codes or OwnCodes(service, vault),
        partners or PartnerFile(settings.partners_file),
        bank,
        DoorLimits(settings, service.clock),
        Shelf(service.database, known.catalogue),
    )
    return _routes(door)


def _routes(door: Door) -> APIRouter:
    people = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["incentive"])
    for add in PEOPLE:
        add(people, door)
    # What is signed is read raw, by its own reader.
    integration = APIRouter(route_class=KnownRoute, tags=["partners"])
    signed = APIRouter(prefix=PREFIX, route_class=KnownRoute, tags=["partners"])
    platforms.add_redeem_codes(integration, door)
    for add_signed in (platform_claims.add_claims, partner_report.add_report, bank_door.add_notices):
        add_signed(signed, door)
    everything = APIRouter()
    for each in (people, integration, signed):
        everything.include_router(each)
    return everything
