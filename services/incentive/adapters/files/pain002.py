"""Reads pain.002.001.10, the bank's report on a file of ours (integrations.md 2.2)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from services.incentive.adapters.bank import BankStatus
from services.incentive.adapters.files.iso_codes import STATUSES, refused
from services.incentive.adapters.files.messages import MOST_LINES, FileRefused, Report, Said
from services.incentive.adapters.files.xml import Node

MESSAGE = "pain.002.001.10"


def read_pain002(root: Element) -> Report:
    """The report. It may name only the failed transactions, and several reports may follow one another.

    Raises FileRefused FIELD_MISSING, FIELD_WRONG, REFERENCE_TWICE, TOO_MANY_LINES.
    """
    report = Node(root, MESSAGE).needed("CstmrPmtStsRpt")
    group = report.needed("OrgnlGrpInfAndSts")
    blocks = list(report.all("OrgnlPmtInfAndSts"))
    said = tuple(_said(each) for block in blocks for each in block.all("TxInfAndSts"))
    if len(said) > MOST_LINES:
        raise FileRefused("TOO_MANY_LINES")
    if len({each.reference for each in said}) != len(said):
        raise FileRefused("REFERENCE_TWICE")
    whole = _whole(group, "GrpSts") or next((found for each in blocks if (found := _whole(each, "PmtInfSts"))), None)
    return Report(report.id("GrpHdr/MsgId"), group.id("OrgnlMsgId"), said, whole)


def _said(node: Node) -> Said:
    meaning, code = STATUSES.get(node.text("TxSts"), BankStatus.UNKNOWN), ""
    if meaning == BankStatus.FAILED:
        meaning, code = refused(_reason(node))
    return Said(node.id("OrgnlEndToEndId"), meaning, code)


def _whole(node: Node, name: str) -> Said | None:
    """Only a refusal is believed of all at once: that each was paid stands at each, or in the statement."""
    is_refused = STATUSES.get(node.text(name)) == BankStatus.FAILED
    return Said("", *refused(_reason(node))) if is_refused else None


def _reason(node: Node) -> str:
    return node.text("StsRsnInf/Rsn/Cd")
