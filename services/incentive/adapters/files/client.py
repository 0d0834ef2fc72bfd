"""A bank that takes files behind our Protocol: an order is kept for its batch's file and stays pending.

A batch's file is cut when all its orders at this bank are here, or after a while: what lacks then (a person who was
erased meanwhile) goes into a further part, should it ever come. The result is the bank's: a report or the statement.
A file leaves only while the bank takes orders, dated the day it leaves.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.incentive.adapters.bank import (
    AccountFacts,
    BankAway,
    BankStatus,
    PaymentAnswer,
    PaymentOrder,
    StatementLine,
)
from services.incentive.adapters.files.exchange import Exchange
from services.incentive.adapters.files.messages import FileOrder, plain
from services.incentive.adapters.files.register import OtherOrder, SilentFile, Standing
from services.incentive.domain.bank_days import BankCalendar, next_opening
from services.incentive.domain.delays import SILENCE
from services.incentive.domain.payouts import IN_FILE

PATIENCE = timedelta(hours=1)
ALWAYS_OPEN = BankCalendar()
EXPECTED_AGAIN = timedelta(seconds=2)

Expected = Callable[[str, frozenset[str]], Awaitable[int | None]]
"""(batch id, payment partners) -> how many orders that batch gives to them; None while it is still being released."""


@dataclass(frozen=True, slots=True)
class FileProfile:
    """What is this bank's own: payment partner -> code of the bank in the files, patience with a batch, and hours."""

    bank_codes: Mapping[str, str]
    patience: timedelta = PATIENCE
    calendar: BankCalendar = ALWAYS_OPEN

    def is_open(self, now: datetime) -> bool:
        return next_opening(now, self.calendar) == now


class FileBank:
    """Blocking work is done in threads: fsync takes milliseconds that others need."""

    def __init__(
        self, profile: FileProfile, exchange: Exchange, now: Callable[[], datetime], expected: Expected
    ) -> None:
        self._profile, self._exchange, self._now, self._expected = profile, exchange, now, expected
        self._known: dict[str, tuple[int | None, datetime]] = {}
        self._born = exchange.register.born(now())

    async def pay(self, order: PaymentOrder) -> PaymentAnswer:
        code, name = self._profile.bank_codes.get(order.bank), plain(order.holder_name, 140)
        if code is None:
            return PaymentAnswer(BankStatus.NOT_SENT, "BANK_NOT_CONFIGURED", PATIENCE)
        if not name:
            return PaymentAnswer(BankStatus.FAILED, "HOLDER_NAME_MISSING")
        taken = FileOrder(order.reference, code, order.account_number, name, order.amount_rupiah)
        now = self._now()
        batch_id = order.batch_id or f"DAY-{now:%Y%m%d}"
        try:
            await asyncio.to_thread(self._exchange.register.take, taken, batch_id, now)
            return await self.payment(order)
        except OtherOrder:
            return PaymentAnswer(BankStatus.UNKNOWN, "OTHER_PAYMENT")
        except (sqlite3.Error, OSError):
            return PaymentAnswer(BankStatus.UNKNOWN, "NO_ANSWER")

    async def payment(self, order: PaymentOrder) -> PaymentAnswer:
        try:
            found = await asyncio.to_thread(self._looked, order.reference)
            if found and found.file_id is None:
                if wait := await asyncio.to_thread(self._given_back, order.reference):
                    return PaymentAnswer(BankStatus.NOT_SENT, "BANK_CLOSED", wait)
                await self._hand_over(found.batch_id)
        except (sqlite3.Error, OSError):
            return PaymentAnswer(BankStatus.UNKNOWN, "NO_ANSWER")
        if found is None:
            # A register that was lost must not have its payments sent again: a person decides from the statement.
            older = order.ordered_at and order.ordered_at < self._born
            return PaymentAnswer(BankStatus.UNKNOWN, "REGISTER_NEWER") if older else PaymentAnswer(BankStatus.NOT_FOUND)
        return PaymentAnswer(found.status, IN_FILE if found.status == BankStatus.PENDING else found.code)

    def _looked(self, reference: str) -> Standing | None:
        now = self._now()
        self._exchange.take_inbox(now)
        if self._profile.is_open(now):
            self._exchange.hand_over(now)
        return self._exchange.register.standing(reference)

    def _given_back(self, reference: str) -> timedelta | None:
        """Over a cut-off an order does not wait in here, where nobody would look at it again before it leaves.

        How long until the bank takes orders; None: it is open, or the order is in a file already.
        """
        now = self._now()
        wait = next_opening(now, self._profile.calendar) - now
        return wait if wait and self._exchange.register.give_back(reference) else None

    async def _hand_over(self, batch_id: str) -> None:
        expected, now = await self._expecting(batch_id), self._now()
        if not self._profile.is_open(now):
            return
        count, waiting, since = await asyncio.to_thread(self._exchange.register.of_batch, batch_id)
        complete = expected is not None and count >= expected
        if waiting and since and (complete or now - since >= self._profile.patience):
            await asyncio.to_thread(self._exchange.register.cut, batch_id, now)
            await asyncio.to_thread(self._exchange.hand_over, now)

    async def _expecting(self, batch_id: str) -> int | None:
        """A batch's count never changes once it was released; until then it is asked for now and then."""
        now = self._now()
        count, asked_at = self._known.get(batch_id, (None, datetime.min.replace(tzinfo=now.tzinfo)))
        if count is None and now - asked_at >= EXPECTED_AGAIN:
            count = await self._expected(batch_id, frozenset(self._profile.bank_codes))
            self._known[batch_id] = count, now
        return count

    async def account(self, bank: str, account_number: str) -> AccountFacts | None:
        """Files know no such question: whose account it is must be asked elsewhere."""
        raise BankAway("NO_INQUIRY")

    async def statement(self, since: datetime, after: int, limit: int) -> Sequence[StatementLine]:
        try:
            return await asyncio.to_thread(self._lines, since, after, limit)
        except (sqlite3.Error, OSError) as error:
            raise BankAway(type(error).__name__) from error

    def _lines(self, since: datetime, after: int, limit: int) -> Sequence[StatementLine]:
        self._exchange.take_inbox(self._now())
        return self._exchange.inbound.lines(since, after, limit)

    async def silent_files(self) -> Sequence[SilentFile]:
        """Files without the bank's final word on all orders for more than a day. Raises BankAway."""
        try:
            return await asyncio.to_thread(self._exchange.register.silent, self._now() - SILENCE)
        except (sqlite3.Error, OSError) as error:
            raise BankAway(type(error).__name__) from error

    async def findings(self) -> Sequence[str]:
        """What is wrong with the bank's files: those refused, and statements that were never received."""
        rejected = await asyncio.to_thread(self._exchange.rejected)
        missing = await asyncio.to_thread(self._exchange.inbound.missing)
        return [*(f"FILE_REFUSED {code}" for _, code in rejected), *(f"STATEMENT_MISSING {each}" for each in missing)]
