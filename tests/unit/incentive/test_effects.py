"""Outside work: nothing leaves for an erased person, and no name or NIK leaves to compare a holder."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.simulators.bank import Account, Bank
from services.incentive.adapters.bank import AccountFacts, BankStatus, PaymentAnswer, PaymentOrder, StatementLine
from services.incentive.adapters.bank import Bank as BankPort
from services.incentive.domain.participant import Participant, Standing
from services.incentive.effects import OUTCOMES, CheckAccountHandler, PayHandler, Tellers, same_name
from shared.engine.ports import Put, TransientError
from shared.engine.rules import Effect, OutcomeState
from shared.engine.states import States
from shared.security.vault import Vault
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.incentive.bank import Clock, client_for, client_of
from tests.unit.incentive.builders import ANN
from tests.unit.incentive.payments import sent


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


REFERENCE = "GLB" + "R" * 27


def tellers(bank: BankPort, keys: Vault, database: MemoryDatabase | None = None) -> Tellers:
    """With a database in which Ann's first incentive was given to the bank under REFERENCE."""
    return Tellers(bank, keys, database or sending(), Clock())


def sending(**fields: Any) -> MemoryDatabase:
    city, _ = sent()
    (each, *others), states = city.person().entitlements, States([Participant])
    rows = (replace(each, reference=REFERENCE), *others)
    person = replace(city.person(), **{"entitlements": rows, **fields})
    disk = MemoryStore()
    view = MemoryDatabase(disk)._default
    view.write(Put(Participant.collection, states.document(person)))
    view.commit()
    return MemoryDatabase(disk)


def paying(keys: BankPort, known: Vault, database: MemoryDatabase | None = None) -> PayHandler:
    return PayHandler(tellers(keys, known, database), horizon=timedelta(hours=1), deduplicates=True)


async def test_for_an_erased_person_nothing_is_paid_or_asked() -> None:
    payload = {"applicant_id": ANN, "account_number": "x", "version": 1, "bank": "BNI", "reference": REFERENCE}
    effect = Effect("id", "pay", "key", {**payload, "account_version": 1})
    bank = client_for(Bank(Clock()))
    for handler in (paying(bank, vault()), CheckAccountHandler(tellers(bank, vault()))):
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
    handler = CheckAccountHandler(tellers(client_for(bank), known))
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
    found = (await handler.perform(Effect("id", "check_account", "key", unknown))).data
    assert found == {"holder_nik_index": "", "name_matches": True, "active": False, "identity_checked": True}
    away = CheckAccountHandler(tellers(client_of(lambda r: httpx.Response(503)), known))
    assert (await away.perform(Effect("id", "check_account", "key", payload))).state == OutcomeState.NOT_STARTED


class _Asked:
    """A bank that keeps what it was given; its answers say nothing."""

    def __init__(self) -> None:
        self.orders: list[PaymentOrder] = []

    async def pay(self, order: PaymentOrder) -> PaymentAnswer:
        self.orders.append(order)
        return PaymentAnswer(BankStatus.UNKNOWN)

    async def payment(self, order: PaymentOrder) -> PaymentAnswer:
        self.orders.append(order)
        return PaymentAnswer(BankStatus.PAID)

    async def account(self, bank: str, account_number: str) -> AccountFacts | None:
        return AccountFacts(None, "ANN", True, True, None)

    async def statement(self, since: datetime, after: int, limit: int) -> list[StatementLine]:
        return []


AT = datetime(2020, 9, 1, tzinfo=UTC)


def _payload(key: Any, **fields: Any) -> dict[str, Any]:
    known = {
        "applicant_id": ANN,
        "reference": REFERENCE,
        "bank": "BNI",
        "account_version": 1,
        "amount_rupiah": 5,
        "account_number": key.seal("account_number", "12345678"),
        "full_name": key.seal("full_name", "Ann"),
        "batch_id": "B1",
        "ordered_at": AT.isoformat(),
    }
    return {**known, **fields}


async def test_an_order_carries_name_batch_and_time_to_the_bank_and_to_the_question() -> None:
    known, bank = _Known(), _Asked()
    handler, effect = paying(bank, known), Effect("id", "pay", "key", _payload(known.new_key_for_tests))
    await handler.perform(effect)
    await handler.inquire(effect)
    assert bank.orders == [PaymentOrder(REFERENCE, "BNI", "12345678", 5, "Ann", "B1", AT)] * 2


CHANGED: dict[str, dict[str, Any]] = {
    "the identity is in question": {"under_review": True},
    "the participation is over": {"standing": Standing.REVOKED},
    "there is no account": {"account": None},
    "a person decided, or another order took its place": {"entitlements": ()},
}


@pytest.mark.parametrize("fields", CHANGED.values(), ids=CHANGED)
async def test_an_order_is_kept_back_when_what_it_stood_on_has_changed(fields: dict[str, Any]) -> None:
    known, bank = _Known(), _Asked()
    handler = paying(bank, known, sending(**fields))
    payload = _payload(known.new_key_for_tests)
    found = await handler.perform(Effect("id", "pay", "key", payload))
    assert (found.state, found.data) == (OutcomeState.FAILED, {"code": "ORDER_HELD"})
    again = await handler.perform(Effect("id", "pay", "key", payload, attempts=2, unknown_since=AT))
    assert again.state == OutcomeState.NOT_FOUND, "it may have arrived: a person decides"
    assert bank.orders == []


async def test_an_order_to_an_account_that_was_changed_meanwhile_is_kept_back() -> None:
    known, bank = _Known(), _Asked()
    payload = _payload(known.new_key_for_tests, account_version=2)
    assert (await paying(bank, known).perform(Effect("id", "pay", "key", payload))).data == {"code": "ORDER_HELD"}
    assert bank.orders == []


async def test_with_our_own_database_away_nothing_has_left() -> None:
    class Away(MemoryDatabase):
        async def find(self, collection: str, where: Any, **rest: Any) -> Any:
            raise TransientError("away")

    known, bank = _Known(), _Asked()
    effect = Effect("id", "pay", "key", _payload(known.new_key_for_tests))
    assert (await paying(bank, known, Away(MemoryStore())).perform(effect)).state == OutcomeState.NOT_STARTED
    assert bank.orders == []


async def test_money_that_came_back_is_heard_as_such_by_an_inquiry() -> None:
    known = _Known()
    bank = client_of(lambda request: httpx.Response(200, json={"status": "returned", "code": "ACCOUNT_INACTIVE"}))
    found = await paying(bank, known).inquire(Effect("id", "pay", "key", _payload(known.new_key_for_tests)))
    assert (found.state, found.data) == (OutcomeState.DONE, {"code": "ACCOUNT_INACTIVE", "returned": True})


async def test_whoever_was_erased_is_still_asked_about_without_an_account() -> None:
    bank = _Asked()
    payload = _payload(_Known().new_key_for_tests)
    assert (await paying(bank, vault()).inquire(Effect("id", "pay", "key", payload))).state == OutcomeState.DONE
    assert bank.orders == [PaymentOrder(REFERENCE, "BNI", "", 5)]


async def test_a_bank_that_tells_no_nik_gives_no_index_of_one() -> None:
    known = _Known()
    payload = _payload(known.new_key_for_tests, version=1)
    outcome = await CheckAccountHandler(tellers(_Asked(), known)).perform(Effect("id", "check_account", "key", payload))
    assert (outcome.data["holder_nik_index"], outcome.data["name_matches"]) == ("", True)
