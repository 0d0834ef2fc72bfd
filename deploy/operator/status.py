"""`gelombang status`: what runs, what waits, what a person must look at. Figures only, no person."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from deploy.embedded import SERVICES
from deploy.operator.installation import Installation, is_alive
from deploy.operator.journal_audit import head_of, open_letters
from deploy.operator.reporting_audit import REPORTING
from deploy.provision.matrix import MATRIX
from shared.engine.deciding import EFFECTS
from shared.engine.marks import FEEDS
from shared.engine.ports import Database
from shared.engine.relay import POSITION
from shared.engine.restore import is_quarantined

WAITING_WORK = ("due", "attempting", "unknown", "person")


async def status(installation: Installation) -> dict[str, Any]:
    """Everything at once: addresses, processes, and per service its health and what is left to do."""
    databases = installation.databases()
    async with httpx.AsyncClient(base_url=installation.address, timeout=5) as client:
        health = await asyncio.gather(*(_health(client, name) for name in SERVICES))
    services = {
        name: {"health": well, **await _service(name, databases, installation.settings.topic_prefix)}
        for name, well in zip(SERVICES, health, strict=True)
    }
    processes = {name: {"pid": pid, "alive": is_alive(pid)} for name, pid in installation.pids.items()}
    return {"address": installation.address, "processes": processes, "services": services}


async def _health(client: httpx.AsyncClient, service: str) -> str:
    try:
        answer = await client.get(f"/{service}/health")
    except httpx.HTTPError:
        return "away"
    return "ready" if answer.status_code == 200 else "not ready"


async def _service(name: str, databases: dict[str, Database], prefix: str) -> dict[str, Any]:
    database = databases[name]
    found: dict[str, Any] = {
        "unheard": await _unheard(database, {each: databases[each] for each in MATRIX[name].hears}, prefix),
        "dead_letters": await open_letters(database),
    }
    if name == REPORTING:
        return found
    head, position = await head_of(database), await database.get(POSITION, "position") or {"n": 0}
    work = {state: await database.count(EFFECTS, {"state": state}) for state in WAITING_WORK}
    return found | {
        "rows": head["n"],
        "unpublished_rows": max(0, head["n"] - position["n"]),
        "epoch": head["epoch"],
        "quarantine": await is_quarantined(database),
        "outside_work": work,
    }


async def _unheard(database: Database, sources: dict[str, Database], prefix: str) -> int:
    """Records that were said and not heard yet."""
    marks = {mark["_id"]: mark["mark"] for mark in await database.find(FEEDS)}
    lag = 0
    for name, source in sources.items():
        for partition, number in (await head_of(source))["sequences"].items():
            lag += max(0, number - marks.get(f"{prefix}{name}.v1/{partition}", 0))
    return lag


def lines(found: dict[str, Any]) -> list[str]:
    """For a person at a terminal."""
    told = [f"address {found['address']}"]
    for name, service in found["services"].items():
        work = ", ".join(f"{count} {state}" for state, count in service.get("outside_work", {}).items() if count)
        parts = [
            f"{name}: {service['health']}",
            f"{service['rows']} rows" if "rows" in service else "",
            f"{service.get('unpublished_rows', 0)} unpublished" if service.get("unpublished_rows") else "",
            f"{service['unheard']} unheard" if service["unheard"] else "",
            f"{service['dead_letters']} dead letters" if service["dead_letters"] else "",
            f"work: {work}" if work else "",
            "IN QUARANTINE (gelombang restore confirm)" if service.get("quarantine") else "",
        ]
        told.append(", ".join(part for part in parts if part))
    return told + [f"process {name} is away" for name, one in found["processes"].items() if not one["alive"]]
