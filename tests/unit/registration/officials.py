"""Five officials with polynomials that are the same in every run: what they publish, keep and hand to each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache

from services.registration.adapters.share_signatures import sign
from services.registration.domain import sharing
from services.registration.domain.officials import Official, acknowledgement

NAMES = ("Kepala Dinas", "Inspektur", "Kominfo", "Forum Pekerja", "Forum Pelatihan")
THRESHOLD = 3


@cache
def polynomial(name: str) -> tuple[int, ...]:
    words = (hashlib.sha256(f"{name} {k}".encode()).digest() for k in range(THRESHOLD))
    return tuple(1 + int.from_bytes(word) % (sharing.ORDER - 1) for word in words)


@cache
def dealt(name: str) -> tuple[tuple[str, ...], dict[int, str]]:
    """Points, and shares by the number of the holder."""
    return sharing.deal(polynomial(name), [number for number, each in enumerate(NAMES, 1) if each != name])


def points(name: str) -> tuple[str, ...]:
    return dealt(name)[0]


def secret(name: str) -> str:
    return sharing.digits_of(polynomial(name)[0])


def secrets(*without: str) -> dict[str, str]:
    """What everybody brings to the draw, apart from some."""
    return {name: secret(name) for name in NAMES if name not in without}


def shares(official: str, holders: Iterable[str]) -> dict[str, dict[str, str]]:
    """What holders bring of an official's secret."""
    return {official: {holder: dealt(official)[1][1 + NAMES.index(holder)] for holder in holders}}


@cache
def signature(holder: str, official: str, wave: int = 1) -> str:
    """What a holder signs about the share of an official's secret."""
    return sign(secret(holder), acknowledgement(wave, NAMES, official, points(official), holder))


def words(official: str, wave: int = 1) -> list[dict[str, object]]:
    """The files of all who hold a share of an official's secret, as the door takes them."""
    told: dict[str, object] = {"official": official, "points": list(points(official))}
    return [
        {**told, "holder": each, "signature": signature(each, official, wave)} for each in NAMES if each != official
    ]


def ready(signed: bool = True) -> tuple[Official, ...]:
    """Everybody has handed in a commitment and has the word of all others; or as it was before they signed."""
    return tuple(
        Official(name, points(name), others, tuple(signature(each, name) for each in others) if signed else ())
        for name in NAMES
        for others in [tuple(each for each in NAMES if each != name)]
    )


SECRETS = tuple(secret(name) for name in NAMES)
COMMITMENTS = tuple(points(name)[0] for name in NAMES)
