"""The outside door of notification: all endpoints are for staff; people hear from us, and ask at the counter."""

from __future__ import annotations

from fastapi import APIRouter

from services.notification.adapters.file import Files
from services.notification.api import campaigns, people, tickets
from services.notification.api.door import Door
from services.notification.pages import desk
from services.notification.reference import Reference
from services.notification.settings import NotificationSettings
from shared.engine.service import Service
from shared.security.accounts import Accounts
from shared.security.vault import Vault
from shared.web.guard import GuardedRoute

__all__ = ["build_router"]


def build_router(
    service: Service, vault: Vault, accounts: Accounts, settings: NotificationSettings, reference: Reference
) -> APIRouter:
    """All endpoints and pages of notification."""
    door = Door(service, vault, accounts, settings, reference, Files(settings.state_dir / "campaigns"))
    router = APIRouter(prefix="/notification", route_class=GuardedRoute, tags=["notification"])
    for add in (
        campaigns.add_campaigns,
        campaigns.add_files,
        tickets.add_tickets,
        tickets.add_queue,
        people.add_people,
        people.add_settlement,
        desk.add_desk,
        desk.add_complaints,
    ):
        add(router, door)
    return router
