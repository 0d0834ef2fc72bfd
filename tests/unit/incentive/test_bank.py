"""The bank's client tells paid, failed and unknown apart; the simulated bank misbehaves as scripted."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.simulators.bank import FAULTS, Account, Bank, Transfer
from deploy.simulators.bank_http import build_bank
from services.incentive.adapters.bank import (
    BankAway,
    BankStatus,
    PaymentAnswer,
    PaymentOrder,
    SimulatedBankClient,
    StatementLine,
    verify_notice,
)
from services.incentive.adapters.statement import reconcile
from services.incentive.domain.payouts import HearPayment
from services.incentive.effects import OUTCOMES, CheckAccountHandler, PayHandler, same_name
from shared.contracts.decision import Refused
from shared.engine.rules import Effect, OutcomeState
from shared.security.vault import Vault
from tests.fakes import MemoryDatabase, MemoryStore

NOW = datetime(2020, 9, 1, 3, 0, tzinfo=UTC)
ORDER = PaymentOrder("GLB" + "A" * 27, "BNI", "1234567800", 600_000)


class Clock:
    """Time in the test's hand."""

    def __init__(self) -> None:
        self.at = NOW
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    wall = now

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def wait_for(self, event: asyncio.Event, seconds: float) -> None:
        await event.wait()


