"""What a simulated bank writes: pain.002.001.10 and camt.053.001.08, by hand, independent of our readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from deploy.simulators.bank import Booking

REASONS = {"ACCOUNT_INACTIVE": "AC04", "LIMIT_EXCEEDED": "AM02"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one transaction: status and reason codes of ISO 20022."""

    reference: str
    status: str
    reason: str = ""


def pain002(report_id: str, file_id: str, now: datetime, verdicts: Sequence[Verdict], refused: str = "") -> bytes:
    """A report on one file. `refused`: the reason why the whole file was not taken."""
    group = f"<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>{refused}</Cd></Rsn></StsRsnInf>" if refused else ""
    each = "".join(_verdict(verdict) for verdict in verdicts)
    block = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(file_id)}</OrgnlPmtInfId>{each}</OrgnlPmtInfAndSts>"
    text = (
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{report_id}</MsgId><CreDtTm>{_time(now)}</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(file_id)}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"{group}</OrgnlGrpInfAndSts>{block if verdicts else ''}</CstmrPmtStsRpt>"
    )
    return _document("pain.002.001.10", text)


def _verdict(each: Verdict) -> str:
    reason = f"<StsRsnInf><Rsn><Cd>{each.reason}</Cd></Rsn></StsRsnInf>" if each.reason else ""
    ids = f"<OrgnlInstrId>{each.reference}</OrgnlInstrId><OrgnlEndToEndId>{each.reference}</OrgnlEndToEndId>"
    return f"<TxInfAndSts>{ids}<TxSts>{each.status}</TxSts>{reason}</TxInfAndSts>"


def camt053(id: str, number: int, account: str, balances: tuple[int, int], lines: Sequence[Booking]) -> bytes:
    """A statement: opening and closing balance and one entry per line of the books."""
    at = lines[0].booked_at if lines else datetime.fromisoformat("2020-09-01T00:00:00+00:00")
    entries = "".join(_entry(each) for each in lines)
    text = (
        f"<BkToCstmrStmt><GrpHdr><MsgId>M{id}</MsgId><CreDtTm>{_time(at)}</CreDtTm></GrpHdr><Stmt><Id>{id}</Id>"
        f"<ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{_time(at)}</CreDtTm>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>"
        f"{_balance('OPBD', balances[0], at)}{_balance('CLBD', balances[1], at)}{entries}</Stmt></BkToCstmrStmt>"
    )
    return _document("camt.053.001.08", text)


def _balance(code: str, rupiah: int, at: datetime) -> str:
    side = "CRDT" if rupiah >= 0 else "DBIT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="IDR">{abs(rupiah)}.00</Amt>'
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{at.date().isoformat()}</Dt></Dt></Bal>"
    )


def _entry(line: Booking) -> str:
    came_in = line.status in ("returned", "in")
    reason = REASONS.get(line.code, "NARR")
    back = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if line.status == "returned" else ""
    kind = "RRTN" if back else ("ESCT" if line.status == "paid" else line.code)
    refs = f"<Refs><EndToEndId>{line.reference}</EndToEndId></Refs>" if line.reference else ""
    details = f"<NtryDtls><TxDtls>{refs}{back}</TxDtls></NtryDtls>" if refs or back else ""
    return (
        f'<Ntry><Amt Ccy="IDR">{line.amount_rupiah}.00</Amt><CdtDbtInd>{"CRDT" if came_in else "DBIT"}</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>{_time(line.booked_at)}</DtTm></BookgDt>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>{kind}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"{details}</Ntry>"
    )


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _document(message: str, text: str) -> bytes:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{message}"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{namespace}">{text}</Document>'.encode()
