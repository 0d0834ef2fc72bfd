"""Reads camt.053.001.08, the bank's statement (integrations.md 2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from services.incentive.adapters.files.iso_codes import failure_code
from services.incentive.adapters.files.messages import AccountStatement, FileRefused, Movement, found_reference
from services.incentive.adapters.files.xml import Node
from services.incentive.adapters.remittance import named_documents

MESSAGE = "camt.053.001.08"
BOOKED = "BOOK"


def read_camt053(root: Element) -> tuple[AccountStatement, ...]:
    """All statements of a file, each with sums that are right.

    Raises FileRefused FIELD_MISSING, FIELD_WRONG, CURRENCY_WRONG, AMOUNT_WRONG, DATE_WRONG, BALANCE_DIFFERS,
    DETAILS_DIFFER, LINE_TWICE, TOO_MANY_LINES.
    """
    found = tuple(_statement(each) for each in Node(root, MESSAGE).needed("BkToCstmrStmt").all("Stmt"))
    if not found:
        raise FileRefused("FIELD_MISSING")
    return found


def _statement(node: Node) -> AccountStatement:
    number = node.text("ElctrncSeqNb")
    if number and not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise FileRefused("FIELD_WRONG")
    account = node.text("Acct/Id/Othr/Id") or node.text("Acct/Id/IBAN")
    if not account:
        raise FileRefused("FIELD_MISSING")
    return AccountStatement(
        account_number=account,
        statement_id=node.id("Id"),
        number=int(number) if number else None,
        opening_rupiah=_balance(node, "OPBD"),
        closing_rupiah=_balance(node, "CLBD"),
        movements=tuple(each for n, entry in enumerate(node.all("Ntry"), 1) for each in _movements(entry, n)),
    ).checked()


def _balance(node: Node, code: str) -> int:
    """Rupiah of one balance; below 0 when the bank has money coming from us."""
    for each in node.all("Bal"):
        if each.text("Tp/CdOrPrtry/Cd") == code:
            return each.rupiah() if each.came_in() else -each.rupiah()
    raise FileRefused("FIELD_MISSING")


def _movements(entry: Node, number: int) -> Iterator[Movement]:
    """The details of a booked entry, or the entry itself where it has none. What is not booked is no money yet."""
    if (entry.text("Sts/Cd") or entry.text("Sts")) != BOOKED:
        return
    details = [each for block in entry.all("NtryDtls") for each in block.all("TxDtls")]
    if len(details) > 1 and not all(each.first("Amt") for each in details):
        details = []  # what the bank booked as one sum and does not divide is one movement
    if len(details) <= 1:
        yield _movement(entry, details[0] if details else entry, f"{number}", entry.rupiah())
        return
    amounts = [each.rupiah() for each in details]
    if sum(amounts) != entry.rupiah():
        raise FileRefused("DETAILS_DIFFER")
    for place, (each, rupiah) in enumerate(zip(details, amounts, strict=True), 1):
        yield _movement(entry, each, f"{number}.{place}", rupiah)


def _movement(entry: Node, detail: Node, number: str, rupiah: int) -> Movement:
    reason = detail.text("RtrInf/Rsn/Cd")
    came_in = entry.came_in()
    reversal = entry.text("RvslInd") in ("true", "1")
    returned = came_in and (detail.first("RtrInf") is not None or reversal)
    return Movement(
        number=number,
        booked_at=entry.instant("BookgDt" if entry.first("BookgDt") else "ValDt"),
        came_in=came_in,
        amount_rupiah=rupiah,
        reference=found_reference(*_texts(entry, detail)),
        returned=returned,
        code=failure_code(reason) if returned else _kind(entry),
        of_file=_file_of(entry) if detail is entry else "",
        documents=named_documents(*_texts(entry, detail)) if came_in and not returned else (),
    )


def _file_of(entry: Node) -> str:
    return entry.text("NtryDtls/Btch/MsgId") or entry.text("NtryDtls/Btch/PmtInfId")


def _texts(entry: Node, detail: Node) -> Iterator[str]:
    """Where a bank may put our reference, the surest place first."""
    for path in ("Refs/EndToEndId", "Refs/InstrId", "Refs/AcctSvcrRef", "Refs/TxId", "AddtlTxInf"):
        yield detail.text(path)
    for path in ("RmtInf/Ustrd", "RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/CdtrRefInf/Ref"):
        for each in detail.all(path):
            yield each.text()
    for path in ("NtryRef", "AcctSvcrRef", "AddtlNtryInf"):
        yield entry.text(path)


def _kind(entry: Node) -> str:
    """The bank's code of the kind of movement, `PMNT_ICDT_ESCT`; empty when it only has a text of its own."""
    parts = [entry.text("BkTxCd/Domn/" + path) for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return "_".join(part for part in parts if part.isalpha() and part.isupper() and len(part) == 4)
