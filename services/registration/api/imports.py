"""The office's door for collective sheets: upload, progress, and the report of every row."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile

from services.registration import store
from services.registration.api.bodies import Key
from services.registration.api.desk import Desk
from services.registration.api.importing import Importer, Told
from services.registration.api.public import Csv
from services.registration.api.uploads import received
from services.registration.domain import imports as sheets
from services.registration.domain import plain_text
from services.registration.domain.import_run import Import
from services.registration.domain.refusals import REFUSALS
from shared.contracts.decision import Refused
from shared.security.accounts import Staff

_COLUMNS = ("baris", "hasil", "kode", "kolom", "keterangan", "nomor_pendaftaran")


def add_imports(router: APIRouter, desk: Desk, importer: Importer) -> None:
    """Sheets go in by the secretariat; every member of staff sees how far they are."""
    secretariat, anybody = Depends(desk.accounts.require("secretariat")), Depends(desk.accounts.require())

    @router.post("/imports", status_code=202, summary="Unggah lembar kolektif Permenaker 17/2020")
    async def upload(
        file: Annotated[UploadFile, File()],
        source: Annotated[str, Form(min_length=2, max_length=200)],
        received_on: Annotated[str | None, Form(max_length=10)] = None,
        staff: Staff = secretariat,
    ) -> dict[str, Any]:
        told = told_of(desk, source, received_on or "", staff.username)
        async with received(file) as taken:
            reply = await importer.start(taken, told)
        return {**reply, "progress_url": f"/registration/imports/{reply['import_id']}"}

    @router.get("/imports", summary="Lembar yang sudah diunggah")
    async def all_(staff: Staff = anybody) -> dict[str, Any]:
        return {"imports": [_shown(each) for each in await store.imports(desk.service.database, 100)]}

    @router.get("/imports/{import_id}", summary="Kemajuan impor")
    async def progress(import_id: Key, staff: Staff = anybody) -> dict[str, Any]:
        return _shown(await _known(desk, import_id))

    @router.get("/imports/{import_id}/rows.csv", summary="Laporan setiap baris", response_class=Csv)
    async def report(import_id: Key, staff: Staff = anybody) -> Csv:
        await _known(desk, import_id)
        name = f'attachment; filename="laporan-{import_id}.csv"'
        return Csv(_rows(desk, import_id), headers={"Content-Disposition": name})


def told_of(desk: Desk, source: str, received_on: str, by: str) -> Told:
    """What staff say about a sheet; without a day it was received today. Raises Refused TEXT_FORMAT, DATE_FORMAT."""
    day: date = sheets.day(received_on) if received_on else desk.today()
    return Told(plain_text.clean(source, 200), day, by)


async def _known(desk: Desk, import_id: str) -> Import:
    found = await store.import_run(desk.service.database, import_id)
    if found is None:
        raise Refused("IMPORT_UNKNOWN")
    return found


def _shown(run: Import) -> dict[str, Any]:
    document = store.as_document(run)
    document.pop("_id")
    return document


async def _rows(desk: Desk, import_id: str) -> AsyncIterator[str]:
    """CSV, a block of rows at a time. Every value is a code, a number or a sentence of ours: nothing a sheet said."""
    yield _lines([_COLUMNS])
    block: list[tuple[Any, ...]] = []
    async for row in store.import_rows(desk.service.database, import_id):
        refusal = REFUSALS.get(row.code or "")
        sentence = refusal.sentence if refusal else ""
        block.append((row.row, row.outcome, row.code or "", row.field or "", sentence, row.applicant_id or ""))
        if len(block) == 500:
            yield _lines(block)
            block = []
    yield _lines(block)


def _lines(rows: list[tuple[Any, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
