"""Nothing that looks like a NIK, a KK or an account number leaves the process in a log line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from shared.contracts.base import Sealed
from shared.platform.logs import mask_numbers
from tests.architecture.rules import ROOT

NIK = "1271054107950003"


@pytest.mark.parametrize(
    "value",
    [
        NIK,
        f"nik {NIK} is taken",
        int(NIK),
        -int(NIK),
        float(NIK),
        NIK.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}),
        {"nik": NIK},
        {NIK: "claimed"},
        [NIK],
        (1, {"deep": [NIK]}),
        {NIK},
        NIK.encode(),
        ValueError(NIK),
    ],
    ids=lambda value: f"{type(value).__name__}",
)
def test_a_long_number_is_masked_wherever_it_stands(value: Any) -> None:
    shown = json.dumps(dict(mask_numbers(None, "info", {"event": "x", "value": value})), ensure_ascii=False)
    assert "••••" in shown
    assert "7950003" not in shown
    assert "7950003" not in shown.translate({0xFF10 + n: str(n) for n in range(10)})


@pytest.mark.parametrize("value", [5106, 2_550_000, 0.5, True, None, "2020-04-03T01:00:00Z", "wave-4", [1, "a"]])
def test_what_is_no_personal_number_stays_as_it_is(value: Any) -> None:
    assert mask_numbers(None, "info", {"value": value})["value"] == value


def test_a_sealed_value_stays_closed() -> None:
    assert mask_numbers(None, "info", {"value": [Sealed("abcd")]}) == {"value": ["•••"]}


PROGRAM = f"""
import logging
import structlog
from shared.platform.logs import configure_logs

configure_logs("incentive", AS_JSON)
log = structlog.get_logger()
log.info("taken", nik="{NIK}", wave=4)
try:
    raise ValueError("{NIK}")
except ValueError:
    log.exception("failed")
logging.getLogger("aiokafka").warning("key %s", "{NIK}")
logging.getLogger("aiokafka").info("not shown")
"""


def _said(as_json: bool) -> str:
    program = PROGRAM.replace("AS_JSON", str(as_json))
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr


def test_lines_are_json_for_machines_and_libraries_speak_alike() -> None:
    lines = [json.loads(line) for line in _said(as_json=True).splitlines()]
    assert [line["event"] for line in lines] == ["taken", "failed", "key ••••"]
    assert [line["level"] for line in lines] == ["info", "error", "warning"]
    assert all(line["service"] == "incentive" and line["timestamp"].endswith("Z") for line in lines)
    assert lines[0]["wave"] == 4
    assert "ValueError: ••••" in lines[1]["exception"]


def test_lines_for_people_are_masked_too() -> None:
    said = _said(as_json=False)
    assert NIK not in said
    assert "••••" in said
