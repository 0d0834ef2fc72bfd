"""The border as a second writer of incentive's journal, beside the service itself; and how it dies."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import date

from deploy.simulators.course_platform import CoursePlatforms, Enrolment, kafka_sink
from services.incentive import store
from services.incentive.border_process import DIED_OF_MEMORY, run_border
from services.incentive.domain.refused_claims import RefusedClaim
from services.incentive.settings import IncentiveSettings
from shared.contracts.partner import TOPIC
from shared.platform.metrics import EngineMetrics
from tests.fakes import MemoryBroker
from tests.unit.incentive.builders import COURSE
from tests.unit.incentive.house import House, eventually
from tests.unit.incentive.steps import bought, platform_of, select, simulator


class Log(MemoryBroker):
    """The broker of the tests; its batches hold one record each."""

    async def batch_end(self, topic: str, partition: int, offset: int) -> int:
        return offset + 1


async def test_claims_of_the_topic_reach_the_participant_and_forged_ones_the_list(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    broker = house.service.ports.broker
    assert isinstance(broker, MemoryBroker)
    log = Log(broker.log)
    ports = replace(house.service.ports, broker=log, metrics=EngineMetrics("border"))
    await log.ensure_topic(TOPIC, ports.partitions)
    platforms = CoursePlatforms(house.platforms, house.client, kafka_sink(log, ports.partitions), house.clock)
    for forgery in ("strangers_key", "no_body", None, None):
        platforms.enrol(
            Enrolment(
                platform=platform_of(house),
                redeem_code=code,
                course_code=COURSE,
                claims_at=house.clock.now(),
                finished_on=date(2020, 8, 10),
                certificate_number="TKP-000001",
                forgery=forgery,
            )
        )
    assert await platforms.run_due() == 4
    task = asyncio.create_task(run_border(house.settings, ports, log))
    person = await house.until(lambda person: person.entitlements)
    assert person.purchases[0].certificate_number == "TKP-000001"

    async def refused() -> set[str]:
        return {each.reason for each in await store.some(house.service.database, RefusedClaim, {}, limit=10)}

    reasons = await eventually(refused, lambda found: len(found) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert reasons == {"SIGNATURE_WRONG", "BODY_MISSING"}
    assert [each["forgery"] for each in platforms.journal] == ["strangers_key", "no_body", None, None]


BOMB = """
import asyncio, sys
from services.incentive.border import limit_memory
from services.incentive.border_process import DIED_OF_MEMORY, run_limited
from services.incentive.settings import IncentiveSettings

import services.incentive.border_process as process

async def bomb(settings, ports, log, topic):
    async with asyncio.TaskGroup() as group:
        group.create_task(grow())

async def grow():
    kept = []
    while True:
        kept.append(bytearray(32 * 2**20))

process.run_border = bomb
sys.exit(run_limited(IncentiveSettings(border_memory_megabytes=400), lambda: (None, None)))
"""


WAITING = """
import asyncio, sys
import services.incentive.border_process as process
from services.incentive.settings import IncentiveSettings

async def wait(settings, ports, log, topic):
    print("waiting", flush=True)
    await asyncio.sleep(60)

process.run_border = wait
sys.exit(process.run_limited(IncentiveSettings(), lambda: (None, None)))
"""


def test_an_orderly_stop_ends_the_process_well() -> None:
    process = subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"waiting\n"
    process.terminate()
    assert process.wait(30) == 0
    process.stdout.close()


def test_a_bomb_ends_the_process_with_its_own_status_and_nothing_else() -> None:
    ended = subprocess.run([sys.executable, "-c", BOMB], capture_output=True, timeout=60, check=False)
    assert ended.returncode == DIED_OF_MEMORY, ended.stderr.decode()[-500:]
    assert IncentiveSettings().border_memory_megabytes == 512
