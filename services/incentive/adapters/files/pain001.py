"""Writes pain.001.001.09, the customer's credit transfer file (integrations.md 2.1). The order of elements matters."""

from __future__ import annotations

import re
from datetime import UTC
from xml.etree.ElementTree import Element, SubElement, tostring

from services.incentive.adapters.files.messages import FileOrder, OrderFile, plain

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


def write_pain001(file: OrderFile) -> bytes:
    """The same file gives the same bytes. One payment block; count and control sum stand in both heads."""
    document = Element("Document", {"xmlns": NAMESPACE})
    root = SubElement(document, "CstmrCdtTrfInitn")
    head = SubElement(root, "GrpHdr")
    _add(head, "MsgId", file.file_id)
    _add(head, "CreDtTm", file.made_at.astimezone(UTC).isoformat(timespec="seconds"))
    _totals(head, file)
    _add(SubElement(head, "InitgPty"), "Nm", plain(file.debtor.name, 140))
    block = SubElement(root, "PmtInf")
    _add(block, "PmtInfId", file.file_id)
    _add(block, "PmtMtd", "TRF")
    _totals(block, file)
    _add(SubElement(block, "ReqdExctnDt"), "Dt", file.pay_on.isoformat())
    _add(SubElement(block, "Dbtr"), "Nm", plain(file.debtor.name, 140))
    _account(block, "DbtrAcct", file.debtor.account_number)
    _agent(block, "DbtrAgt", file.debtor.bank_code)
    _add(block, "ChrgBr", "DEBT")
    for order in file.orders:
        _transfer(block, order)
    return bytes(tostring(document, encoding="UTF-8", xml_declaration=True))


def _totals(under: Element, file: OrderFile) -> None:
    _add(under, "NbOfTxs", str(len(file.orders)))
    _add(under, "CtrlSum", f"{file.sum_rupiah}.00")


def _transfer(block: Element, order: FileOrder) -> None:
    """Agent, creditor and account are optional in the schema and always sent: no bank can do without them."""
    transfer = SubElement(block, "CdtTrfTxInf")
    ids = SubElement(transfer, "PmtId")
    _add(ids, "InstrId", order.reference)
    _add(ids, "EndToEndId", order.reference)
    money = SubElement(SubElement(transfer, "Amt"), "InstdAmt", {"Ccy": "IDR"})
    money.text = f"{order.amount_rupiah}.00"
    _agent(transfer, "CdtrAgt", order.bank_code)
    _add(SubElement(transfer, "Cdtr"), "Nm", plain(order.holder_name, 140))
    _account(transfer, "CdtrAcct", order.account_number)
    _add(SubElement(transfer, "RmtInf"), "Ustrd", order.reference)


def _agent(under: Element, name: str, code: str) -> None:
    institution = SubElement(SubElement(under, name), "FinInstnId")
    if _BIC.fullmatch(code):
        _add(institution, "BICFI", code)
    else:
        _add(SubElement(institution, "ClrSysMmbId"), "MmbId", code)


def _account(under: Element, name: str, number: str) -> None:
    """Indonesia has no IBAN."""
    _add(SubElement(SubElement(SubElement(under, name), "Id"), "Othr"), "Id", number)


def _add(under: Element, name: str, text: str) -> None:
    SubElement(under, name).text = text
