"""Child process: reads one spreadsheet from its standard input under limits of memory and time, writes rows as JSON.

Run as `python -m services.registration.adapters.sheet_reader xlsx|csv`. First line {"rows": n}, then one line
[row number, cells] per row that holds anything, or a single line {"refused": code}. A hostile file can end only this
process.
"""

from __future__ import annotations

import csv
import io
import json
import math
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

MEMORY_BYTES = 512 * 2**20
CPU_SECONDS = 30
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 20_000, 64, 1_000
MOST_UNPACKED, MOST_RATIO, MOST_PARTS = 100 * 2**20, 100, 500
MOST_STYLES = 4 * 2**20

TOO_LARGE, FORBIDDEN, UNREADABLE = "SHEET_TOO_LARGE", "SHEET_FORBIDDEN", "SHEET_UNREADABLE"
_FORBIDDEN_PARTS = ("vbaproject", "externallinks/", "activex/", "embeddings/", "macrosheets/")

Cells = list[Any]


class SheetRefused(Exception):
    """The file as a whole cannot be taken; the code says why."""


def check_archive(file: BinaryIO) -> None:
    """What the archive declares, before anything is unpacked. Raises SheetRefused."""
    try:
        parts = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError):  # the last: a zip version unknown to Python
        raise SheetRefused(UNREADABLE) from None
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    styles = sum(part.file_size for part in parts if part.filename.endswith("styles.xml"))
    if unpacked > MOST_UNPACKED or unpacked / packed > MOST_RATIO or styles > MOST_STYLES or len(parts) > MOST_PARTS:
        raise SheetRefused(TOO_LARGE)
    names = [part.filename.lower() for part in parts]
    if any(forbidden in name for name in names for forbidden in _FORBIDDEN_PARTS):
        raise SheetRefused(FORBIDDEN)


def xlsx_rows(file: BinaryIO) -> Iterator[Cells]:
    """Cells of the first sheet, row by row, values only."""
    from defusedxml.common import DefusedXmlException
    from openpyxl import load_workbook

    check_archive(file)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_plain(cell) for cell in row]
    except MemoryError:
        raise SheetRefused(TOO_LARGE) from None
    except Exception as error:  # openpyxl fails in many ways on a broken file; all mean the same to the person
        hostile = any(isinstance(each, DefusedXmlException) for each in (error, error.__cause__))
        raise SheetRefused(FORBIDDEN if hostile else UNREADABLE) from None


def csv_rows(file: BinaryIO) -> Iterator[Cells]:
    """UTF-8, separated by comma, semicolon or tab, whichever the first lines use most."""
    csv.field_size_limit(MOST_CHARACTERS * 4)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        head = text.read(8192)
        text.seek(0)
        separator = max(",;\t", key=head.count)
        yield from csv.reader(text, delimiter=separator)
    except (UnicodeDecodeError, csv.Error):
        raise SheetRefused(UNREADABLE) from None
    finally:
        text.detach()


def _plain(cell: Any) -> Any:
    """Text, number, truth or nothing; a date as ISO text."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def numbered(rows: Iterator[Cells]) -> Iterator[tuple[int, Cells]]:
    """Rows that hold anything, with their number in the sheet; raises SheetRefused above the limits."""
    held = 0
    for number, cells in enumerate(rows, 1):
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if not cells:
            if number > MOST_ROWS * 10:
                raise SheetRefused(TOO_LARGE)
            continue
        held += 1
        too_long = any(isinstance(cell, str) and len(cell) > MOST_CHARACTERS for cell in cells)
        if held > MOST_ROWS + 20 or len(cells) > MOST_COLUMNS or too_long:
            raise SheetRefused(TOO_LARGE)
        yield number, cells


def read(kind: str, file: BinaryIO, out: Any) -> None:
    """All of the file is read, within the limits, before its first row is handed out."""
    reader = xlsx_rows if kind == "xlsx" else csv_rows
    try:
        lines = [_line([number, cells]) for number, cells in numbered(reader(file))]
    except SheetRefused as refused:
        out.write(_line({"refused": str(refused)}))
    except MemoryError:
        out.write(_line({"refused": TOO_LARGE}))
    else:
        out.write(_line({"rows": len(lines)}))
        out.writelines(lines)


def _line(value: Any) -> str:
    return json.dumps(value, default=str) + "\n"


def limit() -> None:
    """From here on this process cannot take more memory or time than a sheet may need."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: Sequence[str]) -> None:
    limit()
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, and it reserves memory
    warnings.simplefilter("ignore")
    read(arguments[0], sys.stdin.buffer, sys.stdout)
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
