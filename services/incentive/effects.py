"""Outside work: paying and asking whose account it is. Sealed values are opened here, just before they leave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from services.incentive import money_store, store
from services.incentive.adapters.bank import Bank, BankAway, BankStatus, PaymentAnswer, PaymentOrder
from services.incentive.adapters.bank_files import BanksWrong
from services.incentive.adapters.banks import Banks, Tools, open_banks
from services.incentive.domain.payouts import HELD, may_go
from services.incentive.money_rules import check_finished, pay_finished
from services.incentive.settings import IncentiveSettings
from services.incentive.wiring import Desk
from shared.engine.ports import Clock, Database, TransientError
from shared.engine.rules import Effect, EffectKind, Outcome, OutcomeState
from shared.engine.service import Ports
from shared.platform.together import Together
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
"""A returned payment was paid first; that it came back since stands in the data."""

ORDERS_AT_ONCE = 40
"""Twice a bank's lines: while some orders are with the bank, others are claimed or their outcomes stored. So many are
in doubt after a crash, and where a bank does the same reference twice a person decides about each."""

_NO_LETTER = re.compile(r"[^A-Z]+")


@dataclass(frozen=True, slots=True)
class Tellers:
    """What outside work of this service needs: the bank, keys, and how things stand now."""

    bank: Bank
    vault: Vault
    database: Database
    clock: Clock


class PayHandler:
    """Pays one incentive. `deduplicates` says whether the bank does one reference once."""

    timeout = timedelta(seconds=20)

    def __init__(self, tellers: Tellers, *, horizon: timedelta, deduplicates: bool) -> None:
        self._bank, self._vault, self._clock = tellers.bank, tellers.vault, tellers.clock
        self._people = Together(partial(store.participants, tellers.database))
        self.horizon, self.deduplicates = horizon, deduplicates

    async def perform(self, effect: Effect) -> Outcome:
        """Looked at once more before it goes: an order may have waited for days until the bank opened."""
        try:
            if not await self._may_go(effect.payload):
                return _kept_back(effect)
            order = await self._order(effect.payload)
        except Unreadable:
            return Outcome(OutcomeState.FAILED, {"code": "IDENTITY_ERASED"})
        except TransientError:
            return Outcome(OutcomeState.NOT_STARTED)  # our own database: nothing has left
        return _outcome(await self._bank.pay(order))

    async def _may_go(self, payload: Mapping[str, Any]) -> bool:
        person = await self._people.get(payload["applicant_id"])
        return may_go(person, payload["reference"], payload["account_version"], self._clock.now())

    async def inquire(self, effect: Effect) -> Outcome:
        """Asked about whoever was erased meanwhile too: the money may have left."""
        payload = effect.payload
        try:
            order = await self._order(payload)
        except Unreadable:
            order = PaymentOrder(payload["reference"], payload["bank"], "", payload["amount_rupiah"])
        return _outcome(await self._bank.payment(order))

    async def _order(self, payload: Mapping[str, Any]) -> PaymentOrder:
        """The order in clear. Raises Unreadable."""
        key = await self._vault.key(payload["applicant_id"])
        return PaymentOrder(
            reference=payload["reference"],
            bank=payload["bank"],
            account_number=key.open("account_number", payload["account_number"]),
            amount_rupiah=payload["amount_rupiah"],
            holder_name=key.open("full_name", payload["full_name"]),
            batch_id=payload["batch_id"],
            ordered_at=datetime.fromisoformat(payload["ordered_at"]),
        )


class CheckAccountHandler:
    """Asks the bank whose account it is. The question changes nothing outside, so it may be asked again at will."""

    timeout = timedelta(seconds=10)
    horizon = timedelta(0)
    deduplicates = True

    def __init__(self, tellers: Tellers) -> None:
        self._bank, self._vault = tellers.bank, tellers.vault

    async def perform(self, effect: Effect) -> Outcome:
        payload = effect.payload
        try:
            key = await self._vault.key(payload["applicant_id"])
            return Outcome(OutcomeState.DONE, await self._facts(key, payload))
        except Unreadable:
            return Outcome(OutcomeState.FAILED, {"code": "IDENTITY_ERASED"})
        except (BankAway, TransientError):
            return Outcome(OutcomeState.NOT_STARTED)

    async def inquire(self, effect: Effect) -> Outcome:
        return await self.perform(effect)

    async def _facts(self, key: PersonKey, payload: Mapping[str, Any]) -> dict[str, Any]:
        number = key.open("account_number", payload["account_number"])
        facts = await self._bank.account(payload["bank"], number)
        if facts is None:  # nobody's: that is no word about holder or wallet
            return {"holder_nik_index": "", "name_matches": True, "active": False, "identity_checked": True}
        return {
            "holder_nik_index": "" if facts.holder_nik is None else self._vault.index("nik", facts.holder_nik),
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


def _kept_back(effect: Effect) -> Outcome:
    """What it stood on has changed. Where an earlier call may have arrived a person decides; else nothing has left."""
    if effect.unknown_since:
        return Outcome(OutcomeState.NOT_FOUND)
    return Outcome(OutcomeState.FAILED, {"code": HELD})


def _outcome(answer: PaymentAnswer) -> Outcome:
    data: dict[str, Any] = {"code": answer.code} if answer.code else {}
    if answer.status is BankStatus.RETURNED:
        data["returned"] = True
    return Outcome(OUTCOMES[answer.status], data, answer.retry_after)


def open_bank(settings: IncentiveSettings, ports: Ports, partners: Set[str]) -> Banks | None:
    """The banks that the settings name, for payment partners of the rule files; None: nothing is paid.

    Raises BanksWrong.
    """

    async def expected(batch_id: str, partners: frozenset[str]) -> int | None:
        return await money_store.released_orders(ports.database, batch_id, partners)

    tools = Tools(ports.clock.wall, ports.clock.now, ports.metrics.alarm, expected, settings.bank_timeout_seconds)
    banks = open_banks(settings.banks_directory, settings.bank_url, tools)
    if banks and (strangers := banks.of_partner.keys() - partners):
        raise BanksWrong(f"{', '.join(sorted(strangers))}: a payment partner of no rule file")
    return banks


def kinds(desk: Desk, tellers: Tellers, settings: IncentiveSettings) -> dict[str, EffectKind]:
    """Kind of outside work -> who does it, and the rule that hears the outcome."""
    pay = PayHandler(tellers, horizon=settings.bank_horizon(), deduplicates=settings.bank_deduplicates)
    return {
        "pay": EffectKind(pay, pay_finished(desk), ORDERS_AT_ONCE),
        "check_account": EffectKind(CheckAccountHandler(tellers), check_finished(desk)),
    }
