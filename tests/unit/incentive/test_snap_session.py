"""Talking with a SNAP bank: tokens, request numbers, bytes; the simulated bank refuses what the standard does."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.incentive.adapters.bank import BankAway, BankStatus
from services.incentive.adapters.snap.codes import HOUR, MINUTES
from services.incentive.adapters.snap.signing import signature
from tests.unit.incentive.snap import REFERENCE, SECRET, answering, order, snap_world

TOKEN, TRANSFER = "/access-token/b2b", "/transfer-interbank"


async def test_a_token_is_used_until_four_fifths_of_its_life_are_over() -> None:
    world = snap_world()
    for seconds, expected in ((0, [TOKEN, TRANSFER]), (719, [TRANSFER]), (1, [TOKEN, TRANSFER])):
        world.clock.at += timedelta(seconds=seconds)
        world.wire.requests.clear()
        await world.client.pay(order(reference=f"GLB{seconds:027d}"))
        assert world.wire.paths() == expected


async def test_a_token_that_is_not_taken_is_renewed_once_with_the_same_order_and_a_new_number() -> None:
    world = snap_world()
    await world.client.pay(order())
    world.gate.tokens.clear()
    world.wire.requests.clear()
    assert (await world.client.pay(order(reference="GLB" + "B" * 27))).status == BankStatus.PAID
    assert world.wire.paths() == [TRANSFER, TOKEN, TRANSFER]
    first, _, second = world.wire.requests
    assert first.content == second.content
    assert first.headers["x-external-id"] != second.headers["x-external-id"]
    assert len(world.bank.ledger) == 2


async def test_what_is_signed_is_what_is_sent() -> None:
    world = snap_world()
    await world.client.pay(order())
    sent = world.wire.requests[-1]
    token, at = sent.headers["authorization"].removeprefix("Bearer "), sent.headers["x-timestamp"]
    made = signature(SECRET, "POST", "/v1.0/transfer-interbank", token, sent.content, at, "hex")
    assert made == sent.headers["x-signature"]
    assert json.loads(sent.content)["amount"] == {"value": "600000.00", "currency": "IDR"}
    assert json.loads(sent.content)["partnerReferenceNo"] == REFERENCE
    assert hashlib.sha256(sent.content).hexdigest() == world.desk.seen[REFERENCE]


@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("prefix", ["/v1.0", "/openapi/v1.0"])
async def test_each_bank_has_its_own_encoding_and_prefix(encoding: Any, prefix: str) -> None:
    world = snap_world(encoding=encoding, token_encoding=encoding, path_prefix=prefix)
    assert (await world.client.pay(order())).status == BankStatus.PAID


async def test_the_same_order_again_is_the_same_bytes_and_is_only_asked_about() -> None:
    world = snap_world()
    assert (await world.client.pay(order())).status == BankStatus.PAID
    world.clock.at += timedelta(hours=30)
    again = await world.client.pay(order())
    assert (again.status, again.code) == (BankStatus.UNKNOWN, "SNAP_40901")
    other = await world.client.pay(order(rupiah=50_000))
    assert (other.status, other.code) == (BankStatus.UNKNOWN, "SNAP_40418")
    assert [(code, details["what"]) for code, details in world.alarms] == [("BANK_NEEDS_STAFF", "REQUEST_INCONSISTENT")]
    assert world.bank.paid_times(REFERENCE) == 1


async def test_an_answer_about_another_amount_or_account_is_no_answer() -> None:
    world = snap_world()
    await world.client.pay(order())
    assert (await world.client.payment(order())).status == BankStatus.PAID
    for other in (order(rupiah=50_000), order("1234567801")):
        assert (await world.client.payment(other)).code == "OTHER_PAYMENT"
    erased = replace(order(), account_number="")
    assert (await world.client.payment(erased)).status == BankStatus.PAID
    client, _ = answering(200, {"responseCode": "2003600", "originalPartnerReferenceNo": "GLBX"})
    assert (await client.payment(order())).code == "OTHER_REFERENCE"


LINES = [
    (httpx.ConnectError, BankStatus.NOT_SENT),
    (httpx.ConnectTimeout, BankStatus.NOT_SENT),
    (httpx.PoolTimeout, BankStatus.NOT_SENT),
    (httpx.ReadTimeout, BankStatus.UNKNOWN),
    (httpx.WriteTimeout, BankStatus.UNKNOWN),
    (httpx.RemoteProtocolError, BankStatus.UNKNOWN),
    (RuntimeError, BankStatus.UNKNOWN),
]


@pytest.mark.parametrize(("error", "status"), LINES)
async def test_a_broken_line_is_told_apart_by_what_may_have_arrived(error: type[Exception], status: BankStatus) -> None:
    world = snap_world()
    await world.client.payment(order())  # has a token
    world.wire.broken = error
    assert (await world.client.pay(order())).status == status
    assert (await world.client.payment(order())).status == BankStatus.UNKNOWN
    with pytest.raises(BankAway):
        await world.client.account("BNI", "1234567800")


@pytest.mark.parametrize("body", [{}, {"accessToken": "t"}, {"accessToken": "t", "expiresIn": "soon"}, "<html>"])
async def test_without_a_token_nothing_was_sent(body: Any) -> None:
    known = {"responseCode": "2007300", **body} if isinstance(body, dict) else body
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
        return httpx.Response(200, json=known) if isinstance(known, dict) else httpx.Response(502, text=known)

    client, _ = answering(200, {})
    client._session._client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://bank")
    found = await client.pay(order())
    assert (found.status, found.retry_after) == (BankStatus.NOT_SENT, MINUTES)
    assert paths == ["/v1.0/access-token/b2b"]


async def test_a_partner_that_this_bank_does_not_pay_is_not_failed_but_waits() -> None:
    found = await snap_world().client.pay(order(bank="DANA"))
    assert (found.status, found.code, found.retry_after) == (BankStatus.NOT_SENT, "BANK_NOT_CONFIGURED", HOUR)


REFUSED = [
    ({"x-signature": "00"}, "40100"),
    ({"x-signature": "no hex"}, "40100"),
    ({"x-timestamp": "2020-09-01T03:00:00+00:00"}, "40100"),  # right now, but it was not what was signed
    ({"x-timestamp": "2020-09-01T10:00:00.000+07:00"}, "40100"),
    ({"x-partner-id": "OTHER"}, "40100"),
    ({"channel-id": ""}, "40100"),
    ({"authorization": "Bearer other"}, "40101"),
]


@pytest.mark.parametrize(("headers", "case"), REFUSED)
async def test_the_simulated_bank_believes_nothing_that_is_not_signed(headers: dict[str, str], case: str) -> None:
    world = snap_world()
    await world.client.payment(order())
    sent = world.wire.requests[-1]
    known = {**dict(sent.headers), "x-external-id": "77", **headers}
    assert world.gate.refuses("/v1.0/transfer/status", known, sent.content) == case


async def test_the_simulated_bank_refuses_old_tokens_far_clocks_other_bodies_and_used_numbers() -> None:
    world = snap_world()
    await world.client.payment(order())
    sent = world.wire.requests[-1]
    known, path, raw = dict(sent.headers), "/v1.0/transfer/status", sent.content
    assert world.gate.refuses(path, known, raw) == "40900"
    fresh = {**known, "x-external-id": "78"}
    assert world.gate.refuses("/v1.0/transfer-interbank", fresh, raw) == "40100"
    assert world.gate.refuses(path, fresh, raw.replace(b"GLB", b"GLC")) == "40100"
    assert world.gate.refuses(path, {**known, "x-external-id": "x"}, raw) == "40001"
    assert world.gate.refuses(path, fresh, raw) is None
    world.clock.at += timedelta(minutes=6)
    assert world.gate.refuses(path, {**known, "x-external-id": "79"}, raw) == "40100"
    world.clock.at += timedelta(minutes=9)
    assert world.gate.refuses(path, {**known, "x-external-id": "80"}, raw) == "40101"


async def test_a_request_number_may_come_again_on_another_day_of_medan() -> None:
    world = snap_world()
    world.gate.skew, world.gate.token_seconds = timedelta(days=2), 10**6
    await world.client.payment(order())
    sent = world.wire.requests[-1]
    known = dict(sent.headers)
    world.clock.at = world.clock.at.replace(hour=16, minute=59)
    assert world.gate.refuses("/v1.0/transfer/status", known, sent.content) == "40900"
    world.clock.at += timedelta(minutes=1)
    assert world.gate.refuses("/v1.0/transfer/status", known, sent.content) is None


async def test_a_wrong_key_gets_no_token() -> None:
    world = snap_world()
    await world.client.payment(order())
    known = dict(world.wire.requests[0].headers)
    assert world.gate.refuses_token_call(known) is None
    for wrong in ({"x-client-key": "other"}, {"x-signature": "00" * 256}, {"x-timestamp": "now"}):
        assert world.gate.refuses_token_call({**known, **wrong}) == "40100"


async def test_holders_of_accounts_and_wallets_are_told_by_name_alone() -> None:
    world = snap_world()
    found = await world.client.account("BNI", "1234567800")
    assert found
    assert (found.holder_name, found.holder_nik, found.active, found.room_rupiah) == (
        "ANN BR SEMBIRING",
        None,
        True,
        None,
    )
    wallet = await world.client.account("OVO", "081234567800")
    assert wallet
    assert (wallet.holder_name, wallet.identity_checked, wallet.room_rupiah) == ("ANN BR SEMBIRING", True, 20_000_000)
    assert await world.client.account("BNI", "999") is None
    world.bank.accounts[("BNI", "1234567800")].active = False
    gone = await world.client.account("BNI", "1234567800")
    assert gone
    assert not gone.active
    for unknown in ("12345660", "9"):
        with pytest.raises(BankAway):
            await world.client.account("BNI" if unknown == "12345660" else "DANA", unknown)


async def test_a_top_up_goes_to_the_wallet_and_its_status_is_asked_there() -> None:
    world = snap_world()
    assert (await world.client.pay(order("081234567800", bank="OVO"))).status == BankStatus.PAID
    assert (await world.client.payment(order("6281234567800", bank="OVO"))).status == BankStatus.PAID
    assert world.wire.paths()[1:] == ["/emoney/topup", "/emoney/topup-status"]
    assert world.bank.transfers[REFERENCE].account_number == "6281234567800"


async def test_booked_then_504_and_504_then_booked_and_07_then_00() -> None:
    world = snap_world()
    for ending, begins, then in (("52", "paid", "paid"), ("61", "pending", "paid"), ("62", "not_found", "paid")):
        asked = order(f"12345678{ending}", reference=f"GLB{ending * 13}A")
        assert (await world.client.pay(asked)).status == BankStatus.UNKNOWN
        assert (await world.client.payment(asked)).status == begins
        world.clock.at += timedelta(seconds=30)
        await world.bank.run_due()
        assert (await world.client.payment(asked)).status == then
        assert world.bank.paid_times(asked.reference) == 1
