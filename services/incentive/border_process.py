"""The border as a process: `python -m services.incentive.border_process`. Kept small, so that little can die in it.

It commits claims itself, as one more writer of incentive's journal; relay, timers and outside work stay with the
service's own process. Whoever starts it starts it again when it ends: that is how a bomb is got over.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable

from services.incentive import commands, store
from services.incentive.adapters.border import Border
from services.incentive.adapters.partners import PartnerFile
from services.incentive.border import BorderLoop, ClaimLog, limit_memory
from services.incentive.reference import read_reference
from services.incentive.settings import IncentiveSettings
from shared.contracts.partner import TOPIC
from shared.engine.ports import BrokerError, TransientError
from shared.engine.restore import detect_restore
from shared.engine.service import Definition, Ports, Service, build_service
from shared.platform.logs import configure_logs
from shared.web.serve import ports_of

DIED_OF_MEMORY = 70
"""Exit status after a batch that would not fit: the attempt is on disk, the next start counts it."""


async def run_border(settings: IncentiveSettings, ports: Ports, log: ClaimLog, topic: str = TOPIC) -> None:
    """For ever. Ends only by being cancelled, by MemoryError, or when its committer dies."""
    desk = read_reference(settings.data_directory).desk
    definition = Definition(name="incentive", aggregates=store.AGGREGATES, commands=commands.commands(desk))
    service = build_service(definition, ports)
    border = Border(PartnerFile(settings.partners_file))
    loop = BorderLoop(border, log, ports.database, service.execute, ports.clock, topic)
    await _until_reached(service, topic)
    async with asyncio.TaskGroup() as group:
        group.create_task(service.committer.run())
        service.ready = True
        group.create_task(loop.run(ports.partitions))


async def _until_reached(service: Service, topic: str) -> None:
    """Nothing is committed before it is known whether the database was restored from a backup."""
    ports = service.ports
    while True:
        try:
            for each in (service.topic, topic):
                await ports.broker.ensure_topic(each, ports.partitions)
            await detect_restore(service.topic, ports.partitions, ports.database, ports.broker)
            return
        except (BrokerError, TransientError):
            await ports.clock.sleep(1.0)


def run_limited(settings: IncentiveSettings, connect: Callable[[], tuple[Ports, ClaimLog]], topic: str = TOPIC) -> int:
    """Run under the memory limit until stopped; returns the exit status of the process.

    `connect` makes ports and log inside the running loop, since drivers bind themselves to it.
    """

    async def run() -> None:
        task = asyncio.current_task()
        assert task
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        ports, log = connect()
        await run_border(settings, ports, log, topic)

    limit_memory(settings.border_memory_megabytes)
    try:
        asyncio.run(run())
    except asyncio.CancelledError:
        return 0  # an orderly stop: the loop has taken its attempt back
    except BaseExceptionGroup as group:
        if group.subgroup(MemoryError):
            return DIED_OF_MEMORY
        raise
    return 0


def main() -> int:
    """The border of the servers that the settings name; the partner topic has the installation's prefix, if any."""
    settings = IncentiveSettings()
    configure_logs("incentive-border", settings.log_json)

    def connect() -> tuple[Ports, ClaimLog]:
        ports = ports_of("incentive", settings)
        return ports, ports.broker

    own = settings.topic_prefix == "gelombang."
    return run_limited(settings, connect, TOPIC if own else f"{settings.topic_prefix}{TOPIC}")


if __name__ == "__main__":
    sys.exit(main())
