"""One service as a process: settings -> ports -> app -> uvicorn. `python -m services.<name>` ends up here."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import TypeVar

import httpx
import uvicorn
from fastapi import FastAPI
from uvicorn.loops.auto import auto_loop_factory

from shared.engine.ports import Clock
from shared.engine.service import Ports
from shared.platform.clock import ProgrammeClock, SystemClock
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from shared.platform.logs import configure_logs
from shared.platform.metrics import EngineMetrics
from shared.platform.mongo import MongoDatabase
from shared.platform.settings import CommonSettings, secret_text
from shared.platform.traces import Traces
from shared.security.accounts import Accounts
from shared.security.vault import RecordSeal, Vault, read_key
from shared.web.gate import gated

Settings = TypeVar("Settings", bound=CommonSettings)
Build = Callable[[Settings, Ports, Vault, Accounts], FastAPI]
BuildWithoutVault = Callable[[Settings, Ports, Accounts], FastAPI]


def ports_of(name: str, settings: CommonSettings) -> Ports:
    """Clients of the servers that the settings name; nothing is connected yet."""
    password = secret_text(settings.kafka_password_file) or None
    access = KafkaAccess(settings.kafka, settings.kafka_user, password, stand_in=settings.kafka_stand_in)
    clock: Clock = ProgrammeClock(settings.clock_file) if settings.clock_file else SystemClock()
    seal = RecordSeal(read_key(settings.records_key_file))
    return Ports(
        database=MongoDatabase.connect(settings.mongo_uri(), name, settings.database_prefix),
        broker=AioKafkaBroker(access),
        clock=clock,
        seal=seal.seal,
        unseal=seal.unseal,
        metrics=EngineMetrics(name, traces=Traces.to(name, settings.otlp_endpoint)),
        topic_prefix=settings.topic_prefix,
        doors_only=settings.doors_only,
    )


def build_app(name: str, settings: Settings, build: Build[Settings]) -> FastAPI:
    """The app of a service that may know people, on the servers that its settings name."""
    ports = ports_of(name, settings)
    vault = Vault.from_files(ports.database, settings.master_key_file, settings.index_key_file)
    return build(settings, ports, vault, Accounts(ports.database, ports.clock))


def build_app_without_vault(name: str, settings: Settings, build: BuildWithoutVault[Settings]) -> FastAPI:
    """The app of a service that may not know people (reporting)."""
    ports = ports_of(name, settings)
    return build(settings, ports, Accounts(ports.database, ports.clock))


def serve(name: str, settings: CommonSettings, make: Callable[[], FastAPI]) -> None:
    """Run until the process is told to end; SIGTERM drains what is being answered."""
    configure_logs(name, settings.log_json)
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:  # uvloop where it runs
        runner.run(run(make, settings))


async def run(make: Callable[[], FastAPI], settings: CommonSettings) -> None:
    """The app is made inside the loop, since its clients belong to one."""
    app = make()
    await warm(app)
    gc.collect()
    gc.freeze()  # what stays for ever is not walked again: a full collection held every caller up for 130 ms
    lanes = getattr(app.state, "lanes", None)  # one process for four services has a door in each, and no gate
    config = uvicorn.Config(
        app,
        http=gated(lanes) if lanes else "auto",
        host=settings.http_host,
        port=settings.http_port,
        root_path=settings.root_path,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=15,
        timeout_keep_alive=30,  # longer than callers keep an idle connection, so that none is closed under a request
        proxy_headers=False,
    )
    await uvicorn.Server(config).serve()


async def warm(app: FastAPI) -> None:
    """Ask for a page that is not there: FastAPI builds its routes at the first request, which would be a visitor's."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        await client.get("/nowhere")
