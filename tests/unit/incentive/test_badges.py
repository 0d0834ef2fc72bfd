"""Open Badges 3.0: a genuine one stands for the certificate number, and no other does, all without any network."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.simulators.badges import Form, secured
from deploy.simulators.forged_badges import CHANGES, MANNERS
from services.incentive.adapters.badges import identity_hash
from services.incentive.adapters.border import ClaimAccepted, ClaimRefused
from services.incentive.adapters.partner_keys import base58_decoded, multibase, public_key
from services.incentive.domain.certificates import Certificate
from shared.contracts.decision import Refused
from shared.contracts.incentive import TrainingCompleted
from tests.unit.incentive.badges import FORMS, KEY, SCENE, judged, reason, trusting
from tests.unit.incentive.builders import ANN, BEN
from tests.unit.incentive.city import city_with
from tests.unit.incentive.claims import NOW, PLATFORM


@pytest.mark.parametrize("form", FORMS)
def test_a_genuine_badge_stands_for_the_certificate_number(form: Form) -> None:
    document = SCENE.document()
    found = judged(secured(KEY, document, form))
    assert isinstance(found, ClaimAccepted), found
    assert found.command.certificate_number == "OB-" + document["id"].removeprefix("urn:uuid:")
    assert found.command.doubts == ()
    city = city_with()
    city.redeem(city.buy())
    city.now = NOW
    city.ask(found.command)
    (told,) = city.told(TrainingCompleted)
    assert told.certificate_reconciled
    (kept,) = city.all(Certificate)
    assert (kept.status_list, kept.status_index, kept.status_known) == ("TOKOPEDIA", 7, True)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_badge_about_something_else_is_refused_for_its_reason(name: str, form: Form) -> None:
    expected, change = CHANGES[name]
    assert reason(secured(KEY, change(SCENE, SCENE.document()), form)) == expected


@pytest.mark.parametrize("name", sorted(MANNERS))
def test_a_badge_that_is_signed_wrongly_is_refused_for_its_reason(name: str) -> None:
    expected, manner = MANNERS[name]
    assert reason(manner(SCENE)) == expected


def test_a_badge_needs_an_agreement() -> None:
    row = {name: value for name, value in PLATFORM.row().items() if name != "badges"}
    assert reason(SCENE.genuine("jwt"), trusting(row=row)) == "BADGE_NOT_AGREED"


def test_one_badge_serves_one_person_once() -> None:
    city = city_with(ANN, BEN)
    codes = [city.buy(), city.buy(applicant_id=BEN)]
    for code in codes:
        city.redeem(code)
    city.now = NOW
    found = judged(SCENE.genuine("jwt"))
    assert isinstance(found, ClaimAccepted)
    city.ask(found.command)
    other = city.claim(codes[1], certificate_number=found.command.certificate_number)
    with pytest.raises(Refused, match="CERTIFICATE_USED"):
        city.ask(other)


def test_the_key_of_the_specification_has_its_name_and_a_document_its_hashes() -> None:
    """Vectors of VC Data Integrity EdDSA 1.0 (integrations.md 10)."""
    raw = bytes.fromhex("4bdeafde2ea8beefadd8c699b5c7e0704cf51154d52e17b20b71337ca04cc5a5")
    named = "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
    key = public_key(named)
    assert key.public_bytes_raw() == raw
    assert multibase(key) == named
    content = bytes.fromhex(
        "d34009cea0dbc1ca941e09dc01c8c9d3e3ce3c5b853f67ee44698dcea10f5d19"
        "87f65a76d40146205e3b3e06cb0fbd153f97f9ce70372390f52566bb7f9e0773"
    )
    value = "5x9aCBYovW3CQCbKdNyhEm7ffYSw1YpEdPywQJoNbzDD2gkzQDKJ1sYKJaWvqZtkMtSbz35HcbgXVEDYHxCzgkCr"
    key.verify(base58_decoded(value), content)


def test_the_hash_of_a_person_is_that_of_value_and_salt() -> None:
    assert identity_hash("a@b", "salt") == "sha256$b791a5c64b3adc8a3fb192c974935e40a850cf03b3ec2334f0fce01f9544c064"


# ---- keys


def test_a_badge_of_a_revoked_key_is_refused_and_an_earlier_one_waits_for_a_person() -> None:
    row = PLATFORM.row()
    revoked = {**row["badges"]["keys"][0], "status": "revoked"}
    early = {**revoked, "revoked_at": (NOW + timedelta(hours=1)).isoformat()}
    for keys, expected in (([revoked], "BADGE_KEY_REVOKED"), ([early], None)):
        border = trusting(row={**row, "badges": {**row["badges"], "keys": keys}})
        for form in FORMS:
            found = judged(SCENE.genuine(form), border)
            if expected:
                assert isinstance(found, ClaimRefused)
                assert found.reason == expected
            else:
                assert isinstance(found, ClaimAccepted)
                assert "SIGNED_BEFORE_REVOCATION" in found.command.doubts


# ---- whatever a platform signs, the border answers with a reason and never with an exception

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
PLACES = (
    *("@context", "id", "type", "issuer", "validFrom", "validUntil", "name", "credentialStatus", "credentialSubject"),
    *("credentialSubject/type", "credentialSubject/identifier", "credentialSubject/achievement"),
    *("credentialStatus/type", "credentialStatus/statusListIndex", "iss", "jti", "nbf", "exp", "sub", "proof"),
)
TIMES = st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2020-08-20", "2020-W34-4T00Z"])


def put(document: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    outer, _, inner = place.partition("/")
    return {**document, outer: {**document[outer], inner: value} if inner else value}


def plainly(value: Any) -> Any:
    """Python writes NaN and Infinity, which are no JSON: those have a test of their own."""
    return json.loads(json.dumps(value), parse_constant=str)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PLACES), ANYTHING | TIMES)
def test_any_signed_token_gets_an_answer(place: str, value: Any) -> None:
    document = put(SCENE.document(), place, plainly(value))
    token = jwt.api_jws.PyJWS().encode(json.dumps(document).encode(), KEY, algorithm="EdDSA")
    assert isinstance(judged(token), ClaimAccepted | ClaimRefused)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PLACES), ANYTHING | TIMES)
def test_any_document_with_a_proof_gets_an_answer(place: str, value: Any) -> None:
    document = put(SCENE.genuine("jcs"), place, plainly(value))  # type: ignore[arg-type]
    assert isinstance(judged(document), ClaimAccepted | ClaimRefused)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["alg", "typ", "kid", "jwk", "crit", "b64", "zip"]), ANYTHING), st.binary())
def test_any_header_gets_an_answer(header: dict[str, Any], payload: bytes) -> None:
    parts = (json.dumps(plainly(header)).encode(), payload, bytes(64))
    token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    assert isinstance(judged(token), ClaimRefused)
