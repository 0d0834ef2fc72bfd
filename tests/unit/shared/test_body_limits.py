"""A body is bounded in time whatever it holds, and read with care wherever it would be taken for JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute

from shared.web.body_limits import MOST_BODY_BYTES, Limits, is_json, seconds_for
from shared.web.guard import GuardedRoute
from tests.contract.doors import app_of as service_of
from tests.contract.doors import notification
from tests.unit.shared.doors import NIK, Idle, app_of, client_of

Message = MutableMapping[str, Any]
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class Slow:
    """A visitor who sends the beginning of a body and no more, at a service with little patience."""

    def __init__(self, app: FastAPI, path: str, **headers: str) -> None:
        pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"idle"), *pairs],
            "server": ("idle", 80),
            "scheme": "http",
        }
        self.asked: list[tuple[str, int]] = []
        self.answers: list[Message] = []
        self._layer = Limits(app, {}, "idle", self._patience)
        self._sent = False

    def _patience(self, kind: str, most: int) -> float:
        self.asked.append((kind, most))
        return 0.01

    async def receive(self) -> Message:
        if self._sent:
            await asyncio.Event().wait()
        self._sent = True
        return {"type": "http.request", "body": b"{", "more_body": True}

    async def send(self, message: Message) -> None:
        self.answers.append(message)

    async def visit(self) -> tuple[int, dict[bytes, bytes], str]:
        await self._layer(self.scope, self.receive, self.send)
        start, body = self.answers
        return start["status"], dict(start["headers"]), body["body"].decode()


@pytest.mark.parametrize("path", ["/idle/bodies", "/idle/raw", "/idle/session"])
@pytest.mark.parametrize("kind", [JSON, "Application/JSON", "application/x+json", "text/plain", FORM, ""])
async def test_a_body_that_never_ends_is_given_up_whatever_it_says_it_is(path: str, kind: str) -> None:
    visitor = Slow(app_of(Idle()), path, content_type=kind)
    status, headers, body = await visitor.visit()
    assert (status, json.loads(body)["code"]) == (408, "BODY_TOO_SLOW")
    assert headers[b"connection"] == b"close"
    assert visitor.asked == [(kind, MOST_BODY_BYTES)]


async def test_a_person_whose_form_did_not_arrive_is_told_of_the_connection() -> None:
    status, _, page = await Slow(app_of(Idle()), "/idle/sign-in", content_type=FORM, accept="text/html").visit()
    assert status == 408
    assert "Kiriman terlalu lama di jalan" in page
    assert "Sambungan internet Anda terlalu lambat atau terputus" in page
    assert "JSON" not in page


@pytest.mark.parametrize(
    ("kind", "most", "seconds"),
    [
        (JSON, MOST_BODY_BYTES, 8.0),
        ("text/plain", MOST_BODY_BYTES, 8.0),
        ("", MOST_BODY_BYTES, 8.0),
        (FORM, MOST_BODY_BYTES, 30.0),
        ("Multipart/Form-Data; boundary=x", MOST_BODY_BYTES, 30.0),
        ("multipart/form-data; boundary=x", MOST_BODY_BYTES + 20 * 2**20, 110.0),
    ],
)
def test_people_have_longer_than_programs_and_files_by_their_size(kind: str, most: int, seconds: float) -> None:
    assert seconds_for(kind, most) == seconds


async def test_an_answer_that_goes_on_is_not_bounded_by_the_time_of_its_body() -> None:
    app = FastAPI()

    @app.post("/stream")
    async def stream(request: Request) -> StreamingResponse:
        assert await request.body() == b"{"

        async def pieces() -> Any:
            yield b"a"
            await asyncio.sleep(0.05)  # longer than the patience with bodies
            yield b"b"

        return StreamingResponse(pieces())

    visitor = Slow(app, "/stream")

    messages: list[Message] = [{"type": "http.request", "body": b"{", "more_body": False}]

    async def whole() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    await Limits(app, {}, "idle", lambda kind, most: 0.01)(visitor.scope, whole, visitor.send)
    assert b"".join(each.get("body", b"") for each in visitor.answers) == b"ab"


@pytest.mark.parametrize(
    ("kind", "json"),
    [
        (JSON, True),
        ("Application/JSON", True),
        ("APPLICATION/VND.X+JSON; charset=utf-8", True),
        ("application/x+json", True),
        (" application/json", True),
        ("text/json", False),
        ("application/jsonx", False),
        ("", False),
        (FORM, False),
    ],
)
def test_what_fastapi_takes_for_json_is_json(kind: str, json: bool) -> None:
    assert is_json(kind) == json


@pytest.mark.parametrize("kind", [JSON, "Application/JSON", "application/x+json", "application/JSON ;charset=utf-8"])
@pytest.mark.parametrize("body", [f'{{"nik": "{NIK}", "nik": "{NIK}"}}', '{"nik": ' + "[" * 17 + "]" * 17 + "}"])
async def test_doubled_keys_and_deep_bodies_are_refused_under_every_name_of_json(kind: str, body: str) -> None:
    async with client_of(app_of(Idle())) as client:
        answer = await client.post("/idle/bodies", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (400, "NOT_JSON")


async def test_programs_that_sign_in_are_read_with_the_same_care() -> None:
    async with client_of(app_of(Idle())) as client:
        body = '{"username": "a", "username": "b", "password": "c"}'
        answer = await client.post("/idle/session", content=body, headers={"content-type": JSON})
    assert (answer.status_code, answer.json()["code"]) == (400, "NOT_JSON")


def routes_of(router: Any) -> list[APIRoute]:
    """All routes, those of included routers too."""
    inner = [routes_of(each.original_router) for each in router.routes if hasattr(each, "original_router")]
    return [each for each in router.routes if isinstance(each, APIRoute)] + [each for found in inner for each in found]


@pytest.mark.parametrize("name", ["registration", "incentive", "reporting", "notification"])
def test_every_door_that_takes_a_body_is_guarded(name: str, tmp_path: Path) -> None:
    app = notification(tmp_path) if name == "notification" else service_of(name, tmp_path)
    taking = [each for each in routes_of(app) if each.body_field]
    assert len(taking) >= 3
    assert [each.path for each in taking if not isinstance(each, GuardedRoute)] == []
