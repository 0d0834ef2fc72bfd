"""A collective sheet is uploaded by the secretariat alone and taken in once, with a report of every row."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.unit.registration.house import PLACEMENT, SECRETARIAT, open_house
from tests.unit.registration.sheets import as_csv, as_xlsx, row, taken, upload

MIXED = [
    row(1),
    row(2, nik="１２７１０５０５０４９５０００２"),
    row(3, nik="৯২৭১০৫০৫০৪৯৫০০০৩"),
    row(4, name=""),
    row(5, born="kemarin"),
    row(6, born="05/04/2006"),
    row(7, born="06/04/1995"),
    row(1),
    row(9, nik="1271050504950001"),
    row(10, nik="9999990504950010"),
    row(11, address="Medan"),
]


@pytest.mark.parametrize(("make", "name"), [(as_csv, "lembar.csv"), (as_xlsx, "lembar.xlsx")])
async def test_a_sheet_is_taken_in_and_its_control_total_holds(make: Any, name: str) -> None:
    async with open_house() as house:
        answer = await upload(house, make(MIXED), name)
        run = await taken(house, answer)

        assert run["state"] == "done"
        assert (run["received"], run["registered"], run["questioned"], run["refused"]) == (11, 4, 2, 5)
        assert run["codes"] == {"NIK_FORMAT": 1, "EMPTY_CELL": 1, "DATE_FORMAT": 1, "UNDER_AGE": 1, "DUPLICATE": 1}
        report = await house.call("GET", f"/imports/{answer['import_id']}/rows.csv", 200, headers=SECRETARIAT)
        lines = list(csv.DictReader(io.StringIO(report)))
        assert [line["hasil"] for line in lines].count("refused") == 5
        first_refused = next(line for line in lines if line["kode"] == "NIK_FORMAT")
        assert first_refused["kolom"] == "nik"
        assert first_refused["keterangan"].startswith("NIK harus 16 angka")
        assert len(house.events("ApplicantRegistered")) == 6


async def test_the_same_sheet_again_changes_nothing() -> None:
    async with open_house() as house:
        first = await taken(house, await upload(house, as_csv(MIXED)))
        again = await upload(house, as_csv(MIXED))

        assert again["state"] == "done"
        assert await taken(house, again) == first
        assert len(house.events("ApplicantRegistered")) == 6
        (only,) = (await house.call("GET", "/imports", 200, headers=PLACEMENT))["imports"]
        assert only["expected"] == 11


@pytest.mark.parametrize(
    ("raw", "name", "code"),
    [
        (as_csv([]), "lembar.pdf", "SHEET_UNREADABLE"),
        (b"bukan excel", "lembar.xlsx", "SHEET_UNREADABLE"),
        (b"a;b\n1;2\n", "lembar.csv", "HEADINGS"),
        (b"Nama;NIK;Tanggal Lahir;KK;Email;HP\nx;1;2;3;4;5\n", "lembar.csv", "HEADINGS"),
        (b"\xff\xfe\x00", "lembar.csv", "SHEET_UNREADABLE"),
        (as_csv([["x" * 1001]]), "lembar.csv", "SHEET_TOO_LARGE"),
    ],
)
async def test_a_file_that_is_no_sheet_is_refused_at_once(raw: bytes, name: str, code: str) -> None:
    async with open_house() as house:
        assert (await upload(house, raw, name, 422))["code"] == code


async def test_a_report_of_many_rows_comes_in_blocks() -> None:
    async with open_house() as house:
        answer = await upload(house, as_csv([row(number, name="") for number in range(1, 1002)]))
        await taken(house, answer)

        report = await house.call("GET", f"/imports/{answer['import_id']}/rows.csv", 200, headers=SECRETARIAT)

        assert len(report.splitlines()) == 1002


async def test_only_the_secretariat_uploads() -> None:
    async with open_house() as house:
        files = {"file": ("a.csv", b"x")}
        await house.call("POST", "/imports", 401, files=files, data={"source": "xx"})
        await house.call("POST", "/imports", 403, files=files, data={"source": "xx"}, headers=PLACEMENT)
        await house.call("GET", "/imports/nomor-lain", 404, headers=SECRETARIAT)
        await house.call("GET", "/imports/nomor-lain/rows.csv", 404, headers=SECRETARIAT)
