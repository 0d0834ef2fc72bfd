"""The stack without Docker: a broker, a database, four services, the border and the simulators as processes of
this machine, behind one port. Killing any one service leaves the others working; it is started again.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeVar

import uvicorn

from deploy.part import Part
from deploy.processes import free_port, peak_megabytes, processor_seconds
from deploy.proxy import proxy
from deploy.servers import Broker, Kafka, Secantus, Tansu
from deploy.serving import serving
from shared.security.vault import ensure_key

SERVICES = ("registration", "incentive", "notification", "reporting")
ONE_PROCESS = "services"
"""Name of the part that holds all four."""
DOORS = "-doors"
"""Ends the name of a part that only answers the callers of its service."""
KEYS = ("master", "index", "records")
RESTART_AFTER_SECONDS = 1.0
T = TypeVar("T")
LISTENERS = ("notification", "reporting")
"""They tell and count what happened; whoever stands at a door goes first when the processors are short."""
_GIVES_WAY = ("nice", "-n", "10") if shutil.which("nice") else ()


@dataclass(eq=False)
class Stack:
    """Everything that runs, and where."""

    folder: Path
    broker: Broker
    database: Secantus
    address: str
    parts: dict[str, Part] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)

    def environment(self, name: str, port: int | None = None) -> dict[str, str]:
        """What a part is told, as GELOMBANG_<NAME>."""
        secrets_ = self.folder / "secrets"
        values = {
            "KAFKA": self.broker.address,
            "KAFKA_STAND_IN": str(isinstance(self.broker, Tansu)),
            "MONGO": self.database.uri,
            "STATE_DIR": str(self.folder / "state"),
            **{f"{key.upper()}_KEY_FILE": str(secrets_ / f"{key}.key") for key in KEYS},
            "PUBLIC_URL": self.address,
            **({"HTTP_PORT": str(port)} if port else {}),
            **self.extra,
        }
        return {f"GELOMBANG_{key}": value for key, value in values.items()}

    def add(
        self, name: str, module: str, port: int | None = None, health: str | None = None, serves: Sequence[str] = ()
    ) -> Part:
        logs = self.folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        command = (*(_GIVES_WAY if name in LISTENERS else ()), sys.executable, "-W", "ignore", "-m", module)
        part = Part(name, command, self.environment(name, port), logs / f"{name}.log", port, health, serves)
        self.parts[name] = part
        return part

    def peaks(self) -> dict[str, int]:
        """Most megabytes each living process ever held in memory, by name; empty where there is no /proc."""
        return self._of_each(peak_megabytes)

    def processor_seconds(self) -> dict[str, float]:
        """Time of processors that each living process has used so far, by name; empty where there is no /proc."""
        return self._of_each(processor_seconds)

    def _of_each(self, figure: Callable[[int], T | None]) -> dict[str, T]:
        pids = {name: part.process.pid if part.process else None for name, part in self.parts.items()}
        pids |= {"broker": self.broker.pid, "database": self.database.pid}
        found = {name: figure(pid) for name, pid in pids.items() if pid}
        return {name: value for name, value in found.items() if value is not None}

    async def supervise(self) -> None:
        """Start again what died, as a container runtime would."""
        while True:
            await asyncio.sleep(RESTART_AFTER_SECONDS)
            for part in self.parts.values():
                if part.process and part.process.returncode is not None:
                    await part.start()


@asynccontextmanager
async def embedded(
    folder: Path,
    *,
    port: int = 8080,
    kafka: bool = False,
    simulators: bool = False,
    services: Sequence[str] = SERVICES,
    one_process: bool = False,
    doors: Sequence[str] = (),
    extra: Mapping[str, str] | None = None,
) -> AsyncIterator[Stack]:
    """The whole system, ready to be used, under `folder`; ended with the block.

    `one_process` puts the four services into one. `kafka` takes Apache Kafka (`make kafka`) for the broker.
    `doors` names services whose callers a process of their own answers. `extra` are further settings for every part.
    """
    _make_keys(folder)
    broker: Broker = Kafka(folder / "broker") if kafka else Tansu(folder / "broker")
    address = f"http://127.0.0.1:{port}"
    stack = Stack(folder, broker, Secantus(folder / "database"), address, extra=extra or {})
    try:
        await asyncio.gather(stack.broker.start(), stack.database.start())
        outside = [_simulators(stack)] if simulators else []  # first: the services are told where it is
        parts = [_together(stack)] if one_process else [parts_of(stack, each, each in doors) for each in services]
        await _start(stack, [*outside, *chain.from_iterable(parts)])
        if "incentive" in services:
            await _start(stack, [stack.add("border", "services.incentive.border_process")])
        async with serving(_front(stack, port)), _supervision(stack):
            yield stack
    finally:
        await asyncio.gather(*(part.stop() for part in stack.parts.values()))
        await asyncio.gather(stack.broker.stop(), stack.database.stop())


def _make_keys(folder: Path) -> None:
    for key in KEYS:
        ensure_key(folder / "secrets" / f"{key}.key")


async def _start(stack: Stack, parts: Sequence[Part]) -> None:
    for part in parts:
        await part.start()
    await asyncio.gather(*(part.until_ready() for part in parts))


def _simulators(stack: Stack) -> Part:
    """Bank, civil registry and course platforms in one process; the services are told where they are."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    secrets_ = stack.folder / "secrets"
    ensure_key(secrets_ / "bank-notice.key")
    outside = {
        "BANK_URL": f"{base}/bank",
        "BANK_NOTICE_SECRET_FILE": str(secrets_ / "bank-notice.key"),
        "CIVIL_REGISTRY_URL": f"{base}/civil-registry/dukcapil/get_json/disnaker-medan/periksa",
        "PARTNERS_FILE": str(secrets_ / "partners.json"),
        "SIMULATORS_URL": base,
    }
    stack.extra = {**outside, **stack.extra}
    return stack.add("simulators", "deploy.simulators", port, "/health", ["simulators"])


