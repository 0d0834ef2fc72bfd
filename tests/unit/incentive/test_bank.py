"""The bank's client tells paid, failed and unknown apart, and believes signed notices alone."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.incentive.adapters.bank import BankAway, BankStatus, PaymentAnswer, SimulatedBankClient, verify_notice
from tests.unit.incentive.bank import ORDER, client_of, raises

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
    assert (await client_of(lambda r: httpx.Response(404)).payment(ORDER)).status == BankStatus.NOT_FOUND
    assert (await client_of(raises(httpx.ConnectError)).payment(ORDER)).status == BankStatus.UNKNOWN
    paid = client_of(lambda r: httpx.Response(200, json={"status": "paid"}))
    assert (await paid.payment(ORDER)).status == BankStatus.PAID


@pytest.mark.parametrize(
    "answer", [raises(httpx.ReadTimeout), lambda r: httpx.Response(503), lambda r: httpx.Response(200, json=[])]
)
async def test_a_question_without_answer_says_so(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    with pytest.raises(BankAway):
        await client_of(answer).account("BNI", "1")


def test_neither_order_nor_account_facts_print_what_they_hold() -> None:
    assert "1234567800" not in repr(ORDER)


def test_a_notice_is_verified_by_the_vector_of_standard_webhooks() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    id, timestamp, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
    header = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert verify_notice(secret, id, timestamp, header, body)
    assert verify_notice(secret, id, timestamp, f"v1a,xxx {header}", body)
    assert not verify_notice(secret, id, "1614265331", header, body)
    assert not verify_notice(secret, id, timestamp, "v1a,g0hM", body)
