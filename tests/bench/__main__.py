"""`make bench`: one run, same servers, ours beside the textbook way. Figures go to out/bench.json.

Ratios of one run on one machine say something; single figures hardly do.
"""

from __future__ import annotations

import asyncio
import json
import platform
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from deploy.processes import free_port
from shared.engine.ports import Delete
from shared.engine.projector import Projection, ProjectionService
from shared.engine.service import Ports, Service
from shared.platform.clock import SystemClock
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from shared.platform.metrics import EngineMetrics
from shared.platform.mongo import MongoDatabase
from tests.bench.textbook import Textbook, project_one_by_one
from tests.engine import toy
from tests.engine.process import PARTITIONS, build
from tests.servers import Space, choose, new_space, running

COMMANDS, HTTP_COMMANDS, TEXTBOOK = 20_000, 4_000, 1_500
CALLERS = 256
LATENCY_RATE, LATENCY_SECONDS = 200, 10


async def rate(count: int, call: Callable[[int], Awaitable[Any]], callers: int = CALLERS) -> float:
    """Calls per second with a fixed number of callers that wait for each answer."""
    numbers = iter(range(count))

    async def caller() -> None:
        for number in numbers:
            await call(number)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return count / (time.perf_counter() - began)


async def serving(app: FastAPI, during: Callable[[httpx.AsyncClient], Awaitable[float]]) -> float:
    server = uvicorn.Server(uvicorn.Config(app, port=(port := free_port()), log_config=None, access_log=False))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.05)
    limits = httpx.Limits(max_connections=CALLERS)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60) as client:
        result = await during(client)
    server.should_exit = True
    await task
    return result


def count(projection: Projection, heard: Any) -> None:
    if isinstance(heard.event, toy.Added):
        projection.add("counts", heard.event.account, count=1)


def reporting(ports: Ports, database: MongoDatabase) -> ProjectionService:
    return ProjectionService("reader", ("shop",), {"Added": toy.Added}, count, ports, database)


def ports_of(space: Space, settings: dict[str, Any], name: str) -> Ports:
    return Ports(
        database=MongoDatabase.connect(space.mongo, name, space.database_prefix),
        broker=AioKafkaBroker(KafkaAccess(space.kafka, stand_in=settings["stand_in"])),
        clock=SystemClock(),
        seal=lambda raw: raw.hex(),
        unseal=bytes.fromhex,
        metrics=EngineMetrics(name),
        partitions=PARTITIONS,
        topic_prefix=space.topic_prefix,
    )


async def intake(service: Service, textbook: Textbook) -> dict[str, float]:
    async def ours(number: int) -> None:
        await service.execute(toy.Add(f"account-{number % 1000}"))

    async def theirs(number: int) -> None:
        await textbook.register(f"account-{number % 1000}")

    app = FastAPI()

    @app.post("/add/{account}", status_code=202)
    async def add(account: str) -> dict[str, Any]:
        return dict(await service.execute(toy.Add(account)))

    async def posts(client: httpx.AsyncClient, number_of: int) -> float:
        return await rate(number_of, lambda number: client.post(f"/add/account-{number % 1000}"), 64)

    figures = {
        "textbook_commits_per_second": await rate(TEXTBOOK, theirs),
        "commits_per_second": await rate(COMMANDS, ours),
        "textbook_http_per_second": await serving(textbook.app(), lambda client: posts(client, TEXTBOOK)),
        "http_per_second": await serving(app, lambda client: posts(client, HTTP_COMMANDS)),
    }
    figures["intake_commit_ratio"] = figures["commits_per_second"] / figures["textbook_commits_per_second"]
    figures["intake_http_ratio"] = figures["http_per_second"] / figures["textbook_http_per_second"]
    return figures


async def relayed(service: Service, said: int) -> float:
    """Events per second when the whole journal is sent again: the position is forgotten and the service starts."""
    await service.database.write([Delete("relay", "position")])
    await service.start()
    began = time.perf_counter()
    while True:
        head, position = await service.database.get("heads", "head"), await service.database.get("relay", "position")
        if head and position and head["n"] == position["n"]:
            return said / (time.perf_counter() - began)
        await asyncio.sleep(0.02)


