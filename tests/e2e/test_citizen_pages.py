"""A citizen on a small phone without scripts: registers, sees the status, takes the test, joins, corrects, objects."""

from __future__ import annotations

from services.registration.pages.words import STAGES
from tests.e2e.applicant import (
    apply,
    birthday,
    contact,
    follow,
    identity,
    look,
    message_code,
    press,
    statements,
    until,
    work,
)
from tests.e2e.town import PASSWORD, Town
from tests.e2e.visitor import IN_BROWSER, Visitor

pytestmark = IN_BROWSER


async def test_the_form_on_a_phone_step_by_step(phone: Visitor) -> None:
    style: list[int] = []
    phone.expected.add(422)
    await phone.go("/")
    await follow(phone, "Daftar Kartu Prakerja")
    assert phone.place == "/registration/daftar"
    await look(phone, "01-identity", style)
    await press(phone, "Simpan dan lanjut")
    alert = phone.page.get_by_role("alert")
    assert await alert.get_by_role("link").count() == 5
    assert await phone.page.evaluate("document.activeElement.id") == "salah", "what is wrong comes first"
    await look(phone, "02-identity-wrong", style)
    await identity(phone, 7001)
    await press(phone, "Simpan dan lanjut")
    await look(phone, "03-contact", style)
    await contact(phone, 7001)
    await press(phone, "Simpan dan lanjut")
    await look(phone, "04-work", style)
    await phone.go("/registration/daftar?langkah=2")  # the signal was gone: everything is there
    assert await phone.page.get_by_label("Alamat e-mail").input_value() == "sari7001@contoh.id"
    await phone.go("/registration/daftar?langkah=3")
    await work(phone)
    await press(phone, "Simpan dan lanjut")
    await look(phone, "05-statements", style)
    await statements(phone)
    await press(phone, "Simpan dan lanjut")
    await look(phone, "06-check", style)
    await press(phone, "Data ini benar, kirim")
    assert phone.place == "/registration/daftar/selesai"
    await look(phone, "07-receipt", style)
    await phone.page.emulate_media(media="print")
    assert await phone.page.locator(".code").is_visible()
    await phone.page.emulate_media(media="screen")
    await press(phone, "Sudah saya simpan, lihat status")
    assert phone.place == "/registration/status"


async def test_from_the_status_to_the_test_into_the_wave_and_to_an_appointment(phone: Visitor) -> None:
    style: list[int] = []
    code = await apply(phone, 7002)
    phone.expected |= {422}
    await phone.page.context.clear_cookies()
    await phone.go("/registration/status")
    await phone.page.get_by_label("Kode lacak").fill("AAAA-BBBB")
    await press(phone, "Lihat status")
    await look(phone, "10-door-wrong", style)
    await phone.page.get_by_label("Kode lacak").fill(code.lower())
    await press(phone, "Lihat status")
    assert code not in phone.page.url
    await until(phone, "Memenuhi syarat")
    assert await phone.page.locator(".stages li").count() == len(STAGES)
    await look(phone, "11-eligible", style)
    await follow(phone, "Ikuti tes sekarang")
    await look(phone, "12-test", style)
    for question in await phone.page.get_by_role("group").all():
        await question.get_by_role("radio").nth(1).check()
    await press(phone, "Kirim jawaban")
    await look(phone, "13-tested", style)
    await press(phone, "Gabung gelombang 1")
    await look(phone, "14-joined", style)
    assert "gelombang 1" in await phone.page.inner_text(".now")
    await book(phone, style)
    await phone.go("/registration/status")
    await press(phone, "Tutup status di ponsel ini")
    assert await phone.page.get_by_label("Kode lacak").count() == 1


