"""What `gelombang up` refuses before anything runs, and what of it an operator is told runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded import SERVICES
from deploy.operator.installation import OperatorError, is_alive, services_of
from deploy.operator.running import up
from deploy.operator.status import lines


async def test_services_cannot_be_put_together_and_set_apart_at_once(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="take one of the two"):
        await up(tmp_path, port=1, kafka=False, simulators=False, one_process=True, doors=("incentive",))


@pytest.mark.parametrize(
    ("module", "ours"),
    [
        ("services.incentive", True),
        ("services.incentive.border_process", True),
        ("deploy.simulators", True),
        ("deploy.one_process", True),
        ("somebody.elses", False),
    ],
)
def test_a_part_of_the_stack_is_told_from_a_process_that_has_its_number_now(module: str, ours: bool) -> None:
    command = [sys.executable, "-c", "input('here')", "-m", module]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            assert process.stdout.read(4) == b"here"  # else the kernel may not know its command line yet
            assert is_alive(process.pid) == ours
        finally:
            process.kill()
    assert not is_alive(process.pid)


@pytest.mark.parametrize(
    ("parts", "services"),
    [
        ({"services", "simulators"}, set(SERVICES)),
        ({"simulators"}, set()),
        ({"border"}, {"incentive"}),
        ({"incentive-doors", "reporting"}, {"incentive", "reporting"}),
        (set(SERVICES), set(SERVICES)),
    ],
)
def test_whoever_can_still_write_a_service_s_data_holds_up_a_restore(parts: set[str], services: set[str]) -> None:
    assert services_of(parts) == services


def test_a_process_that_is_away_is_named_though_its_service_still_answers() -> None:
    service = {"health": "ready", "unheard": 0, "dead_letters": 0}
    processes = {"incentive": {"pid": 1, "alive": False}, "incentive-doors": {"pid": 2, "alive": True}}
    told = lines({"address": "here", "services": {"incentive": service}, "processes": processes})
    assert told == ["address here", "incentive: ready", "process incentive is away"]
