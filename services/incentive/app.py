"""Composition root of incentive: settings and ports in, an app out; nothing is built at import."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from services.incentive import api, effects, reactions, schedule, store
from services.incentive.adapters.bank import SimulatedBankClient
from services.incentive.domain.refusals import REFUSALS
from services.incentive.reference import read_reference
from services.incentive.settings import IncentiveSettings
from shared.engine.service import Definition, Ports, build_service
from shared.security.accounts import Accounts
from shared.security.vault import Vault
from shared.web.host import host


def build(settings: IncentiveSettings, ports: Ports, vault: Vault, accounts: Accounts) -> FastAPI:
    """Raises RulesIncomplete, CausesWrong or CatalogueWrong when the data that ship with the service are not right."""
    reference = read_reference(settings.data_directory)
    client = httpx.AsyncClient(base_url=settings.bank_url, timeout=settings.bank_timeout_seconds)
    bank = SimulatedBankClient(client) if settings.bank_url else None
    definition = Definition(
        name="incentive",
        aggregates=store.AGGREGATES,
        indexes=store.INDEXES,
        commands=api.commands(reference.desk),
        sources=reactions.SOURCES,
        reactions=reactions.reactions(reference.desk),
        effects=effects.kinds(reference.desk, bank, vault, settings) if bank else {},
        timers=schedule.TIMERS,
    )
    service = build_service(definition, ports)
    router = api.build_router(service, vault, accounts, settings, reference=reference, bank=bank)
    return host(service, [router], REFUSALS, title="Insentif", closed=client.aclose)
