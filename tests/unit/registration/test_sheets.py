from __future__ import annotations

import asyncio
import io
import json
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, BinaryIO

import pytest
from openpyxl import Workbook

from services.registration.adapters import sheet_reader, sheets
from shared.contracts.decision import Refused


def workbook(*rows: list[Any]) -> BinaryIO:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw


def with_part(name: str, content: bytes) -> BinaryIO:
    raw = workbook(["NIK"])
    with zipfile.ZipFile(raw, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return raw


def with_sheet(xml: bytes) -> BinaryIO:
    """A workbook whose first sheet is this XML."""
    raw, other = workbook(["NIK"]), io.BytesIO()
    with zipfile.ZipFile(raw) as archive, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in archive.namelist():
            copy.writestr(part, xml if part == "xl/worksheets/sheet1.xml" else archive.read(part))
    return other


def read(kind: str, file: BinaryIO) -> list[Any]:
    out = io.StringIO()
    file.seek(0)
    sheet_reader.read(kind, file, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_cells_come_as_text_number_truth_or_iso_date() -> None:
    cells = ["NIK", 12, 1.5, True, None, date(1995, 4, 5), datetime.fromisoformat("1995-04-05T01:02:03"), "x"]

    assert read("xlsx", workbook(cells)) == [
        {"rows": 1},
        [1, ["NIK", 12, 1.5, True, None, "1995-04-05", "1995-04-05 01:02:03", "x"]],
    ]


def test_empty_rows_are_left_out_and_numbers_are_those_of_the_sheet() -> None:
    assert read("csv", io.BytesIO(b"a,b\n\n,\nc,\n")) == [{"rows": 2}, [1, ["a", "b"]], [4, ["c"]]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(separator: str) -> None:
    raw = f'\ufeffNama{separator}NIK\n"Lubis, R"{separator}1\n'.encode()

    assert read("csv", io.BytesIO(raw))[2] == [2, ["Lubis, R", "1"]]


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="str"><v>&b;</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: io.BytesIO(b"hello"), "SHEET_UNREADABLE"),
        (lambda: with_sheet(b"<worksheet>"), "SHEET_UNREADABLE"),
        (lambda: with_part("xl/bomb.xml", b"0" * 150_000_000), "SHEET_TOO_LARGE"),
        (lambda: with_part("xl/media/a.xml", b"0" * 30_000_000), "SHEET_TOO_LARGE"),
        (lambda: with_part("xl/more/styles.xml", b"<x/>" * 1_100_000), "SHEET_TOO_LARGE"),
        (lambda: with_part("xl/vbaProject.bin", b"x"), "SHEET_FORBIDDEN"),
        (lambda: with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), "SHEET_FORBIDDEN"),
        (lambda: with_sheet(ENTITIES), "SHEET_FORBIDDEN"),
        (lambda: workbook(["x" * 1001]), "SHEET_TOO_LARGE"),
        (lambda: workbook(["x"] * 65), "SHEET_TOO_LARGE"),
    ],
)
def test_hostile_workbooks_are_refused_with_a_code_and_soon(make: Callable[[], BinaryIO], code: str) -> None:
    file = make()
    began = time.monotonic()

    assert read("xlsx", file) == [{"refused": code}]
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xff\xfe", "SHEET_UNREADABLE"),
        (b"a," + b"x" * 5000, "SHEET_UNREADABLE"),
        (b"a\n" * 20_021, "SHEET_TOO_LARGE"),
        (b"\n" * 200_001 + b"a", "SHEET_TOO_LARGE"),
    ],
)
def test_hostile_text_is_refused_with_a_code(raw: bytes, code: str) -> None:
    assert read("csv", io.BytesIO(raw)) == [{"refused": code}]


def test_memory_that_runs_out_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(rows: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(sheet_reader, "numbered", greedy)

    assert read("csv", io.BytesIO(b"a")) == [{"refused": "SHEET_TOO_LARGE"}]


def test_numbers_that_json_does_not_know_become_text() -> None:
    assert sheet_reader._plain(float("inf")) == "inf"


# ---- the child


async def rows_of(raw: bytes, kind: sheets.Kind = "csv") -> list[sheets.Row]:
    with tempfile.TemporaryFile() as file:
        file.write(raw)
        file.flush()
        async with sheets.open_sheet(kind, file) as sheet:
            return [row async for row in sheet]


async def test_rows_come_from_a_process_of_their_own() -> None:
    assert await rows_of(b"a,b\nc,d\n") == [sheets.Row(1, ["a", "b"]), sheets.Row(2, ["c", "d"])]


async def test_a_refusal_of_the_child_is_one_here() -> None:
    with pytest.raises(Refused, match="SHEET_UNREADABLE"):
        await rows_of(b"\xff")


async def test_a_child_never_outlives_the_block() -> None:
    with tempfile.TemporaryFile() as file:
        file.write((b"a" * 1000 + b"\n") * 15_000)  # more than the pipe and its reader hold
        file.flush()
        async with sheets.open_sheet("csv", file) as sheet:
            assert await sheet.next()  # and no more: the child is ended with the block
            await asyncio.sleep(0.5)  # until the pipe is full


async def test_lines_that_end_too_early_or_are_too_long_are_refused() -> None:
    silent = asyncio.StreamReader(limit=64)
    silent.feed_eof()
    long = asyncio.StreamReader(limit=64)
    long.feed_data(b"x" * 500 + b"\n")
    strange = asyncio.StreamReader()
    strange.feed_data(b"5\n")

    for lines, code in ((silent, "SHEET_TOO_LARGE"), (long, "SHEET_TOO_LARGE"), (strange, "SHEET_UNREADABLE")):
        with pytest.raises(Refused, match=code):
            await sheets.Sheet(1, lines).next()
    strange.feed_data(b"5\n")
    with pytest.raises(Refused, match="SHEET_UNREADABLE"):
        await sheets._rows(strange)


@pytest.mark.parametrize(("name", "kind"), [("a.XLSX", "xlsx"), ("a.b.csv", "csv")])
def test_the_kind_is_in_the_name(name: str, kind: str) -> None:
    assert sheets.kind_of(name) == kind


@pytest.mark.parametrize("name", ["", "a.xls", "a.xlsm", "csv"])
def test_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="SHEET_UNREADABLE"):
        sheets.kind_of(name)