def _together(stack: Stack) -> list[Part]:
    return [stack.add(ONE_PROCESS, "deploy.one_process", free_port(), "/reporting/health", SERVICES)]


def parts_of(stack: Stack, service: str, doors: bool) -> list[Part]:
    """The process of a service; with `doors` a second one, to which all callers come instead."""
    module, health = f"services.{service}", f"/{service}/health"
    if not doors:
        return [stack.add(service, module, free_port(), health, [service])]
    works = stack.add(service, module, free_port(), health)
    answers = stack.add(f"{service}{DOORS}", module, free_port(), health, [service])
    answers.environment = {**answers.environment, "GELOMBANG_DOORS_ONLY": "true"}
    return [works, answers]


def _front(stack: Stack, port: int) -> uvicorn.Config:
    """The one port."""
    targets = {name: f"http://127.0.0.1:{part.port}" for part in stack.parts.values() for name in part.serves}
    # Longer than callers keep an idle connection, so that none is closed under a request.
    return uvicorn.Config(
        proxy(targets), host="127.0.0.1", port=port, log_config=None, access_log=False, timeout_keep_alive=30
    )


@asynccontextmanager
async def _supervision(stack: Stack) -> AsyncIterator[None]:
    task = asyncio.create_task(stack.supervise())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def where(stack: Stack) -> str:
    """For a person: JSON of addresses and process ids, written to `<folder>/stack.json`."""
    found = {
        "address": stack.address,
        "broker": {"address": stack.broker.address, "title": stack.broker.title},
        "database": {"uri": stack.database.uri, "title": stack.database.title},
        "parts": {n: {"pid": p.process.pid if p.process else None, "port": p.port} for n, p in stack.parts.items()},
        "environment": stack.environment("cli"),
    }
    text = json.dumps(found, indent=1)
    (stack.folder / "stack.json").write_text(text)
    return text
