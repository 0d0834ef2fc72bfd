"""Sharing a secret: the curve as another library computes it, and what shares open, prove and hide."""

from __future__ import annotations

from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain import sharing
from services.registration.domain.sharing import ORDER, P, commitment, deal, digits_of, holds, opened
from tests.unit.registration import officials

NUMBERS = st.integers(1, ORDER - 1)
POLYNOMIALS = st.lists(NUMBERS, min_size=3, max_size=3)
HOLDERS = (1, 2, 3, 4, 5)
FEW = settings(max_examples=25, deadline=None)
"""Each example multiplies points dozens of times."""


def by_another_library(number: int) -> str:
    key = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint).hex()


@FEW
@given(NUMBERS)
def test_a_commitment_is_the_public_key_of_the_secret(number: int) -> None:
    assert commitment(digits_of(number)) == by_another_library(number)


@pytest.mark.parametrize("number", [1, 2, 3, ORDER - 1, ORDER - 2, 2**255, 2**128 - 1])
def test_a_commitment_is_right_at_the_edges(number: int) -> None:
    text = commitment(digits_of(number))
    assert text == by_another_library(number)
    x, y = sharing.point_of(text)
    read = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(text)).public_numbers()
    assert (x, y) == (read.x, read.y)


@pytest.mark.parametrize("text", ["", "0" * 64, f"{ORDER:064x}", "f" * 64, "A" * 64, "01" * 31, "0x" + "1" * 62])
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number of the group"):
        commitment(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00",
        "04" + "11" * 32,  # another form
        "02" + "0" * 63 + "1",  # x = 1 has no y on this curve
        f"02{P + 5:064x}",  # the same x in a second spelling
        "02" + "ZZ" * 32,
    ],
)
def test_what_is_no_point_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="point"):
        sharing.point_of(text)


@FEW
@given(POLYNOMIALS)
def test_any_three_of_five_open_the_secret_and_every_share_proves_itself(polynomial: list[int]) -> None:
    points, shares = deal(polynomial, HOLDERS)

    assert points[0] == commitment(digits_of(polynomial[0]))
    assert all(holds(share, holder, points) for holder, share in shares.items())
    for three in combinations(HOLDERS, 3):
        assert opened({holder: shares[holder] for holder in three}) == digits_of(polynomial[0])
    assert opened(shares) == digits_of(polynomial[0]), "more than needed do no harm"


@FEW
@given(POLYNOMIALS, NUMBERS)
def test_two_shares_fit_every_secret_alike(polynomial: list[int], other: int) -> None:
    """For any other secret there is a polynomial with these two shares: they say nothing."""
    _, shares = deal(polynomial, HOLDERS)
    one, two = int(shares[1], 16), int(shares[2], 16)
    # f(1) = s + a + b and f(2) = s + 2a + 4b, solved for a and b
    half = pow(2, -1, ORDER)
    b = (two - 2 * one + other) * half % ORDER
    a = (one - other - b) % ORDER
    assert ((other + a + b) % ORDER, (other + 2 * a + 4 * b) % ORDER) == (one, two)
    if polynomial[0] != (2 * one - two) % ORDER:
        assert opened({1: shares[1], 2: shares[2]}) != digits_of(polynomial[0])


@FEW
@given(POLYNOMIALS, NUMBERS, st.sampled_from(HOLDERS))
def test_a_wrong_share_is_detected(polynomial: list[int], wrong: int, holder: int) -> None:
    points, shares = deal(polynomial, HOLDERS)
    assert holds(digits_of(wrong), holder, points) == (digits_of(wrong) == shares[holder])
    assert not holds(shares[holder], holder % 5 + 1, points) or shares[holder] == shares[holder % 5 + 1]


@pytest.mark.parametrize(
    ("share", "points"),
    [("0" * 64, 3), ("nonsense", 3), (digits_of(5), 0), (digits_of(5), 2)],
)
def test_what_is_no_share_holds_against_nothing(share: str, points: int) -> None:
    assert not holds(share, 1, officials.points(officials.NAMES[0])[:points])


def test_points_that_add_up_to_nothing_hold_no_share() -> None:
    """g^1 and g^-1 cancel at holder 1: the point at infinity is nobody's share."""
    points = (commitment(digits_of(1)), commitment(digits_of(ORDER - 1)))
    assert not holds(digits_of(7), 1, points)


def test_the_same_point_may_stand_twice() -> None:
    points, shares = deal([9, 9], [1, 2])
    assert points[0] == points[1]
    assert all(holds(share, holder, points) for holder, share in shares.items())


def test_a_share_of_zero_is_not_dealt() -> None:
    with pytest.raises(ValueError, match="not a number"):
        deal([1, ORDER - 1], [1])
