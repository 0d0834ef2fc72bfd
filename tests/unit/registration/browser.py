"""A browser of the citizens' pages: it keeps cookies by path, follows redirections and sends forms as a phone does."""

from __future__ import annotations

import re
from copy import copy
from typing import Any

import httpx

from tests.unit.registration.house import NIK, House

IDENTITY = {
    "nik": NIK,
    "kk_number": "1271 0512 0310 0002",
    "full_name": "Rahmad Lubis",
    "birth_date_d": "5",
    "birth_date_m": "4",
    "birth_date_y": "1995",
    "sex": "L",
}
CONTACT = {
    "mobile": "0812 6000 1111",
    "email": "rahmad@contoh.id",
    "domicile": "Jl. Gatot Subroto 12,\nKota Medan",
    "district_code": "12.71.05",
}
WORK = {
    "last_education": "SMA",
    "work_status": "LAID_OFF",
    "covid_affected": "ya",
    "desired_training": "Barista",
    "heard_from": "FRIENDS",
}
STATEMENTS = {"citizen": "ya", "learning": "tidak", "official": "tidak", "consent": "ya"}
STEPS = (IDENTITY, CONTACT, WORK, STATEMENTS)
CODE = re.compile(r'aria-label="Kode lacak ([A-Z2-9-]{14})"')


class Browser:
    """`seen` gathers every address that was asked for."""

    def __init__(self, house: House, base: str = "/registration", **headers: str) -> None:
        self.house, self.base = house, base
        transport = httpx.ASGITransport(app=house.app, raise_app_exceptions=False)
        told = {"Accept": "text/html", **headers}
        self.http = httpx.AsyncClient(transport=transport, base_url="http://medan", headers=told, follow_redirects=True)
        self.seen: list[str] = []

    async def get(self, place: str, status: int = 200) -> str:
        return self._read(await self.http.get(f"{self.base}{place}"), status)

    async def post(self, place: str, status: int = 200, **fields: str) -> str:
        answer = await self.http.post(f"{self.base}{place}", data=fields, headers={"Origin": "http://medan"})
        return self._read(answer, status)

    def _read(self, answer: httpx.Response, status: int) -> str:
        self.seen += [str(each.url) for each in (*answer.history, answer)]
        assert answer.status_code == status, answer.text
        return answer.text

    async def fill(self, *steps: dict[str, str]) -> str:
        """The steps of the form as given (all four unless named); the page after the last."""
        page = ""
        for number, step in enumerate(steps or STEPS, 1):
            page = await self.post("/daftar", langkah=str(number), **step)
        return page

    async def apply(self) -> str:
        """The whole form; the tracking code of the receipt."""
        await self.fill()
        return code_of(await self.post("/daftar", langkah="5"))

    async def enter(self, code: str) -> str:
        """The status page."""
        return await self.post("/status", kode_lacak=code)

    def as_it_is(self) -> Browser:
        """The same browser at this moment: what it sends later knows no answer that comes from now on."""
        twin = Browser(self.house, self.base)
        for cookie in self.http.cookies.jar:
            twin.http.cookies.jar.set_cookie(copy(cookie))
        return twin

    @property
    def place(self) -> str:
        return self.seen[-1].removeprefix("http://medan").removeprefix(self.base)

    async def until(self, words: str) -> str:
        """The status page, as soon as it says so."""
        for _ in range(300):
            page = await self.get("/status")
            if words in page:
                return page
        raise AssertionError(page)


def code_of(page: str) -> str:
    found = CODE.search(page)
    assert found, page
    return found[1]


def cookies(browser: Browser) -> dict[str, Any]:
    return {cookie.name: cookie for cookie in browser.http.cookies.jar}
