"""The eyes of these tests: each promise, broken on purpose on a page of its own, is seen."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.e2e.visitor import IN_BROWSER, NO_FRAME, NO_SCRIPT, SAFE, Visitor, page_faults, unsafe

pytestmark = IN_BROWSER
GOOD = (
    '<!doctype html><html lang="id"><title>Uji</title><h1>Uji</h1>'
    '<style>{style}</style><label>Nama <input name="a" style="font: inherit; height: 44px; padding: 0"></label>{more}'
)


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    async with await browser.new_context(viewport={"width": 360, "height": 640}) as context:
        yield await context.new_page()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('lang="id"', 'lang="en"', 'language is "en"'),
        ("<title>Uji</title>", "", "no title"),
        ("<h1>Uji</h1>", "<h1>Uji</h1><h1>Uji</h1>", "not exactly one h1"),
        ("<label>Nama ", "<label>", "no label: a"),
        ("font: inherit", "font-size: 15px", "small text: a"),
        ("height: 44px; padding: 0", "height: 12px", 'small to touch: input "a"'),
        ("{more}", '<p style="width: 400px">x</p>', "408 pixels wide in a window of 360"),
        ("{more}", '<p style="color: #999">pudar</p>', 'contrast 2.8: p "pudar"'),
        ("{more}", '<svg width="9" height="9"></svg>', 'picture without words: svg ""'),
        ("{more}", "<iframe></iframe>", "script or frame on the page"),
    ],
)
async def test_each_fault_of_a_page_is_seen(page: Page, old: str, new: str, fault: str) -> None:
    await page.set_content(GOOD.replace("{style}", "").replace("{more}", ""))
    assert await page_faults(page) == []
    assert old in GOOD
    await page.set_content(GOOD.replace(old, new).replace("{style}", "").replace("{more}", ""))
    assert await page_faults(page) == [fault]


async def test_dark_text_on_dark_ground_is_seen_only_where_it_is(page: Page) -> None:
    dark = "@media (prefers-color-scheme: dark) { body { background: #000; color: #222 } }"
    await page.set_content(GOOD.replace("{style}", dark).replace("{more}", ""))
    await page.emulate_media(color_scheme="light")
    assert await page_faults(page) == []
    await page.emulate_media(color_scheme="dark")
    assert any(fault.startswith("contrast") for fault in await page_faults(page))


async def test_what_a_page_asks_of_another_host_and_writes_into_the_console_is_noticed(browser: Browser) -> None:
    async with await browser.new_context(offline=True) as context:
        visitor = await Visitor.enter(context, "http://127.0.0.1:1", "desk")
        await visitor.page.set_content('<script>console.error("aduh")</script><img src="http://other.test/x.png">')
        await visitor.page.wait_for_load_state()
    assert "asked another host: http://other.test/x.png" in visitor.faults
    assert any(fault.startswith("console: aduh") for fault in visitor.faults)


@pytest.mark.parametrize("name", [*SAFE, "content-security-policy"])
async def test_a_header_that_is_missing_is_noticed(name: str) -> None:
    whole = {**SAFE, "content-security-policy": f"{NO_SCRIPT}; {NO_FRAME}"}
    assert unsafe(whole) == []
    assert unsafe({key: value for key, value in whole.items() if key != name})
