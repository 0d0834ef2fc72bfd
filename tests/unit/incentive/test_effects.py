"""Outside work: nothing leaves for an erased person, and no name or NIK leaves to compare a holder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.simulators.bank import Account, Bank
from services.incentive.adapters.bank import AccountFacts, BankStatus, PaymentAnswer, PaymentOrder, StatementLine
from services.incentive.effects import OUTCOMES, CheckAccountHandler, PayHandler, same_name
from shared.engine.rules import Effect, OutcomeState
from shared.security.vault import Vault
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.incentive.bank import Clock, client_for, client_of


def test_every_status_of_the_bank_has_an_outcome() -> None:
    assert set(OUTCOMES) == set(BankStatus)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ANN BR SEMBIRING", "Ann br. Sembiring", True),
        ("SITI AMINAH", "Siti Áminah", True),
        ("SITI AMINAH", "Siti Aminah Lubis", False),
        ("", "", False),
    ],
)
def test_names_are_compared_by_their_letters(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


def vault() -> Vault:
    return Vault(MemoryDatabase(MemoryStore()), b"m" * 32, b"i" * 32)


async def test_for_an_erased_person_nothing_is_paid_or_asked() -> None:
    payload = {"applicant_id": "gone", "account_number": "x", "version": 1, "bank": "BNI", "reference": "R"}
    effect = Effect("id", "pay", "key", payload)
    bank = client_for(Bank(Clock()))
    pay = PayHandler(bank, vault(), horizon=timedelta(hours=1), deduplicates=True)
    for handler in (pay, CheckAccountHandler(bank, vault())):
        outcome = await handler.perform(effect)
        assert (outcome.state, outcome.data) == (OutcomeState.FAILED, {"code": "IDENTITY_ERASED"})


class _Known(Vault):
    """Everybody has the same key."""

    async def key(self, person: str) -> Any:
        return self.new_key_for_tests

    def __init__(self) -> None:
        super().__init__(MemoryDatabase(MemoryStore()), b"m" * 32, b"i" * 32)
        self.new_key_for_tests = self.new_key("ann")


async def test_the_holder_is_compared_without_a_name_or_nik_leaving() -> None:
    known = _Known()
    key = known.new_key_for_tests
    bank = Bank(Clock())
    bank.open_account("BNI", "12345678", Account("1271", "ANN", ceiling_rupiah=5))
    payload = {
        "applicant_id": "ann",
        "version": 1,
        "bank": "BNI",
        "account_number": key.seal("account_number", "12345678"),
        "full_name": key.seal("full_name", "Ann"),
    }
    handler = CheckAccountHandler(client_for(bank), known)
    outcome = await handler.inquire(Effect("id", "check_account", "key", payload))
    assert outcome.state == OutcomeState.DONE
    assert outcome.data == {
        "holder_nik_index": known.index("nik", "1271"),
        "name_matches": True,
        "active": True,
        "identity_checked": True,
        "room_rupiah": 5,
    }
    unknown = {**payload, "bank": "OVO"}
    assert (await handler.perform(Effect("id", "check_account", "key", unknown))).data == {"active": False}
    away = CheckAccountHandler(client_of(lambda r: httpx.Response(503)), known)
    assert (await away.perform(Effect("id", "check_account", "key", payload))).state == OutcomeState.NOT_STARTED


class _Asked:
    """A bank that keeps what it was given; its answers say nothing."""

    def __init__(self) -> None:
        self.orders: list[PaymentOrder | None] = []

    async def pay(self, order: PaymentOrder) -> PaymentAnswer:
        self.orders.append(order)
        return PaymentAnswer(BankStatus.UNKNOWN)

    async def payment(self, reference: str, order: PaymentOrder | None = None) -> PaymentAnswer:
        self.orders.append(order)
        return PaymentAnswer(BankStatus.PAID)

    async def account(self, bank: str, account_number: str) -> AccountFacts | None:
        return AccountFacts(None, "ANN", True, True, None)

    async def statement(self, since: datetime, after: int, limit: int) -> list[StatementLine]:
        return []


def _payload(key: Any, **fields: Any) -> dict[str, Any]:
    number = key.seal("account_number", "12345678")
    known = {"applicant_id": "ann", "reference": "R", "bank": "BNI", "amount_rupiah": 5, "account_number": number}
    return {**known, **fields}


async def test_an_order_carries_name_batch_and_time_to_the_bank_and_to_the_question() -> None:
    known, bank = _Known(), _Asked()
    key = known.new_key_for_tests
    at = datetime(2020, 9, 1, tzinfo=UTC)
    payload = _payload(key, full_name=key.seal("full_name", "Ann"), batch_id="B1", ordered_at=at.isoformat())
    handler = PayHandler(bank, known, horizon=timedelta(hours=1), deduplicates=True)
    effect = Effect("id", "pay", "key", payload)
    await handler.perform(effect)
    await handler.inquire(effect)
    assert bank.orders == [PaymentOrder("R", "BNI", "12345678", 5, "Ann", "B1", at)] * 2
    await handler.perform(Effect("id", "pay", "key", _payload(key)))  # work of before this release
    assert bank.orders[2] == PaymentOrder("R", "BNI", "12345678", 5)


async def test_whoever_was_erased_is_still_asked_about_without_an_account() -> None:
    bank = _Asked()
    handler = PayHandler(bank, vault(), horizon=timedelta(hours=1), deduplicates=True)
    payload = _payload(_Known().new_key_for_tests)
    assert (await handler.inquire(Effect("id", "pay", "key", payload))).state == OutcomeState.DONE
    assert bank.orders == [PaymentOrder("R", "BNI", "", 5)]


async def test_a_bank_that_tells_no_nik_gives_no_index_of_one() -> None:
    known = _Known()
    payload = _payload(known.new_key_for_tests, version=1)
    payload["full_name"] = known.new_key_for_tests.seal("full_name", "Ann")
    outcome = await CheckAccountHandler(_Asked(), known).perform(Effect("id", "check_account", "key", payload))
    assert (outcome.data["holder_nik_index"], outcome.data["name_matches"]) == ("", True)
