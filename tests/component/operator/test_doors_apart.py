"""A process for callers alone: who gets one, who is told so, and where callers come."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.embedded import KEYS, Part, Stack, parts_of
from deploy.servers import Secantus, Tansu
from shared.platform.settings import CommonSettings
from shared.security.vault import ensure_key
from shared.web.serve import ports_of


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    for key in KEYS:
        ensure_key(tmp_path / "secrets" / f"{key}.key")
    return Stack(tmp_path, Tansu(tmp_path / "broker"), Secantus(tmp_path / "database"), "http://127.0.0.1:1")


async def doors_only(part: Part, monkeypatch: pytest.MonkeyPatch) -> bool:
    """What the engine of this part would be told."""
    with monkeypatch.context() as shell:
        for key, value in part.environment.items():
            shell.setenv(key, value)
        return ports_of(part.name, CommonSettings()).doors_only


async def test_callers_come_to_the_process_that_does_nothing_else(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, answers = parts_of(stack, "incentive", doors=True)
    assert [await doors_only(each, monkeypatch) for each in (works, answers)] == [False, True]
    assert [list(each.serves) for each in (works, answers)] == [[], ["incentive"]]


async def test_a_service_without_one_does_both(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    (both,) = parts_of(stack, "registration", doors=False)
    assert (await doors_only(both, monkeypatch), list(both.serves)) == (False, ["registration"])
