"""Dead letters from the command line: always through the services' own doors, so that every act has a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from deploy.operator.installation import OperatorError


async def listed(client: httpx.AsyncClient, services: Sequence[str], state: str) -> list[dict[str, Any]]:
    """The letters of these services in one state, all pages."""
    found: list[dict[str, Any]] = []
    for service in services:
        after: str | None = ""
        while after is not None:
            page = await _ask(client, "GET", f"/{service}/dead-letters", params={"state": state, "after": after})
            found += [{"service": service, **letter} for letter in page["letters"]]
            after = page["next"]
    return found


async def show(client: httpx.AsyncClient, service: str, id: str) -> dict[str, Any]:
    return await _ask(client, "GET", f"/{service}/dead-letters/{id}")


async def replay(client: httpx.AsyncClient, service: str, id: str) -> dict[str, Any]:
    return await _ask(client, "POST", f"/{service}/dead-letters/{id}/replay")


async def discard(client: httpx.AsyncClient, service: str, id: str, reason: str) -> dict[str, Any]:
    return await _ask(client, "POST", f"/{service}/dead-letters/{id}/discard", json={"reason": reason})


async def _ask(client: httpx.AsyncClient, method: str, path: str, **request: Any) -> dict[str, Any]:
    """Raises OperatorError with the service's own words."""
    try:
        answer = await client.request(method, path, **request)
    except httpx.HTTPError as error:
        raise OperatorError(f"{path.split('/')[1]} does not answer: {type(error).__name__}") from error
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        raise OperatorError(f"{path.split('/')[1]} answered {answer.status_code} and no JSON") from None
    if answer.is_error:
        raise OperatorError(f"{body.get('code')}: {body.get('detail')}")
    return body
