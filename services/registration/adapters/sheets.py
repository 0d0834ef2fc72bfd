"""Spreadsheets from outside: checked and parsed in a child process, handed on row by row."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from shared.contracts.decision import Refused

Kind = Literal["xlsx", "csv"]
LONGEST_LINE = 2**20
FIRST_LINE_SECONDS = 40.0
_MODULE = "services.registration.adapters.sheet_reader"


@dataclass(frozen=True, slots=True)
class Row:
    """`number` as people see it in the sheet, the first row being 1."""

    number: int
    cells: Sequence[Any]


class Sheet:
    """An open sheet: how many rows hold anything, and the rows in order."""

    def __init__(self, rows: int, lines: asyncio.StreamReader) -> None:
        self.left, self._lines = rows, lines

    async def next(self) -> Row | None:
        """The next row, None after the last. Raises Refused SHEET_UNREADABLE when the child ended too early."""
        if self.left == 0:
            return None
        said = await _line(self._lines)
        if not isinstance(said, list):
            raise Refused("SHEET_UNREADABLE")
        self.left -= 1
        return Row(said[0], said[1])

    async def __aiter__(self) -> AsyncIterator[Row]:
        while (row := await self.next()) is not None:
            yield row


def kind_of(filename: str) -> Kind:
    """By the file's name; raises Refused SHEET_UNREADABLE for any other than .xlsx and .csv."""
    for kind in ("xlsx", "csv"):
        if filename.lower().endswith(f".{kind}"):
            return kind
    raise Refused("SHEET_UNREADABLE")


@asynccontextmanager
async def open_sheet(kind: Kind, file: BinaryIO) -> AsyncIterator[Sheet]:
    """Start the child on a file and wait until it has looked through all of it.

    Raises Refused SHEET_UNREADABLE, SHEET_TOO_LARGE, SHEET_FORBIDDEN. The child never outlives the block.
    """
    file.seek(0)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _MODULE,
        kind,
        stdin=file,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=LONGEST_LINE,
        env=_environment(),
    )
    assert child.stdout is not None
    try:
        yield Sheet(await _rows(child.stdout), child.stdout)
    finally:
        if child.returncode is None:
            child.kill()
        await child.stdout.read()  # a pipe that is full and not read out would keep wait() for ever
        await child.wait()


def _environment() -> dict[str, str]:
    """Nothing of ours: the child needs no settings and must not see secrets."""
    return {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}


async def _rows(lines: asyncio.StreamReader) -> int:
    try:
        async with asyncio.timeout(FIRST_LINE_SECONDS):
            said = await _line(lines)
    except TimeoutError:
        raise Refused("SHEET_TOO_LARGE") from None
    if not isinstance(said, dict) or "rows" not in said:
        raise Refused(said.get("refused", "SHEET_UNREADABLE") if isinstance(said, dict) else "SHEET_UNREADABLE")
    return int(said["rows"])


async def _line(lines: asyncio.StreamReader) -> Any:
    """One line of the child; a child that was killed by its limits says nothing more."""
    try:
        raw = await lines.readline()
    except ValueError:
        raise Refused("SHEET_TOO_LARGE") from None
    if not raw:
        raise Refused("SHEET_TOO_LARGE")
    return json.loads(raw)
