"""A collective sheet is handed over: the file, its digest, the office's signature and the record."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Iterable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from openpyxl import load_workbook

from services.registration.adapters.handover_files import workbook
from services.registration.adapters.row_spool import RowSpool
from services.registration.api.handovers import AT_ONCE, _line
from services.registration.domain.handover import HEADINGS, statement
from services.registration.domain.imports import headings, read_row
from shared.security.vault import PersonKey
from tests.unit.registration.house import PLACEMENT, SECRETARIAT, House, open_house, person, wait_for

SHEET = "Nama;NIK;Tanggal Lahir;No KK;Email;No HP;Alamat;Pendidikan;Status Kerja;Pelatihan\n"


def row(number: int) -> str:
    known = person(number)
    return (
        f"{known['full_name']};{known['nik']};1995-04-05;127105120310{number:04d};orang{number}@contoh.id;"
        f"08126000{number:04d};Jl. Gatot Subroto {number}, Kota Medan;SMA;Pencari kerja;Barista\n"
    )


async def imported(house: House, people: int) -> str:
    sheet = SHEET + "".join(row(number) for number in range(1, people + 1))
    files = {"file": ("lembar.csv", sheet.encode())}
    told = await house.call("POST", "/imports", 202, headers=SECRETARIAT, files=files, data={"source": "Kelurahan"})
    import_id: str = told["import_id"]
    await wait_for(
        lambda: house.call("GET", f"/imports/{import_id}", 200, headers=SECRETARIAT), lambda run: run["state"] == "done"
    )
    rows = (await house.http.get(f"/registration/imports/{import_id}/rows.csv", headers=SECRETARIAT)).text
    for each in rows.splitlines()[1:]:
        where = f"/applicants/{each.rpartition(',')[2]}"
        await wait_for(
            lambda where=where: house.call("GET", where, 200, headers=SECRETARIAT),
            lambda seen: seen["status"]["code"] == "eligible",
        )
    return import_id


async def handed_over(house: House, people: int = 3) -> dict[str, str]:
    import_id = await imported(house, people)
    body = {"import_id": import_id, "recipient": "province"}
    kept: dict[str, str] = await house.call("POST", "/handovers", 202, headers=SECRETARIAT, json=body)
    return kept


async def test_the_file_has_the_digest_that_the_office_signed() -> None:
    async with open_house() as house:
        kept = await handed_over(house)
        path = f"/registration/handovers/{kept['handover_id']}"
        file = await house.http.get(f"{path}/rows.csv", headers=SECRETARIAT)
        assert hashlib.sha256(file.content).hexdigest() == kept["digest"]
        signed = statement(kept["handover_id"], kept["import_id"], "province", 3, kept["digest"])
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(kept["public_key"]))
        key.verify(base64.b64decode(kept["signature"]), signed)  # raises for anything else
        rows = list(csv.reader(io.StringIO(file.text)))
        assert rows[0] == list(HEADINGS)
        assert sorted(each[1] for each in rows[1:]) == [person(number)["full_name"] for number in (1, 2, 3)]


async def test_our_own_import_reads_what_we_hand_over() -> None:
    async with open_house() as house:
        kept = await handed_over(house, 1)
        file = await house.http.get(f"/registration/handovers/{kept['handover_id']}/rows.xlsx", headers=SECRETARIAT)
        heading, cells = load_workbook(io.BytesIO(file.content)).worksheets[0].iter_rows(values_only=True)
        found = headings(heading)
        assert found
        form = read_row(found, cells)
        assert (form.full_name, form.nik) == (person(1)["full_name"], person(1)["nik"])


async def test_the_record_is_a_page_that_names_no_person() -> None:
    async with open_house() as house:
        kept = await handed_over(house)
        answer = await house.http.get(f"/registration/handovers/{kept['handover_id']}/record.pdf", headers=PLACEMENT)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert person(1)["nik"].encode() not in answer.content


async def test_what_changed_since_is_not_handed_out_under_the_old_signature() -> None:
    async with open_house() as house:
        kept = await handed_over(house)
        again = {"import_id": kept["import_id"], "recipient": "province"}
        same = await house.call("POST", "/handovers", 202, headers=SECRETARIAT, json=again)
        assert same["handover_id"] == kept["handover_id"]
        rows = (await house.http.get(f"/registration/imports/{kept['import_id']}/rows.csv", headers=PLACEMENT)).text
        someone = rows.splitlines()[1].rpartition(",")[2]
        await house.call(
            "POST", f"/applications/{someone}/assisted-corrections", 202,
            headers=PLACEMENT, json={"desired_training": "Menjahit"},
        )  # fmt: skip
        path = f"/handovers/{kept['handover_id']}/rows.csv"
        assert (await house.call("GET", path, 422, headers=SECRETARIAT))["code"] == "HANDOVER_CHANGED"
        new = await house.call("POST", "/handovers", 202, headers=SECRETARIAT, json=again)
        assert new["handover_id"] != kept["handover_id"]
        assert len((await house.call("GET", "/handovers", 200, headers=PLACEMENT))["handovers"]) == 2


async def test_only_the_secretariat_hands_over_and_only_what_is_there() -> None:
    async with open_house() as house:
        body = {"import_id": "nothing", "recipient": "centre"}
        await house.call("POST", "/handovers", 403, headers=PLACEMENT, json=body)
        told = await house.call("POST", "/handovers", 404, headers=SECRETARIAT, json=body)
        assert told["code"] == "IMPORT_UNKNOWN"
        told = await house.call("GET", "/handovers/nothing/record.pdf", 404, headers=PLACEMENT)
        assert told["code"] == "HANDOVER_UNKNOWN"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_nobody_s_data_are_opened_twice_for_one_file(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house() as house:
        kept = await handed_over(house)
        opened, keys = list[str](), house.vault.keys

        async def counted(persons: Iterable[str]) -> dict[str, PersonKey]:
            found = await keys(persons)
            opened.extend(found)
            return found

        monkeypatch.setattr(house.vault, "keys", counted)
        await house.call("GET", f"/handovers/{kept['handover_id']}/rows.{kind}", 200, headers=SECRETARIAT)
        assert len(opened) == len(set(opened)) == 3


async def test_more_people_than_are_read_at_once_are_numbered_through() -> None:
    async with open_house() as house:
        kept = await handed_over(house, AT_ONCE + 5)
        file = await house.http.get(f"/registration/handovers/{kept['handover_id']}/rows.csv", headers=SECRETARIAT)
        rows = list(csv.reader(io.StringIO(file.text)))[1:]
        assert [each[0] for each in rows] == [str(number) for number in range(1, AT_ONCE + 6)]
        assert hashlib.sha256(file.content).hexdigest() == kept["digest"]


def test_rows_that_wait_are_sealed_on_the_disk_and_come_back_part_by_part() -> None:
    spool, parts = RowSpool(), [[("1", "1271050504950001", "Siti"), ("2", "", "Böni")], [("3", "x", "y")]]
    for part in parts:
        spool.add(part)
    spool._file.seek(0)
    raw = spool._file.read()
    assert b"1271050504950001" not in raw
    assert b"Siti" not in raw
    assert list(spool.parts()) == parts
    assert spool._file.closed


def test_rows_that_nobody_reads_to_the_end_are_given_up() -> None:
    spool = RowSpool()
    for number in range(3):
        spool.add([(str(number),)])
    reading = spool.parts()
    assert next(reading) == [("0",)]
    reading.close()
    assert spool._file.closed


def test_no_cell_becomes_a_formula_or_a_number() -> None:
    assert _line(("=HYPERLINK()", "+62", "-1", "@x", "Siti")) == "'=HYPERLINK(),'+62,'-1,'@x,Siti\n"
    book = load_workbook(io.BytesIO(workbook(("NIK",), [("1271050504950001",), ("=1+1",)])))
    values = [(cell.value, cell.data_type) for (cell,) in book.worksheets[0].iter_rows()]
    assert values == [("NIK", "s"), ("1271050504950001", "s"), ("=1+1", "s")]
