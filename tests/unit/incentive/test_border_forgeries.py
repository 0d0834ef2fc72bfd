"""A hundred and more forged records: none passes, and each is refused for the reason that names it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from deploy.simulators.forged import Scene, Sent
from deploy.simulators.forged_bodies import FORGED
from services.incentive.adapters.border import ClaimAccepted, ClaimRefused
from shared.contracts.partner import TOPIC
from shared.engine.ports import Record
from tests.unit.incentive.claims import NOW, OTHER, PLATFORM, border, genuine

SCENE = Scene(PLATFORM, OTHER, NOW, genuine())


def record_of(sent: Sent) -> Record:
    """The record as the broker keeps it, with the time at which it arrived."""
    arrived = NOW + sent.late
    return Record(TOPIC, 0, 7, sent.key, sent.body, sent.headers, int(arrived.timestamp() * 1000))


def test_the_table_is_long_and_the_claim_it_forges_is_genuine() -> None:
    assert len(FORGED) >= 100
    assert len({expected for expected, _ in FORGED.values()}) >= 25
    assert isinstance(border().judge(record_of(SCENE.genuine()), NOW), ClaimAccepted)


@pytest.mark.parametrize("name", sorted(FORGED))
def test_no_forged_record_passes_and_each_has_its_reason(name: str) -> None:
    expected, make = FORGED[name]
    sent = make(SCENE)
    judged = border().judge(record_of(sent), NOW + sent.late)
    assert isinstance(judged, ClaimRefused), "believed"
    assert judged.reason == expected


def test_a_refusal_names_a_partner_only_when_its_key_has_signed() -> None:
    proven: Counter[bool] = Counter()
    for expected, make in FORGED.values():
        sent = make(SCENE)
        judged = border().judge(record_of(sent), NOW + sent.late)
        assert isinstance(judged, ClaimRefused)
        if expected in ("SIGNATURE_WRONG", "SIGNATURE_FORM_WRONG", "HEADER_MISSING", "HEADER_DOUBLED"):
            assert (judged.partner_code, judged.claim_id) == (None, None)
        proven[judged.partner_code is not None] += 1
    assert proven[True] > 50
    assert proven[False] > 50


@pytest.mark.parametrize("days", [0, 6, 8, 29, 400])
def test_a_record_that_is_read_again_later_is_judged_as_when_it_came(days: int) -> None:
    """The border may read the topic anew, after a restore or when a broker forgot: nobody's claim becomes too old."""
    later = NOW + timedelta(days=days)
    assert isinstance(border().judge(record_of(SCENE.genuine()), later), ClaimAccepted)
    ahead = record_of(FORGED["signed_tomorrow"][1](SCENE))
    judged = border().judge(ahead, later)
    assert isinstance(judged, ClaimRefused)
    assert judged.reason == "CLAIM_FROM_FUTURE"


def test_a_record_whose_time_lies_ahead_of_ours_counts_as_just_arrived() -> None:
    """Brokers may keep the producer's time: it can make a claim older, never younger."""
    sent = SCENE.genuine()
    ahead = Record(TOPIC, 0, 7, sent.key, sent.body, sent.headers, int((NOW + timedelta(days=9)).timestamp() * 1000))
    assert isinstance(border().judge(ahead, NOW + timedelta(days=1)), ClaimAccepted)
    judged = border().judge(ahead, NOW + timedelta(days=8))
    assert isinstance(judged, ClaimRefused)
    assert judged.reason == "CLAIM_TOO_OLD"
