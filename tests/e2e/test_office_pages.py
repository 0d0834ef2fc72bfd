"""The office's own pages without scripts: a wave from draft to results by two people, and a list by its keeper."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.e2e.applicant import follow
from tests.e2e.town import PASSWORD, PEOPLE, Town
from tests.e2e.visitor import IN_BROWSER, Visitor
from tests.unit.registration import officials
from tests.unit.registration.house import person
from tests.unit.registration.sheets import as_csv, row

pytestmark = IN_BROWSER
WITHHOLDS = officials.NAMES[1]
PHONE = {"width": 360, "height": 640}
SHEET = range(8101, 8109)
"""Numbers of people who come with a sheet and are drawn."""
REASON = "Pemadaman listrik <b>dua jam</b> di seluruh kota"


def wib(**ahead: float) -> str:
    """As somebody picks a time in a browser."""
    return (datetime.now(UTC) + timedelta(hours=7) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M")


async def enter(visitor: Visitor, username: str, place: str = "/registration/sign-in") -> None:
    await visitor.go(place)
    await visitor.sign_in(username, PASSWORD.format(username))
    await visitor.page.wait_for_load_state()


async def until(visitor: Visitor, words: str) -> None:
    """Look again until the page says so."""
    for _ in range(200):
        if words in await visitor.page.inner_text("main"):
            return
        await asyncio.sleep(0.3)
        await visitor.page.goto(visitor.page.url.partition("?")[0])
    raise AssertionError(await visitor.page.inner_text("main"))


async def tab(visitor: Visitor, name: str) -> None:
    """By the line that every page of the staff has."""
    await visitor.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
    await visitor.page.wait_for_load_state()


async def send(visitor: Visitor, button: str) -> None:
    """A form whose answer may take a commit: the next page is waited for.

    By the keyboard: after the picture of a page that is many windows long Chromium takes a click for another place.
    """
    async with visitor.page.expect_navigation():
        await visitor.page.get_by_role("button", name=button).press("Enter")


async def unfold(visitor: Visitor, words: str) -> None:
    await visitor.page.locator("summary").filter(has_text=words).click()


def file(folder: Path, name: str, **content: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps({"wave": 2, **content}))
    return path


async def test_a_wave_from_its_draft_to_its_results_by_two_people(
    phone: Visitor, counter: Visitor, town: Town, tmp_path: Path
) -> None:
    await enter(phone, "budi")
    assert phone.place == "/registration/petugas"
    await phone.look("office-01-start")
    await bring_a_sheet(phone, town, tmp_path)
    await plan(phone)
    await enter(counter, "kepala")
    await counter.look("office-01-start")
    await open_it(counter)
    await join_the_sheet(phone)
    await prepare(phone, tmp_path)
    await shorten(counter)
    await close(phone)
    await draw(counter, tmp_path)
    await results(phone, counter)


async def bring_a_sheet(budi: Visitor, town: Town, folder: Path) -> None:
    """People come with a sheet, and the registry has confirmed them."""
    await tab(budi, "Lembar")
    sheet = folder / "lembar.csv"
    sheet.write_bytes(as_csv([row(number) for number in SHEET]))
    await budi.page.get_by_label("Berkas .xlsx atau .csv").set_input_files(sheet)
    await budi.page.get_by_label("Dari siapa lembar ini").fill("Serikat pekerja")
    await send(budi, "Unggah lembar")
    await until(budi, f"{len(SHEET)} terdaftar")
    await budi.look("office-02-sheets")
    (run,) = (await town.ask("GET", "/registration/imports", "budi"))["imports"]
    report = await town.http.get(f"/registration/imports/{run['import_id']}/rows.csv", headers=town.bearer("budi"))
    for line in report.text.splitlines()[1:]:
        path = f"/registration/applicants/{line.rpartition(',')[2]}"
        await town.until(lambda path=path: town.ask("GET", path, "budi"), lambda one: one["stage"] == "eligible")


async def plan(budi: Visitor) -> None:
    await tab(budi, "Gelombang")
    await budi.page.get_by_label("Kuota, kursi seluruhnya").fill("5")
    await budi.page.get_by_label("Dibuka (WIB)").fill(wib(days=-1))
    await budi.page.get_by_label("Ditutup (WIB)").fill(wib(hours=2))
    await budi.page.get_by_label("Seperti yang diisi di bawah ini").check()
    await unfold(budi, "Kursi setiap kelompok")
    await budi.page.get_by_label("Daftar pekerja ter-PHK").fill("1")
    await budi.page.get_by_label("Kecamatan Medan Barat").fill("2")
    await budi.look("office-03-plan")
    await send(budi, "Simpan rancangan")
    assert budi.place == "/registration/gelombang/2?selesai=susun"
    assert await budi.page.get_by_role("button", name="Buka gelombang").count() == 0, "another person opens"
    await budi.look("office-04-draft")


async def open_it(head: Visitor) -> None:
    await follow(head, "Gelombang 2")
    await head.look("office-05-to-open")
    await send(head, "Buka gelombang 2")
    assert await head.page.get_by_role("status").inner_text() == "Gelombang sudah dibuka."


async def join_the_sheet(budi: Visitor) -> None:
    await tab(budi, "Gelombang")
    await budi.look("office-06-waves")
    await follow(budi, "Gelombang 2")
    await unfold(budi, "Gabungkan peserta satu lembar")
    await budi.page.get_by_label("Sudah dikerjakan di atas kertas").check()
    await budi.page.get_by_label("Keterangan").fill("Tes di aula serikat")
    await budi.look("office-07-join")
    await send(budi, "Gabungkan")
    await until(budi, f"{len(SHEET)} orang")


async def prepare(budi: Visitor, folder: Path) -> None:
    """Officials are named, hand in their commitments, and sign for each other's shares."""
    await follow(budi, "Upacara undian")
    await budi.page.get_by_label("Nama, satu setiap baris").fill("\n".join(officials.NAMES))
    await budi.look("office-08-officials")
    await send(budi, "Tetapkan para pejabat")
    for at, name in enumerate(officials.NAMES):
        commitment = file(folder, f"commitment-{at}.json", official=name, points=officials.points(name))
        await budi.page.get_by_label("dari seorang pejabat").set_input_files(commitment)
        await send(budi, "Catat komitmen")
    for name in officials.NAMES:
        words = [file(folder, f"signed-{at}.json", **word) for at, word in enumerate(officials.words(name, 2))]
        await budi.page.get_by_label("dari para pemegang").set_input_files(words)
        if name == WITHHOLDS:
            await budi.look("office-09-shares")
        await send(budi, "Catat pernyataan")
    assert "Upacara siap" in await budi.page.inner_text("main")
    await budi.look("office-10-ready")


