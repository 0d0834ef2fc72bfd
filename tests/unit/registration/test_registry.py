from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest

from deploy.simulators import civil_registry as simulator
from services.registration.adapters.civil_registry import (
    Answer,
    HttpCivilRegistry,
    Identity,
    NoRegistry,
    RegistryUnavailable,
    read_answer,
)
from services.registration.settings import RegistrationSettings

ALL_RIGHT = {"NAMA_LGKP": "Sesuai (100)", "TGL_LHR": "Sesuai", "JENIS_KLMIN": "sesuai", "NO_KK": "SESUAI"}


def identity(serial: str = "0001") -> Identity:
    return Identity(f"127105050495{serial}", "Rahmad Lubis", date(1995, 4, 5), "1271051203100002", "M")


# ---- reading answers


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (ALL_RIGHT, Answer("match")),
        ({**ALL_RIGHT, "NIK": 1271050504950001}, Answer("match")),
        ({**ALL_RIGHT, "NAMA_LGKP": "Sesuai (89)"}, Answer("mismatch", ("full_name",))),
        ({**ALL_RIGHT, "NAMA_LGKP": "Tidak Sesuai (99)"}, Answer("mismatch", ("full_name",))),
        ({**ALL_RIGHT, "NAMA_LGKP": "Sesuai (0)"}, Answer("mismatch", ("full_name",))),
        (
            {**ALL_RIGHT, "TGL_LHR": "tidak sesuai", "NO_KK": "Tidak Sesuai"},
            Answer("mismatch", ("birth_date", "kk_number")),
        ),
        ({"TGL_LHR": " Sesuai "}, Answer("match")),
        ({"RESPONSE_CODE": "13"}, Answer("not_found")),
        ({"RESPON": "Data Tidak Ditemukan"}, Answer("not_found")),
        ({"RESPONSE_DESC": "14 - Data Ditemukan, Status Tidak Aktif"}, Answer("inactive")),
        ({"RESPONSE_CODE": "12"}, Answer("inactive")),
    ],
)
def test_words_and_scores_are_read_whatever_their_case(content: dict[str, Any], answer: Answer) -> None:
    assert read_answer(content, 90) == answer


@pytest.mark.parametrize("content", [{}, {"RESPON": "Quota Access Hari ini telah Habis"}, {"NAMA_LGKP": "Mungkin"}])
def test_what_is_not_understood_is_no_answer(content: dict[str, Any]) -> None:
    with pytest.raises(RegistryUnavailable, match="REFUSED"):
        read_answer(content, 90)


def test_who_is_asked_about_is_never_printed() -> None:
    assert "1271" not in repr(identity())


# ---- over HTTP, against the simulator


async def ask(
    serial: str, handler: Callable[[httpx.Request], httpx.Response] | None = None, fault: Any = None
) -> Answer:
    transport = httpx.MockTransport(handler) if handler else httpx.ASGITransport(app=simulator.build())
    settings = RegistrationSettings(
        civil_registry_url="http://dukcapil/dukcapil/get_json/medan/CALL_NIK", civil_registry_user="medan"
    )
    async with httpx.AsyncClient(transport=transport) as client:
        if fault:
            await client.post("http://dukcapil/simulator/faults", json=fault)
        return await HttpCivilRegistry(client, settings).check(identity(serial))


@pytest.mark.parametrize(
    ("serial", "answer"),
    [
        ("0001", Answer("match")),
        ("9900", Answer("not_found")),
        ("9920", Answer("mismatch", ("full_name",))),
        ("9940", Answer("mismatch", ("kk_number",))),
        ("9960", Answer("mismatch", ("birth_date",))),
        ("9980", Answer("mismatch", ("sex",))),
        ("9990", Answer("inactive")),
    ],
)
async def test_the_simulator_answers_by_the_nik(serial: str, answer: Answer) -> None:
    assert await ask(serial) == answer


@pytest.mark.parametrize(
    ("kind", "reason"), [("error", "HTTP_502"), ("quota", "REFUSED"), ("unreadable", "UNREADABLE")]
)
async def test_a_registry_that_fails_has_not_answered(kind: str, reason: str) -> None:
    with pytest.raises(RegistryUnavailable, match=reason):
        await ask("0001", fault={"kind": kind})


async def test_a_slow_simulator_still_answers() -> None:
    assert await ask("0001", fault={"kind": "slow", "seconds": 0}) == Answer("match")


async def test_a_broken_connection_and_a_strange_page_are_no_answers() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    with pytest.raises(RegistryUnavailable, match="ConnectError"):
        await ask("0001", broken)
    with pytest.raises(RegistryUnavailable, match="UNREADABLE"):
        await ask("0001", lambda request: httpx.Response(200, json={"content": ["x"]}))


async def test_the_question_has_the_registry_s_own_spelling() -> None:
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(200, json={"content": [ALL_RIGHT]})

    await ask("0001", answer)

    for part in (b'"TRESHOLD":"90"', b'"TGL_LHR":"05-04-1995"', b'"JENIS_KLMIN":"Laki-Laki"', b'"USER_ID":"medan"'):
        assert part in seen[0].replace(b'": ', b'":')


async def test_the_simulator_counts_its_questions() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=simulator.build()), base_url="http://s") as client:
        await client.post("/dukcapil/get_json/medan/CALL_NIK", json={"NIK": "1271050504950001"})
        assert (await client.get("/simulator/asked")).json() == {"asked": 1}
        assert (await client.get("/healthz")).status_code == 200


async def test_without_an_agreement_nothing_is_asked() -> None:
    with pytest.raises(RegistryUnavailable, match="NO_AGREEMENT"):
        await NoRegistry().check(identity())
