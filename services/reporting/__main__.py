"""`python -m services.reporting`: this service as a process. It has no vault: it may not know people."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI

from services.reporting.app import build
from services.reporting.settings import ReportingSettings
from shared.platform.logs import configure_logs
from shared.security.accounts import Accounts
from shared.web.serve import ports_of, run


def _app(settings: ReportingSettings) -> FastAPI:
    ports = ports_of("reporting", settings)
    return build(settings, ports, Accounts(ports.database, ports.clock))


if __name__ == "__main__":
    chosen = ReportingSettings()
    configure_logs("reporting", chosen.log_json)
    asyncio.run(run(lambda: _app(chosen), chosen))
