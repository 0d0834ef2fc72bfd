"""Signatures of SNAP BI reproduce the vectors of integrations.md, and what is signed is what is sent."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.adapters.snap import signing
from services.incentive.adapters.snap.profile import TOKEN, TRANSFER
from tests.unit.incentive.snap import key, profile

SECRET, TOKEN_TEXT, AT = b"rahasia-klien-uji", "tok-uji-123", "2026-01-01T09:00:00+07:00"
BODY = {"partnerReferenceNo": "GLB20260101000000000001", "amount": {"value": "600000.00", "currency": "IDR"}}
HEX = (
    "1f579d1e64dd66fa92be4cfe1e7773e769192df9bdeb475b4f6d704b527969ca"
    "29cdd9fedb3a143ec235516d32e56979938c49ea56e5d625a6559315e812788e"
)
BASE64 = "H1edHmTdZvqSvkz+Hndz52kZLfm960dbT21wS1J5acopzdn+2zoUPsI1UW0y5Wl5k4xJ6lbl1iWmVZMV6BJ4jg=="


@pytest.mark.parametrize(("encoding", "expected"), [("hex", HEX), ("base64", BASE64)])
def test_the_vector_of_a_transfer(encoding: Any, expected: str) -> None:
    raw = signing.body_bytes(BODY)
    assert raw.startswith(b'{"partnerReferenceNo":"GLB2026')
    made = signing.signature(SECRET, "POST", "/v1.0/transfer-interbank", TOKEN_TEXT, raw, AT, encoding)
    assert made == expected


def test_an_empty_body_is_hashed_and_not_left_out() -> None:
    assert signing.body_bytes(None) == b""
    with_hash = signing.signature(SECRET, "GET", "/p", "t", b"", AT, "hex")
    assert with_hash != signing.signature(SECRET, "GET", "/p", "t", b"x", AT, "hex")
    assert len(with_hash) == 128


def test_a_token_is_asked_for_with_an_rsa_signature_in_the_standards_padding() -> None:
    for encoding in ("hex", "base64"):
        made = signing.token_signature(key(), "gelombang", AT, encoding)  # type: ignore[arg-type]
        raw = bytes.fromhex(made) if encoding == "hex" else base64.b64decode(made)
        assert verifies(raw, f"gelombang|{AT}")
        assert not verifies(raw, f"gelombang|{AT}0")


def verifies(signature: bytes, text: str) -> bool:
    try:
        key().public_key().verify(signature, text.encode(), PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def test_time_is_that_of_medan_without_a_fraction() -> None:
    assert signing.timestamp(datetime(2026, 1, 1, 2, 0, 0, 999_999, tzinfo=UTC)) == AT


@given(st.integers(1, 10**15))
def test_an_amount_is_a_text_with_two_decimals(rupiah: int) -> None:
    assert signing.amount(rupiah) == {"value": f"{rupiah}.00", "currency": "IDR"}


def test_request_numbers_are_32_digits_and_never_the_same() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    numbers = {signing.external_id(at) for _ in range(1000)}
    assert len(numbers) == 1000
    assert all(len(number) == 32 and number.isdigit() for number in numbers)


def test_a_text_that_is_no_utf8_does_not_stop_a_payment() -> None:
    assert signing.body_bytes({"name": "a\udce9"}) == b'{"name":"a?"}'


def test_a_bank_may_sign_another_path_than_it_is_called_by() -> None:
    behind = profile(path_prefix="/openapi/v2.0", signed_prefix="/v2.0", token_prefix="/openapi/v1.0")
    assert behind.path(TRANSFER) == "/openapi/v2.0/transfer-interbank"
    assert behind.signed_path(TRANSFER) == "/v2.0/transfer-interbank"
    assert behind.path(TOKEN) == "/openapi/v1.0/access-token/b2b"
    assert profile().signed_path(TRANSFER) == profile().path(TRANSFER) == "/v1.0/transfer-interbank"


def test_neither_keys_nor_accounts_are_printed() -> None:
    text = repr(profile())
    assert "rahasia" not in text
    assert "1234509876" not in text
