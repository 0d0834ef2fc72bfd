"""One stack and one browser for the session; a fresh window for each test, watched until the test ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.e2e.town import Town, open_town
from tests.e2e.visitor import Visitor

HERE = Path(__file__).parent
PHONE, DESK = {"width": 360, "height": 640}, {"width": 1280, "height": 800}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those who register anew come last here, then who draws them, who is paid, and a desk that changes the catalogue.

    Last among the tests of the town, not of all: who signed in at its beginning is signed out after half an idle hour.
    """
    names = ("citizen_pages", "office_pages", "participant_pages", "racing_purchases", "incentive_desk")
    last = [f"test_{name}.py" for name in names]
    places = [place for place, item in enumerate(items) if item.path.parent == HERE]
    in_order = sorted(
        (items[place] for place in places),
        key=lambda item: last.index(item.path.name) if item.path.name in last else -1,
    )
    for place, item in zip(places, in_order, strict=True):
        items[place] = item


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with open_town(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Debian's Chromium. It shows only our own pages here, and CI runs it as root, which its sandbox refuses."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, town: Town) -> AsyncIterator[Visitor]:
    """A citizen's small phone; it runs no script."""
    async with await browser.new_context(viewport=PHONE, java_script_enabled=False, locale="id-ID") as context:
        visitor = await Visitor.enter(context, town.address, "phone")
        yield visitor
        assert visitor.faults == []


@pytest_asyncio.fixture(loop_scope="session")
async def counter(browser: Browser, town: Town) -> AsyncIterator[Visitor]:
    """A computer of the office whose browser runs no script."""
    async with await browser.new_context(viewport=DESK, java_script_enabled=False, locale="id-ID") as context:
        visitor = await Visitor.enter(context, town.address, "desk")
        yield visitor
        assert visitor.faults == []


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser, town: Town) -> AsyncIterator[Visitor]:
    """A computer of the office."""
    async with await browser.new_context(viewport=DESK, locale="id-ID") as context:
        visitor = await Visitor.enter(context, town.address, "desk")
        yield visitor
        assert visitor.faults == []
