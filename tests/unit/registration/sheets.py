"""Collective sheets as the office sends them: rows, files of both kinds, and their way in."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import Workbook

from tests.unit.registration.builders import name_of
from tests.unit.registration.house import SECRETARIAT, House, wait_for

HEADINGS = [
    "No", "Nama Lengkap", "NIK", "Tanggal Lahir", "Nomor KK", "Email", "No. HP", "Alamat Domisili",
    "Pendidikan Terakhir", "Status Kerja", "Pelatihan yang Diinginkan",
]  # fmt: skip


def row(number: int, **changes: Any) -> list[Any]:
    cells = {
        "no": number,
        "name": name_of(number),
        "nik": f"127105050495{number:04d}",
        "born": "05/04/1995",
        "kk": f"12710512031{number:05d}",
        "email": f"orang{number}@contoh.id",
        "mobile": f"0812600{number:05d}",
        "address": "Jl. Gatot Subroto 12, Kec. Medan Barat, Kota Medan",
        "education": "SMA",
        "work": "pencari kerja",
        "training": "Barista",
    }
    return list({**cells, **changes}.values())


def as_csv(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADINGS, *rows])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for each in (["DATA PENDAFTAR"], [], HEADINGS, *rows):
        sheet.append(each)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


async def upload(house: House, raw: bytes, name: str = "lembar.csv", status: int = 202) -> Any:
    return await house.call(
        "POST", "/imports", status, headers=SECRETARIAT, files={"file": (name, raw)},
        data={"source": "Disnaker Medan", "received_on": "2020-04-03"},
    )  # fmt: skip


async def taken(house: House, answer: dict[str, Any]) -> dict[str, Any]:
    path = f"/imports/{answer['import_id']}"
    run: dict[str, Any] = await wait_for(
        lambda: house.call("GET", path, 200, headers=SECRETARIAT), lambda found: found["state"] != "running"
    )
    return run
