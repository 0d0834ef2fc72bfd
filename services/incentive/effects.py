"""Outside work: paying and asking whose account it is. Sealed values are opened here, just before they leave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.incentive.adapters.bank import Bank, BankAway, BankStatus, PaymentAnswer, PaymentOrder
from services.incentive.domain.payouts import HearPayment
from services.incentive.money_rules import check_finished, pay_finished
from services.incentive.settings import IncentiveSettings
from services.incentive.wiring import Desk
from shared.contracts.decision import Refused
from shared.engine.rules import Effect, EffectKind, Outcome, OutcomeState
from shared.security.vault import PersonKey, Unreadable, Vault

OUTCOMES: Mapping[BankStatus, OutcomeState] = {
    BankStatus.PAID: OutcomeState.DONE,
    BankStatus.FAILED: OutcomeState.FAILED,
    BankStatus.RETURNED: OutcomeState.DONE,
    BankStatus.PENDING: OutcomeState.UNKNOWN,
    BankStatus.UNKNOWN: OutcomeState.UNKNOWN,
    BankStatus.NOT_FOUND: OutcomeState.NOT_FOUND,
    BankStatus.NOT_SENT: OutcomeState.NOT_STARTED,
}
"""A returned payment was paid first; that it came back is heard by notice or statement."""

STATEMENT_PAGE = 200
_NO_LETTER = re.compile(r"[^A-Z]+")


class PayHandler:
    """Pays one incentive. `deduplicates` says whether the bank does one reference once."""

    timeout = timedelta(seconds=20)

    def __init__(self, bank: Bank, vault: Vault, *, horizon: timedelta, deduplicates: bool) -> None:
        self._bank, self._vault = bank, vault
        self.horizon, self.deduplicates = horizon, deduplicates

    async def perform(self, effect: Effect) -> Outcome:
        payload = effect.payload
        try:
            key = await self._vault.key(payload["applicant_id"])
            number = key.open("account_number", payload["account_number"])
        except Unreadable:
            return Outcome(OutcomeState.FAILED, {"code": "IDENTITY_ERASED"})
        order = PaymentOrder(payload["reference"], payload["bank"], number, payload["amount_rupiah"])
        return _outcome(await self._bank.pay(order))

    async def inquire(self, effect: Effect) -> Outcome:
        return _outcome(await self._bank.payment(effect.payload["reference"]))


class CheckAccountHandler:
    """Asks the bank whose account it is. The question changes nothing outside, so it may be asked again at will."""

    timeout = timedelta(seconds=10)
    horizon = timedelta(0)
    deduplicates = True

    def __init__(self, bank: Bank, vault: Vault) -> None:
        self._bank, self._vault = bank, vault

    async def perform(self, effect: Effect) -> Outcome:
        payload = effect.payload
        try:
            key = await self._vault.key(payload["applicant_id"])
            return Outcome(OutcomeState.DONE, await self._facts(key, payload))
        except Unreadable:
            return Outcome(OutcomeState.FAILED, {"code": "IDENTITY_ERASED"})
        except BankAway:
            return Outcome(OutcomeState.NOT_STARTED)

    async def inquire(self, effect: Effect) -> Outcome:
        return await self.perform(effect)

    async def _facts(self, key: PersonKey, payload: Mapping[str, Any]) -> dict[str, Any]:
        number = key.open("account_number", payload["account_number"])
        facts = await self._bank.account(payload["bank"], number)
        if facts is None:
            return {"active": False}
        return {
            "holder_nik_index": self._vault.index("nik", facts.holder_nik),
            "name_matches": same_name(facts.holder_name, key.open("full_name", payload["full_name"])),
            "active": facts.active,
            "identity_checked": facts.identity_checked,
            "room_rupiah": facts.room_rupiah,
        }


def same_name(one: str, other: str) -> bool:
    """Banks write names in capitals, without titles' dots and accents; only the letters are compared."""
    return bool(_letters(one)) and _letters(one) == _letters(other)


def _letters(name: str) -> str:
    return _NO_LETTER.sub("", unicodedata.normalize("NFKD", name).upper())


def _outcome(answer: PaymentAnswer) -> Outcome:
    data = {"code": answer.code} if answer.code else {}
    return Outcome(OUTCOMES[answer.status], data, answer.retry_after)


def kinds(desk: Desk, bank: Bank, vault: Vault, settings: IncentiveSettings) -> dict[str, EffectKind]:
    """Kind of outside work -> who does it, and the rule that hears the outcome."""
    pay = PayHandler(bank, vault, horizon=settings.bank_horizon(), deduplicates=settings.bank_deduplicates)
    return {
        "pay": EffectKind(pay, pay_finished(desk)),
        "check_account": EffectKind(CheckAccountHandler(bank, vault), check_finished(desk)),
    }


class Execute(Protocol):
    """`service.execute`."""

    async def __call__(self, command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]: ...


async def reconcile(execute: Execute, bank: Bank, since: datetime) -> dict[str, Any]:
    """Compare with the bank's statement, line by line, and take what was not known yet.

    Returns counts and the references that are not ours or were paid more than once. Raises BankAway.
    """
    lines, paid, unknown, twice = 0, set[str](), list[str](), list[str]()
    while page := await bank.statement(since, lines, STATEMENT_PAGE):
        lines += len(page)
        for line in page:
            if line.status == BankStatus.PAID and line.reference in paid:
                twice.append(line.reference)
            paid |= {line.reference} if line.status == BankStatus.PAID else set()
            try:
                await execute(HearPayment(line.reference, line.status.value, line.code, is_notice=True))  # type: ignore[arg-type]
            except Refused:
                unknown.append(line.reference)
    return {"lines": lines, "not_ours": unknown[:100], "paid_twice": twice[:100]}
