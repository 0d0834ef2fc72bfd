"""Reconciliation: our payments against the bank's statement, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from deploy.simulators.bank import Bank, Transfer
from services.incentive.adapters.statement import reconcile
from services.incentive.domain.payouts import HearPayment
from shared.contracts.decision import Refused
from tests.unit.incentive.bank import NOW, Clock, client_for, client_of


async def test_the_statement_is_compared_line_by_line() -> None:
    bank = Bank(Clock(), deduplicates=False)
    for reference, times in (("OURS", 2), ("FOREIGN", 1)):
        for _ in range(times):
            await bank.pay(Transfer(reference, "BNI", "1", 5))
    heard: list[HearPayment] = []

    async def execute(command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]:
        if command.reference == "FOREIGN":
            raise Refused("PAYMENT_UNKNOWN")
        heard.append(command)
        return {}

    found = await reconcile(execute, client_for(bank), NOW - timedelta(days=1))
    assert found == {"lines": 3, "not_ours": ["FOREIGN"], "paid_twice": ["OURS"]}
    assert all(each.is_notice and each.result == "paid" for each in heard)


async def test_a_line_that_says_nothing_is_passed_over() -> None:
    line = {"reference": "R", "status": "odd", "code": None, "amount_rupiah": 5, "booked_at": NOW.isoformat()}
    pages = iter([[line], []])
    client = client_of(lambda request: httpx.Response(200, json={"lines": next(pages)}))

    async def execute(command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]:
        raise AssertionError("nothing to say")

    assert await reconcile(execute, client, NOW) == {"lines": 1, "not_ours": [], "paid_twice": []}
