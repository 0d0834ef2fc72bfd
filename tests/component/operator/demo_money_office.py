"""Stands for the demo's office: the same questions, asked of incentive and the simulated outside world on twins."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import FastAPI

from deploy.demo.office import HEAD, DemoFailed
from deploy.simulators.bank_http import build_bank
from deploy.simulators.catalogues import PlatformLists, build_catalogues
from tests.unit.incentive.house import House


class IncentiveOffice:
    """`Office` as far as incentive, the bank and a platform's list are asked."""

    def __init__(self, house: House, lists: PlatformLists | None = None) -> None:
        self._house, self.clock = house, house.clock
        outside = FastAPI()
        outside.mount("/bank", build_bank(house.bank))
        outside.mount("/catalogues", build_catalogues(lists or PlatformLists([])))
        self._outside = httpx.AsyncClient(transport=httpx.ASGITransport(outside), base_url="http://outside")

    async def ask(self, method: str, path: str, who: str | None = None, **request: Any) -> Any:
        headers = await self._house.staff("approver" if who == HEAD[0] else "secretariat") if who else {}
        answer = await self._house.client.request(method, path, headers=headers, **request)
        if answer.status_code >= 400:
            raise DemoFailed(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if "json" in answer.headers["content-type"] else answer.text

    async def outside(self, method: str, path: str, **request: Any) -> Any:
        answer = await self._outside.request(method, path, **request)
        answer.raise_for_status()
        return answer.json()