async def shorten(head: Visitor) -> None:
    """By the form that also extends: the reason is for everybody."""
    await unfold(head, "Ubah jadwal atau kuota")
    await head.page.get_by_label("Ditutup (WIB)").fill(wib(minutes=-1))
    await head.page.get_by_label("Alasan, dibaca semua orang").first.fill(REASON)
    await head.look("office-11-change")
    await send(head, "Ubah gelombang 2")
    assert "Perubahan sudah disimpan" in await head.page.get_by_role("status").inner_text()


async def close(budi: Visitor) -> None:
    await budi.go("/registration/gelombang/2")
    await budi.look("office-12-to-close")
    await send(budi, "Tutup gelombang 2")
    await until(budi, "menunggu undian")
    assert await budi.page.get_by_role("button", name="Undi").count() == 0


async def draw(head: Visitor, folder: Path) -> None:
    """One official withholds the secret; three others bring their shares of it."""
    await head.go("/registration/gelombang/2/undian")
    own = officials.secrets(WITHHOLDS).items()
    brought = [file(folder, f"secret-{name}.json", official=name, secret=each) for name, each in own]
    for holder, share in officials.shares(WITHHOLDS, officials.NAMES[2:])[WITHHOLDS].items():
        brought.append(file(folder, f"share-{holder}.json", official=WITHHOLDS, holder=holder, share=share))
    await head.look("office-13-to-draw")
    await head.page.get_by_label("Berkas yang dibawa para pejabat").set_input_files(brought)
    await head.page.get_by_label("Saya mengerti").check()
    await send(head, "Undi gelombang 2")
    assert head.place == "/registration/gelombang/2/undian?selesai=undi"


