"""`make bench-door`: 10 times the load that can be borne, for a minute, with two kill -9 in it.

The crowd has one processor, all else (broker, database, four services) the other. First what can be sustained:
visitors who wait for each answer. Then ten times that, or what the crowd can make. The waiting room stays shut,
for it would keep the load away that is to be measured. Figures go to out/bench-door.json.

STORED=n sets how many applicants are there before (default 1,000,000); KILLS=0 leaves the service alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from deploy.embedded import Stack, embedded
from deploy.operator.installation import Installation
from deploy.operator.status import status
from deploy.processes import free_port, peak_megabytes
from deploy.servers import Kafka, Tansu
from shared.platform.kafka import AioKafkaBroker
from tests.bench.children import child
from tests.bench.ours import PARTITIONS, access_of
from tests.bench.process import textbook_topic
from tests.bench.report import OUT, rounded
from tests.bench.stored import AT_ONCE, store, tell

CROWD, SERVERS = 0, 1
"""Processors."""
CAPACITY_SECONDS, CALLERS = 60.0, 64
"""As long as the flood: in a shorter time the other services only fall behind, and the figure is no sustained one."""
FLOOD_SECONDS, TIMES = 60.0, 10
MOST_REST_SECONDS = 300
KILLS_AT = (20.0, 40.0)
Figures = dict[str, Any]


async def visitors(door: str, port: int | None, **arguments: Any) -> Figures:
    """One act of the crowd; the answer as its process prints it."""
    words = json.dumps({"processor": CROWD, "door": door, "port": port, **arguments})
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.visitors", words, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("the crowd ended with an error; its words are above")
    found: Figures = json.loads(told)
    return found


async def kill_at(stack: Stack, seconds: Sequence[float]) -> list[float]:
    """kill -9 of registration at these moments; how long it was away each time."""
    began, away = time.monotonic(), []
    part = stack.parts["registration"]
    for moment in seconds:
        await asyncio.sleep(began + moment - time.monotonic())
        assert part.process
        os.kill(part.process.pid, signal.SIGKILL)
        killed = time.monotonic()
        await part.process.wait()
        async with httpx.AsyncClient() as client:
            while not await _answers(client, part.port):  # noqa: ASYNC110  # it comes from another process
                await asyncio.sleep(0.1)
        away.append(time.monotonic() - killed)
    return away


async def _answers(client: httpx.AsyncClient, port: int | None) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/registration/health")).status_code == 200
    except httpx.HTTPError:
        return False


async def staff(stack: Stack, token: str, until: asyncio.Event) -> Figures:
    """An official looks at the waves every half second, in the lane of the staff."""
    answers: Counter[str] = Counter()
    took: list[float] = []
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{stack.parts['registration'].port}", timeout=10) as client:
        while not until.is_set():
            began = time.monotonic()
            try:
                answers[str((await client.get("/registration/imports", headers=headers)).status_code)] += 1
                took.append(time.monotonic() - began)
            except httpx.HTTPError:
                answers["none"] += 1
            await asyncio.sleep(0.5)
    return {"answers": answers, "p99_ms": _ms(sorted(took), 0.99)}


async def found_again(office: Installation, accepted: Mapping[str, str]) -> Figures:
    """Every 202 in the database, and no person twice."""
    ids = list(accepted.values())
    there: set[str] = set()
    for start in range(0, len(ids), AT_ONCE):
        some = {"_id": {"$in": ids[start : start + AT_ONCE]}}
        found = await office.database("registration").find("applicants", some, fields=["_id"])
        there |= {each["_id"] for each in found}
    return {"answered_202": len(ids), "lost": len(set(ids) - there), "same_id_for_two": len(ids) - len(set(ids))}


def _ms(ordered: Sequence[float], share: float) -> float | None:
    return round(1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1) if ordered else None


async def measure(stack: Stack, office: Installation, stored: int, kills: Sequence[float]) -> Figures:
    port = stack.parts["registration"].port
    first = await visitors("registration", port, first=10**6, seconds=3.0, callers=8)
    await store(office, next(iter(first["accepted"].values())), stored)
    over = asyncio.Event()
    watching = asyncio.create_task(staff(stack, await signed_in(office), over))
    calm, crowd, away = await under_pressure("registration", port, kill_at(stack, kills), rest(office))
    over.set()
    return {
        "stored_before": stored,
        **figures_of(calm, crowd, sum(away)),
        "seconds_away_after_kill": away,
        "doubled": crowd["doubled"],
        **await found_again(office, {**calm["accepted"], **crowd["accepted"]}),
        "staff": await watching,
        "registration_mb": peak_megabytes(stack.parts["registration"].process.pid),  # type: ignore[union-attr]
    }


async def signed_in(office: Installation) -> str:
    accounts = office.accounts()
    once = await accounts.add("budi", "Budi", ["secretariat"])
    return await accounts.sign_in("budi", once, "kata sandi untuk uji")


async def under_pressure(
    door: str, port: int | None, meanwhile: Coroutine[Any, Any, list[float]], between: Coroutine[Any, Any, None]
) -> tuple[Figures, Figures, list[float]]:
    """What can be sustained, then ten times that with something happening meanwhile."""
    calm = await visitors(door, port, first=2 * 10**6, seconds=CAPACITY_SECONDS, callers=CALLERS)
    capacity = len(calm["accepted"]) / CAPACITY_SECONDS
    tell(f"{door}: {capacity:,.0f}/s sustained with {CALLERS} callers, p99 {_ms(calm['accepted_took'], 0.99)} ms")
    await between
    happening = asyncio.create_task(meanwhile)
    crowd = await visitors(door, port, first=3 * 10**6, seconds=FLOOD_SECONDS, rate=TIMES * capacity)
    tell(f"{door}: the crowd has gone, {crowd['answers']}")
    return calm, crowd, await happening


def figures_of(calm: Figures, crowd: Figures, seconds_away: float) -> Figures:
    """Goodput counts answers that came within the second a person waits, per second in which the service was up."""
    capacity, up = len(calm["accepted"]) / CAPACITY_SECONDS, FLOOD_SECONDS - seconds_away
    good = sum(took <= 1.0 for took in crowd["accepted_took"]) / up
    return {
        "sustained_per_second": capacity,
        "sustained_p99_ms": _ms(calm["accepted_took"], 0.99),
        "offered_per_second": sum(crowd["answers"].values()) / FLOOD_SECONDS,
        "answers": crowd["answers"],
        "goodput_per_second": good,
        "goodput_ratio": good / capacity,
        "accepted_p99_ms": _ms(crowd["accepted_took"], 0.99),
        "refused_p99_ms": _ms(crowd["refused_took"], 0.99),
    }


async def rest(office: Installation) -> None:
    """Until everything is heard and the messages are out; without a civil registry its questions stay due for ever."""
    began = time.monotonic()
    while time.monotonic() - began < MOST_REST_SECONDS:
        services = (await status(office))["services"]
        messages = sum(services["notification"]["outside_work"].values())
        if not messages and not any(each["unheard"] for each in services.values()):
            break
        await asyncio.sleep(2.0)
    tell(f"at rest after {time.monotonic() - began:.0f} s")


async def nothing() -> list[float]:
    return []


async def textbook(stack: Stack) -> Figures:
    """The same crowd at the textbook service (tests/bench/textbook.py), on the same servers; nobody kills it."""
    settings = {
        "kafka": stack.broker.address,
        "mongo": stack.database.uri,
        "stand_in": isinstance(stack.broker, Tansu),
        "topic_prefix": "textbook.",
        "database_prefix": "textbook_",
    }
    await AioKafkaBroker(access_of(settings)).ensure_topic(textbook_topic(settings), PARTITIONS)
    async with child("textbook", settings, {}) as side:
        await side.serving()
        calm, crowd, _ = await under_pressure("textbook", side.port, nothing(), asyncio.sleep(0))
    return figures_of(calm, crowd, 0.0)


async def main() -> Figures:
    os.sched_setaffinity(0, {SERVERS})  # inherited by all that is started here
    kafka = Kafka.fetched()
    kills = KILLS_AT if os.environ.get("KILLS", "2") != "0" else ()
    with tempfile.TemporaryDirectory() as folder:
        shut = {"INTAKE_CAPACITY_PER_SECOND": "1000000"}
        async with embedded(Path(folder), port=free_port(), kafka=kafka, extra=shut) as stack:
            titles = f"{stack.broker.title}, {stack.database.title}"
            tell(f"servers run: {titles}")
            office = Installation(stack.folder, stack.environment("cli"), stack.address, {})
            figures = await measure(stack, office, int(os.environ.get("STORED", "1000000")), kills)
            await office.close()
            figures["textbook"] = await textbook(stack)
    return {"servers": titles, **figures}


if __name__ == "__main__":
    figures = asyncio.run(main())
    text = json.dumps(rounded(figures), indent=1)
    OUT.parent.mkdir(exist_ok=True)
    OUT.with_name("bench-door.json").write_text(text)
    print(text)
