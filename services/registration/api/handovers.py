"""The office hands a collective sheet over to the province or the centre: file, digest, signature and record."""

from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import io
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing
from itertools import chain
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, Depends, Response
from pydantic import Field

from services.registration import store
from services.registration.adapters import handover_files
from services.registration.adapters.row_spool import Row, RowSpool
from services.registration.api import sealing
from services.registration.api.bodies import Body, Key
from services.registration.api.desk import Desk
from services.registration.api.public import Csv
from services.registration.domain.applicant import Applicant
from services.registration.domain.handover import (
    HEADINGS,
    RECIPIENTS,
    Handover,
    RecordHandover,
    row_of,
    statement,
)
from services.registration.domain.import_run import Import
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.pages import day, instant, number

AT_ONCE = 100
"""People that are read and opened together: so many are in memory."""
READ_AHEAD = 5000
"""Ids that are read ahead, so that the index is not walked again for every hundred people."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class HandoverBody(Body):
    """Whose sheet goes to whom."""

    import_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,80}$")]
    recipient: Literal["province", "centre"]


def add_handovers(router: APIRouter, desk: Desk) -> None:
    """Made by the secretariat; every member of staff sees what was handed over, without names."""
    secretariat, anybody = Depends(desk.accounts.require("secretariat")), Depends(desk.accounts.require())

    @router.post("/handovers", status_code=202, summary="Serahkan lembar kolektif")
    async def hand_over(body: HandoverBody, staff: Staff = secretariat) -> dict[str, Any]:
        return await make(desk, body, staff.username)

    @router.get("/handovers", summary="Serah terima yang sudah dibuat")
    async def all_(staff: Staff = anybody) -> dict[str, Any]:
        found = await store.handovers(desk.service.database)
        return {"handovers": [_shown(desk, each) for each in found]}

    @router.get("/handovers/{handover_id}/rows.csv", summary="Rekapitulasi", response_class=Csv)
    async def rows(handover_id: Key, staff: Staff = secretariat) -> Csv:
        spool = await _unchanged(desk, handover_id)
        name = f'attachment; filename="rekapitulasi-{handover_id}.csv"'
        return Csv(_csv(spool), headers={"Content-Disposition": name})

    @router.get("/handovers/{handover_id}/rows.xlsx", summary="Rekapitulasi untuk Excel")
    async def sheet(handover_id: Key, staff: Staff = secretariat) -> Response:
        rows = chain.from_iterable((await _unchanged(desk, handover_id)).parts())
        file = await asyncio.to_thread(handover_files.workbook, HEADINGS, rows)
        name = f'attachment; filename="rekapitulasi-{handover_id}.xlsx"'
        return Response(file, media_type=XLSX, headers={"Content-Disposition": name})

    @router.get("/handovers/{handover_id}/record.pdf", summary="Berita acara serah terima")
    async def record(handover_id: Key, staff: Staff = anybody) -> Response:
        kept = await _known(desk, handover_id)
        run = await store.import_run(desk.service.database, kept.import_id)
        return Response(await asyncio.to_thread(_record, desk, kept, run), media_type="application/pdf")


async def make(desk: Desk, body: HandoverBody, by: str) -> dict[str, Any]:
    """Sign what the sheet's people are now, and keep the record. Raises Refused IMPORT_UNKNOWN, HANDOVER_EMPTY."""
    if await store.import_run(desk.service.database, body.import_id) is None:
        raise Refused("IMPORT_UNKNOWN")
    people, digest = await _read(desk, body.import_id)
    handover_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{body.import_id}/{body.recipient}/{digest}"))
    signed = _signer(desk).sign(statement(handover_id, body.import_id, body.recipient, people, digest))
    signature = base64.b64encode(signed).decode()
    now = desk.service.clock.now()
    record = Handover(handover_id, body.import_id, body.recipient, people, digest, signature, by, now)
    await desk.execute(RecordHandover(record))
    return _shown(desk, await _known(desk, handover_id))


async def _known(desk: Desk, handover_id: str) -> Handover:
    found = await store.handover(desk.service.database, handover_id)
    if found is None:
        raise Refused("HANDOVER_UNKNOWN")
    return found


async def _unchanged(desk: Desk, handover_id: str) -> RowSpool:
    """The rows of a record whose file can still be made byte for byte; everybody's data are opened once for it.

    Raises Refused HANDOVER_UNKNOWN, HANDOVER_CHANGED.
    """
    kept = await _known(desk, handover_id)
    with ExitStack() as stack:
        spool = stack.enter_context(closing(RowSpool()))
        if (await _read(desk, kept.import_id, spool))[1] != kept.digest:
            raise Refused("HANDOVER_CHANGED")
        stack.pop_all()
    return spool


