"""Every answer is safe by itself: with the headers of a careful site, and as a page for whoever came with a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.servers import ROOT
from shared.web.headers import SAFE
from shared.web.problems import COMMON, Problem
from tests.unit.shared.doors import NIK, Idle, app_of, client_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app_of(Idle())) as client:
        yield client


@pytest.mark.parametrize("path", ["/idle/trace", "/idle/nowhere", "/idle/raise/closed", "/idle/sign-in"])
async def test_every_answer_has_the_headers_of_a_careful_site(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert {name: headers[name] for name in SAFE} == SAFE


async def test_what_a_door_says_itself_stays(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/idle/style.css")).headers
    assert headers.get_list("cache-control") == ["max-age=3600"]


def test_the_door_of_compose_does_not_take_the_origin_from_our_own_forms() -> None:
    said = (ROOT / "deploy" / "compose" / "Caddyfile").read_text(encoding="utf-8")
    assert f"\tReferrer-Policy {SAFE['Referrer-Policy']}\n" in said


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/idle/nowhere", 404, "Tidak ditemukan"),
        ("/idle/raise/closed", 409, "Belum dapat dilakukan"),
        ("/idle/raise/overloaded", 503, "Layanan sedang sibuk"),
        ("/idle/raise/bug", 500, "Terjadi kesalahan pada kami"),
    ],
)
async def test_a_browser_gets_a_page(client: httpx.AsyncClient, path: str, status: int, heading: str) -> None:
    answer = await client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{heading}</h1>" in answer.text
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    assert NIK not in answer.text


@pytest.mark.parametrize(
    ("referer", "place"),
    [
        ("http://idle.test/idle/forms?x=1&y=2", "/idle/forms?x=1&amp;y=2"),
        ("http://idle.test/idle/raise/closed", None),
        ("http://other.test/idle/forms", None),
        ("http://idle.test//other.test/", None),
        ("", None),
    ],
)
async def test_who_came_from_a_page_of_ours_is_led_back_to_it(
    client: httpx.AsyncClient, referer: str, place: str | None
) -> None:
    headers = {**BROWSER, "Host": "idle.test", "Referer": referer}
    page = (await client.get("/idle/raise/closed", headers=headers)).text
    assert (f'<a href="{place}">Kembali ke halaman sebelumnya</a>' in page) == (place is not None)
    assert ("Kembali ke halaman" in page) == (place is not None)


async def test_a_page_speaks_to_people_and_keeps_what_a_browser_must_know(client: httpx.AsyncClient) -> None:
    answer = await client.get("/idle/raise/overloaded", headers=BROWSER)
    assert "Retry-After" not in answer.text
    assert answer.headers["retry-after"].isdigit()
    assert (await client.get("/idle/raise/overloaded")).json()["detail"] == COMMON["BUSY"][1]


async def test_a_wrong_method_is_told_the_right_one(client: httpx.AsyncClient) -> None:
    assert (await client.put("/idle/trace")).headers["allow"] == "GET"


async def test_who_must_sign_in_is_sent_there_when_reading_and_told_when_sending() -> None:
    app = app_of(Idle())

    @app.api_route("/idle/secret", methods=["GET", "POST"])
    async def secret() -> None:
        raise Problem("SIGN_IN_NEEDED")

    async with client_of(app) as client:
        asked = await client.get("/idle/secret?page=2", headers=BROWSER)
        assert asked.status_code == 303
        assert asked.headers["location"] == "/idle/sign-in?next=/idle/secret%3Fpage%3D2"
        sent = await client.post("/idle/secret", headers=BROWSER)
        assert sent.status_code == 401
        assert 'href="/idle/sign-in"' in sent.text
