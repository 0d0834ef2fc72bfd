"""The outside world of a demo in one process: bank, civil registry, and the platforms' lists of courses, each under
its own path.

The bank's notices go to incentive, signed with the secret both sides have.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from deploy.simulators import bank_http, catalogues, civil_registry
from deploy.simulators.bank import Bank
from deploy.simulators.file_bank import FileDesk
from shared.platform.clock import ProgrammeClock, SystemClock
from shared.platform.settings import CommonSettings, secret_text

TICK_SECONDS = 0.5


class SimulatorSettings(CommonSettings):
    """Where the simulators send what they have to say."""

    public_url: str = "http://127.0.0.1:8080"
    """Address of Gelombang's one port."""

    bank_notice_secret_file: Path | None = None
    bank_fault_share: float = 0.02
    """Share of payments that go wrong in one of the bank's ways."""
    bank_files_folder: Path | None = None
    """Folder of a customer whose payments come as files to a second bank; None: nobody's do."""
    bank_files_account: str = ""
    """That customer's account there."""
    catalogue_file: Path = Path(__file__).parents[2] / "services" / "incentive" / "data" / "catalogue.csv"
    """What the platforms sell at first."""


def build(settings: SimulatorSettings) -> FastAPI:
    """Routes of the simulators under /bank, /civil-registry and /catalogues, and /health."""
    clock = ProgrammeClock(settings.clock_file) if settings.clock_file else SystemClock()
    client = httpx.AsyncClient(base_url=settings.public_url, timeout=10)

    async def notify(headers: Mapping[str, str], body: bytes) -> None:
        try:
            await client.post("/incentive/bank/notices", content=body, headers=dict(headers))
        except httpx.HTTPError:
            return  # a lost notice: the office asks by itself

    secret = secret_text(settings.bank_notice_secret_file).encode()
    bank = Bank(clock, notify, secret, late_seconds=20, share=settings.bank_fault_share, seed=2020)

    folder = settings.bank_files_folder
    desk = FileDesk(Bank(clock), folder, settings.bank_files_account) if folder else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_tick(bank, desk))
        yield
        task.cancel()
        await client.aclose()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    app.mount("/bank", bank_http.build_bank(bank, desk))
    app.mount("/civil-registry", civil_registry.build())
    app.mount("/catalogues", catalogues.build_catalogues(catalogues.read_lists(settings.catalogue_file)))
    return app


async def _tick(bank: Bank, desk: FileDesk | None) -> None:
    """Late acts happen when programme time has come, and files are read as they come."""
    while True:
        await asyncio.sleep(TICK_SECONDS)
        await bank.run_due()
        if desk:
            await desk.run()


if __name__ == "__main__":
    settings = SimulatorSettings()
    app = build(settings)
    uvicorn.run(app, host=settings.http_host, port=settings.http_port, log_config=None, access_log=False)
