from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.registration.api.desk import Desk
from services.registration.api.importing import Importer, Told
from services.registration.api.uploads import Upload
from services.registration.domain.import_run import FinishImport, ImportOneRow, StartImport
from services.registration.reference import read_reference
from services.registration.settings import RegistrationSettings
from shared.contracts.decision import Refused
from shared.engine.committer import Overloaded
from shared.engine.deciding import DecisionFailed
from shared.engine.ports import TransientError
from shared.security.accounts import Accounts
from shared.security.vault import Vault
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.registration.sheets import as_csv, row

TOLD = Told("Disnaker", date(2020, 4, 3), "siti")


class Clerk:
    """Stands for the service: takes commands, unless a fault is planned for the n-th one about a row."""

    def __init__(self, faults: Mapping[int, Exception] | None = None) -> None:
        self.clock = SimpleNamespace(sleep=lambda seconds: asyncio.sleep(0))
        self.faults = dict(faults or {})
        self.taken: list[Any] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def execute(self, command: Any, **options: Any) -> Mapping[str, Any]:
        await self.gate.wait()
        if isinstance(command, ImportOneRow) and command.form and (fault := self.faults.pop(command.row, None)):
            raise fault
        self.taken.append(command)
        if isinstance(command, StartImport):
            return {"import_id": command.import_id, "state": "running"}
        return {}

    def rows(self) -> list[ImportOneRow]:
        return [command for command in self.taken if isinstance(command, ImportOneRow)]

    def end(self) -> FinishImport:
        (end,) = [command for command in self.taken if isinstance(command, FinishImport)]
        return end


def importer(clerk: Clerk) -> Importer:
    vault = Vault(MemoryDatabase(MemoryStore()), b"m" * 32, b"i" * 32)
    reference = read_reference("prakerja-2020", "12.71")
    return Importer(Desk(cast(Any, clerk), vault, cast(Accounts, None), RegistrationSettings(), reference))


@asynccontextmanager
async def file_of(raw: bytes) -> AsyncIterator[Upload]:
    with tempfile.TemporaryFile() as file:
        file.write(raw)
        file.flush()
        yield Upload("csv", file, "digest")


async def taken_in(clerk: Clerk, rows: list[list[Any]]) -> Importer:
    office = importer(clerk)
    async with file_of(as_csv(rows)) as upload:
        reply = await office.start(upload, TOLD)
        await office.finished(reply["import_id"])
    return office


@pytest.mark.parametrize("fault", [Overloaded, TransientError, lambda: TransientError("away")])
async def test_a_row_that_finds_no_room_is_handed_in_again(fault: Callable[[], Exception]) -> None:
    clerk = Clerk({2: fault(), 3: fault()})

    await taken_in(clerk, [row(1), row(2), row(3)])

    assert sorted(each.row for each in clerk.rows()) == [2, 3, 4]
    assert clerk.end() == FinishImport(clerk.end().import_id, 3)


@pytest.mark.parametrize(("fault", "code"), [(Refused("CONFLICT"), "CONFLICT"), (DecisionFailed("a bug"), "INTERNAL")])
async def test_a_row_that_cannot_be_stored_is_written_down_as_refused(fault: Exception, code: str) -> None:
    clerk = Clerk({3: fault})

    await taken_in(clerk, [row(1), row(2)])

    refused = next(each for each in clerk.rows() if each.row == 3)
    assert (refused.form, refused.code) == (None, code)
    assert clerk.end().rows == 2


async def test_a_row_that_the_calendar_refuses_is_a_row_too_and_an_empty_one_is_none() -> None:
    clerk = Clerk()
    unborn = row(2, born="01/01/2090")

    await taken_in(clerk, [row(1), unborn, [3, *[""] * 10], row(4)])

    codes = {each.row: each.code for each in clerk.rows()}
    assert codes == {2: None, 3: "DATE_FORMAT", 5: None}


async def test_one_file_is_taken_in_once_at_a_time() -> None:
    clerk = Clerk()
    office = importer(clerk)
    async with file_of(as_csv([row(1)])) as upload:
        reply = await office.start(upload, TOLD)
        with pytest.raises(Refused, match="IMPORT_RUNNING"):
            await office.start(upload, TOLD)
        await office.finished(reply["import_id"])
    await office.finished("nobody")


async def test_a_service_that_stops_leaves_the_rest_for_the_next_upload() -> None:
    clerk = Clerk()
    office = importer(clerk)
    async with file_of(as_csv([row(number) for number in range(1, 30)])) as upload:
        await office.start(upload, TOLD)
        clerk.gate.clear()
        await office.stop()

    assert not any(isinstance(command, FinishImport) for command in clerk.taken)


async def test_a_sheet_that_breaks_off_is_said_to_have_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = Clerk()
    office = importer(clerk)

    async def broken(*arguments: Any) -> int:
        raise Refused("SHEET_UNREADABLE")

    monkeypatch.setattr(office, "_rows", broken)
    async with file_of(as_csv([row(1)])) as upload:
        reply = await office.start(upload, TOLD)
        await office.finished(reply["import_id"])

    assert clerk.end().failure == "SHEET_UNREADABLE"


async def test_headings_that_are_missing_are_named() -> None:
    office = importer(Clerk())
    raw = io.BytesIO(b"Nama;NIK;Tanggal Lahir;KK;Email;HP;Alamat\nx;1;2;3;4;5;6\n").getvalue()
    async with file_of(raw) as upload:
        with pytest.raises(Refused, match="HEADINGS") as refused:
            await office.start(upload, TOLD)

    assert refused.value.details == {"missing": "last_education, work_status, desired_training"}


async def test_a_sheet_without_any_row_of_headings_is_refused() -> None:
    office = importer(Clerk())
    for raw in (b"a;b\n" * 30, b"a;b\n"):
        async with file_of(raw) as upload:
            with pytest.raises(Refused, match="HEADINGS"):
                await office.start(upload, TOLD)
