"""An app around a service that does nothing, with doors of the kinds that services have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Annotated, Any, cast

import httpx
from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import MAX_RUPIAH
from shared.contracts.decision import Refusal, Refused
from shared.engine.committer import Overloaded
from shared.engine.deciding import DecisionFailed
from shared.engine.ports import Clock, Database, TransientError
from shared.engine.service import Ports, Unavailable
from shared.platform.clock import SystemClock
from shared.platform.metrics import EngineMetrics
from shared.web.guard import GuardedRoute
from shared.web.host import host
from shared.web.problems import Problem
from tests.fakes import MemoryDatabase, MemoryStore

NIK = "1271054107950003"
REFUSALS: Mapping[str, Refusal] = {
    "WAVE_CLOSED": Refusal("closed", "Gelombang {wave} sudah ditutup. Tunggu gelombang berikutnya."),
    "NIK_FORMAT": Refusal("invalid", "NIK harus 16 angka."),
    "WAVE_UNKNOWN": Refusal("missing", "Gelombang tidak ditemukan."),
    "SAME_EYES": Refusal("forbidden", "Mintalah rekan lain."),
    "SLOT_FULL": Refusal("conflict", "Jam itu sudah penuh."),
}
RAISED: Mapping[str, Exception] = {
    "overloaded": Overloaded(),
    "unavailable": Unavailable(),
    "transient": TransientError(NIK),
    "decision": DecisionFailed(NIK),
    "bug": ZeroDivisionError(NIK),
    "problem": Problem("SIGN_IN_PAUSED", status=429, sentence="Tunggu.", retry_after=300),
    "conflict": Refused("CONFLICT"),
    "nobody_explained": Refused("NEW_CODE"),
    "closed": Refused("WAVE_CLOSED", wave=4, state=object()),
    "no_details": Refused("WAVE_CLOSED"),
    **{code: Refused(code) for code in ("NIK_FORMAT", "WAVE_UNKNOWN", "SAME_EYES", "SLOT_FULL")},
}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    nik: Annotated[str, Field(pattern="^[0-9]{16}$")]
    amount_rupiah: Annotated[int, Field(ge=0, le=MAX_RUPIAH)] = 0


@dataclass
class Idle:
    """What a host asks of a service."""

    name: str = "idle"
    ready: bool = False
    failed: str | None = None
    feed: Any = field(default_factory=lambda: SimpleNamespace(healthy=True))
    metrics: EngineMetrics = field(default_factory=lambda: EngineMetrics("idle"))
    database: Database = field(default_factory=lambda: MemoryDatabase(MemoryStore()))
    clock: Clock = field(default_factory=SystemClock)
    ports: Ports = field(default_factory=lambda: cast(Ports, None))
    starts: list[str] = field(default_factory=list)

    async def start(self) -> None:
        self.starts.append("started")
        self.ready = True

    async def stop(self) -> None:
        self.starts.append("stopped")
        self.ready = False


def app_of(service: Idle, **options: Any) -> FastAPI:
    router = APIRouter(prefix="/idle", route_class=GuardedRoute)

    @router.post("/bodies")
    async def take(body: Body) -> dict[str, int]:
        return {"amount_rupiah": body.amount_rupiah}

    @router.post("/raw")
    @router.post("/uploads")
    async def raw(request: Request) -> dict[str, Any]:
        return {"bytes": len(await request.body())}

    @router.get("/raise/{name}")
    async def raising(name: str) -> None:
        raise RAISED[name]

    @router.get("/trace")
    async def trace(request: Request) -> str:
        return str(request.state.trace)

    return host(service, [router], REFUSALS, title="Idle", **options)


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """Errors are answered as a server answers them, not raised into the test."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://idle")
