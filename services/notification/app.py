"""Composition root of notification: settings and ports in, an app out; nothing is built at import."""

from __future__ import annotations

from fastapi import FastAPI

from services.notification import api, commands, effects, reactions, schedule, store
from services.notification.adapters import Channels
from services.notification.domain.refusals import REFUSALS
from services.notification.reference import read_reference
from services.notification.settings import NotificationSettings
from shared.engine.service import Definition, Ports, build_service
from shared.security.accounts import Accounts
from shared.security.vault import Vault
from shared.web.host import host


def build(
    settings: NotificationSettings, ports: Ports, vault: Vault, accounts: Accounts, channels: Channels | None = None
) -> FastAPI:
    """`channels` replaces the ways out of the settings. Raises RouteBroken or TextFault when the data are not right."""
    reference = read_reference(settings.messages_directory)
    definition = Definition(
        name="notification",
        aggregates=store.AGGREGATES,
        indexes=store.INDEXES,
        commands=commands.commands(reference, settings.office()),
        sources=reactions.SOURCES,
        reactions=reactions.reactions(reference),
        effects=effects.build(settings, ports, vault, reference, channels),
        timers=schedule.TIMERS,
    )
    service = build_service(definition, ports)
    router = api.build_router(service, vault, accounts, settings, reference)
    return host(service, [router], REFUSALS, title="Pemberitahuan", home="/notification/desk")