async def book(phone: Visitor, style: list[int]) -> None:
    """An appointment from the status page."""
    await follow(phone, "Buat janji konsultasi")
    await look(phone, "15-consultation", style)
    await phone.page.get_by_label("Tentang apa?").select_option("Data saya keliru")
    await phone.page.get_by_label("Cara", exact=True).select_option("Datang ke kantor")
    await phone.page.get_by_label("Hari", exact=True).select_option(index=2)
    await phone.page.get_by_label("Jam", exact=True).select_option("09.30 WIB")
    await phone.page.get_by_label("Saya bersungguh-sungguh").check()
    await phone.page.get_by_label("Saya membawa ponsel").check()
    await press(phone, "Buat janji")
    await look(phone, "16-booked", style)


async def test_a_correction_with_the_code_of_the_message(phone: Visitor, town: Town) -> None:
    style: list[int] = []
    phone.expected |= {422}
    await apply(phone, 7003)
    await press(phone, "Sudah saya simpan, lihat status")
    await until(phone, "Memenuhi syarat")
    await follow(phone, "Perbaiki data saya")
    await look(phone, "20-correction", style)
    await phone.page.get_by_label("Pelatihan yang diinginkan").fill("Menjahit")
    await press(phone, "Lanjut, kirim kode")
    await look(phone, "21-correction-code", style)
    await phone.page.get_by_label("Kode sekali pakai").fill("000000")
    await press(phone, "Simpan perbaikan")
    assert "Kode salah" in await phone.page.get_by_role("alert").inner_text()
    await look(phone, "22-correction-wrong", style)
    await phone.page.get_by_label("Kode sekali pakai").fill(await message_code(town, 7003))
    await press(phone, "Simpan perbaikan")
    assert await phone.page.get_by_role("status").inner_text() == "Perbaikan sudah disimpan."


async def test_who_is_not_eligible_reads_why_and_objects(phone: Visitor, town: Town) -> None:
    style: list[int] = []
    phone.expected |= {422}
    await apply(phone, 7004, learning="Ya")
    await press(phone, "Sudah saya simpan, lihat status")
    await until(phone, "Belum memenuhi syarat")
    assert "sedang sekolah atau kuliah" in await phone.page.inner_text(".now")
    await look(phone, "30-ineligible", style)
    await phone.page.get_by_role("link", name="Ajukan keberatan").first.click()
    await phone.page.get_by_label("Mengapa keputusan ini keliru?").fill("Saya sudah lulus bulan lalu; ijazah ada.")
    await look(phone, "31-objection", style)
    await press(phone, "Lanjut, kirim kode")
    await look(phone, "32-objection-code", style)
    await phone.page.get_by_label("Kode sekali pakai").fill(await message_code(town, 7004))
    await press(phone, "Kirim keberatan")
    assert "Keberatan sudah kami terima" in await phone.page.get_by_role("status").inner_text()


async def test_a_lost_code_and_a_withdrawal_look_right(phone: Visitor) -> None:
    style: list[int] = []
    await phone.go("/registration/kode-hilang")
    await look(phone, "40-lost", style)
    await phone.page.get_by_label("NIK", exact=True).fill("1271050504957009")
    await phone.page.get_by_label("Nomor Kartu Keluarga").fill("1271051203207009")
    await birthday(phone)
    await press(phone, "Kirim kode")
    await look(phone, "41-lost-code", style)
    await apply(phone, 7005)
    await press(phone, "Sudah saya simpan, lihat status")
    await follow(phone, "Batalkan pendaftaran")
    await look(phone, "42-withdrawal", style)
    assert phone.place.startswith("/registration/status/")


async def test_staff_practise_a_citizen_s_way(phone: Visitor) -> None:
    style: list[int] = []
    await phone.go("/registration/latihan")
    assert phone.place.startswith("/registration/sign-in")
    await phone.sign_in("rina", PASSWORD.format("rina"))
    await look(phone, "50-practice", style)
    await follow(phone, "Mulai mendaftar")
    await identity(phone, 7006)
    await press(phone, "Simpan dan lanjut")
    await look(phone, "51-practice-form", style)


async def test_the_pages_fit_a_computer_as_well(desk: Visitor) -> None:
    await desk.go("/registration/daftar")
    await desk.look("citizen-identity")
    assert await desk.page.get_by_label("NIK", exact=True).is_visible()
