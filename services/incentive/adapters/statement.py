"""Reconciliation: the banks' statements, line by line, against our payments. Also what a restore is confirmed by."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, Literal, Protocol, runtime_checkable

from services.incentive.adapters.bank import Bank, BankStatus, StatementLine
from services.incentive.adapters.banks import Parts
from services.incentive.domain.payouts import HearPayment
from services.incentive.domain.statement import RecordLine
from shared.contracts.decision import Refused

PAGE = 200
AT_ONCE = 50
"""Lines taken beside each other, far fewer than the door bears: one by one each would wait for the disk twice."""
SHOWN = 100
RESULTS: Mapping[BankStatus, Literal["paid", "returned"]] = {
    BankStatus.PAID: "paid",
    BankStatus.RETURNED: "returned",
}
"""What a line can say of an order. That one failed moves no money, so it stands in no statement."""

AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
"""Refusal of `HearPayment`; the line itself is kept open under the same word (domain/statement.py)."""


class Execute(Protocol):
    """`service.execute`."""

    async def __call__(self, command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]: ...


@runtime_checkable
class Findings(Protocol):
    """A bank that can say what is wrong with what came from it."""

    async def findings(self) -> list[str]: ...


@dataclass(slots=True)
class _Found:
    """What one reconciliation saw."""

    lines: int = 0
    open_lines: int = 0
    not_ours: list[str] = field(default_factory=list)
    paid_twice: list[str] = field(default_factory=list)
    amount_differs: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return {
            "lines": self.lines,
            "open_lines": self.open_lines,
            "not_ours": self.not_ours[:SHOWN],
            "paid_twice": self.paid_twice[:SHOWN],
            "amount_differs": self.amount_differs[:SHOWN],
            "findings": self.findings[:SHOWN],
        }


async def reconcile(execute: Execute, bank: Bank, since: datetime) -> dict[str, Any]:
    """Compare with the banks' statements, line by line, take what was not known yet, and keep every line.

    Returns counts (`open_lines`: those of the lines read that nothing explains), the references that are not ours,
    were paid more than once or stand in a line with another amount, and what is wrong with the banks' files.
    Raises BankAway. Read again, it changes nothing.
    """
    found = _Found()
    for source, part in (bank.parts() if isinstance(bank, Parts) else {"bank": bank}).items():
        await _read(execute, source, part, since, found)
        if isinstance(part, Findings):
            found.findings += [f"{source} {each}" for each in await part.findings()]
    return found.plain()


async def _read(execute: Execute, source: str, bank: Bank, since: datetime, found: _Found) -> None:
    lines, paid = 0, set[str]()
    while page := await bank.statement(since, lines, PAGE):
        lines += len(page)
        for start in range(0, len(page), AT_ONCE):
            believed = await _take(execute, source, page[start : start + AT_ONCE], found)
            for reference in (line.reference for line in believed if line.status == BankStatus.PAID):
                found.paid_twice += [reference] if reference in paid else []
                paid.add(reference)
    found.lines += lines


async def _take(execute: Execute, source: str, lines: Sequence[StatementLine], found: _Found) -> list[StatementLine]:
    """Lines that are committed together: first what they say of our payments, then the lines themselves.

    Returns those whose amount is the payment's: a fee under the reference of a payment does not pay it twice.
    """
    same: dict[str, list[StatementLine]] = {}
    for line in lines:
        same.setdefault(line.reference, []).append(line)
    told = list(chain.from_iterable(await asyncio.gather(*(_told_in_order(execute, each) for each in same.values()))))
    differing = [line for line, refusal in told if refusal == AMOUNT_DIFFERS]
    found.amount_differs += [line.reference for line in differing]
    found.not_ours += [line.reference for line, refusal in told if refusal not in ("", AMOUNT_DIFFERS)]
    kept = await asyncio.gather(*(execute(_record(source, line)) for line in lines))
    found.open_lines += sum(each.get("state") != "explained" for each in kept)
    return [line for line in lines if line not in differing]


async def _told_in_order(execute: Execute, lines: Sequence[StatementLine]) -> list[tuple[StatementLine, str]]:
    """What the lines about one reference say, one after the other: money is paid before it comes back."""
    return [(line, await _told(execute, line)) for line in lines]


async def _told(execute: Execute, line: StatementLine) -> str:
    """Take what a line says of a payment; the code of the refusal when its reference or its amount is not ours."""
    result = RESULTS.get(line.status)
    code = line.code if result == "returned" else ""
    try:
        if result:
            heard = HearPayment(line.reference, result, code, is_notice=True, amount_rupiah=line.amount_rupiah)
            await execute(heard)
    except Refused as refused:
        return refused.code
    return ""


def _record(source: str, line: StatementLine) -> RecordLine:
    named = line.line_id or f"{line.booked_at.isoformat()}/{line.reference}/{line.status}"
    says: Literal["paid", "returned", ""] = RESULTS.get(line.status) or ""
    return RecordLine(
        source=source,
        bank_line=named,
        booked_at=line.booked_at,
        came_in=line.came_in,
        amount_rupiah=line.amount_rupiah,
        reference=line.reference,
        says=says,
        code=line.code,
        documents=line.documents,
    )
