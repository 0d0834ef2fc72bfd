"""`make bench`: one run, same servers, ours beside the textbook way. Figures go to out/bench.json.

Both ways take turns (ours, textbook, ours, ...) and the medians of the rounds count: ratios of one run on one
machine say something; single figures hardly do. Every side is a process of its own, as in production; this
process is the caller. What each figure measures:

commits     new registrations on disk and (textbook) in the topic, asked for by 512 callers inside the process
http        the same through uvicorn and FastAPI, 128 connections from this process, answered with 202
relayed     the journal sent again to a new topic, from the first acknowledgement to the last
projected   that topic read by a new group into counters per district, from the assignment to the last commit;
            the textbook does the same one event at a time, for some seconds
p50, p99    from the 202 at the caller to the commit of the projection in the reader, at 200 registrations/s

In: validation of the body, the refusal of a taken number, durable writes, acks=all. Out, on both sides: guards of
bodies, idempotency keys, sealing. Ours also writes its journal and relays it meanwhile. The servers are part of
the figures: SecantusDB syncs the inserts of a collection one after the other, and MongoDB syncs together what
comes together, so there the textbook's intake is faster than here, and the ratio smaller.
"""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from shared.platform.kafka import AioKafkaBroker
from tests.bench.children import Child, child
from tests.bench.load import http_per_second, steady
from tests.bench.ours import PARTITIONS, access_of
from tests.bench.process import textbook_topic
from tests.bench.report import keep, peak_mb
from tests.servers import Space, choose, new_space, running

ROUNDS = 3
COMMIT_SECONDS, COMMIT_CALLERS = 4.0, 512
HTTP_SECONDS, HTTP_CALLERS = 4.0, 128
LATENCY_RATE, LATENCY_SECONDS, WARM_SECONDS = 200, 10.0, 3.0
TEXTBOOK_PROJECTION_SECONDS = 4.0
EVENTS = 20_000
"""In the journal that is relayed and projected."""
MOST_SECONDS = 160.0
"""On a slow machine: rounds after the first are left out from then on."""

Figures = dict[str, Any]
Measure = Callable[[], Awaitable[float]]
BEGAN = time.monotonic()


def tell(text: str) -> None:
    print(f"[{time.monotonic() - BEGAN:5.0f} s, load {os.getloadavg()[0]:4.1f}] {text}", flush=True)


def rounds() -> Iterator[int]:
    for number in range(1, ROUNDS + 1):
        if number == 1 or time.monotonic() - BEGAN < MOST_SECONDS:
            yield number


async def in_turn(name: str, ours: Measure, textbook: Measure) -> tuple[float, float]:
    """Medians of both ways, measured in turn."""
    found = []
    for number in rounds():
        found.append((await ours(), await textbook()))
        tell(f"{name}, round {number}: ours {found[-1][0]:,.0f}/s, textbook {found[-1][1]:,.0f}/s")
    return median(one for one, _ in found), median(other for _, other in found)


async def intake(ours: Child, textbook: Child) -> Figures:
    def commits(side: Child) -> Measure:
        return lambda: side.ask("commit", seconds=COMMIT_SECONDS, callers=COMMIT_CALLERS)

    def http(side: Child) -> Measure:
        return lambda: http_per_second(side.port, HTTP_SECONDS, HTTP_CALLERS)

    own, other = await in_turn("commits", commits(ours), commits(textbook))
    own_http, other_http = await in_turn("http", http(ours), http(textbook))
    return {
        "commits_per_second": own,
        "textbook_commits_per_second": other,
        "intake_commit_ratio": own / other,
        "http_per_second": own_http,
        "textbook_http_per_second": other_http,
        "intake_http_ratio": own_http / other_http,
    }


