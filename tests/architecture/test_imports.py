"""Who may import whom: the contracts of pyproject.toml, and what only a list of the allowed can say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.rules import ROOT, SERVICES, Source, beginning_with, foreign_imports, sources

ENGINE_MAY = beginning_with("shared.engine", "shared.contracts.base", "shared.contracts.decision")
CONTRACTS_MAY = beginning_with("pydantic", "pydantic_core", "shared.contracts")

ONE_TIME_CODES = "shared.security.one_time_codes"
"""Rules as pure as a domain's own, shared because they must be the same at every door."""


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).parent / "lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_import_contracts_are_kept() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_contracts_import_pydantic_and_nothing_else() -> None:
    assert [line for source in sources("shared/contracts") for line in foreign_imports(source, CONTRACTS_MAY)] == []


def test_the_engine_knows_events_and_decisions_and_its_metrics_alone() -> None:
    def allowed(module: str) -> bool:
        return ENGINE_MAY(module) or beginning_with("shared.platform.metrics", "pydantic")(module)

    assert [line for source in sources("shared/engine") for line in foreign_imports(source, allowed)] == []


def test_what_the_domains_share_is_as_pure_as_they_are() -> None:
    shared = [source for source in sources("shared/security") if source.path.endswith("one_time_codes.py")]
    allowed = beginning_with("shared.contracts.decision")
    assert [foreign_imports(source, allowed) for source in shared] == [[]]


@pytest.mark.parametrize("service", SERVICES)
def test_a_domain_imports_its_own_contracts_and_itself_alone(service: str) -> None:
    assert [line for source in sources(f"services/{service}/domain") for line in _foreign_to(service, source)] == []


def _foreign_to(service: str, source: Source) -> list[str]:
    """Reporting says nothing itself: its rules are about what the others say, so it may know every contract."""
    own = "shared.contracts" if service == "reporting" else f"shared.contracts.{service}"
    words = ("shared.contracts.base", "shared.contracts.decision", own, ONE_TIME_CODES)

    def allowed(module: str) -> bool:
        # A contract may be spread over files: registration.py, registration_waves.py.
        return beginning_with(*words, f"services.{service}.domain")(module) or module.startswith(f"{own}_")

    return foreign_imports(source, allowed)


@pytest.mark.parametrize(
    "line",
    [
        "from shared.contracts.incentive import IncentivePaid",
        "from services.incentive.domain import payouts",
        "from services.registration.store import INDEXES",
        "from shared.engine.rules import Rule",
        "import httpx",
        "from pydantic import BaseModel",
    ],
)
def test_a_domain_that_reaches_out_is_caught(line: str) -> None:
    assert _foreign_to("registration", Source("services/registration/domain/x.py", f"{line}\n"))


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import datetime",
        "from shared.contracts.decision import Refused",
        "from shared.contracts.registration import WaveOpened",
        "from services.registration.domain import draw",
    ],
)
def test_a_domain_that_stays_at_home_is_not(line: str) -> None:
    assert _foreign_to("registration", Source("services/registration/domain/x.py", f"{line}\n")) == []
