"""Somebody in front of a browser: goes to pages, and notices what is wrong with each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, Response

from deploy.servers import ROOT

IN_BROWSER = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]
"""Marks of a module here: the first test waits until the whole stack stands, on two busy cores."""
PICTURES = ROOT / "out" / "e2e"
FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8").partition("\n")[2]
SAFE: Mapping[str, str] = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
NO_SCRIPT, NO_FRAME = "default-src 'none'", "frame-ancestors 'none'"


@dataclass(eq=False)
class Visitor:
    """One browser window of one person. `faults` gathers what no page may do, whichever page it was."""

    page: Page
    address: str
    size: str
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    """Statuses of answers that the test asks for; a browser writes each into its console as an error."""
    last: Response | None = None

    @classmethod
    async def enter(cls, context: BrowserContext, address: str, size: str) -> Visitor:
        visitor = cls(await context.new_page(), address, size)
        visitor.page.on("console", visitor._heard)
        visitor.page.on("pageerror", lambda error: visitor.faults.append(f"script error: {error}"))
        visitor.page.on("request", visitor._asked)
        visitor.page.on("response", visitor._answered)
        return visitor

    def _heard(self, message: ConsoleMessage) -> None:
        told = any(f"status of {status} " in message.text for status in self.expected)
        if message.type in ("error", "warning") and not told:
            self.faults.append(f"console: {message.text} {message.location['url']}".strip())

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address + "/", "data:")):
            self.faults.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self.last = response
            self.faults += unsafe(response.headers)

    async def go(self, path: str, status: int = 200) -> None:
        """To a page of ours, whose answer has this status after all redirections."""
        self.expected.add(status)
        response = await self.page.goto(self.address + path)
        assert response is not None
        assert response.status == status, await response.text()

    async def sign_in(self, username: str, password: str) -> None:
        """By the form that is before them."""
        await self.page.get_by_label("Nama akun").fill(username)
        await self.page.get_by_label("Kata sandi", exact=True).fill(password)
        await self.page.get_by_role("button", name="Masuk").click()

    async def look(self, picture: str) -> None:
        """All is well with the page and with what led to it, by day and by night; a picture is kept of each."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        found = []
        for scheme in ("light", "dark"):
            await self.page.emulate_media(color_scheme=scheme)
            found += [f"{scheme}: {fault}" for fault in await page_faults(self.page)]
            await self.page.screenshot(path=PICTURES / f"{picture}-{self.size}-{scheme}.png", full_page=True)
        assert [*self.faults, *found] == []

    @property
    def place(self) -> str:
        """Path and query of the page."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def headers(self) -> Mapping[str, str]:
        assert self.last is not None, "no page was opened yet"
        return self.last.headers


async def page_faults(page: Page) -> list[str]:
    """What is wrong with the page that is open (faults.js)."""
    found: list[str] = await page.evaluate(FAULTS)
    return found


def unsafe(headers: Mapping[str, str]) -> list[str]:
    """Which headers a page lacks. Every page has these; what may be kept differs."""
    policy = headers.get("content-security-policy", "")
    missing = [f"header {name}: {headers.get(name)}" for name, wanted in SAFE.items() if headers.get(name) != wanted]
    return missing + [f"policy without {part}" for part in (NO_SCRIPT, NO_FRAME) if part not in policy]
