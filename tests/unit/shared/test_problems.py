"""Every error is a problem document with a code and a sentence that helps, and never quotes what the caller sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.web.problems import COMMON, MEDIA_TYPE, STATUS
from tests.unit.shared.doors import NIK, REFUSALS, Idle, app_of, client_of


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app_of(Idle(), large_bodies={"/idle/bodies": 10**7})) as client:
        yield client


def document(response: httpx.Response) -> dict[str, Any]:
    """The problem document, with what RFC 9457 asks of it."""
    assert response.headers["content-type"] == MEDIA_TYPE
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:gelombang:problem:{body['code']}"
    assert len(body["detail"]) > 5
    assert NIK not in response.text
    return body


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("overloaded", 503, "BUSY"),
        ("unavailable", 503, "NOT_READY"),
        ("transient", 503, "NOT_READY"),
        ("decision", 500, "INTERNAL"),
        ("bug", 500, "INTERNAL"),
        ("problem", 429, "SIGN_IN_PAUSED"),
        ("conflict", 409, "CONFLICT"),
        ("nobody_explained", 500, "NEW_CODE"),
        ("closed", 409, "WAVE_CLOSED"),
        ("NIK_FORMAT", 422, "NIK_FORMAT"),
        ("WAVE_UNKNOWN", 404, "WAVE_UNKNOWN"),
        ("SAME_EYES", 403, "SAME_EYES"),
        ("SLOT_FULL", 409, "SLOT_FULL"),
    ],
)
async def test_every_failure_has_its_status_and_code(
    client: httpx.AsyncClient, name: str, status: int, code: str
) -> None:
    body = document(await client.get(f"/idle/raise/{name}"))
    assert (body["status"], body["code"]) == (status, code)


@pytest.mark.parametrize(("name", "seconds"), [("overloaded", None), ("unavailable", "5"), ("problem", "300")])
async def test_who_may_come_again_is_told_when(client: httpx.AsyncClient, name: str, seconds: str | None) -> None:
    told = (await client.get(f"/idle/raise/{name}")).headers["retry-after"]
    assert told == (seconds or told)
    assert int(told) > 0


async def test_a_sentence_is_filled_with_the_rules_details(client: httpx.AsyncClient) -> None:
    body = document(await client.get("/idle/raise/closed"))
    assert body["detail"] == "Gelombang 4 sudah ditutup. Tunggu gelombang berikutnya."
    assert body["details"] == {"wave": 4}, "only plain values leave"
    without = document(await client.get("/idle/raise/no_details"))
    assert without["detail"].startswith("Gelombang - sudah")


async def test_unknown_addresses_and_methods_are_problems_too(client: httpx.AsyncClient) -> None:
    assert document(await client.get(f"/idle/{NIK}"))["code"] == "NOT_FOUND"
    assert document(await client.delete("/idle/bodies"))["code"] == "METHOD_NOT_ALLOWED"


async def test_wrong_fields_are_named_and_not_quoted(client: httpx.AsyncClient) -> None:
    body = document(await client.post("/idle/bodies", json={"nik": f"{NIK}x", "amount_rupiah": NIK + "y"}))
    assert body["code"] == "INPUT_INVALID"
    assert {"field": "nik", "fault": "string_pattern_mismatch"} in body["fields"]
    assert {"field": "amount_rupiah", "fault": "int_parsing"} in body["fields"]


async def test_a_field_name_that_the_caller_invented_is_hidden(client: httpx.AsyncClient) -> None:
    body = document(await client.post("/idle/bodies", json={"nik": NIK, NIK: 1, "x" * 41: 1}))
    assert [field["field"] for field in body["fields"]] == ["?", "?"]


async def test_not_every_one_of_a_thousand_faults_is_listed(client: httpx.AsyncClient) -> None:
    body = document(await client.post("/idle/bodies", json={"nik": NIK, **{f"a{n}": n for n in range(1000)}}))
    assert len(body["fields"]) == 50


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        f'{{"nik": "{NIK}"'.encode(),
        b'{"nik": NaN}',
        b'{"nik": "\\ud800"}',
        b'{"nik": 1e400}',
        b'{"nik": ' + b"9" * 401 + b"}",
        b'{"nik": ' + b"9" * 5000 + b"}",
        b"[" * 50_000,
        b'{"amount_rupiah": ' + b"9" * 400 + b', "nik": "' + NIK.encode() + b'"}',
    ],
    ids=lambda content: repr(content[:20]),
)
async def test_bad_input_of_any_kind_is_the_callers_fault(client: httpx.AsyncClient, content: bytes) -> None:
    response = await client.post("/idle/bodies", content=content, headers={"content-type": "application/json"})
    body = document(response)
    assert body["code"] in {"NOT_JSON", "BODY_UNREADABLE", "INPUT_INVALID"}, body


async def test_a_body_that_only_claims_to_be_json_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/idle/bodies", content=b"nik=1", headers={"content-type": "text/plain"})
    assert document(response)["code"] == "INPUT_INVALID"


async def test_the_right_body_passes(client: httpx.AsyncClient) -> None:
    assert (await client.post("/idle/bodies", json={"nik": NIK, "amount_rupiah": 7})).json() == {"amount_rupiah": 7}


def test_every_common_code_says_what_can_be_done() -> None:
    assert all(
        400 <= status < 600 and sentence.endswith(".") and len(sentence) > 30 for status, sentence in COMMON.values()
    )
    assert {refusal.kind for refusal in REFUSALS.values()} == set(STATUS)