async def results(budi: Visitor, head: Visitor) -> None:
    await until(head, "5 orang\n")
    assert "Tidak diserahkan, dibuka oleh pemegang bagian" in await head.page.inner_text("main")
    await head.look("office-14-drawn")
    await until(budi, "selesai, hasil sudah diumumkan")
    assert await budi.page.locator("dt:text-is('Terpilih') + dd").inner_text() == "5 orang"
    await budi.look("office-15-done")
    await follow(budi, "Upacara undian")
    await budi.look("office-16-drawn")


async def test_a_list_is_seen_before_it_is_taken_and_its_keeper_confirms_it(
    phone: Visitor, counter: Visitor, town: Town, tmp_path: Path
) -> None:
    await enter(phone, "rina", "/registration/daftar-nik")
    assert await phone.page.get_by_role("button", name="Lihat pratinjau").count() == 0, "she reads"
    await enter(counter, "budi", "/registration/daftar-nik")
    await counter.look("office-20-lists")
    sheet = tmp_path / "daftar.csv"
    sheet.write_text(f"NIK\n{person(PEOPLE)['nik']}\n{person(9999)['nik']}\n123\n")
    await counter.page.get_by_role("combobox").select_option("ASN")
    await counter.page.get_by_label("Berkas .xlsx atau .csv").set_input_files(sheet)
    await counter.page.get_by_label("Dari siapa daftar ini").fill("BKPSDM <b>Kota</b>")
    await counter.page.get_by_label("Keadaan per tanggal").fill(wib()[:10])
    await send(counter, "Lihat pratinjau")
    said = await counter.page.inner_text("main")
    assert "Belum ada yang berubah" in said
    assert "1 orang" in said
    assert person(PEOPLE)["nik"] not in await counter.page.content()
    await counter.look("office-21-preview")
    await counter.page.set_viewport_size(PHONE)
    await counter.look("office-21-preview-narrow")
    applicant = f"/registration/applicants/{town.applicants[PEOPLE - 1]}"
    assert (await town.ask("GET", applicant, "budi"))["stage"] == "eligible"
    await send(counter, "Terapkan daftar ini")
    assert "Daftar sudah diterapkan" in await counter.page.get_by_role("status").inner_text()
    assert (await town.ask("GET", applicant, "budi"))["stage"] == "ineligible"
    await phone.go("/registration/daftar-nik")
    assert "BKPSDM <b>Kota</b>" in await phone.page.inner_text("main")
    await phone.look("office-22-lists")


async def test_a_wrong_act_is_told_on_a_page_with_its_code(phone: Visitor) -> None:
    phone.expected |= {404, 422}
    await enter(phone, "budi", "/registration/gelombang")
    await phone.page.get_by_label("Kuota, kursi seluruhnya").fill("5")
    await phone.page.get_by_label("Dibuka (WIB)").fill(wib(days=1))
    await phone.page.get_by_label("Ditutup (WIB)").fill(wib(days=-1))
    await send(phone, "Simpan rancangan")
    assert "WAVE_TIMES" in await phone.page.inner_text("main")
    await phone.look("office-30-refused")
    await phone.go("/registration/gelombang/77", 404)
