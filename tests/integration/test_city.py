"""A small city goes through the whole programme, and everything comes out as planted.

This is `make demo` itself: the real upload, the real doors, people who come in twice, a ring, two waves, a bank that
misbehaves, forged claims, the audit, and the search for numbers of people in every collection, topic, file and log.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.servers import Kafka

PEOPLE = 150


@pytest.mark.timeout(600)
def test_what_was_planted_is_found_and_no_invariant_is_broken(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "deploy.cli", "demo", "--n", str(PEOPLE)]
    if Kafka.fetched():
        command.append("--kafka")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=580, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads((tmp_path / "out/demo/summary.json").read_text())
    assert found["violations"] == []
    assert {name for name, (planted, seen) in found["planted_versus_found"].items() if planted != seen} == set()
    assert found["rows"]["received"] == PEOPLE
    assert sum(found["refused_claims"].values()) == 7 + 1
    assert found["refused_claims"]["BADGE_WITHDRAWN"] == 1
    assert found["badges"] >= 2
    assert len(found["delayed_by_cause"]) >= 5
    assert found["dead_letters"] == 0
    assert found["review"]["decided"] == {"reject": 4 + 11, "confirm": 1}
    assert found["review"]["ring_members_selected"] == 0
    assert found["review"]["changed_by_the_newer_list"] == 1 + 1 + 1
    assert found["review"]["seats_given_again"] == 3 + 3
    assert found["bank"]["paid_rupiah"] - found["bank"]["returned_rupiah"] == found["paid_rupiah"] > 0
    assert found["bank"]["paid_twice"] == 0