async def projected(reader: ProjectionService, expected: int) -> float:
    began = time.perf_counter()
    await reader.start()
    while sum(feed["mark"] for feed in await reader.database.find("feeds")) < expected:  # noqa: ASYNC110  # what is measured lies in the database
        await asyncio.sleep(0.02)
    return expected / (time.perf_counter() - began)


async def latency(service: Service, reader: ProjectionService) -> dict[str, float]:
    """From the answer to the command until the projection holds it, at a steady rate."""
    waits: list[float] = []
    start = sum(row.get("count", 0) for row in await reader.database.find("counts", {"_id": {"$in": ["probe"]}}))

    async def probe(number: int) -> None:
        await service.execute(toy.Add("probe"))
        answered = time.perf_counter()
        while True:
            found = await reader.database.get("counts", "probe")
            if found and found["count"] >= start + number:
                break
            await asyncio.sleep(0.002)
        waits.append(time.perf_counter() - answered)

    async def background() -> None:
        for number in range(LATENCY_RATE * LATENCY_SECONDS):
            asyncio.get_running_loop().create_task(service.execute(toy.Add(f"account-{number % 1000}")))
            await asyncio.sleep(1 / LATENCY_RATE)

    task = asyncio.create_task(background())
    number = 0
    while not task.done():
        number += 1
        await probe(number)
        await asyncio.sleep(0.05)
    waits.sort()
    return {"p50_ms": waits[len(waits) // 2] * 1000, "p99_ms": waits[int(len(waits) * 0.99)] * 1000}


async def bench(space: Space, folder: Path) -> dict[str, Any]:
    settings = {"stand_in": space.servers.broker.title.startswith("tansu")}
    common = {"kafka": space.kafka, "mongo": space.mongo, "bank": str(folder / "bank"), **settings}
    prefixes = {"topic_prefix": space.topic_prefix, "database_prefix": space.database_prefix}
    service = build("shop", {**common, **prefixes})
    await service.start()
    plain = MongoDatabase.connect(space.mongo, "textbook", space.database_prefix)
    await service.ports.broker.ensure_topic(f"{space.topic_prefix}textbook", PARTITIONS)
    textbook = Textbook(plain, space.kafka, f"{space.topic_prefix}textbook")
    await textbook.start()
    figures: dict[str, Any] = await intake(service, textbook)
    said = COMMANDS + HTTP_COMMANDS
    await service.stop()
    service = build("shop", {**common, **prefixes})
    figures["relayed_per_second"] = await relayed(service, said)
    ports = ports_of(space, settings, "reader")
    reader = reporting(ports, MongoDatabase.connect(space.mongo, "reader", space.database_prefix))
    figures["projected_per_second"] = await projected(reader, said)
    began = time.perf_counter()
    topic, group = f"{space.topic_prefix}textbook", f"{space.topic_prefix}textbook"
    await project_one_by_one(plain, space.kafka, topic, group, TEXTBOOK)
    figures["textbook_projected_per_second"] = TEXTBOOK / (time.perf_counter() - began)
    figures["projection_ratio"] = figures["projected_per_second"] / figures["textbook_projected_per_second"]
    figures |= await latency(service, reader)
    figures["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    await reader.stop()
    await textbook.stop()
    await service.stop()
    await service.ports.broker.close()
    await ports.broker.close()
    return figures


async def main() -> dict[str, Any]:
    choice = choose()
    with tempfile.TemporaryDirectory() as folder:
        async with running(choice, Path(folder)) as servers:
            figures = await bench(new_space(servers), Path(folder))
            names = {"servers": choice.titles, "python": platform.python_version(), "machine": platform.machine()}
    return {**names, **{key: round(value, 2) for key, value in figures.items()}}


def keep(shown: dict[str, Any]) -> None:
    text = json.dumps(shown, indent=1)
    Path("out").mkdir(exist_ok=True)
    Path("out/bench.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    keep(asyncio.run(main()))
