"""The border believes genuine claims alone, and every forged one is refused for a reason of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.simulators.claims import FORGERIES, Claim, sign
from services.incentive.adapters.border import DOOR_AGE, ClaimAccepted, ClaimRefused, Envelope
from services.incentive.domain.completion import RecordCompletion
from shared.contracts.decision import Refused
from shared.contracts.partner import MAX_CLAIM_BYTES, TOPIC
from shared.engine.ports import Record
from tests.unit.incentive.builders import COURSE
from tests.unit.incentive.city import city_with
from tests.unit.incentive.claims import NOW, OTHER, PLATFORM, border, genuine, reason, record

OF_THE_RULES = {"REDEEM_CODE_UNKNOWN", "CLAIM_FOR_OTHER_COURSE"}
"""Forgeries that are well signed: the border believes them and a rule refuses."""


def test_a_genuine_claim_becomes_a_command() -> None:
    judged = border().judge(record(genuine()), NOW)
    assert isinstance(judged, ClaimAccepted)
    command = judged.command
    assert isinstance(command, RecordCompletion)
    assert (command.partner_code, command.claim_id, command.redeem_code) == ("TOKOPEDIA", "claim_1", "CODE-0001")
    assert (command.course_code, command.finished_on) == (COURSE, date(2020, 8, 20))
    assert len(command.digest) == 64


@pytest.mark.parametrize("name", sorted(FORGERIES))
def test_every_forgery_is_refused_for_its_reason(name: str) -> None:
    expected, forge = FORGERIES[name]
    judged = border().judge(record(forge(PLATFORM, NOW, genuine())), NOW)
    if expected not in OF_THE_RULES:
        assert isinstance(judged, ClaimRefused)
        assert judged.reason == expected
        return
    assert isinstance(judged, ClaimAccepted)
    city = city_with()
    city.redeem(city.buy())
    city.now = NOW
    with pytest.raises(Refused, match=expected):
        city.ask(judged.command)


def test_a_partner_cannot_speak_for_another() -> None:
    body = genuine(PLATFORM).body
    forged = Claim("CODE-0001", body, sign(OTHER, "claim_1", NOW, body))
    assert reason(forged) == "SIGNATURE_WRONG"


def test_a_partner_cannot_hide_another_behind_a_doubled_name() -> None:
    document = genuine(OTHER).body
    body = document[:-1] + b', "partner_code": "TOKOPEDIA"}'
    assert reason(Claim("CODE-0001", body, sign(OTHER, "claim_1", NOW, body))) == "DUPLICATE_JSON_KEY"
    body = b'{"a": {"partner_code": "BUKALAPAK"}, ' + genuine(PLATFORM).body[1:]
    assert reason(Claim("CODE-0001", body, sign(OTHER, "claim_1", NOW, body))) == "FIELD_UNKNOWN"


def test_a_name_that_only_looks_like_another_in_the_raw_bytes_is_noticed() -> None:
    body = genuine(PLATFORM).body.replace(b"TOKOPEDIA", b"TOKOP\\u0045DIA")
    assert reason(Claim("CODE-0001", body, sign(PLATFORM, "claim_1", NOW, body))) == "PARTNER_MISSING"
    trick = b'{"course_code": "\\"partner_code\\": \\"X", ' + genuine(PLATFORM).body[1:]
    assert reason(Claim("CODE-0001", trick, sign(PLATFORM, "claim_1", NOW, trick))) == "DUPLICATE_JSON_KEY"


def test_the_name_of_another_partner_needs_the_key_of_that_partner() -> None:
    body = json.dumps({**json.loads(genuine(PLATFORM).body), "partner_code": "BUKALAPAK"}).encode()
    assert reason(Claim("CODE-0001", body, sign(PLATFORM, "claim_1", NOW, body))) == "SIGNATURE_WRONG"


def test_the_record_key_is_the_redeem_code() -> None:
    assert reason(genuine(), key=b"CODE-0002") == "RECORD_KEY_DIFFERS"
    assert reason(genuine(), key=None) == "RECORD_KEY_DIFFERS"


@pytest.mark.parametrize(
    "header", ["", "v1a", "v1a,", "v1a,####", "v1a," + "A" * 86 + "==x", "v2a," + "A" * 88, "v1a,QUFB", "x" * 5000]
)
def test_a_signature_that_is_none_is_named_so(header: str) -> None:
    claim = genuine()
    claim = replace(claim, headers={**claim.headers, "webhook-signature": header})
    assert reason(claim) == "SIGNATURE_FORM_WRONG"


def test_one_good_signature_among_several_is_enough() -> None:
    old = replace(PLATFORM, key=Ed25519PrivateKey.generate())
    claim = genuine()
    both = sign(old, "claim_1", NOW, claim.body)["webhook-signature"] + " " + claim.headers["webhook-signature"]
    judged = border().judge(record(replace(claim, headers={**claim.headers, "webhook-signature": both})), NOW)
    assert isinstance(judged, ClaimAccepted)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\xff\xfe", "PARTNER_MISSING"),
        (b'"partner_code": "TOKOPEDIA"' + b"\xff", "NOT_UTF8"),
        (b'{"partner_code": "TOKOPEDIA"' + b"[" * 3000, "NOT_JSON"),
        (b'{"partner_code": "TOKOPEDIA", "x": ' + b"9" * 5000 + b"}", "NOT_JSON"),
        (b'{"partner_code": "TOKOPEDIA", "x": -Infinity}', "NOT_FINITE"),
        (b'[{"partner_code": "TOKOPEDIA"}]', "NOT_AN_OBJECT"),
        (b'{"partner_code": "TOKOPEDIA", "redeem_code": "\\ud800"}', "REDEEM_CODE_WRONG"),
    ],
)
def test_a_well_signed_body_that_is_no_claim_is_refused(body: bytes, expected: str) -> None:
    assert reason(Claim("CODE-0001", body, sign(PLATFORM, "claim_1", NOW, body))) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"redeem_code": "code-0001"},
        {"redeem_code": "CODE-0001\n"},
        {"course_code": "x" * 41},
        {"finished_on": "2020-08-20T00:00:00Z"},
        {"finished_on": "1597881600"},
        {"finished_on": 1597881600},
        {"finished_on": "2020-02-30"},
        {"finished_on": "٢٠٢٠-08-20"},
        {"certificate_number": ""},
        {"certificate_number": 5},
        {"certificate_number": "TKP 1"},
    ],
)
def test_a_field_outside_its_bounds_is_refused(fields: dict[str, Any]) -> None:
    claim = genuine(**fields)
    (name,) = fields
    assert reason(replace(claim, redeem_code="CODE-0001")) == f"{name}_WRONG".upper()


def test_a_certificate_may_follow_later() -> None:
    judged = border().judge(record(genuine(certificate_number=None)), NOW)
    assert isinstance(judged, ClaimAccepted)
    assert judged.command.certificate_number is None


@pytest.mark.parametrize(("age", "believed"), [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False)])
def test_the_topic_takes_claims_of_seven_days(age: timedelta, believed: bool) -> None:
    judged = border().judge(record(genuine()), NOW + age)
    assert isinstance(judged, ClaimAccepted) is believed


def test_the_door_takes_claims_of_five_minutes() -> None:
    claim = genuine()
    claim_id, timestamp, signature = claim.headers.values()
    envelope = Envelope(claim_id, timestamp, signature, claim.body)
    late = NOW + DOOR_AGE + timedelta(seconds=1)
    assert isinstance(border().judge_envelope(envelope, NOW, DOOR_AGE), ClaimAccepted)
    judged = border().judge_envelope(envelope, late, DOOR_AGE)
    assert isinstance(judged, ClaimRefused)
    assert judged.reason == "CLAIM_TOO_OLD"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_lacks_or_stands_twice_is_named(name: str) -> None:
    headers = tuple((key, value.encode()) for key, value in genuine().headers.items())
    without = tuple(header for header in headers if header[0] != name)
    doubled = (*headers, next(header for header in headers if header[0] == name))
    not_text = (*without, (name, b"\xff"))
    named = {"HEADER_MISSING": without, "HEADER_DOUBLED": doubled, "HEADER_NOT_TEXT": not_text}
    for expected, wrong in named.items():
        assert reason(genuine(), headers=wrong) == expected


def test_a_body_at_the_limit_is_read_and_one_above_is_not() -> None:
    claim = genuine()
    padded = claim.body[:-1] + b" " * (MAX_CLAIM_BYTES - len(claim.body)) + b"}"
    assert len(padded) == MAX_CLAIM_BYTES
    signed = Claim("CODE-0001", padded, sign(PLATFORM, "claim_1", NOW, padded))
    assert isinstance(border().judge(record(signed), NOW), ClaimAccepted)
    assert reason(replace(signed, body=padded + b" ")) == "BODY_TOO_LARGE"


@settings(max_examples=300)
@given(st.integers(0, 400), st.integers(1, 255))
def test_no_changed_byte_is_believed(place: int, change: int) -> None:
    claim = genuine()
    body = bytearray(claim.body)
    body[place % len(body)] ^= change
    assert isinstance(border().judge(record(replace(claim, body=bytes(body))), NOW), ClaimRefused)


@settings(max_examples=300)
@given(st.binary(max_size=300), st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=40)), max_size=5))
def test_any_bytes_get_a_reason_and_no_exception(body: bytes, headers: list[tuple[str, bytes]]) -> None:
    judged = border().judge(Record(TOPIC, 0, 0, b"k", body, tuple(headers)), NOW)
    assert isinstance(judged, ClaimRefused)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_signed_bytes_get_a_reason_and_no_exception(tail: bytes) -> None:
    body = b'{"partner_code": "TOKOPEDIA"' + tail
    judged = border().judge(record(Claim("CODE-0001", body, sign(PLATFORM, "claim_1", NOW, body))), NOW)
    assert isinstance(judged, ClaimRefused)
