"""What we write is valid by the schema and says what it should; what a bank writes is read back the same."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.simulators.bank import Booking
from deploy.simulators.file_bank import _controls, _orders
from deploy.simulators.iso_answers import Verdict, camt053, pain002
from services.incentive.adapters.bank import BankStatus
from services.incentive.adapters.files.camt053 import read_camt053
from services.incentive.adapters.files.iso_codes import OURS, REASONS, STATUSES
from services.incentive.adapters.files.messages import (
    AccountStatement,
    FileOrder,
    FileRefused,
    Report,
    found_reference,
    plain,
)
from services.incentive.adapters.files.pain001 import write_pain001
from services.incentive.adapters.files.pain002 import read_pain002
from services.incentive.adapters.files.plain import read_plain, write_plain
from services.incentive.adapters.files.xml import read_xml
from tests.unit.incentive.bank import NOW
from tests.unit.incentive.files import ACCOUNT, order_file, reference, validated

names = st.text(min_size=1, max_size=160).filter(lambda text: bool(plain(text, 140)))
orders = st.lists(
    st.builds(
        FileOrder,
        reference=st.integers(0, 10**9).map(reference),
        bank_code=st.sampled_from(["BNINIDJA", "BRINIDJAXXX", "009", "117"]),
        account_number=st.from_regex(r"[0-9]{8,20}", fullmatch=True),
        holder_name=names,
        amount_rupiah=st.integers(1, 10**9),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda order: order.reference,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(orders)
def test_a_pain001_is_valid_and_is_read_back_the_same(given_orders: list[FileOrder]) -> None:
    file = order_file(given_orders)
    raw = write_pain001(file)
    assert raw == write_pain001(file)
    document = validated(raw, "pain.001.001.09")
    head, (block,) = document["CstmrCdtTrfInitn"]["GrpHdr"], document["CstmrCdtTrfInitn"]["PmtInf"]
    for part in (head, block):
        assert (part["NbOfTxs"], Decimal(part["CtrlSum"])) == (str(len(given_orders)), file.sum_rupiah)
    assert (head["MsgId"], block["PmtInfId"]) == (file.file_id, file.file_id)
    with tempfile.TemporaryDirectory() as folder:
        _read_by_the_bank(Path(folder) / "file.xml", raw, file)
    for each, order in zip(block["CdtTrfTxInf"], given_orders, strict=True):
        assert each["Cdtr"]["Nm"] == plain(order.holder_name, 140)


@settings(max_examples=60, deadline=None)
@given(orders)
def test_a_plain_file_is_read_back_the_same(given_orders: list[FileOrder]) -> None:
    file = order_file(given_orders)
    raw = write_plain(file)
    with tempfile.TemporaryDirectory() as folder:
        _read_by_the_bank(Path(folder) / "file.csv", raw, file)
    rows = list(csv.DictReader(io.StringIO(raw.decode())))
    assert [row["holder_name"] for row in rows[:-1]] == [plain(order.holder_name, 140) for order in given_orders]


def _read_by_the_bank(path: Path, raw: bytes, file: Any) -> None:
    path.write_bytes(raw)
    assert _controls(path) == (len(file.orders), file.sum_rupiah)
    found = [(each.reference, each.bank, each.account_number, each.amount_rupiah) for each in _orders(path)]
    assert found == [(each.reference, each.bank_code, each.account_number, each.amount_rupiah) for each in file.orders]


verdicts = st.lists(
    st.builds(
        Verdict,
        reference=st.integers(0, 10**9).map(reference),
        status=st.sampled_from([*STATUSES, "PART"]),
        reason=st.sampled_from(["", *REASONS, "ZZ99"]),
    ),
    max_size=8,
    unique_by=lambda verdict: verdict.reference,
)


@settings(max_examples=60, deadline=None)
@given(verdicts)
def test_a_report_is_read_as_it_was_meant(given_verdicts: list[Verdict]) -> None:
    raw = pain002("R1", "F1", NOW, given_verdicts)
    validated(raw.replace(b"pain.002.001.10", b"pain.002.001.12"), "pain.002.001.12")
    report = read_pain002(read_xml(raw))
    assert (report.report_id, report.file_id, report.whole) == ("R1", "F1", None)
    assert [each.reference for each in report.said] == [each.reference for each in given_verdicts]
    for said, verdict in zip(report.said, given_verdicts, strict=True):
        failed = verdict.status in ("RJCT", "CANC")
        twice = failed and verdict.reason in ("DUPL", "AM05")
        assert said.status == (BankStatus.UNKNOWN if twice else STATUSES.get(verdict.status, BankStatus.UNKNOWN))
        assert said.code == (REASONS.get(verdict.reason, "ISO_OTHER") if failed else "")


FINAL_STATUSES = {"ACSC": "paid", "ACCC": "paid", "RJCT": "failed", "CANC": "failed"}


@pytest.mark.parametrize("status", ["RCVD", "ACTC", "ACCP", "ACSP", "ACSC", "ACCC", "ACWC", "PDNG", "RJCT", "CANC"])
def test_only_a_settlement_is_paid_and_only_a_refusal_is_failed(status: str) -> None:
    assert STATUSES[status] == FINAL_STATUSES.get(status, "pending")


def test_a_file_may_be_refused_as_a_whole_but_is_never_paid_as_a_whole() -> None:
    report = read_pain002(read_xml(pain002("R1", "F1", NOW, [], "AM10")))
    assert report.whole
    assert (report.whole.status, report.whole.code) == (BankStatus.FAILED, "ISO_AM10")
    settled = pain002("R1", "F1", NOW, [], "AM10").replace(b"RJCT", b"ACSC")
    assert read_pain002(read_xml(settled)).whole is None


def test_reasons_name_who_must_act() -> None:
    participant = {code for code, ours in REASONS.items() if ours.startswith("ACCOUNT_")}
    assert participant == {"AC01", "AC03", "AC04", "AC06", "BE01", "RC01", "MD07"}
    assert not participant & OURS


lines = st.lists(
    st.builds(
        Booking,
        reference=st.one_of(st.just(""), st.integers(0, 10**9).map(reference)),
        status=st.sampled_from(["paid", "returned", "in"]),
        amount_rupiah=st.integers(1, 10**9),
        booked_at=st.integers(0, 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds)),
        code=st.sampled_from(["", "ACCOUNT_INACTIVE"]),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(lines, st.integers(-(10**9), 10**9))
def test_a_statement_is_read_as_it_was_meant(given_lines: list[Booking], opening: int) -> None:
    moved = sum(each.amount_rupiah * (-1 if each.status == "paid" else 1) for each in given_lines)
    raw = camt053("S1", 7, ACCOUNT, (opening, opening + moved), given_lines).replace(b"<SubFmlyCd></SubFmlyCd>", b"")
    (statement,) = read_camt053(read_xml(raw))
    assert (statement.statement_id, statement.number, statement.opening_rupiah) == ("S1", 7, opening)
    assert [each.reference for each in statement.movements] == [each.reference for each in given_lines]
    assert [each.returned for each in statement.movements] == [each.status == "returned" for each in given_lines]
    assert [each.came_in for each in statement.movements] == [each.status != "paid" for each in given_lines]
    assert [each.booked_at for each in statement.movements] == [each.booked_at for each in given_lines]


def test_the_statement_of_the_simulator_is_valid() -> None:
    lines = [
        Booking(reference(1), "paid", 600_000, NOW),
        Booking(reference(1), "returned", 600_000, NOW, "ACCOUNT_INACTIVE"),
        Booking("", "out", 6_500, NOW, "CHRG"),
    ]
    raw = camt053("S1", 1, ACCOUNT, (10, -6_490), lines)
    validated(raw, "camt.053.001.08")
    (statement,) = read_camt053(read_xml(raw))
    assert [each.code for each in statement.movements] == ["PMNT_ICDT_ESCT", "ACCOUNT_INACTIVE", "PMNT_ICDT_CHRG"]


def test_a_plain_report_and_statement_are_read_as_they_were_meant() -> None:
    text = f"REPORT,R1,F1\r\nreference,status,reason\r\n{reference(1)},failed,AC04\r\n{reference(2)},paid,\r\n"
    report = read_plain(b"\xef\xbb\xbf" + text.encode())
    assert isinstance(report, Report)
    said = [(each.status, each.code) for each in report.said]
    assert said == [(BankStatus.FAILED, "ACCOUNT_INACTIVE"), (BankStatus.PAID, "")]
    head = "number,booked_on,direction,amount_rupiah,reference,kind"
    rows = [f"1,2020-09-01,out,5,x {reference(1)} y,", f"2,2020-09-01,returned,5,{reference(1)},AC04"]
    rows.append("3,2020-09-02,in,7,,INTEREST")
    statement = read_plain("\n".join([f"STATEMENT,{ACCOUNT},S1,1,-10,-3", head, *rows]).encode())
    assert isinstance(statement, AccountStatement)
    assert [each.reference for each in statement.movements] == [reference(1), reference(1), ""]
    assert [each.code for each in statement.movements] == ["", "ACCOUNT_INACTIVE", "INTEREST"]
    assert statement.movements[0].booked_at.isoformat() == "2020-08-31T17:00:00+00:00"


@pytest.mark.parametrize("around", ["{}", "INSENTIF {} TAHAP 1", "/{}/", "{} "])
def test_our_reference_is_found_wherever_a_bank_puts_it(around: str) -> None:
    assert found_reference("nothing", around.format(reference(5))) == reference(5)
    assert found_reference(f"X{reference(5)}", reference(5)[:-1]) == ""


def statement_with(entry: bytes, moved: int) -> AccountStatement:
    raw = camt053("S1", 1, ACCOUNT, (0, moved), [Booking("", "in", 1, NOW, "INTR")])
    begin, end = raw.index(b"<Ntry>"), raw.index(b"</Ntry>") + len(b"</Ntry>")
    (found,) = read_camt053(read_xml(raw[:begin] + entry + raw[end:]))
    return found


def entry_of(status: str, details: str = "") -> bytes:
    return (
        f'<Ntry><Amt Ccy="IDR">300.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>{status}<BookgDt><Dt>2020-09-01</Dt></BookgDt>'
        f"<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>{details}</Ntry>"
    ).encode()


@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
def test_what_is_not_booked_is_no_money_yet(status: str) -> None:
    assert statement_with(entry_of(f"<Sts><Cd>{status}</Cd></Sts>"), 0).movements == ()
    assert len(statement_with(entry_of("<Sts>BOOK</Sts>"), -300).movements) == 1  # as old versions write it


def test_an_entry_is_divided_by_its_details_when_they_make_its_sum() -> None:
    refs = [f"<Refs><EndToEndId>{reference(n)}</EndToEndId></Refs>" for n in (1, 2)]
    parts = [f'<TxDtls>{each}<Amt Ccy="IDR">{n}00</Amt></TxDtls>' for n, each in enumerate(refs, 1)]
    booked = "<Sts><Cd>BOOK</Cd></Sts>"
    found = statement_with(entry_of(booked, f"<NtryDtls>{''.join(parts)}</NtryDtls>"), -300)
    assert [(each.number, each.reference) for each in found.movements] == [("1.1", reference(1)), ("1.2", reference(2))]
    with pytest.raises(FileRefused, match="DETAILS_DIFFER"):
        statement_with(entry_of(booked, f"<NtryDtls>{parts[0] * 2}</NtryDtls>"), -300)
    whole = "<NtryDtls><Btch><PmtInfId>F1</PmtInfId></Btch><TxDtls/><TxDtls/></NtryDtls>"
    (movement,) = statement_with(entry_of(booked, whole), -300).movements
    assert (movement.amount_rupiah, movement.of_file) == (300, "F1")
