"""A world in one event loop with virtual time: disks, a log, a bank, and processes that can be killed.

The same seed and plan give the same run. A plan maps the number of an I/O step to a fault.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.decision import Refused
from shared.engine.ports import BrokerError, WriteConflict
from shared.engine.service import Definition, Ports, Service, Unavailable, build_service
from shared.platform.metrics import EngineMetrics
from tests.engine import toy
from tests.engine.unrest import unrest
from tests.fakes import LoopClock, LostReply, MemoryBroker, MemoryDatabase, MemoryLog, MemoryStore, VirtualLoop

PARTITIONS = 2
QUIET_SECONDS = 900.0
NOTICE_SECONDS = 25.0
"""A lost log is noticed at the relay's next look, 10 s later at most, and by a feed after 10 s of silence."""

Plan = Mapping[int, str]


class Killed(BaseException):
    """kill -9: no handler of the process runs on, and what it does in dying reaches nothing."""


class Stuck(AssertionError):
    """With all faults off the world did not come to rest within the bound."""


@dataclass(eq=False)
class Process:
    """One running service; after a kill every I/O of it fails and a new one starts on the same disk."""

    world: World
    definition: Callable[[Callable[[str], str | None]], Definition]
    home: str
    """Name of its store."""
    doors_only: bool = False
    alive: bool = True
    service: Service | None = None
    died: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def step(self, name: str) -> str | None:
        if not self.alive:
            raise Killed
        try:
            return self.world.step(name)
        except Killed:
            self.kill()
            raise

    def kill(self) -> None:
        self.alive = False
        self.died.set()

    def start(self) -> None:
        definition = self.definition(self.step)
        clock = self.world.clock
        ports = Ports(
            database=MemoryDatabase(self.world.stores[self.home], self.step, clock),
            broker=MemoryBroker(self.world.log, self.step, self.world.chance),
            clock=clock,
            seal=lambda raw: raw.hex(),
            unseal=bytes.fromhex,
            metrics=EngineMetrics(definition.name),
            partitions=PARTITIONS,
            topic_prefix="",
            doors_only=self.doors_only,
            chance=self.world.chance,
        )
        self.service = build_service(definition, ports)
        self.tasks = [asyncio.create_task(self._run(self.service))]

    async def _run(self, service: Service) -> None:
        await service.start()
        await asyncio.Event().wait()

    async def bury(self) -> None:
        """Drop every task of the dead process."""
        self.kill()
        service = self.service
        tasks = [*self.tasks, *([*service._listening, *service._working] if service else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(eq=False)
class World:
    """The two toy services, supervised: a killed process is started again after a second."""

    plan: Plan
    seed: int = 0
    bank: toy.Bank = field(default_factory=toy.Bank)
    twice: bool = False
    """Run two processes of `books`, which share everything: two owners of each partition."""
    steps: list[str] = field(default_factory=list)
    faults_on: bool = True
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.clock = LoopClock()
        self.log = MemoryLog()
        self.stores = {"shop": MemoryStore(), "books": MemoryStore()}
        self.processes: dict[str, Process] = {}
        self.replies: dict[str, dict[str, Any]] = {}
        self.refused: dict[str, str] = {}
        self.unknown = 0

    def step(self, name: str) -> str | None:
        """Number the step and do what the plan says for it."""
        if not self.faults_on:
            return None
        self.steps.append(name)
        fault = self.plan.get(len(self.steps))
        if fault is None:
            return None
        self.seen.add(f"{fault}@{name.split('.')[0]}")
        return self._fault(fault, name)

    def _fault(self, fault: str, name: str) -> str | None:
        if fault == "kill":
            raise Killed
        if fault == "lost_reply" and name.endswith(".done"):
            raise LostReply
        if fault == "error" and not name.endswith(".done"):
            raise _error(name)
        if fault == "lose_log":
            self.log.lose()
        if fault == "lose_tail":
            self.log.lose_tail(self.chance.randint(1, 4))
        return fault

    def launch(self, name: str, definition: Callable[[Any], Definition], store: str, doors_only: bool = False) -> None:
        process = Process(self, definition, store, doors_only)
        self.processes[name] = process
        process.start()

    def start(self) -> None:
        self.launch("shop", lambda step: toy.shop(), "shop")
        self.launch("books", lambda step: toy.books(self.bank, step), "books")
        if self.twice:
            self.launch("books-2", lambda step: toy.books(self.bank, step), "books")

    async def supervise(self) -> None:
        """Start again what died, as a container runtime would."""
        while True:
            await asyncio.sleep(1.0)
            for name, process in list(self.processes.items()):
                if not process.alive or (process.service and process.service.failed):
                    await process.bury()
                    self.launch(name, process.definition, process.home, process.doors_only)

    async def ask(self, key: str, command: toy.Add) -> None:
        """A client that asks again with the same key until it has an answer."""
        while True:
            process = self.processes["shop"]
            try:
                reply = await self._or_death(process, process.service.execute(command, key=key, digest=repr(command)))
                self.replies[key] = dict(reply)
                return
            except Refused as refused:
                self.refused[key] = refused.code
                return
            except (Unavailable, Killed, ConnectionError):
                await asyncio.sleep(0.5)

    async def ask_once(self, command: toy.Add) -> None:
        """A client without a key: when the process dies it never learns what became of its command."""
        process = self.processes["shop"]
        key = f"{command.account}/{len(self.replies)}/once"
        try:
            self.replies[key] = dict(await self._or_death(process, process.service.execute(command)))
        except Unavailable:
            return
        except Killed:
            self.unknown += 1

    async def _or_death(self, process: Process, call: Awaitable[Any]) -> Any:
        task = asyncio.ensure_future(call)
        death = asyncio.ensure_future(process.died.wait())
        await asyncio.wait({task, death}, return_when=asyncio.FIRST_COMPLETED)
        death.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise Killed
        return task.result()

    async def rest(self) -> None:
        """Faults off; wait until nothing is left to do, and nothing new was noticed for a while."""
        self.faults_on = False
        now = asyncio.get_running_loop().time
        limit, quiet_since = now() + QUIET_SECONDS, now()
        while now() - quiet_since < NOTICE_SECONDS:
            if now() > limit:
                raise Stuck(self.why_not())
            await asyncio.sleep(1.0)
            quiet_since = now() if self.why_not() else quiet_since

    def why_not(self) -> str:
        return unrest(self.stores)


def _error(name: str) -> Exception:
    if name.startswith("kafka"):
        return BrokerError("planned")
    return WriteConflict() if name.startswith(("db", "tx")) else ConnectionError("planned")


def run(world: World, scenario: Callable[[World], Awaitable[None]]) -> World:
    """One run from an empty disk to rest."""
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_play(world, scenario))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    return world


async def _play(world: World, scenario: Callable[[World], Awaitable[None]]) -> None:
    world.start()
    supervisor = asyncio.create_task(world.supervise())
    try:
        await scenario(world)
        await world.rest()
    finally:
        supervisor.cancel()
        await asyncio.gather(supervisor, return_exceptions=True)
        for process in world.processes.values():
            await process.bury()
