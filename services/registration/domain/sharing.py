"""Secrets that others can open: Shamir's sharing over the curve P-256, checked by Feldman's points.

An official's secret is a number s, 0 < s < ORDER, and the constant term of a polynomial of degree threshold - 1.
- Published: the point g^a of every coefficient a. The first, g^s, is the commitment: the public key of s.
- Holder number x (1, 2, ... in the order of the officials) gets the share f(x) and can check it against the points,
  so nobody can hand out a share that opens nothing.
- `threshold` shares give s back (Lagrange at 0); fewer say nothing about it.
Numbers are written as 64 hexadecimal digits, points as SEC 1 compressed, 66 digits. Source: paper facts 111 and 139
(a selection nobody could check), Shamir 1979, Feldman 1987, FIPS 186-4 for the curve.

Not in constant time: it runs on an official's own machine, and here only on what is about to be published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_NUMBER = re.compile(r"[0-9a-f]{64}")
_POINT = re.compile(r"0[23][0-9a-f]{64}")

Point = tuple[int, int]
_Jacobian = tuple[int, int, int]
"""(X, Y, Z) stands for the point (X / Z^2, Y / Z^3); Z = 0 is the point at infinity."""
_INFINITY: _Jacobian = (1, 1, 0)


def number_of(text: str) -> int:
    """A secret or share from its 64 digits. Raises ValueError unless 0 < number < ORDER."""
    number = int(text, 16) if _NUMBER.fullmatch(text) else 0
    if not 0 < number < ORDER:
        raise ValueError("not a number of the group")
    return number


def digits_of(number: int) -> str:
    """64 hexadecimal digits."""
    return f"{number:064x}"


def point_of(text: str) -> Point:
    """A point from its 66 digits. Raises ValueError when there is none on the curve; infinity has no such form."""
    if not _POINT.fullmatch(text):
        raise ValueError("not a compressed point")
    x = int(text[2:], 16)
    square = (x * x * x - 3 * x + _B) % P
    y = pow(square, (P + 1) // 4, P)
    if x >= P or y * y % P != square:
        raise ValueError("not a point of the curve")
    return x, y if y % 2 == int(text[1]) % 2 else P - y


def commitment(secret: str) -> str:
    """What an official publishes of a secret before the list is frozen: g^s. Raises ValueError."""
    return _text(_times(number_of(secret), G))


def deal(coefficients: Sequence[int], holders: Sequence[int]) -> tuple[tuple[str, ...], dict[int, str]]:
    """Points of a polynomial, whose first coefficient is the secret, and the share of each holder.

    The coefficients are independent random numbers, 0 < number < ORDER. Raises ValueError for a share of zero: it
    would look like none; draw other coefficients (it happens once in 2^256).
    """
    points = tuple(_text(_times(coefficient, G)) for coefficient in coefficients)
    shares = {holder: digits_of(_value(coefficients, holder)) for holder in holders}
    for share in shares.values():
        number_of(share)
    return points, shares


def _value(coefficients: Sequence[int], at: int) -> int:
    return reduce(lambda total, each: (total * at + each) % ORDER, reversed(coefficients), 0)


def holds(share: str, holder: int, points: Sequence[str]) -> bool:
    """Whether a share lies on the polynomial behind the points: g^share = product of point_k^(holder^k)."""
    try:
        given = _times(number_of(share), G)
        parsed = [point_of(point) for point in points]
    except ValueError:
        return False
    total = _INFINITY
    for point in reversed(parsed):  # Horner's scheme: the exponents stay as small as the holder's number
        total = _add(_times(holder, _affine(total)) if total[2] else total, (*point, 1))
    return total[2] != 0 and _affine(total) == _affine(given)


def opened(shares: Mapping[int, str]) -> str:
    """The secret from the shares of `threshold` holders (number -> share): Lagrange's interpolation at 0.

    Raises ValueError for a share that is no number. Fewer shares, or wrong ones, give another number: compare
    its commitment with the published one.
    """
    secret = 0
    for holder, share in shares.items():
        above, below = 1, 1
        for other in shares:
            if other != holder:
                above, below = above * other % ORDER, below * (other - holder) % ORDER
        secret = (secret + number_of(share) * above * pow(below, -1, ORDER)) % ORDER
    return digits_of(secret)


def _text(point: _Jacobian) -> str:
    x, y = _affine(point)
    return f"{2 + y % 2:02x}{x:064x}"


def _affine(point: _Jacobian) -> Point:
    inverse = pow(point[2], -1, P)
    return point[0] * inverse**2 % P, point[1] * inverse**3 % P


def _times(factor: int, point: Point) -> _Jacobian:
    total = _INFINITY
    for bit in f"{factor:b}":
        total = _double(total)
        if bit == "1":
            total = _add(total, (*point, 1))
    return total


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if z == 0:
        return _INFINITY
    square = y * y % P
    middle = 4 * x * square % P
    slope = 3 * (x - z * z) * (x + z * z) % P  # a = -3
    third = (slope * slope - 2 * middle) % P
    return third, (slope * (middle - third) - 8 * square * square) % P, 2 * y * z % P


def _add(one: _Jacobian, two: _Jacobian) -> _Jacobian:
    if one[2] == 0 or two[2] == 0:
        return two if one[2] == 0 else one
    square, other = one[2] * one[2] % P, two[2] * two[2] % P
    x, y = one[0] * other % P, one[1] * other * two[2] % P
    across, up = (two[0] * square - x) % P, (two[1] * square * one[2] - y) % P
    if across == 0:
        return _double(one) if up == 0 else _INFINITY
    flat = across * across % P
    cube, middle = flat * across % P, x * flat % P
    third = (up * up - cube - 2 * middle) % P
    return third, (up * (middle - third) - y * cube) % P, across * one[2] * two[2] % P
