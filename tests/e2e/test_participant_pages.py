"""A participant on a small phone without scripts, from the tracking code to the next rupiah; the office that pays."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.e2e.applicant import follow, look, press
from tests.e2e.participants import BANK, Card, Cards, Platforms
from tests.e2e.test_office_pages import enter, send, tab
from tests.e2e.town import Town
from tests.e2e.visitor import IN_BROWSER, Visitor

pytestmark = IN_BROWSER
PHONE = {"width": 360, "height": 640}
COURSE, NAME = "TKP-003", "Berjualan di Lokapasar untuk Pemula"
PENDING = "8800000054"
"""An account at which the simulated bank answers late."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cards(town: Town) -> AsyncIterator[Cards]:
    yield Cards(town)


async def opened(phone: Visitor, card: Card) -> None:
    """The participant's pages, as soon as the code opens them."""

    async def look_again() -> bool:
        await phone.go("/incentive/status")
        await phone.page.get_by_label("Kode lacak").fill(card.code.lower())
        await press(phone, "Buka halaman peserta")
        return await phone.page.get_by_role("heading", name="Kartu dan saldo").count() == 1

    phone.expected.add(422)
    for _ in range(60):
        if await look_again():
            return
        await phone.page.wait_for_timeout(300)
    raise AssertionError(await phone.page.inner_text("main"))


async def coded(phone: Visitor, cards: Cards, card: Card, button: str, picture: str, style: list[int]) -> None:
    """The second turn of a form: the code from the phone, and the button."""
    before = cards.last_code(card)
    await press(phone, "Lanjut, kirim kode")
    assert "Kode sudah dikirim" in await phone.page.get_by_role("status").inner_text()
    await look(phone, picture, style)
    await phone.page.get_by_label("Kode sekali pakai").fill(await cards.next_code(card, before))
    await press(phone, button)


async def test_from_the_tracking_code_to_the_date_of_the_next_rupiah(phone: Visitor, town: Town, cards: Cards) -> None:
    style: list[int] = []
    platforms, card = Platforms(town), await cards.select(3, 0.01)
    await cards.open_account(card)
    await phone.go("/incentive/status")
    await look(phone, "60-door", style)
    await opened(phone, card)
    assert card.code not in phone.page.url
    said = await phone.page.inner_text("main")
    assert await phone.page.locator(".now .sum").inner_text() == "Rp 600.000"
    assert "Pilih dan beli pelatihan pertama" in said
    await look(phone, "61-overview", style)
    await follow(phone, "Pilih pelatihan")
    await look(phone, "62-catalogue", style)
    await phone.page.get_by_label("Kata yang dicari").fill("lokapasar")
    await press(phone, "Cari")
    assert await phone.page.get_by_role("heading", name="1 pelatihan").count() == 1
    await follow(phone, NAME)
    assert "Pertimbangkan" in await phone.page.inner_text("main")
    await look(phone, "63-course", style)
    await coded(phone, cards, card, "Beli pelatihan ini", "64-course-code", style)
    assert phone.place == "/incentive/status/pembelian/1?baru=1"
    await look(phone, "65-bought", style)
    code = (await phone.page.locator(".code").inner_text()).replace("\n", "")
    await platforms.redeem("TOKOPEDIA", code)
    await platforms.finish("TOKOPEDIA", code, COURSE)
    await follow(phone, "Ke halaman peserta")
    await look(phone, "66-finished", style)
    await review(phone, cards, card, style)
    await link(phone, cards, card, style)
    said = await phone.page.inner_text(".now")
    assert "Dibayarkan sekitar" in said
    assert "Semua syarat terpenuhi" in said
    await look(phone, "72-scheduled", style)


async def review(phone: Visitor, cards: Cards, card: Card, style: list[int]) -> None:
    await phone.page.locator(".now").get_by_role("link", name="Beri ulasan").click()
    await phone.page.get_by_label("4, baik").check()
    await phone.page.get_by_label("Sering terganggu jaringan").check()
    await phone.page.get_by_label("Komentar").fill("Contohnya <b>banyak</b>.")
    await look(phone, "67-review", style)
    await coded(phone, cards, card, "Kirim ulasan", "68-review-code", style)
    assert "Ulasan sudah kami terima" in await phone.page.get_by_role("status").inner_text()


async def link(phone: Visitor, cards: Cards, card: Card, style: list[int]) -> None:
    await phone.page.get_by_role("link", name="Sambungkan rekening").first.click()
    await phone.page.get_by_label("Bank atau dompet").select_option(BANK)
    await phone.page.get_by_label("Nomor rekening").fill(card.account)
    await look(phone, "69-account", style)
    await coded(phone, cards, card, "Sambungkan rekening", "70-account-code", style)
    for _ in range(60):
        await phone.go("/incentive/status/rekening")
        if "Benar menurut bank" in await phone.page.inner_text("main"):
            break
        await phone.page.wait_for_timeout(300)
    await look(phone, "71-account-linked", style)
    await follow(phone, "Ke halaman peserta")


async def test_a_late_incentive_tells_its_cause_and_who_must_act(phone: Visitor, cards: Cards) -> None:
    style: list[int] = []
    await opened(phone, await cards.select(4, 60, learned=True))
    said = await phone.page.inner_text("main")
    assert "Terlambat sejak" in said
    assert "Ulasan dan penilaian pelatihan belum diisi" in said
    assert "Yang harus bertindak: Anda." in said
    await look(phone, "73-late", style)


