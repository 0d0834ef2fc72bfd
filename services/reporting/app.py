"""Composition root of reporting: settings and ports in, an app out; nothing is built at import."""

from __future__ import annotations

from fastapi import FastAPI

from services.reporting import api, store
from services.reporting.domain.projections import project
from services.reporting.settings import ReportingSettings
from shared.contracts import BY_NAME
from shared.engine.marks import Heard
from shared.engine.ports import Database
from shared.engine.projector import Projection, ProjectionService
from shared.engine.service import Ports
from shared.security.accounts import Accounts
from shared.web.host import host

SOURCES = ("registration", "incentive", "notification")


def apply(projection: Projection, heard: Heard) -> None:
    """One heard fact into the projection."""
    if heard.event is not None:
        project(projection, heard.event, heard.id, heard.time)


def build_service(ports: Ports, database: Database | None = None) -> ProjectionService:
    """`database` replaces the service's own, for a rebuild beside the live one."""
    return ProjectionService("reporting", SOURCES, BY_NAME, apply, ports, database or ports.database, store.INDEXES)


def build(settings: ReportingSettings, ports: Ports, accounts: Accounts) -> FastAPI:
    service = build_service(ports)
    return host(service, [api.build_router(service, accounts, settings)], {}, title="Pelaporan")
