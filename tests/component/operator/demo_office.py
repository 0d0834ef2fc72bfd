"""Stands for the demo's office: the same questions, asked of registration on in-memory twins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.demo.office import DemoFailed
from tests.unit.registration.house import House

ROLES = {"sekretariat": "secretariat", "kepala": "approver"}


class HouseOffice:
    """`Office` as far as one service is asked; whoever is not named here is of the placement section."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def ask(self, method: str, path: str, who: str | None = None, **request: Any) -> Any:
        headers: Mapping[str, str] = request.pop("headers", {})
        if who:
            headers = {**headers, "Staff": f"{who} {ROLES.get(who, 'placement')}"}
        answer = await self._house.http.request(method, path, headers=dict(headers), **request)
        if answer.status_code >= 400:
            raise DemoFailed(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()
