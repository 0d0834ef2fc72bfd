"""The stack without Docker: each service stands alone, and all four fit into one process."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from deploy.demo.sheets import build_city
from deploy.demo.story import application
from deploy.embedded import LISTENERS, SERVICES, Stack, embedded, where
from deploy.operator.installation import installation
from deploy.operator.status import status
from deploy.processes import free_port
from tests.collector import collecting

pytestmark = pytest.mark.timeout(300)
RESTART_SECONDS = 60


async def answers(stack: Stack, service: str) -> bool:
    async with httpx.AsyncClient(base_url=stack.address) as client:
        return (await client.get(f"/{service}/health")).status_code == 200


async def until_all_answer(stack: Stack) -> None:
    async with asyncio.timeout(RESTART_SECONDS):
        while not all([await answers(stack, service) for service in SERVICES]):  # noqa: ASYNC110  # it lies outside
            await asyncio.sleep(0.2)


async def test_killing_any_one_service_leaves_the_other_three_working(tmp_path: Path) -> None:
    async with embedded(tmp_path, port=free_port()) as stack:
        for killed in SERVICES:
            process = stack.parts[killed].process
            assert process
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            seen = {service: await answers(stack, service) for service in SERVICES if service != killed}
            assert seen == dict.fromkeys(seen, True), f"without {killed}"
            await until_all_answer(stack)  # and it is started again


async def test_who_listens_gives_way_to_who_stands_at_a_door(tmp_path: Path) -> None:
    async with embedded(tmp_path, port=free_port(), services=("registration", *LISTENERS)) as stack:
        niceness = {
            name: os.getpriority(os.PRIO_PROCESS, part.process.pid)
            for name, part in stack.parts.items()
            if part.process
        }
    assert {name for name in niceness if niceness[name] > niceness["registration"]} == set(LISTENERS)


async def test_the_doors_of_a_service_take_what_comes_while_it_is_away(tmp_path: Path) -> None:
    """And what they took is told and done once it is back."""
    person = build_city(40).online[0]
    async with embedded(tmp_path, port=free_port(), simulators=True, doors=("registration",)) as stack:
        where(stack)
        works = stack.parts["registration"]
        assert works.process
        os.kill(works.process.pid, signal.SIGKILL)
        async with httpx.AsyncClient(base_url=stack.address, timeout=30) as client:
            headers = {"Idempotency-Key": "doors-test-1"}
            answer = await client.post("/registration/applications", json=application(person), headers=headers)
            assert answer.status_code == 202, answer.text
        async with installation(tmp_path) as found, asyncio.timeout(RESTART_SECONDS):
            while (seen := (await status(found))["services"]["registration"])["unpublished_rows"]:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert seen["rows"] > 0


async def test_four_services_work_in_one_process(tmp_path: Path) -> None:
    async with embedded(tmp_path, port=free_port(), one_process=True) as stack:
        assert set(stack.parts) == {"services", "border"}
        assert [await answers(stack, service) for service in SERVICES] == [True] * 4
        async with httpx.AsyncClient(base_url=stack.address) as client:
            assert (await client.get("/incentive/catalogue")).json()["courses"]
            assert (await client.get("/nothing")).status_code == 404


async def test_one_applicants_trace_can_be_followed_through_the_services(tmp_path: Path) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    person = build_city(40).online[0]
    with collecting() as collector:
        extra = {"OTLP_ENDPOINT": collector.address}
        async with embedded(tmp_path, port=free_port(), simulators=True, extra=extra) as stack:
            async with httpx.AsyncClient(base_url=stack.address, timeout=30) as client:
                headers = {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01", "Idempotency-Key": "trace-test-1"}
                answer = await client.post("/registration/applications", json=application(person), headers=headers)
                assert answer.status_code == 202, answer.text
            async with asyncio.timeout(RESTART_SECONDS):
                while not wanted(collector.of(trace_id)):  # noqa: ASYNC110  # it comes from other processes
                    await asyncio.sleep(0.2)
    for told in collector.texts:
        assert person.nik.encode() not in told
        assert answer.json()["applicant_id"].encode() not in told


def wanted(found: dict[str, set[str]]) -> bool:
    """From the door to the message that went out, and to the numbers of the office."""
    return (
        {"POST /registration/applications", "decide RegisterApplicant"} <= found.get("gelombang-registration", set())
        and {"hear ApplicantRegistered", "perform send"} <= found.get("gelombang-notification", set())
        and {"hear ApplicantRegistered", "hear MessageSent"} <= found.get("gelombang-reporting", set())
    )
