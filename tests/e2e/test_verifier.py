"""A visitor's own browser draws again: from a folder without any server, and from the office's address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.component.operator.draw_folder import CAREFUL, TAMPERED, honest
from tests.e2e.town import Town
from tests.e2e.visitor import IN_BROWSER, PICTURES, Visitor, page_faults

pytestmark = IN_BROWSER
FILES = ("wave.json", "list.csv", "results.csv")
PHONE = {"width": 360, "height": 640}
ITS_SCRIPT = "script or frame on the page"
"""What faults.js says of every page with a script; this is the one that needs some."""
SOUND, UNSOUND = "Undian ini sesuai.", "Undian ini TIDAK sesuai."


@pytest_asyncio.fixture(loop_scope="session")
async def window(browser: Browser) -> AsyncIterator[Page]:
    """A small phone with scripts, and what its console complains about."""
    async with await browser.new_context(viewport=PHONE, locale="id-ID") as context:
        page = await context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        assert said == []


async def checked(page: Page, folder: Path) -> str:
    """Open the folder's page as a file, choose its three files, and wait for the verdict."""
    await page.goto((folder / "verify.html").as_uri())
    await page.get_by_label("Pilih tiga berkas").set_input_files([folder / name for name in FILES])
    await page.get_by_role("button", name="Undi ulang sekarang").click()
    await expect(page.locator("#keadaan")).to_have_text("Selesai.", timeout=60_000)
    return await page.locator("#putusan strong").inner_text()


async def wrong(page: Page) -> list[str]:
    return await page.locator("#butir .error").all_inner_texts()


async def looks(page: Page, picture: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert set(await page_faults(page)) == {ITS_SCRIPT}
        await page.screenshot(path=PICTURES / f"{picture}-phone-{scheme}.png", full_page=True)


@pytest.mark.parametrize("beacon", [False, True])
async def test_an_honest_folder_is_sound_without_any_server(window: Page, beacon: bool, tmp_path: Path) -> None:
    published = honest(beacon=beacon)
    published.write(tmp_path)
    assert await checked(window, tmp_path) == SOUND
    assert await wrong(window) == []
    assert await window.locator("#baris").inner_text() == published.wave["commitment"]
    assert await window.locator("#drand").is_visible() == beacon
    await looks(window, "verifier-beacon" if beacon else "verifier")


async def test_one_person_finds_the_own_result(window: Page, tmp_path: Path) -> None:
    published = honest()
    published.write(tmp_path)
    await checked(window, tmp_path)
    person, _, rank, size, quota, selected = published.results[0].split(",")
    await window.get_by_label("Nomor pendaftaran", exact=True).fill(f" {person.upper()} ")
    await window.get_by_role("button", name="Cari").click()
    told = await window.locator("#jawaban").inner_text()
    assert ("Terpilih" in told) == (selected == "1")
    assert f"Peringkat {rank} dari {size} orang" in told
    assert f"{quota} tempat" in told
    await window.get_by_label("Nomor pendaftaran", exact=True).fill("<b>tidak ada</b>")
    await window.keyboard.press("Enter")
    assert "tidak ada di daftar undian" in await window.locator("#jawaban").inner_text()


@pytest.mark.parametrize("attack", TAMPERED)
async def test_an_attack_on_the_files_is_seen(window: Page, attack: str, tmp_path: Path) -> None:
    published = honest()
    TAMPERED[attack](published)
    published.write(tmp_path)
    assert await checked(window, tmp_path) == UNSOUND
    assert await wrong(window) != []
    if attack == "stratum_swapped":
        await looks(window, "verifier-unsound")


async def test_a_forger_of_everything_is_betrayed_by_the_noted_line(window: Page, tmp_path: Path) -> None:
    published = honest()
    noted = published.wave["commitment"]
    CAREFUL["added"](published)
    published.write(tmp_path)
    assert await checked(window, tmp_path) == SOUND
    await window.get_by_label("Baris pengumuman yang Anda catat").fill(noted)
    await window.get_by_role("button", name="Undi ulang sekarang").click()
    await expect(window.locator("#putusan strong")).to_have_text(UNSOUND)
    assert len(await wrong(window)) == 1


async def test_a_missing_or_foreign_file_is_told_in_a_sentence(window: Page, tmp_path: Path) -> None:
    honest().write(tmp_path)
    await window.goto((tmp_path / "verify.html").as_uri())
    await window.get_by_label("Pilih tiga berkas").set_input_files([tmp_path / "wave.json"])
    await window.get_by_role("button", name="Undi ulang sekarang").click()
    told = window.locator("#keadaan", has_text="Tidak dapat diperiksa")
    await told.wait_for()
    assert await told.text_content() == "Tidak dapat diperiksa: belum ada: list.csv, results.csv."


async def test_a_long_list_leaves_the_page_alive(window: Page, tmp_path: Path) -> None:
    """While twenty thousand lines are drawn again, the page goes on answering."""
    honest([f"{n:06d},UMUM" for n in range(20_000)]).write(tmp_path)
    await window.goto((tmp_path / "verify.html").as_uri())
    await window.get_by_label("Pilih tiga berkas").set_input_files([tmp_path / name for name in FILES])
    await window.get_by_role("button", name="Undi ulang sekarang").click()
    await expect(window.locator("#keadaan")).to_contain_text("%")
    assert await window.locator("#kemajuan").is_visible()
    await expect(window.locator("#putusan strong")).to_have_text(SOUND, timeout=120_000)


async def test_the_office_s_page_fetches_the_files_and_asks_nobody_else(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    """Page, scripts and policy are the service's own; the wave behind them is the honest one of these tests."""
    honest().write(tmp_path)
    async with await browser.new_context(viewport=PHONE, locale="id-ID") as context:
        visitor = await Visitor.enter(context, town.address, "phone")
        places = {"/waves/1": "wave.json", "/waves/1/list.csv": "list.csv", "/waves/1/results.csv": "results.csv"}

        async def file(route: Route) -> None:
            await route.fulfill(path=tmp_path / places[route.request.url.partition("/registration")[2]])

        for place in places:
            await visitor.page.route(f"{town.address}/registration{place}", file)
        await visitor.go("/registration/waves/1/verifier")
        await visitor.page.get_by_role("button", name="Undi ulang sekarang").click()
        await expect(visitor.page.locator("#putusan strong")).to_have_text(SOUND, timeout=60_000)
        await looks(visitor.page, "verifier-served")
        assert visitor.faults == []
