"""What is told before it is late, a debt that is repaid by plan, and a catalogue that comes as a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from services.incentive.domain.days import day_of
from tests.e2e.applicant import follow, look
from tests.e2e.participants import Cards
from tests.e2e.test_office_pages import enter, send
from tests.e2e.test_participant_pages import opened
from tests.e2e.town import Town
from tests.e2e.visitor import IN_BROWSER, Visitor
from tests.unit.incentive.builders import rules
from tests.unit.incentive.catalogues import as_file, rows_of
from tests.unit.registration.house import person

pytestmark = IN_BROWSER
HOME = "/incentive/petugas"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cards(town: Town) -> Cards:
    return Cards(town)


async def test_before_the_day_a_phone_says_what_will_make_it_late_and_until_when_it_helps(
    phone: Visitor, counter: Visitor, cards: Cards
) -> None:
    card = await cards.select(8, rules(2023).incentive_due_days - 1, learned=True)
    await opened(phone, card)
    said = await phone.page.get_by_role("region", name="Akan terlambat bila ini belum beres").inner_text()
    assert "Ulasan dan penilaian pelatihan belum diisi." in said
    assert "Yang harus bertindak: Anda." in said
    assert "Bila beres paling lambat" in said
    assert "Terlambat sejak" not in await phone.page.inner_text("main")
    await look(phone, "80-foretold", [])
    await enter(counter, "budi", "/incentive/sign-in")
    await counter.page.get_by_role("link", name="orang akan terlambat bila tidak ditindak").click()
    await counter.look("incentive-50-foretold")
    await counter.page.locator("#akan ~ article").get_by_role("link", name="orang").first.click()
    await counter.page.wait_for_load_state()
    assert card.applicant_id[:8] in await counter.page.inner_text("tbody")
    await counter.look("incentive-51-who")
    await counter.go("/reporting/keterlambatan")
    await counter.look("incentive-58-late-rupiah")


async def test_a_plan_of_repayment_is_proposed_by_one_agreed_by_another_and_read_on_the_phone(
    phone: Visitor, counter: Visitor, cards: Cards
) -> None:
    card = await cards.select(9, 1, owes=True)
    place = f"{HOME}/pengembalian/{card.applicant_id}"
    await enter(counter, "budi", "/incentive/sign-in")
    await counter.go(place)
    await counter.page.get_by_label("Berapa kali").fill("3")
    await counter.page.get_by_label("Cicilan pertama").fill(str(day_of(datetime.now(UTC)) + timedelta(days=20)))
    await send(counter, "Usulkan")
    assert "Menunggu kepala dinas, bukan budi." in await counter.page.inner_text("main")
    assert await counter.page.get_by_role("button", name="Setujui").count() == 0
    await counter.look("incentive-52-proposed")
    await counter.page.context.clear_cookies()
    await enter(counter, "kepala", "/incentive/sign-in")
    await counter.go(place)
    assert "tepat rencana di halaman ini: 3 kali, Rp 450.000." in await counter.page.inner_text("main")
    await counter.look("incentive-53-decide")
    await send(counter, "Setujui rencana")
    assert "disetujui kepala" in await counter.page.inner_text("main")
    await follow(counter, "Persetujuan rencana cicilan")
    assert (await counter.page.inner_text("ol")).count("Rp 150.000, paling lambat") == 3
    name = str(person(card.number + 1)["full_name"])
    await counter.page.get_by_label("Untuk apa dibuka sekarang").fill("Surat dikirim lewat pos.")
    await send(counter, "Buka untuk dicetak")
    assert name in await counter.page.inner_text("article")
    await counter.look("incentive-54-letter")
    await counter.go(f"{HOME}/pembukaan-data")
    assert "Surat dikirim lewat pos." in await counter.page.inner_text("tbody")
    await counter.look("incentive-59-openings")
    await opened(phone, card)
    said = await phone.page.inner_text(".urgent")
    assert "Yang harus dikembalikan: Rp 450.000. Datanglah ke kantor" in said, "no day for the whole sum beside a plan"
    assert said.count("Rp 150.000 paling lambat") == 3
    await look(phone, "81-plan", [])


async def previewed(visitor: Visitor, file: Path) -> None:
    await visitor.page.get_by_label("Berkas CSV").set_input_files(file)
    await send(visitor, "Lihat dahulu perubahannya")


async def test_a_catalogue_file_is_seen_before_it_counts_and_then_counts(counter: Visitor, tmp_path: Path) -> None:
    changed = tmp_path / "katalog.csv"
    changed.write_bytes(as_file(rows_of("BUKALAPAK")[1:]))
    gone = rows_of("BUKALAPAK")[0]["course_code"]
    await enter(counter, "budi", "/incentive/sign-in")
    await follow(counter, "Katalog pelatihan dan harganya")
    await counter.look("incentive-55-catalogue")
    await previewed(counter, changed)
    said = await counter.page.inner_text("main")
    assert "Belum ada yang berubah. Berkas katalog.csv memuat 4 pelatihan." in said
    assert "Tidak dijual lagi: 1" in said
    await counter.look("incentive-56-preview")
    await counter.go(f"{HOME}/katalog/{gone}")
    assert "Tidak dijual lagi" not in await counter.page.inner_text("main")
    await follow(counter, "Katalog")
    await previewed(counter, changed)
    await send(counter, "Terapkan katalog ini")
    assert "Katalog sudah diperbarui." in await counter.page.get_by_role("status").inner_text()
    await counter.go(f"{HOME}/katalog/{gone}")
    said = await counter.page.inner_text("main")
    assert "Tidak dijual lagi" in said
    assert "Berkas bawaan" in said
    await counter.look("incentive-57-withdrawn")