def client_of(answer: Callable[[httpx.Request], httpx.Response]) -> SimulatedBankClient:
    return SimulatedBankClient(httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://bank"))


def client_for(bank: Bank) -> SimulatedBankClient:
    transport = httpx.ASGITransport(build_bank(bank))
    return SimulatedBankClient(httpx.AsyncClient(transport=transport, base_url="http://bank"))


def raises(error: type[Exception]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("x")

    return answer


ANSWERS: list[tuple[Callable[[httpx.Request], httpx.Response], BankStatus]] = [
    (lambda request: httpx.Response(200, json={"status": "paid"}), BankStatus.PAID),
    (lambda request: httpx.Response(200, json={"status": "pending"}), BankStatus.PENDING),
    (lambda request: httpx.Response(422, json={"status": "failed", "code": "LIMIT"}), BankStatus.FAILED),
    (lambda request: httpx.Response(200, json={"status": "splendid"}), BankStatus.UNKNOWN),
    (lambda request: httpx.Response(200, json=[]), BankStatus.UNKNOWN),
    (lambda request: httpx.Response(200, text="<html>"), BankStatus.UNKNOWN),
    (lambda request: httpx.Response(502, json={"status": "failed"}), BankStatus.UNKNOWN),
    (lambda request: httpx.Response(429, headers={"retry-after": "9"}), BankStatus.NOT_SENT),
    (raises(httpx.ConnectError), BankStatus.NOT_SENT),
    (raises(httpx.ConnectTimeout), BankStatus.NOT_SENT),
    (raises(httpx.ReadTimeout), BankStatus.UNKNOWN),
    (raises(httpx.RemoteProtocolError), BankStatus.UNKNOWN),
]


@pytest.mark.parametrize(("answer", "status"), ANSWERS)
async def test_only_a_clear_answer_is_a_result(
    answer: Callable[[httpx.Request], httpx.Response], status: BankStatus
) -> None:
    assert (await client_of(answer).pay(ORDER)).status == status


def throttled(retry_after: str) -> SimulatedBankClient:
    return client_of(lambda request: httpx.Response(429, headers={"retry-after": retry_after}))


async def test_a_throttled_order_is_tried_again_when_the_bank_says() -> None:
    for text, wait in (("9", 9), ("99999999", 3600)):
        found = await throttled(text).pay(ORDER)
        assert found == PaymentAnswer(BankStatus.NOT_SENT, retry_after=timedelta(seconds=wait))
    assert (await throttled("tomorrow").pay(ORDER)).retry_after is None


@pytest.mark.parametrize("code", ["kode", "A B", "X" * 41, 5, None, "1271014105900001"])
async def test_a_reason_that_is_no_code_is_dropped(code: Any) -> None:
    found = await client_of(lambda request: httpx.Response(200, json={"status": "failed", "code": code})).pay(ORDER)
    assert found == PaymentAnswer(BankStatus.FAILED, "")


async def test_an_inquiry_knows_not_found_from_no_answer() -> None:
    assert (await client_of(lambda r: httpx.Response(404)).payment("X")).status == BankStatus.NOT_FOUND
    assert (await client_of(raises(httpx.ConnectError)).payment("X")).status == BankStatus.UNKNOWN
    paid = client_of(lambda r: httpx.Response(200, json={"status": "paid"}))
    assert (await paid.payment("X")).status == BankStatus.PAID


@pytest.mark.parametrize(
    "answer", [raises(httpx.ReadTimeout), lambda r: httpx.Response(503), lambda r: httpx.Response(200, json=[])]
)
async def test_a_question_without_answer_says_so(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    with pytest.raises(BankAway):
        await client_of(answer).account("BNI", "1")


def test_neither_order_nor_account_facts_print_what_they_hold() -> None:
    assert "1234567800" not in repr(ORDER)


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


# ---- the simulator


@pytest.mark.parametrize("deduplicates", [True, False])
async def test_the_same_reference_is_paid_once_where_the_bank_deduplicates(deduplicates: bool) -> None:
    bank = Bank(Clock(), deduplicates=deduplicates)
    client = client_for(bank)
    for _ in range(2):
        assert (await client.pay(ORDER)).status == BankStatus.PAID
    assert bank.paid_times(ORDER.reference) == (1 if deduplicates else 2)


FIRST_ANSWERS = {
    "late": BankStatus.PAID,
    "silent": BankStatus.UNKNOWN,
    "lost": BankStatus.UNKNOWN,
    "pending": BankStatus.PENDING,
    "reversed": BankStatus.PAID,
    "refused": BankStatus.FAILED,
    "inactive": BankStatus.FAILED,
    "full": BankStatus.FAILED,
    "contradicted": BankStatus.PENDING,
    "unreachable": BankStatus.PAID,
}


@pytest.mark.parametrize("suffix", sorted(FAULTS))
async def test_each_fault_begins_and_ends_as_scripted(suffix: str) -> None:
    clock, notices = Clock(), list[bytes]()

    async def keep(headers: Mapping[str, str], body: bytes) -> None:
        notices.append(body)

    bank = Bank(clock, notify=keep, secret=b"s", late_seconds=7)
    client, fault = client_for(bank), FAULTS[suffix]
    order = PaymentOrder(ORDER.reference, "BNI", f"12345678{suffix}", 600_000)
    assert (await client.pay(order)).status == FIRST_ANSWERS[fault]
    assert clock.slept == ([7] if fault == "late" else [])
    found = (await client.payment(order.reference)).status
    paid = fault in ("late", "silent", "reversed", "unreachable")
    assert bank.paid_times(order.reference) == paid
    assert (found == BankStatus.NOT_FOUND) is (fault == "lost")
    for _ in range(2):
        clock.at += timedelta(days=2)
        await bank.run_due()
    assert len(notices) == {"pending": 2, "reversed": 1, "contradicted": 2}.get(fault, 0)
    ends = {"reversed": "returned", "refused": "failed", "inactive": "failed", "full": "failed"}
    if fault != "lost":
        assert bank.transfers[order.reference].status == ends.get(fault, "paid")


async def test_a_lost_order_is_carried_out_when_it_comes_again_to_a_bank_that_was_told() -> None:
    bank = Bank(Clock(), share=1.0, seed=3)
    faults = {bank.fault_of("1", f"R{n}") for n in range(60)}
    assert faults == {"late", "silent", "lost", "pending", "reversed"}
    assert Bank(Clock()).fault_of("1", "R1") is None
    await Bank(Clock(), notify=None)._tell("R", "paid", "")


async def test_accounts_are_opened_and_asked_about() -> None:
    clock = Clock()
    bank = Bank(clock)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(build_bank(bank)), base_url="http://bank")
    row = {"bank": "OVO", "account_number": "0812", "holder_nik": "1", "holder_name": "ANN", "ceiling_rupiah": 10}
    assert (await http.post("/simulator/accounts", json=[row])).json() == {"accounts": 1}
    client = SimulatedBankClient(http)
    facts = await client.account("OVO", "0812")
    assert facts
    assert (facts.holder_name, facts.active, facts.identity_checked, facts.room_rupiah) == ("ANN", True, True, 10)
    assert "ANN" not in repr(facts)
    assert await client.account("BNI", "0812") is None
    with pytest.raises(BankAway):
        await client.account("BNI", "12345660")
    await client.pay(ORDER)
    (line,) = await client.statement(NOW - timedelta(days=1), 0, 10)
    assert line == StatementLine(ORDER.reference, BankStatus.PAID, "", 600_000, NOW)
    assert await client.statement(NOW - timedelta(days=1), 1, 10) == []
    assert (await http.get("/simulator/books")).json() == {
        "paid_rupiah": 600_000,
        "returned_rupiah": 0,
        "paid_twice": 0,
    }


def test_a_notice_is_verified_by_the_vector_of_standard_webhooks() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    id, timestamp, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
    header = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert verify_notice(secret, id, timestamp, header, body)
    assert verify_notice(secret, id, timestamp, f"v1a,xxx {header}", body)
    assert not verify_notice(secret, id, "1614265331", header, body)
    assert not verify_notice(secret, id, timestamp, "v1a,g0hM", body)


# ---- outside work


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
