"""Reconciliation: our payments against the bank's statement, line by line. Also what a restore is confirmed by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from services.incentive.adapters.bank import Bank, BankStatus, StatementLine
from services.incentive.domain.payouts import HearPayment, Result
from shared.contracts.decision import Refused

PAGE = 200
SHOWN = 100
RESULTS: Mapping[BankStatus, Result] = {
    BankStatus.PAID: "paid",
    BankStatus.FAILED: "failed",
    BankStatus.RETURNED: "returned",
}


class Execute(Protocol):
    """`service.execute`."""

    async def __call__(self, command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]: ...


async def reconcile(execute: Execute, bank: Bank, since: datetime) -> dict[str, Any]:
    """Compare with the bank's statement, line by line, and take what was not known yet.

    Returns counts and the references that are not ours or were paid more than once. Raises BankAway.
    """
    lines, paid, unknown, twice = 0, set[str](), list[str](), list[str]()
    while page := await bank.statement(since, lines, PAGE):
        lines += len(page)
        for line in page:
            if line.status == BankStatus.PAID:
                twice += [line.reference] if line.reference in paid else []
                paid.add(line.reference)
            if not await _told(execute, line):
                unknown.append(line.reference)
    return {"lines": lines, "not_ours": unknown[:SHOWN], "paid_twice": twice[:SHOWN]}


async def _told(execute: Execute, line: StatementLine) -> bool:
    """Take one line; False when its reference is not ours. A line whose status says nothing is passed over."""
    result = RESULTS.get(line.status)
    try:
        if result:
            await execute(HearPayment(line.reference, result, line.code, is_notice=True))
    except Refused:
        return False
    return True
