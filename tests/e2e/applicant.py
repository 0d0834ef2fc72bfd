"""Somebody who fills in the citizens' pages on a phone: the answers of a form, and what comes to the phone."""

from __future__ import annotations

import asyncio

from deploy.demo.phones import Phones
from tests.e2e.town import Town
from tests.e2e.visitor import Visitor

MOST_BYTES = 30_000
NAMES = ("", "Rahmad Lubis", "Togar Sinaga", "Bonar Ginting", "Fadli Tanjung", "Ucok Batubara", "Latihan Saja")
"""By the last digit of a serial: people of one name and one birth date would be a case for staff."""


def mobile(serial: int) -> str:
    return f"0813 7000 {serial:04d}"


async def press(visitor: Visitor, name: str) -> None:
    await visitor.page.get_by_role("button", name=name).click()
    await visitor.page.wait_for_load_state()


async def follow(visitor: Visitor, name: str) -> None:
    await visitor.page.get_by_role("link", name=name, exact=True).click()
    await visitor.page.wait_for_load_state()


async def look(visitor: Visitor, picture: str, style: list[int]) -> None:
    """As always; and the page with its style sheet is small."""
    await visitor.look(f"citizen-{picture}")
    if not style:
        style.append(len(await (await visitor.page.request.get(f"{visitor.address}/registration/style.css")).body()))
    size = len((await visitor.page.content()).encode()) + style[0]
    assert size < MOST_BYTES, f"{picture}: {size} bytes"


async def birthday(visitor: Visitor) -> None:
    await visitor.page.get_by_label("Hari", exact=True).fill("5")
    await visitor.page.get_by_label("Bulan").select_option("April")
    await visitor.page.get_by_label("Tahun").fill("1995")


async def identity(visitor: Visitor, serial: int) -> None:
    page = visitor.page
    await page.get_by_label("NIK", exact=True).fill(f"127105050495{serial:04d}")
    await page.get_by_label("Nomor Kartu Keluarga").fill(f"1271 0512 0320 {serial:04d}")
    await page.get_by_label("Nama lengkap").fill(NAMES[serial % 10])
    await birthday(visitor)
    await page.get_by_label("Laki-laki").check()


async def contact(visitor: Visitor, serial: int) -> None:
    page = visitor.page
    await page.get_by_label("Nomor ponsel").fill(mobile(serial))
    await page.get_by_label("Alamat e-mail").fill(f"sari{serial}@contoh.id")
    await page.get_by_label("Alamat tempat tinggal sekarang").fill("Jl. Gatot Subroto 12")
    await page.get_by_label("Kecamatan tempat tinggal").select_option("Medan Barat")


async def work(visitor: Visitor) -> None:
    page = visitor.page
    await page.get_by_label("Pendidikan terakhir").select_option("SMK")
    await page.get_by_label("Status kerja sekarang").select_option("Terkena PHK")
    await page.get_by_label("Ya", exact=True).check()
    await page.get_by_label("Pelatihan yang diinginkan").fill("Barista")
    await page.get_by_label("Dari mana").select_option("Teman, keluarga, atau tetangga")


async def statements(visitor: Visitor, learning: str = "Tidak") -> None:
    for question, given in (("warga negara", "Ya"), ("sekolah atau kuliah", learning), ("pejabat negara", "Tidak")):
        group = visitor.page.get_by_role("group").filter(has_text=question)
        await group.get_by_label(given, exact=True).check()


async def apply(visitor: Visitor, serial: int, learning: str = "Tidak") -> str:
    """The whole form without looking; the tracking code of the receipt."""
    await visitor.go("/registration/daftar")
    await identity(visitor, serial)
    await press(visitor, "Simpan dan lanjut")
    await contact(visitor, serial)
    await press(visitor, "Simpan dan lanjut")
    await work(visitor)
    await press(visitor, "Simpan dan lanjut")
    await statements(visitor, learning)
    await press(visitor, "Simpan dan lanjut")
    await press(visitor, "Data ini benar, kirim")
    return (await visitor.page.locator(".code").inner_text()).replace("\n", "")


async def until(visitor: Visitor, words: str) -> None:
    """The status page, as soon as it says so: the civil registry is asked meanwhile."""
    for _ in range(200):
        await visitor.go("/registration/status")
        if await visitor.page.get_by_role("heading", name=words).count():
            return
        await asyncio.sleep(0.3)
    raise AssertionError(await visitor.page.inner_text("main"))


async def message_code(town: Town, serial: int) -> str:
    """The one-time code that came to the phone of the form."""
    for _ in range(200):
        phones = Phones(town.stack.folder / "state" / "messages")
        phones.look()
        if code := phones.one_time_code(mobile(serial)):
            return code
        await asyncio.sleep(0.2)
    raise AssertionError("no code came")
