"""Composition root of incentive: settings and ports in, an app out; nothing is built at import."""

from __future__ import annotations

from fastapi import FastAPI

from services.incentive import api, effects, reactions, schedule, store
from services.incentive.catalogue_watch import platform_timers
from services.incentive.domain.refusals import REFUSALS
from services.incentive.reference import read_reference
from services.incentive.settings import IncentiveSettings
from shared.engine.service import Definition, Ports, build_service
from shared.security.accounts import Accounts
from shared.security.vault import Vault
from shared.web.host import host


def build(settings: IncentiveSettings, ports: Ports, vault: Vault, accounts: Accounts) -> FastAPI:
    """Raises RulesIncomplete, CausesWrong, CatalogueWrong or BanksWrong when a file that it reads is not right."""
    reference = read_reference(settings.data_directory)
    bank = effects.open_bank(settings, ports, reference.desk.rules.payment_partners)
    reference = reference.with_calendars(bank.calendars if bank else {})
    definition = Definition(
        name="incentive",
        aggregates=store.AGGREGATES,
        indexes=store.INDEXES,
        commands=api.commands(reference.desk),
        sources=reactions.SOURCES,
        reactions=reactions.reactions(reference.desk),
        effects=effects.kinds(reference.desk, effects.Tellers(bank, vault, ports.database, ports.clock), settings)
        if bank
        else {},
        timers=(*schedule.timers(vault), *platform_timers(settings.partners_file, reference.catalogue, ports.clock)),
    )
    service = build_service(definition, ports)
    router = api.build_router(service, vault, accounts, settings, reference=reference, bank=bank)
    end, large = bank.close if bank else None, api.LARGE_BODIES
    return host(service, [router], REFUSALS, title="Insentif", home=api.HOME, large_bodies=large, closed=end)
