"""Forty files that are broken or mean harm: each is refused with its own code, and changes nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.simulators.bank import Booking
from deploy.simulators.iso_answers import Verdict, camt053, pain002
from services.incentive.adapters.files.camt053 import read_camt053
from services.incentive.adapters.files.messages import MOST_BYTES, FileRefused
from services.incentive.adapters.files.plain import read_plain
from services.incentive.adapters.files.xml import message_of, read_xml
from tests.unit.incentive.bank import NOW
from tests.unit.incentive.files import ACCOUNT, BATCH, file_world, paying, reference

STATEMENT = camt053("S1", 1, ACCOUNT, (100, 95), [Booking(reference(1), "paid", 5, NOW)])
REPORT = pain002("R1", f"{BATCH}-001", NOW, [Verdict(reference(1), "ACSC")])
ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"&a;" * 10) for n in range(9))
    + b"]><a>&a8;</a>"
)
ROWS = f"reference,status,reason\n{reference(1)},paid,\n"
LINES = "number,booked_on,direction,amount_rupiah,reference,kind\n"

HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "a bomb of entities": ("a.xml", BOMB, "XML_FORBIDDEN"),
    "one entity": ("a.xml", ENTITY, "XML_FORBIDDEN"),
    "a file of ours by entity": (
        "a.xml",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
        "XML_FORBIDDEN",
    ),
    "a document type from the network": ("a.xml", b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>', "XML_FORBIDDEN"),
    "a parameter entity": ("a.xml", b'<!DOCTYPE a [<!ENTITY % b "c">]><a/>', "XML_FORBIDDEN"),
    "elements without an end": ("a.xml", b"<a>" * 200_000, "XML_TOO_DEEP"),
    "half a million elements": ("a.xml", b"<a>" + b"<b/>" * 500_001 + b"</a>", "XML_TOO_LONG"),
    "too many bytes": ("a.xml", b" " * (MOST_BYTES + 1), "FILE_TOO_LARGE"),
    "half a file": ("a.xml", STATEMENT[:-30], "NOT_XML"),
    "no file": ("a.xml", b"", "NOT_XML"),
    "no XML": ("a.xml", b"\x00\xff\xfe%PDF", "NOT_XML"),
    "an unknown encoding": ("a.xml", b'<?xml version="1.0" encoding="rot13"?><a/>', "NOT_XML"),
    "another message": ("a.xml", STATEMENT.replace(b"camt.053.001.08", b"camt.052.001.08"), "MESSAGE_UNKNOWN"),
    "another document": ("a.xml", b"<html/>", "MESSAGE_UNKNOWN"),
    "a statement without a statement": (
        "a.xml",
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>',
        "FIELD_MISSING",
    ),
    "no id": ("a.xml", STATEMENT.replace(b"<Id>S1</Id>", b""), "FIELD_MISSING"),
    "an endless id": ("a.xml", STATEMENT.replace(b"<Id>S1<", b"<Id>" + b"S" * 36 + b"<"), "FIELD_WRONG"),
    "no balance": ("a.xml", STATEMENT.replace(b"CLBD", b"ITBD"), "FIELD_MISSING"),
    "a balance that is not the sum": ("a.xml", STATEMENT.replace(b">95.00<", b">96.00<"), "BALANCE_DIFFERS"),
    "another currency": ("a.xml", STATEMENT.replace(b'"IDR">5.00', b'"USD">5.00'), "CURRENCY_WRONG"),
    "parts of a rupiah": ("a.xml", STATEMENT.replace(b">5.00<", b">5.50<"), "AMOUNT_WRONG"),
    "money below nothing": ("a.xml", STATEMENT.replace(b">5.00<", b">-5.00<"), "AMOUNT_WRONG"),
    "money beyond measure": ("a.xml", STATEMENT.replace(b">5.00<", b">1e99<"), "AMOUNT_WRONG"),
    "a side that is none": ("a.xml", STATEMENT.replace(b"DBIT", b"LEFT"), "FIELD_WRONG"),
    "a day that is none": ("a.xml", STATEMENT.replace(b"<DtTm>2020-09-01", b"<DtTm>2020-09-31"), "DATE_WRONG"),
    "another account": ("a.xml", STATEMENT.replace(ACCOUNT.encode(), b"999"), "ACCOUNT_DIFFERS"),
    "a number that is none": ("a.xml", STATEMENT.replace(b"Nb>1<", b"Nb>one<"), "FIELD_WRONG"),
    "a report on nobody's file": ("a.xml", REPORT.replace(b"-001", b"-009"), "FILE_UNKNOWN"),
    "a report on nobody's order": ("a.xml", REPORT.replace(reference(1).encode(), b"OTHER"), "REFERENCE_UNKNOWN"),
    "a file the bank could not read": (
        "a.xml",
        REPORT.replace(f"{BATCH}-001".encode(), b"NOTPROVIDED"),
        "FILE_UNREADABLE_AT_BANK",
    ),
    "an order said of twice": (
        "a.xml",
        pain002("R1", f"{BATCH}-001", NOW, [Verdict(reference(1), "ACSC"), Verdict(reference(1), "RJCT")]),
        "REFERENCE_TWICE",
    ),
    "no rows": ("a.csv", b"", "HEAD_WRONG"),
    "rows of something else": ("a.csv", b"a,b,c\n1,2,3\n", "HEAD_WRONG"),
    "no text": ("a.csv", b"REPORT,R1,F1\n\xff\xfe", "NOT_CSV"),
    "a quote without an end": ("a.csv", b'REPORT,R1,"F1\n', "NOT_CSV"),
    "a cell too few": ("a.csv", f"REPORT,R1,F1\n{ROWS}x,paid\n".encode(), "FIELD_MISSING"),
    "a word that is no status": ("a.csv", f"REPORT,R1,F1\n{ROWS}x,paid?,\n".encode(), "FIELD_WRONG"),
    "a row twice": ("a.csv", f"REPORT,R1,F1\n{ROWS}{reference(1)},failed,\n".encode(), "REFERENCE_TWICE"),
    "a sum that differs": (
        "a.csv",
        f"STATEMENT,{ACCOUNT},S1,1,0,9\n{LINES}1,2020-09-01,in,8,,\n".encode(),
        "BALANCE_DIFFERS",
    ),
    "a line twice": (
        "a.csv",
        f"STATEMENT,{ACCOUNT},S1,1,0,16\n{LINES}1,2020-09-01,in,8,,\n1,2020-09-01,in,8,,\n".encode(),
        "LINE_TWICE",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_each_is_refused_with_its_code_and_nothing_of_it_is_kept(name: str, tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    await world.client.pay(paying(1))
    file, raw, code = HOSTILE[name]
    world.inbox(file, raw)
    found = await world.client.payment(paying(1))
    assert (found.status, found.code) == ("pending", "IN_FILE")
    assert world.codes() == {file: code}
    assert world.alarms == [("BANK_FILE_REFUSED", {"reason": code})]
    assert world.names("inbox") == []
    assert (world.folder / "rejected" / file).read_bytes() == raw
    assert list(await world.client.statement(NOW.replace(year=2000), 0, 10)) == []
    assert await world.client.findings() == [f"FILE_REFUSED {code}"]


async def test_the_same_files_unharmed_are_taken(tmp_path: Path) -> None:
    """Else the test above would say nothing."""
    world = file_world(tmp_path / "bank")
    await world.client.pay(paying(1))
    world.inbox("a.xml", STATEMENT)
    world.inbox("b.xml", REPORT)
    assert (await world.client.payment(paying(1))).status == "paid"
    assert world.codes() == {}


async def test_a_link_out_of_the_folder_is_not_followed_and_a_folder_is_no_file(tmp_path: Path) -> None:
    world = file_world(tmp_path / "bank")
    secret = tmp_path / "secret.xml"
    secret.write_bytes(STATEMENT)
    os.symlink(secret, world.folder / "inbox" / "a.xml")
    (world.folder / "inbox" / "b.xml").mkdir()
    os.mkfifo(world.folder / "inbox" / "c.csv")
    (world.folder / "inbox" / "notes.txt").write_text("not for us")
    await world.client.payment(paying(1))
    assert world.codes() == {"a.xml": "NOT_A_FILE", "b.xml": "NOT_A_FILE", "c.csv": "NOT_A_FILE"}
    assert world.names("inbox") == ["notes.txt"]
    assert secret.exists()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_comes_is_read_or_refused_never_an_error_of_another_kind(raw: bytes) -> None:
    for read in (lambda: message_of(read_xml(raw)), lambda: read_plain(raw)):
        with suppress(FileRefused):
            read()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(STATEMENT) - 1), st.binary(min_size=1, max_size=3))
def test_a_statement_with_a_few_other_bytes_is_read_or_refused(place: int, other: bytes) -> None:
    raw = STATEMENT[:place] + other + STATEMENT[place + len(other) :]
    with suppress(FileRefused):
        read_camt053(read_xml(raw))