async def latency(ours: Child, reader: Child) -> Figures:
    """The reader has read everything before, and both are warm."""
    await steady(ours.port, LATENCY_RATE, WARM_SECONDS)
    while (before := await reader.ask("heard")) != (await asyncio.sleep(1.0), await reader.ask("heard"))[1]:
        tell(f"the reader catches up: {before:,} events")
    answered = await steady(ours.port, LATENCY_RATE, LATENCY_SECONDS)
    await asyncio.sleep(2.0)
    seen = await reader.ask("seen")
    waits = sorted(1000 * (seen[id] - at) for id, at in answered.items())
    figures = {"p50_ms": waits[len(waits) // 2], "p99_ms": waits[len(waits) * 99 // 100]}
    tell(f"latency at {LATENCY_RATE}/s: p50 {figures['p50_ms']:.0f} ms, p99 {figures['p99_ms']:.0f} ms")
    return figures


async def telling_and_hearing(settings: Mapping[str, Any], memory: dict[str, float]) -> Figures:
    """Relay and projections: each round has its own topic, group and database, so nothing was seen before."""
    own = {**settings, "database_prefix": f"{settings['database_prefix']}filled_"}
    async with child("once", own, memory) as once:
        await once.ask("fill", events=EVENTS)
    rates: dict[str, list[float]] = {"relayed": [], "projected": [], "textbook_projected": []}
    for number in rounds():
        own["topic_prefix"] = f"{settings['topic_prefix']}{number}."
        relayed = await once_only(own, "relay", memory, events=EVENTS)
        projected = await once_only(own, "project", memory, name=f"projection{number}", expected=EVENTS)
        wanted = {"name": f"one{number}", "seconds": TEXTBOOK_PROJECTION_SECONDS}
        one_by_one = await once_only(settings, "textbook_project", memory, **wanted)
        for name, found in zip(rates, (relayed, projected, one_by_one), strict=True):
            rates[name].append(found["events"] / found["seconds"])
        tell(f"events, round {number}: " + ", ".join(f"{name} {found[-1]:,.0f}/s" for name, found in rates.items()))
    figures = {f"{name}_per_second": median(found) for name, found in rates.items()}
    return {**figures, "projection_ratio": figures["projected_per_second"] / figures["textbook_projected_per_second"]}


async def once_only(
    settings: Mapping[str, Any], do: str, memory: dict[str, float], **arguments: Any
) -> dict[str, float]:
    """One measurement in a process that does nothing else; its memory is noted under the measurement's name."""
    peak: dict[str, float] = {}
    async with child("once", settings, peak) as once:
        found: dict[str, float] = await once.ask(do, **arguments)
    memory[do] = max(memory.get(do, 0.0), peak["once"])
    return found


async def bench(space: Space) -> Figures:
    settings = {
        "kafka": space.kafka,
        "mongo": space.mongo,
        "stand_in": space.servers.broker.title.startswith("tansu"),
        "topic_prefix": space.topic_prefix,
        "database_prefix": space.database_prefix,
    }
    broker = AioKafkaBroker(access_of(settings))
    await broker.ensure_topic(textbook_topic(settings), PARTITIONS)
    memory: dict[str, float] = {}
    async with child("registration", settings, memory) as ours:
        async with child("textbook", settings, memory) as textbook:
            await asyncio.gather(ours.serving(), textbook.serving())
            figures = await intake(ours, textbook)
        async with child("reporting", settings, memory) as reader:
            figures |= await latency(ours, reader)
    figures |= await telling_and_hearing(settings, memory)
    pids = {"broker": space.servers.broker.pid, "database": space.servers.database.pid}
    return {**figures, "memory_mb": {**memory, **{name: peak_mb(pid) for name, pid in pids.items()}}}


async def main() -> Figures:
    choice = choose()
    machine = f"{platform.machine()}, {os.cpu_count()} processors, load before {os.getloadavg()[0]:.1f}"
    names = {"servers": choice.titles, "machine": machine, "python": platform.python_version()}
    with tempfile.TemporaryDirectory() as folder:
        async with running(choice, Path(folder)) as servers:
            tell(f"servers run: {choice.titles}")
            return {**names, **await bench(new_space(servers))}


if __name__ == "__main__":
    keep(asyncio.run(main()))