def _signer(desk: Desk) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(desk.vault.token_key("handover"))


def _shown(desk: Desk, handover: Handover) -> dict[str, Any]:
    document = store.as_document(handover)
    document.pop("_id")
    public = _signer(desk).public_key().public_bytes_raw()
    return {
        **document,
        "recipient_name": RECIPIENTS[handover.recipient],
        "public_key": base64.b64encode(public).decode(),
    }


async def people_of(desk: Desk, import_id: str) -> AsyncIterator[list[Row]]:
    """Rows of the sheet's people in order of their ids, part by part; settled people only."""
    after, count = "", 0
    while ahead := await store.imported_after(desk.service.database, import_id, after, READ_AHEAD):
        after = ahead[-1]
        for start in range(0, len(ahead), AT_ONCE):
            part = await _opened(desk, ahead[start : start + AT_ONCE], count)
            count += len(part)
            yield part


async def _opened(desk: Desk, ids: list[str], before: int) -> list[Row]:
    """Rows of the settled among some people, numbered after those before."""
    found = {each.applicant_id: each for each in await store.applicants(desk.service.database, ids)}
    keys = await desk.vault.keys(ids)
    settled = [each for each in ids if each in keys and _goes_along(found[each])]
    return [
        row_of(number, sealing.opened(keys[each], found[each])[0]) for number, each in enumerate(settled, before + 1)
    ]


def _goes_along(applicant: Applicant) -> bool:
    """Whose identity and conditions are settled in their favour; the others follow in a later record."""
    return applicant.stage in ("eligible", "joined", "selected")


def _csv(spool: RowSpool) -> Iterator[str]:
    """The file whose bytes are digested: UTF-8, commas, one line feed a row."""
    yield _line(HEADINGS)
    for part in spool.parts():
        yield _lines(part)


def _lines(part: list[Row]) -> str:
    return "".join(map(_line, part))


def _line(row: tuple[str, ...]) -> str:
    """A cell that a spreadsheet program would take for a formula gets an apostrophe, as the import takes it off."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([f"'{cell}" if cell[:1] in tuple("=+-@") else cell for cell in row])
    return text.getvalue()


async def _read(desk: Desk, import_id: str, spool: RowSpool | None = None) -> tuple[int, str]:
    """How many people, and the SHA-256 of the file; its rows go into `spool`."""
    people, digest = 0, hashlib.sha256(_line(HEADINGS).encode())
    async for part in people_of(desk, import_id):
        people += len(part)
        digest.update(_lines(part).encode())
        if spool:
            spool.add(part)
    return people, digest.hexdigest()


def _record(desk: Desk, kept: Handover, run: Import | None) -> bytes:
    recipient, office = RECIPIENTS[kept.recipient], desk.settings.office_name
    facts = {
        "Nomor": kept.handover_id,
        "Diserahkan oleh": f"{office}, {desk.settings.office_address}",
        "Diterima oleh": recipient,
        "Waktu": instant(kept.at),
        "Lembar asal": f"{run.source}, diterima {day(run.received_on)}" if run else kept.import_id,
        "Baris diterima": number(run.received) if run else "-",
        "Terdaftar": number(run.registered) if run else "-",
        "Ditolak / dipertanyakan": f"{number(run.refused)} / {number(run.questioned)}" if run else "-",
        "Orang dalam rekapitulasi": number(kept.people),
        "SHA-256 rekapitulasi (CSV)": kept.digest,
        "Tanda tangan Ed25519": kept.signature,
        "Kunci publik": _shown(desk, kept)["public_key"],
    }
    opening = (
        "Pada hari ini diserahkan rekapitulasi pendaftar Kartu Prakerja yang mendaftar secara kolektif menurut "
        "Permenaker 17/2020. Kantor menyatakan bahwa isian telah diperiksa dan sesuai dengan formulir yang diterima."
    )
    closing = (
        "Keaslian berkas diperiksa dengan menghitung SHA-256 berkas CSV dan memeriksa tanda tangan atas nomor, lembar, "
        "penerima, jumlah orang dan SHA-256 itu."
    )
    signers = (f"Yang menyerahkan, {office}", f"Yang menerima, {recipient}")
    return handover_files.record("Berita Acara Serah Terima", opening, facts, closing, signers)
