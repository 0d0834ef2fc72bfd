"""What every service's HTTP side does by itself: limits, health, metrics, trace, contracts, start and stop."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
import yaml

from shared.platform.traces import new_trace
from shared.web.body_limits import MOST_BODY_BYTES
from tests.unit.shared.doors import Idle, app_of, client_of

UPLOADS = {"/idle/uploads": 1024 * 1024}


@pytest.fixture
def service() -> Idle:
    return Idle()


@pytest.fixture
async def client(service: Idle) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app_of(service, large_bodies=UPLOADS)) as client:
        yield client


async def drip(pieces: int, size: int = 64 * 1024) -> AsyncIterator[bytes]:
    """A body whose length nobody declares."""
    for _ in range(pieces):
        yield b"x" * size


async def test_thirty_megabytes_are_refused_by_their_declared_length(client: httpx.AsyncClient) -> None:
    response = await client.post("/idle/bodies", content=b"x" * 30_000_000)
    assert response.status_code == 413
    assert response.json()["code"] == "BODY_TOO_LARGE"


@pytest.mark.parametrize("path", ["/idle/raw", "/idle/bodies", "/idle/uploads"])
async def test_thirty_megabytes_without_a_length_are_refused_while_they_come(
    client: httpx.AsyncClient, path: str
) -> None:
    taken = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal taken
        async for piece in drip(460):
            taken += len(piece)
            yield piece

    headers = {"content-type": "application/json"}
    response = await client.post(path, content=counted(), headers=headers)
    assert response.status_code == 413
    assert response.json()["code"] == "BODY_TOO_LARGE"
    assert taken


async def test_a_body_may_be_as_large_as_its_path_allows(client: httpx.AsyncClient) -> None:
    most = await client.post("/idle/raw", content=b"x" * MOST_BODY_BYTES)
    assert most.json() == {"bytes": MOST_BODY_BYTES}
    assert (await client.post("/idle/raw", content=b"x" * (MOST_BODY_BYTES + 1))).status_code == 413
    assert (await client.post("/idle/uploads", content=drip(16))).json() == {"bytes": 1024 * 1024}
    assert (await client.post("/idle/uploads", content=drip(17))).status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", ""])
async def test_a_length_that_is_no_number_is_refused(client: httpx.AsyncClient, length: str) -> None:
    request = client.build_request("POST", "/idle/raw", content=b"x")
    request.headers = httpx.Headers({"host": "idle", "content-length": length})
    assert (await client.send(request)).status_code == 413


async def test_ready_means_open_and_hearing(client: httpx.AsyncClient, service: Idle) -> None:
    assert (await client.get("/idle/health")).status_code == 503
    service.ready = True
    assert (await client.get("/idle/health")).text == "ready"
    service.feed = SimpleNamespace(healthy=False)
    assert (await client.get("/idle/health")).status_code == 503


async def test_alive_until_a_part_of_the_engine_dies(client: httpx.AsyncClient, service: Idle) -> None:
    assert (await client.get("/idle/alive")).status_code == 200, "not ready is not dead"
    service.failed = "MemoryError"
    response = await client.get("/idle/alive")
    assert (response.status_code, response.text) == (503, "MemoryError")


async def test_metrics_are_the_services_own(client: httpx.AsyncClient, service: Idle) -> None:
    service.metrics.alarm("GAP_STAYS", topic="t")
    text = (await client.get("/idle/metrics")).text
    assert 'gelombang_alarms_total{code="GAP_STAYS"} 1.0' in text


async def test_the_contracts_are_served(client: httpx.AsyncClient) -> None:
    response = await client.get("/idle/asyncapi.yaml")
    assert response.headers["content-type"] == "application/yaml"
    assert yaml.safe_load(response.text)["asyncapi"] == "3.0.0"
    paths = (await client.get("/idle/openapi.json")).json()["paths"]
    assert "/idle/bodies" in paths
    assert "/idle/health" not in paths


async def test_a_trace_is_taken_over_or_begun(client: httpx.AsyncClient) -> None:
    given = new_trace()
    assert (await client.get("/idle/trace", headers={"traceparent": given})).json() == given
    for wrong in ("", "00-x-y-01", given.upper(), given + "-00", "é"):
        headers = {b"traceparent": wrong.encode()}
        begun = (await client.get("/idle/trace", headers=headers)).json()
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", begun)
        assert begun != given


async def test_the_service_starts_and_stops_with_its_app() -> None:
    service, steps = Idle(), []

    async def opened() -> None:
        steps.append(("opened", service.ready))

    async def closed() -> None:
        steps.append(("closed", service.ready))

    app = app_of(service, opened=opened, closed=closed)
    async with app.router.lifespan_context(app):
        assert service.ready
    assert service.starts == ["started", "stopped"]
    assert steps == [("opened", True), ("closed", False)]
