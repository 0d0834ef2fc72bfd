"""Takes a collective sheet in, beside all else: rows in order, many decided together, each exactly once.

The file is never kept: who uploads the same file again goes on where it stopped, since the import's id comes from its
content and every row is written down with the application it made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.registration.adapters.sheets import Row, Sheet, open_sheet
from services.registration.api.desk import Desk
from services.registration.api.uploads import Upload, find_headings
from services.registration.domain import imports
from services.registration.domain.import_run import FinishImport, ImportOneRow, StartImport
from services.registration.domain.imports import Headings, RowRefused
from shared.contracts.decision import Refused
from shared.engine.committer import Overloaded
from shared.engine.deciding import DecisionFailed
from shared.engine.ports import TransientError
from shared.engine.service import Unavailable

AGAIN_SECONDS = 0.5
"""Wait before a row is tried again when the service is full or the database away."""
_LATER = (Overloaded, Unavailable, TransientError)


@dataclass(frozen=True, slots=True)
class Told:
    """What staff say about a file."""

    source: str
    received_on: date
    by: str


class Importer:
    """Runs imports in the background; one per file at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._running: dict[str, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(desk.settings.import_rows_in_flight)

    async def start(self, upload: Upload, told: Told) -> Mapping[str, Any]:
        """Returns as soon as the file was looked through and the import is on disk; rows follow.

        Raises Refused SHEET_*, HEADINGS (with the items that are missing) or IMPORT_RUNNING.
        """
        import_id = self._desk.vault.index("nik", upload.digest)[:32]
        if import_id in self._running:
            raise Refused("IMPORT_RUNNING")
        async with AsyncExitStack() as stack:
            sheet = await stack.enter_async_context(open_sheet(upload.kind, upload.file))
            headings = await find_headings(sheet, imports.headings)
            if missing := imports.missing_headings(headings):
                raise Refused("HEADINGS", missing=", ".join(missing))
            command = StartImport(import_id, told.source, told.received_on, told.by, sheet.left)
            reply = await self._desk.execute(command)
            if reply["state"] == "running":
                kept = stack.pop_all()
                work = self._run(import_id, headings, sheet, told.received_on, kept)
                task = self._running[import_id] = asyncio.create_task(work, name=f"import {import_id}")
                task.add_done_callback(lambda _: self._running.pop(import_id))
                await asyncio.sleep(0)  # a task that is cancelled before its first step would leave the child behind
        return reply

    async def stop(self) -> None:
        """End what runs; uploaded again, a file goes on."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def finished(self, import_id: str) -> None:
        """Wait until nothing runs for this import any more."""
        if import_id in self._running:
            await asyncio.wait([self._running[import_id]])

    async def _run(self, import_id: str, headings: Headings, sheet: Sheet, on: date, kept: AsyncExitStack) -> None:
        async with kept:
            try:
                rows = await self._rows(import_id, headings, sheet, on)
                end = FinishImport(import_id, rows)
            except Refused as refused:
                end = FinishImport(import_id, 0, refused.code)
        await self._until_taken(end)

    async def _rows(self, import_id: str, headings: Headings, sheet: Sheet, on: date) -> int:
        """Hand in all rows in order; returns how many there were, when all are on disk."""
        count = 0
        async with asyncio.TaskGroup() as group:
            async for row in sheet:
                if headings.empty(row.cells):
                    continue
                await self._room.acquire()
                count += 1
                group.create_task(self._row(self._command(import_id, headings, row, on)))
        return count

    async def _row(self, command: ImportOneRow) -> None:
        try:
            await self._until_taken(command)
        except (Refused, DecisionFailed) as error:
            # the row cannot be stored as it is: written down as refused, so that the control total holds
            code = error.code if isinstance(error, Refused) else "INTERNAL"
            await self._until_taken(ImportOneRow(command.import_id, command.row, None, code))
        finally:
            self._room.release()

    def _command(self, import_id: str, headings: Headings, row: Row, on: date) -> ImportOneRow:
        try:
            form = imports.read_row(headings, row.cells)
            registration, _ = self._desk.registration(form, "offline_collective", on, import_id)
        except RowRefused as refused:
            return ImportOneRow(import_id, row.number, None, refused.code, refused.field)
        except Refused as refused:
            return ImportOneRow(import_id, row.number, None, refused.code)
        return ImportOneRow(import_id, row.number, registration)

    async def _until_taken(self, command: Any) -> None:
        while True:
            try:
                await self._desk.execute(command)
                return
            except _LATER:
                await self._desk.service.clock.sleep(AGAIN_SECONDS)