async def test_a_list_is_made_checked_by_another_and_sent_and_numbers_lead_to_lists(
    phone: Visitor, counter: Visitor, cards: Cards
) -> None:
    paid = await cards.select(5, 20, learned=True, account="8800000005")
    unsure = await cards.select(6, 20, learned=True, account=PENDING)
    await enter(phone, "budi", "/incentive/sign-in")
    assert phone.place == "/incentive/petugas"
    await phone.look("incentive-01-start")
    await funds(phone)
    await phone.go("/incentive/petugas/jatuh-tempo")
    said = await phone.page.inner_text("main")
    assert paid.applicant_id[:8] in said
    assert unsure.applicant_id[:8] in said
    await phone.look("incentive-03-due")
    await send(phone, "Susun daftar pembayaran")
    await until(phone, "Menunggu orang kedua")
    assert await phone.page.get_by_role("button", name="Setujui").count() == 0
    await phone.look("incentive-04-list")
    place = phone.place.partition("?")[0]
    await enter(counter, "kepala", "/incentive/sign-in")
    await counter.look("incentive-05-start")
    await counter.page.get_by_role("link", name="daftar menunggu orang kedua").click()
    await counter.look("incentive-06-lists")
    await counter.go(place)
    await counter.look("incentive-07-check")
    await counter.page.get_by_label("Saya sudah memeriksa").check()
    await send(counter, "Setujui dan kirim ke bank")
    assert "Daftar disetujui" in await counter.page.get_by_role("status").inner_text()
    await until(counter, "Dibayarkan")
    await until(counter, "Tidak diketahui\n1")
    await counter.look("incentive-08-sent")
    await unknown(counter)
    await every_number(counter)


async def until(visitor: Visitor, words: str) -> None:
    """Look again until the page says so."""
    for _ in range(200):
        if words in await visitor.page.inner_text("main"):
            return
        await visitor.page.wait_for_timeout(300)
        await visitor.page.goto(visitor.page.url.partition("?")[0])
    raise AssertionError(await visitor.page.inner_text("main"))


async def funds(budi: Visitor) -> None:
    await tab(budi, "Dana")
    await budi.page.get_by_label("Nomor SP2D").fill("SP2D/2026/001")
    await budi.page.get_by_label("Jumlah rupiah").fill("250.000.000")
    await send(budi, "Catat")
    assert "Dana masuk sudah dicatat." in await budi.page.get_by_role("status").inner_text()
    await budi.look("incentive-02-funds")


async def unknown(head: Visitor) -> None:
    """A payment whose result nobody knows: asked about, then decided with evidence."""
    await tab(head, "Pembayaran")
    await head.look("incentive-09-unknown")
    await follow(head, "Tanyakan atau putuskan")
    await head.look("incentive-10-payment")
    await send(head, "Tanyakan sekarang")
    assert "Bank belum memutuskan" in await head.page.get_by_role("status").inner_text()
    await head.page.get_by_label("Uangnya sudah keluar").check()
    await head.page.get_by_label("Bukti").fill("Rekening koran hal. 3")
    await send(head, "Catat keputusan")
    assert "Keputusan sudah dicatat" in await head.page.get_by_role("status").inner_text()
    await head.look("incentive-11-decided")


async def every_number(head: Visitor) -> None:
    """Each tile of the start page leads to its list, and people have a page."""
    await tab(head, "Beranda")
    await head.look("incentive-12-start")
    places = [str(await link.get_attribute("href")) for link in await head.page.locator(".tiles a").all()]
    assert len(places) == 17
    for number, place in enumerate(places):
        await head.go(place.partition("#")[0])  # a part of the page before is no page of its own
        await head.look(f"incentive-2{number}-list")
    await head.go("/incentive/petugas/keterlambatan")
    await head.page.get_by_role("link", name="orang").first.click()
    await head.look("incentive-30-delayed")
    await head.page.locator("tbody a").first.click()
    await head.page.wait_for_load_state()
    await head.look("incentive-31-person")
    await head.page.set_viewport_size(PHONE)
    await head.look("incentive-31-person-narrow")


async def test_the_counter_sees_what_it_may_and_is_told_what_it_may_not(phone: Visitor) -> None:
    await enter(phone, "rina", "/incentive/petugas/sertifikat")
    await phone.look("incentive-40-certificates")
    await phone.go("/incentive/petugas/rekening")
    await phone.look("incentive-41-accounts")
    await phone.go("/incentive/petugas/dana", 403)
    assert "ROLE_MISSING" in await phone.page.inner_text("main")


async def test_the_participant_s_pages_fit_a_computer_as_well(desk: Visitor, cards: Cards) -> None:
    await opened(desk, await cards.select(7, 60, learned=True))
    await desk.look("participant-overview")
    await desk.go("/incentive/status/pelatihan?bidang=FOOD")
    await desk.look("participant-catalogue")
    await desk.go("/incentive/status/pelatihan/SKA-003?minat=FOOD")
    assert "di luar bidang yang Anda minati" in await desk.page.inner_text("main")
    await desk.look("participant-course")
