"""Composition root of registration: settings and ports in, an app out; nothing is built at import."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from services.registration import api, effects, reactions, schedule, store
from services.registration.adapters.civil_registry import HttpCivilRegistry, NoRegistry
from services.registration.reference import read_reference
from services.registration.settings import RegistrationSettings
from services.registration.watching import watch_of
from shared.engine.service import Definition, Ports, build_service
from shared.security.accounts import Accounts
from shared.security.vault import Vault


def build(settings: RegistrationSettings, ports: Ports, vault: Vault, accounts: Accounts) -> FastAPI:
    """Raises RuleMissing when the data that ship with the service lack what the rules need."""
    reference = read_reference(settings.rule_set, settings.city_code)
    client = httpx.AsyncClient(timeout=settings.civil_registry_timeout_seconds)
    registry = HttpCivilRegistry(client, settings) if settings.civil_registry_url else NoRegistry()
    definition = Definition(
        name="registration",
        aggregates=store.AGGREGATES,
        indexes=store.INDEXES,
        commands=api.COMMANDS,
        sources=reactions.SOURCES,
        reactions=reactions.REACTIONS,
        effects=effects.kinds(vault, effects.guarded(registry, settings, ports), reference, settings),
        timers=schedule.timers(vault, reference, watch_of(reference, vault, settings)),
    )
    return api.build(build_service(definition, ports), vault, accounts, settings, reference, client.aclose)
