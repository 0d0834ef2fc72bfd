"""The demo's clients are polite: they come again when they are told to, and never do an act twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from deploy.demo.office import DemoFailed, Office

BUSY = httpx.Response(503, json={"code": "BUSY"}, headers={"Retry-After": "0"})
AWAY = httpx.Response(503, json={"code": "NOT_READY"}, headers={"Retry-After": "0"})
DONE = httpx.Response(200, json={"done": True})


def office(*answers: httpx.Response) -> Office:
    """Whose services answer so, one after the other."""
    waiting = iter(answers)
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: next(waiting)), base_url="http://gelombang")
    nothing = cast(Any, None)
    return Office(http, nothing, nothing, "", Path("clock.json"), nothing)


async def test_what_the_door_refused_is_asked_again_since_nothing_of_it_was_taken() -> None:
    assert await office(BUSY, BUSY, DONE).ask("POST", "/incentive/accounts") == {"done": True}


async def test_an_act_that_may_have_been_taken_is_not_done_again_without_a_key() -> None:
    with pytest.raises(DemoFailed, match="NOT_READY"):
        await office(AWAY, DONE).ask("POST", "/incentive/accounts")
    assert await office(AWAY, DONE).ask("POST", "/x", headers={"Idempotency-Key": "k"}) == {"done": True}
    assert await office(AWAY, DONE).ask("GET", "/x") == {"done": True}
