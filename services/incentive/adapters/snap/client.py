"""A SNAP bank behind our Protocol: banks by services 16, 18 and 36, wallets by 37, 38 and 39.

SNAP has no statement in our list of services: it comes as camt.053 or CSV files (adapters/files).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx

from services.incentive.adapters.bank import (
    AccountFacts,
    BankAway,
    BankStatus,
    PaymentAnswer,
    PaymentOrder,
    StatementLine,
    StatementSource,
)
from services.incentive.adapters.snap.codes import HOUR, LATEST, MINUTES, Trouble, meaning_of
from services.incentive.adapters.snap.profile import (
    ACCOUNT,
    TOP_UP,
    TOP_UP_STATUS,
    TRANSFER,
    TRANSFER_STATUS,
    WALLET,
    SnapProfile,
)
from services.incentive.adapters.snap.session import NoAnswer, NothingSent, Reply, Session
from services.incentive.adapters.snap.signing import amount, timestamp

NO_SUCH_ACCOUNT = "40411"
NOT_ACTIVE = frozenset({"40309", "40316", "40318", "40319"})
ASKED_RUPIAH = 10_000
"""An inquiry about a wallet must name an amount; nothing is moved by it."""

RaiseAlarm = Callable[..., None]
"""`metrics.alarm`: a code and plain details, never personal data."""


class SnapBank:
    """Pays by SNAP BI. `statements` is where the bank's statements come from, if anywhere."""

    def __init__(
        self,
        profile: SnapProfile,
        client: httpx.AsyncClient,
        now: Callable[[], datetime],
        alarm: RaiseAlarm,
        statements: StatementSource | None = None,
    ) -> None:
        self._profile, self._now, self._alarm, self._statements = profile, now, alarm, statements
        self._session = Session(profile, client, now)

    async def pay(self, order: PaymentOrder) -> PaymentAnswer:
        is_wallet = order.bank in self._profile.wallets
        if not is_wallet and order.bank not in self._profile.bank_codes:
            return PaymentAnswer(BankStatus.NOT_SENT, "BANK_NOT_CONFIGURED", HOUR)
        body = self._top_up(order) if is_wallet else self._transfer(order)
        try:
            reply = await self._session.ask(TOP_UP if is_wallet else TRANSFER, body)
        except NothingSent:
            return PaymentAnswer(BankStatus.NOT_SENT, retry_after=MINUTES)
        except NoAnswer:
            return PaymentAnswer(BankStatus.UNKNOWN, "NO_ANSWER")
        meaning = meaning_of(reply.case)
        if meaning.trouble:
            self._alarm("BANK_NEEDS_STAFF", what=meaning.trouble.value, case=reply.case, reference=order.reference)
        return PaymentAnswer(meaning.status, meaning.code, meaning.wait)

    def _transfer(self, order: PaymentOrder) -> dict[str, Any]:
        """The same order gives the same bytes at every attempt: else the bank calls the second one inconsistent."""
        body: dict[str, Any] = {
            "partnerReferenceNo": order.reference,
            "amount": amount(order.amount_rupiah),
            "beneficiaryAccountName": order.holder_name[:100],
            "beneficiaryAccountNo": order.account_number,
            "beneficiaryBankCode": self._profile.bank_codes[order.bank],
            "currency": "IDR",
            "customerReference": order.reference,
            "sourceAccountNo": self._profile.source_account,
            "transactionDate": timestamp(order.ordered_at or self._now()),
            "feeType": "OUR",
        }
        more = dict(self._profile.additional_info)
        return {**body, "additionalInfo": more} if more else body

    def _top_up(self, order: PaymentOrder) -> dict[str, Any]:
        return {
            "partnerReferenceNo": order.reference,
            "customerNumber": wallet_number(order.account_number),
            "customerName": order.holder_name[:255],
            "amount": amount(order.amount_rupiah),
            "transactionDate": timestamp(order.ordered_at or self._now()),
        }

    async def payment(self, order: PaymentOrder) -> PaymentAnswer:
        is_wallet = order.bank in self._profile.wallets
        asked, original = (TOP_UP_STATUS, TOP_UP) if is_wallet else (TRANSFER_STATUS, TRANSFER)
        body = {"originalPartnerReferenceNo": order.reference, "serviceCode": original.code}
        try:
            reply = await self._session.ask(asked, body)
        except (NothingSent, NoAnswer):
            return PaymentAnswer(BankStatus.UNKNOWN, "NO_ANSWER")
        return self._judged(reply, order)

    def _judged(self, reply: Reply, order: PaymentOrder) -> PaymentAnswer:
        """The status is read from latestTransactionStatus: the code only says that the question was answered."""
        if reply.case == "40401":
            return PaymentAnswer(BankStatus.NOT_FOUND)
        if reply.case != "20000":
            return PaymentAnswer(BankStatus.UNKNOWN, f"SNAP_{reply.case}" if reply.case else "NO_ANSWER")
        if (echo := reply.text("originalPartnerReferenceNo")) and echo != order.reference:
            return PaymentAnswer(BankStatus.UNKNOWN, "OTHER_REFERENCE")
        if _is_another(reply.body, order):
            self._alarm("BANK_NEEDS_STAFF", what=Trouble.INCONSISTENT.value, reference=order.reference)
            return PaymentAnswer(BankStatus.UNKNOWN, "OTHER_PAYMENT")
        latest = reply.text("latestTransactionStatus")
        status = LATEST.get(latest, BankStatus.UNKNOWN)
        return PaymentAnswer(status, "" if status == BankStatus.PAID else f"SNAP_STATUS_{latest[:2]}")

    async def account(self, bank: str, account_number: str) -> AccountFacts | None:
        try:
            reply = await self._account(bank, account_number)
        except (NothingSent, NoAnswer) as error:
            raise BankAway(type(error).__name__) from error
        if reply.case == NO_SUCH_ACCOUNT:
            return None
        if reply.case != "20000" and reply.case not in NOT_ACTIVE:
            raise BankAway(f"SNAP_{reply.case}")
        is_wallet = bank in self._profile.wallets
        name = reply.text("customerName" if is_wallet else "beneficiaryAccountName")
        room = _rupiah(reply.body.get("maxAmount")) if is_wallet else None
        # Neither inquiry tells a NIK. A wallet that nobody was identified for has no name of a holder.
        return AccountFacts(None, name, reply.case not in NOT_ACTIVE, bool(name) or not is_wallet, room)

    async def _account(self, bank: str, account_number: str) -> Reply:
        if bank in self._profile.wallets:
            body: dict[str, Any] = {"customerNumber": wallet_number(account_number), "amount": amount(ASKED_RUPIAH)}
            return await self._session.ask(WALLET, body)
        code = self._profile.bank_codes.get(bank)
        if code is None:
            raise BankAway("BANK_NOT_CONFIGURED")
        return await self._session.ask(ACCOUNT, {"beneficiaryBankCode": code, "beneficiaryAccountNo": account_number})

    async def statement(self, since: datetime, after: int, limit: int) -> Sequence[StatementLine]:
        return await self._statements.statement(since, after, limit) if self._statements else ()

    async def findings(self) -> Sequence[str]:
        return await self._statements.findings() if self._statements else ()


def wallet_number(typed: str) -> str:
    """A wallet's number as SNAP wants it: `62812...` for `0812...`."""
    return f"62{typed[1:]}" if typed.startswith("0") else typed


def _is_another(body: Mapping[str, Any], order: PaymentOrder) -> bool:
    """The bank tells an amount or account that is not our order's. A masked account is passed over."""
    told = _rupiah(body.get("amount"))
    account = body.get("beneficiaryAccountNo")
    other_account = isinstance(account, str) and account.isdigit() and account != order.account_number
    return (told is not None and told != order.amount_rupiah) or bool(order.account_number and other_account)


def _rupiah(value: object) -> int | None:
    """Whole rupiah of a text or of the standard's amount object; None when it is none."""
    text = value.get("value") if isinstance(value, Mapping) else value
    try:
        found = Decimal(text) if isinstance(text, str) and len(text) <= 20 else None
    except InvalidOperation:
        return None
    return int(found) if found is not None and found.is_finite() and found == found.to_integral_value() else None
