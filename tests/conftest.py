"""The servers of the session, and a corner of them for each test. All else is in plain modules (tests/servers.py)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.servers import Choice, Servers, Space, choose, new_space, running

CHOICE = pytest.StashKey[Choice]()


def pytest_configure(config: pytest.Config) -> None:
    choice = config.stash[CHOICE] = choose()
    if missing := choice.missing(os.environ.get("REQUIRE", "")):
        reasons = "; ".join(choice.not_run())
        raise pytest.UsageError(f"REQUIRE names {', '.join(missing)}, which this machine lacks ({reasons})")


def pytest_report_header(config: pytest.Config) -> list[str]:
    choice = config.stash[CHOICE]
    return [f"servers: {choice.titles}", f"browser: {choice.chromium or 'none'}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    no_browser = pytest.mark.skipif(not config.stash[CHOICE].chromium, reason="Chromium was not found")
    for item in items:
        if {"servers", "space"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("servers")
        if item.get_closest_marker("browser"):
            item.add_marker(no_browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if left_out := list(config.stash[CHOICE].not_run()):
        terminalreporter.section("not run here")
        for line in left_out:
            terminalreporter.line(f"- {line}")


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> str:
    """Path of the browser; tests that use it are marked `browser`."""
    found = request.config.stash[CHOICE].chromium
    assert found, "mark the test `browser`"
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    """Started at first use, shared by the whole session; a test that breaks them needs not mend them."""
    async with running(request.config.stash[CHOICE], tmp_path_factory.mktemp("servers")) as servers:
        yield servers


@pytest.fixture
async def space(servers: Servers) -> AsyncIterator[Space]:
    """Topic and database names of this test alone, on healthy servers, gone afterwards."""
    await servers.heal()
    space = new_space(servers)
    yield space
    await servers.heal()
    await space.clear()
