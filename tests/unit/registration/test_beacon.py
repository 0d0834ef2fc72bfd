"""The beacon: rounds and times of quicknet, signatures that drand published, and a relay that may say anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.adapters.beacon import BeaconSilent, Relay, genuine
from services.registration.domain import beacon
from services.registration.domain.beacon import QUICKNET

VECTORS = (
    (
        657413,
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
        "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
    ),
    (
        42,
        "95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a",
        "8ada64bae5c6c0f5540a6a13af56e663240edfbd2c76ac6a8f27671eb7259ce3",
    ),
)
GENESIS = datetime.fromtimestamp(QUICKNET.genesis, UTC)


@pytest.mark.parametrize(("number", "signature", "randomness"), VECTORS)
def test_published_signatures_are_genuine_and_give_the_published_randomness(
    number: int, signature: str, randomness: str
) -> None:
    assert genuine(QUICKNET.hash, number, signature)
    assert beacon.randomness(signature) == randomness


@pytest.mark.parametrize(
    ("chain", "number", "signature"),
    [
        (QUICKNET.hash, 657414, VECTORS[0][1]),  # another round
        (QUICKNET.hash, 42, VECTORS[0][1]),
        ("ab" * 32, 42, VECTORS[1][1]),  # another chain
        (QUICKNET.hash, 0, VECTORS[1][1]),
        (QUICKNET.hash, -1, VECTORS[1][1]),
        (QUICKNET.hash, 2**64, VECTORS[1][1]),
        (QUICKNET.hash, 42, "c0" + "00" * 47),  # the point at infinity
        (QUICKNET.hash, 42, "00" * 48),
        (QUICKNET.hash, 42, "zz" * 48),
        (QUICKNET.hash, 42, ""),
        (QUICKNET.hash, 42, VECTORS[1][1].upper()),
    ],
)
def test_anything_else_is_not(chain: str, number: int, signature: str) -> None:
    assert not genuine(chain, number, signature)


def test_rounds_and_times_of_quicknet() -> None:
    assert beacon.round_at(QUICKNET, datetime(2026, 4, 20, tzinfo=UTC)) == 27946612
    assert beacon.round_at(QUICKNET, GENESIS) == 1
    assert beacon.time_of(QUICKNET, 1) == GENESIS
    with pytest.raises(ValueError, match="does not exist"):
        beacon.round_at(QUICKNET, GENESIS - timedelta(milliseconds=1))


@given(st.integers(0, 10**12))
def test_the_named_round_is_the_first_that_nobody_can_know_for_ten_minutes(milliseconds: int) -> None:
    frozen = GENESIS + timedelta(milliseconds=milliseconds)
    number = beacon.next_round(QUICKNET, frozen)
    assert beacon.time_of(QUICKNET, number) > frozen + beacon.WAIT
    assert beacon.time_of(QUICKNET, number - 1) <= frozen + beacon.WAIT
    assert beacon.round_at(QUICKNET, beacon.time_of(QUICKNET, number)) == number


async def test_a_relay_is_asked_for_the_round() -> None:
    def relay(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v2/beacons/quicknet/rounds/42"
        return httpx.Response(200, json={"round": 42, "signature": VECTORS[1][1]})

    found = await Relay("http://drand.test/", httpx.MockTransport(relay)).signature(QUICKNET.hash, 42)
    assert found == VECTORS[1][1]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(200, text="soon"),
        httpx.Response(200, json={}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"signature": "short"}),
    ],
)
async def test_a_relay_that_has_no_signature_is_silent(answer: httpx.Response) -> None:
    with pytest.raises(BeaconSilent):
        await Relay("http://drand.test", httpx.MockTransport(lambda _: answer)).signature(QUICKNET.hash, 42)
