"""The draw that anybody can recompute: a committed list, a committed seed, ranks by HMAC. Rule `gelombang-draw-3`.

1. The list: one line `applicant_id,stratum` per person, sorted by applicant_id. Its root is the RFC 6962 tree
   hash: leaf = SHA-256(00 || line), node = SHA-256(01 || left || right), a node without a right neighbour rises.
2. The announcement: root, seats, officials with their points, what every holder of a share signed about it
   (officials.acknowledgement) and the beacon's round, as lines of text. Their SHA-256 is the commitment, the one line
   to print when the list is frozen: afterwards nothing of it can be exchanged, though the secrets, and with them the
   keys of the signatures, become public. Rule `gelombang-draw-2` of earlier waves is the same without signatures.
3. The seed: SHA-256 of the officials' 32-byte secrets in their order, then of the beacon's 32 bytes where the wave
   has one. Each secret s fits its commitment g^s on P-256 (sharing.py); without all of them there is no seed.
4. The ticket of a person: HMAC-SHA256(seed, applicant_id). Smaller tickets come first.
5. Strata in their order: the first `quota` tickets of the stratum's people are selected.
6. Seats left over, and those of no stratum, go to the general pool UMUM: everybody not yet selected, by ticket.
A person who is not selected is told the rank inside the own stratum. Source: paper facts 111 and 139 (R9-R11).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

RULE, UNSIGNED = "gelombang-draw-3", "gelombang-draw-2"
GENERAL = "UMUM"
CHUNK = 1024
"""Lines per stored part of the list. A power of two, so that the root of a part is a node of the tree."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """A group with seats of its own; strata are served in their order."""

    code: str
    quota: int


@dataclass(frozen=True, slots=True)
class Row:
    """How the draw ended for one person. `rank > quota` holds for everybody who is not selected."""

    applicant_id: str
    stratum: str
    rank: int
    pool_size: int
    quota: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One neighbour on the way from a leaf to the root, and the side on which it stands."""

    side: Literal["left", "right"]
    digest: str


def leaf(line: str) -> bytes:
    """Digest of one line of the list."""
    return hashlib.sha256(b"\x00" + line.encode()).digest()


def root(nodes: Sequence[bytes]) -> bytes:
    """Tree hash over leaves, or over the roots of whole parts; of nothing: SHA-256 of nothing."""
    if not nodes:
        return hashlib.sha256(b"").digest()
    level = list(nodes)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def _parents(level: Sequence[bytes]) -> list[bytes]:
    pairs = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs if len(level) % 2 == 0 else [*pairs, level[-1]]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def proof(nodes: Sequence[bytes], index: int) -> tuple[Step, ...]:
    """Inclusion proof of the node at `index`: with it, `climb` gives the root."""
    steps: list[Step] = []
    level = list(nodes)
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            steps.append(Step("left" if beside < index else "right", level[beside].hex()))
        index //= 2
        level = _parents(level)
    return tuple(steps)


def climb(start: bytes, steps: Iterable[Step]) -> bytes:
    """The root that a leaf and its proof lead to; equal to the published root when the person is in the list."""
    current = start
    for step in steps:
        beside = bytes.fromhex(step.digest)
        current = _node(beside, current) if step.side == "left" else _node(current, beside)
    return current


@dataclass(frozen=True, slots=True)
class Announcement:
    """All that is fixed when the list is frozen. `officials` are names with their points, in their order."""

    wave: int
    root: str
    entries: int
    quota: int
    strata: Sequence[Stratum]
    threshold: int
    officials: Sequence[tuple[str, Sequence[str]]]
    beacon: tuple[str, int] | None
    """Hash of the chain and round."""
    signatures: Sequence[tuple[int, int, str]] = ()
    """Number of an official, number of a holder of shares, and what that holder signed; none in rule UNSIGNED."""
    rule: str = RULE

    def commitment(self) -> str:
        """SHA-256 of the lines; names come last in theirs, and hold no line break."""
        lines = [
            self.rule,
            f"wave {self.wave}",
            f"root {self.root}",
            f"entries {self.entries}",
            f"quota {self.quota}",
            *(f"stratum {each.code} {each.quota}" for each in self.strata),
            f"threshold {self.threshold}",
            *(f"official {' '.join(points)} {name}" for name, points in self.officials),
            *(f"acknowledged {official} {holder} {signature}" for official, holder, signature in self.signatures),
        ]
        if self.beacon:
            lines.append(f"beacon {self.beacon[0]} {self.beacon[1]}")
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def seed_of(secrets: Sequence[str], randomness: str = "") -> str:
    """The seed from all secrets in the order of their officials, and the beacon's randomness; hexadecimal digits."""
    return hashlib.sha256(b"".join(bytes.fromhex(each) for each in (*secrets, randomness))).hexdigest()


def ticket(seed: bytes, applicant_id: str) -> bytes:
    """Place in the draw; nobody can choose it without knowing the seed before the list."""
    return hmac.digest(seed, applicant_id.encode(), "sha256")


def draw(lines: Iterable[str], strata: Sequence[Stratum], quota: int, seed: str) -> list[Row]:
    """Results for every line of the list, in the order of the tickets. Same input, same output, in any order of lines.

    `quota` counts all seats, those of the strata included; seats are never more than people.
    """
    key = bytes.fromhex(seed)
    people = [(applicant_id, stratum) for applicant_id, _, stratum in (line.partition(",") for line in lines)]
    people.sort(key=lambda person: (ticket(key, person[0]), person[0]))
    rows: dict[str, Row] = {}
    for stratum in strata:
        pool = [applicant_id for applicant_id, code in people if code == stratum.code]
        rows |= _ranked(pool, stratum.code, min(stratum.quota, quota - _seats(rows)))
    left = [person for person, _ in people if person not in rows or not rows[person].selected]
    general = _ranked(left, GENERAL, quota - _seats(rows))
    for person, row in general.items():
        if row.selected or person not in rows:
            rows[person] = row
    return [rows[applicant_id] for applicant_id, _ in people]


def _ranked(pool: Sequence[str], code: str, quota: int) -> dict[str, Row]:
    size = len(pool)
    return {person: Row(person, code, rank, size, quota, rank <= quota) for rank, person in enumerate(pool, 1)}


def _seats(rows: dict[str, Row]) -> int:
    return sum(row.selected for row in rows.values())
