"""The work queue of the office in a browser: each field its own, complaints as they were said, an answer by a form."""

from __future__ import annotations

from tests.e2e.town import BROADCAST, PASSWORD, Town
from tests.e2e.visitor import IN_BROWSER, Visitor
from tests.unit.registration.house import person

pytestmark = IN_BROWSER
ANSWER = "Uangnya dikirim ulang hari Senin ke rekening yang sama."


async def signed_in(visitor: Visitor, username: str) -> None:
    await visitor.go("/notification/desk")
    await visitor.sign_in(username, PASSWORD.format(username))
    assert visitor.place == "/notification/desk"


async def test_each_field_sees_its_own_queue_first_and_may_look_at_the_others(desk: Visitor, town: Town) -> None:
    await signed_in(desk, "rina")
    assert desk.headers["cache-control"] == "no-store"
    mine, others = desk.page.get_by_text(town.tickets["STATUS"]), desk.page.get_by_text(town.tickets["INCENTIVE"])
    assert (await mine.count(), await others.count()) == (1, 0)
    assert await desk.page.get_by_role("link", name="Penempatan").get_attribute("aria-current") == "page"
    await desk.look("desk")
    await desk.page.get_by_role("link", name="Sekretariat").click()
    assert (await mine.count(), await others.count()) == (0, 1)
    assert await desk.page.get_by_role("button", name="Kirim jawaban").count() == 0, "not her field: she reads"


async def test_a_complaint_is_shown_as_it_was_said_and_its_marks_are_no_marks(phone: Visitor) -> None:
    await signed_in(phone, "dewi")
    said = phone.page.locator("blockquote")
    assert "saya <b>belum</b> masuk" in await said.inner_text()
    assert await said.locator("b").count() == 0
    await phone.look("desk")


async def test_an_answer_by_the_form_takes_the_complaint_off_the_queue(desk: Visitor, town: Town) -> None:
    await signed_in(desk, "budi")
    number = town.tickets["INCENTIVE"]
    card = desk.page.locator("article").filter(has_text=number)
    await card.get_by_label("Jawaban untuk orang ini").fill(ANSWER)
    await card.get_by_role("button", name="Kirim jawaban").click()
    assert desk.place == "/notification/desk"
    assert await desk.page.get_by_text(number).count() == 0
    assert (await town.ask("GET", f"/notification/tickets/{number}", "budi"))["state"] == "answered"
    await desk.look("desk-empty")


async def test_a_flyer_of_a_kecamatan_can_be_opened_from_the_queue_and_printed(desk: Visitor, town: Town) -> None:
    await signed_in(desk, "rina")
    broadcast = desk.page.locator("article").filter(has_text=BROADCAST["title"])
    await broadcast.get_by_role("link", name="Berkas setiap kecamatan").click()
    await desk.look("desk-campaign")
    link = desk.page.locator(f'a[href*="/flyer/"][href*="{town.campaign}"]').first
    kecamatan = await link.inner_text()
    await link.click()
    await desk.page.locator("svg").wait_for()
    assert f"Kecamatan {kecamatan}" in await desk.page.inner_text("body")
    assert "Rp 2.400.000" in await desk.page.inner_text("body")
    await desk.look("flyer")
    await desk.page.emulate_media(media="print")
    # CSS pixels of an A5 sheet between its margins of 12 mm, at 96 to the inch.
    await desk.page.set_viewport_size({"width": 468, "height": 703})
    height = await desk.page.evaluate("document.body.getBoundingClientRect().height")
    assert height <= 703, "the flyer is one sheet"


async def test_whoever_is_found_by_nik_has_a_complaint_written_down(counter: Visitor, town: Town) -> None:
    await counter.go("/registration/cari")
    await counter.sign_in("rina", PASSWORD.format("rina"))
    await counter.page.get_by_label("NIK, atau nomor pendaftaran").fill(str(person(1)["nik"]))
    await counter.page.get_by_role("button", name="Cari").click()
    assert counter.place == "/registration/cari", "no NIK in an address"
    assert town.applicants[0] in await counter.page.inner_text("article")
    await counter.look("desk-person")
    await counter.page.get_by_role("link", name="Catat pengaduannya").click()
    await counter.page.get_by_label("Tentang").select_option("pelatihan")
    await counter.page.get_by_label("Cara").select_option("Telepon")
    await counter.page.get_by_label("Apa yang disampaikan").fill("Kelasnya tidak dapat dibuka.")
    await counter.look("desk-complaint")
    await counter.page.get_by_role("button", name="Catat pengaduan").click()
    assert "Yang menjawab: Penempatan." in await counter.page.get_by_role("status").inner_text()
    assert "Kelasnya tidak dapat dibuka." in await counter.page.inner_text("main")
