"""`gelombang` as a person uses it: a whole embedded stack comes up, is looked at, and leaves no process behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from deploy.operator.installation import is_alive
from deploy.processes import free_port
from deploy.servers import ROOT

START_SECONDS, END_SECONDS = 80, 40


def gelombang(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "deploy.cli", *arguments]


def asked(folder: Path, *arguments: str) -> tuple[int, Any]:
    """Exit code and JSON of a command."""
    command = gelombang(*arguments, "--folder", str(folder), "--json")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def until_up(log: Path) -> str:
    for _ in range(START_SECONDS * 5):
        if "runs at" in (text := log.read_text()):
            return text
        time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.mark.timeout(200)
def test_a_stack_is_started_looked_at_and_ended_without_a_trace(tmp_path: Path) -> None:
    folder, log = tmp_path / "run", tmp_path / "up.log"
    command = gelombang("up", "--port", str(free_port()), "--folder", str(folder))
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out) as stack:
        try:
            assert "one-time password" in until_up(log)
            code, status = asked(folder, "status")
            assert {each["health"] for each in status["services"].values()} == {"ready"}
            assert code == 0
            assert [name for name, each in status["processes"].items() if not each["alive"]] == []
            code, audit = asked(folder, "audit")
            assert (code, audit["violations"]) == (0, [])
            assert set(audit["unjudged"]) == {"bank"}  # no simulators were asked for
            code, letters = asked(folder, "dead-letters", "list")
            assert (code, letters) == (0, [])
        finally:
            # Twice, as an impatient person does: the second must not break off the first.
            stack.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            stack.send_signal(signal.SIGINT)
            assert stack.wait(END_SECONDS) == 0
    pids = [part["pid"] for part in json.loads((folder / "stack.json").read_text())["parts"].values()]
    assert len(pids) == 5
    assert [pid for pid in pids if is_alive(pid)] == []
