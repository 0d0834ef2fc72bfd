"""The officials of a wave: people who each keep a secret from which, together, the seed of the draw is made.

Every official shares the own secret among the others before the list is frozen (sharing.py), so that whoever
withholds it at the draw changes nothing: `threshold` others open it. Source: paper facts 111 and 139 (R9-R11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.registration.domain import sharing
from shared.contracts.decision import Refused

LEAST, MOST = 3, 9
NAME = 80
"""Longest name of an official, in characters."""


@dataclass(frozen=True, slots=True)
class Official:
    """One of them. The list is frozen only when everybody has points and every other holder's word for them."""

    name: str
    points: tuple[str, ...] = ()
    """Points of the coefficients (66 digits each); the first is the commitment."""
    acknowledged_by: tuple[str, ...] = ()
    """Holders who checked the share of this official's secret that they were given."""
    signatures: tuple[str, ...] = ()
    """Theirs, in the same order, over `acknowledgement`; empty in waves of before holders signed (draw.UNSIGNED)."""


def threshold_of(count: int, wanted: int) -> int:
    """How many holders open a missing secret: what is wanted, but more than half of all, and at most all others.

    `count` officials hold `count` - 1 shares of each secret, because nobody needs a share of the own one.
    """
    return min(max(wanted, count // 2 + 1), count - 1)


def number_of(officials: Sequence[Official], name: str) -> int:
    """The number under which a holder gets shares: 1 for the first. Raises Refused OFFICIAL_UNKNOWN."""
    for number, official in enumerate(officials, 1):
        if official.name == name:
            return number
    raise Refused("OFFICIAL_UNKNOWN", official=name)


def missing(officials: Sequence[Official]) -> list[str]:
    """Names of officials without a commitment, or of whose shares a holder has not signed that they check."""
    return [
        official.name for official in officials if not official.points or len(official.signatures) < len(officials) - 1
    ]


def acknowledgement(wave: int, names: Sequence[str], official: str, points: Sequence[str], holder: str) -> bytes:
    """What a holder signs: my share of this official's secret lies on these points, in this wave of these officials.

    ECDSA on P-256 with SHA-256 under the holder's own commitment, so that nobody else can say it for them; as r and s,
    64 hexadecimal digits each. Names hold no line break, so no other list of them makes the same text.
    """
    lines = [
        "gelombang-draw-3 acknowledgement",
        f"wave {wave}",
        *(f"among {name}" for name in names),
        f"official {official}",
        f"points {' '.join(points)}",
        f"holder {holder}",
    ]
    return "\n".join(lines).encode()


def signed_words(officials: Sequence[Official]) -> list[tuple[int, int, str]]:
    """Every signature with the numbers of its official and its holder, in their order."""
    return [
        (number, number_of(officials, holder), signature)
        for number, official in enumerate(officials, 1)
        for holder, signature in zip(official.acknowledged_by, official.signatures, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class Opened:
    """All secrets in the order of the officials, and whose were opened by others."""

    secrets: tuple[str, ...]
    by_shares: tuple[str, ...]


def open_secrets(
    officials: Sequence[Official],
    threshold: int,
    secrets: Mapping[str, str],
    shares: Mapping[str, Mapping[str, str]],
) -> Opened:
    """Every secret: as its official gives it, or from the shares that holders give (official -> holder -> share).

    Raises Refused OFFICIAL_UNKNOWN, SECRET_WRONG, SECRETS_MISSING, SHARE_WRONG, SHARES_MISSING.
    """
    for name in (*secrets, *shares):
        number_of(officials, name)
    lacking = [each.name for each in officials if each.name not in secrets and each.name not in shares]
    if lacking:
        raise Refused("SECRETS_MISSING", officials=", ".join(lacking))
    found = [
        _own(official, secrets[official.name])
        if official.name in secrets
        else _from_shares(officials, official, threshold, shares[official.name])
        for official in officials
    ]
    return Opened(tuple(found), tuple(each.name for each in officials if each.name not in secrets))


def _own(official: Official, secret: str) -> str:
    try:
        fits = sharing.commitment(secret) == official.points[0]
    except ValueError:
        fits = False
    if not fits:
        raise Refused("SECRET_WRONG", official=official.name)
    return secret


def _from_shares(officials: Sequence[Official], dealer: Official, threshold: int, shares: Mapping[str, str]) -> str:
    """Each share is checked by itself, so that a wrong one is named and the right ones are not suspected."""
    numbered: dict[int, str] = {}
    for holder, share in shares.items():
        number = number_of(officials, holder)
        if holder == dealer.name or not sharing.holds(share, number, dealer.points):
            raise Refused("SHARE_WRONG", official=dealer.name, holder=holder)
        numbered[number] = share
    if len(numbered) < threshold:
        raise Refused("SHARES_MISSING", official=dealer.name, threshold=threshold)
    return _own(dealer, sharing.opened(numbered))
