"""The line to a bank, with every call a step at which something may go wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from deploy.simulators.bank import Bank, Transfer
from services.incentive.adapters.bank import AccountFacts, BankStatus, PaymentAnswer, PaymentOrder, StatementLine
from tests.fakes import LostReply

Step = Callable[[str], str | None]
NO_ANSWER = PaymentAnswer(BankStatus.UNKNOWN, "NO_ANSWER")


class BankLine:
    """The Bank port over a simulated bank in the same loop. What the bank does, it does, whoever dies here."""

    def __init__(self, bank: Bank, step: Step) -> None:
        self._bank, self._step = bank, step

    async def pay(self, order: PaymentOrder) -> PaymentAnswer:
        try:
            self._step("bank.pay")
        except ConnectionError:
            return PaymentAnswer(BankStatus.NOT_SENT)
        transfer = Transfer(order.reference, order.bank, order.account_number, order.amount_rupiah)
        return self._answered(await self._bank.pay(transfer), "bank.pay.done")

    async def payment(self, order: PaymentOrder) -> PaymentAnswer:
        try:
            self._step("bank.inquire")
        except ConnectionError:
            return NO_ANSWER
        known = self._bank.transfers.get(order.reference)
        return self._answered(known, "bank.inquire.done") if known else PaymentAnswer(BankStatus.NOT_FOUND)

    async def account(self, bank: str, account_number: str) -> AccountFacts | None:
        raise AssertionError("no account is linked while payments are explored")

    async def statement(self, since: datetime, after: int, limit: int) -> Sequence[StatementLine]:
        raise AssertionError("the office reads the books themselves")

    def _answered(self, transfer: Transfer | None, name: str) -> PaymentAnswer:
        try:
            self._step(name)
        except LostReply:
            return NO_ANSWER
        return PaymentAnswer(BankStatus(transfer.status), transfer.code) if transfer else NO_ANSWER
