"""Ten thousand draws: nobody is favoured by the place in the list, the stratum's size or the day of registration.

Seeds are numbered, so that the test says the same in every run. Chi-square is compared with its 99.9 % quantile: a
fair rule exceeds it once in a thousand sets of seeds, and a biased one whenever the bias is worth anything.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cache

import pytest

from services.registration.domain import draw
from services.registration.domain.draw import GENERAL, Row, Stratum

DRAWS = 10_000
LISTED = "LAID_OFF_LIST"
LINES = [f"{n:02d}-id,{LISTED if n % 3 == 0 else GENERAL}" for n in range(12)]
"""Four people of the stratum, eight of none; 2 seats of the stratum and 3 for everybody."""
STRATA, QUOTA = [Stratum(LISTED, 2)], 5
MEMBERS = [line.partition(",")[0] for line in LINES if line.endswith(LISTED)]
OTHERS = [line.partition(",")[0] for line in LINES if line.endswith(GENERAL)]
FIRST = "00-id"


@cache
def draws() -> Sequence[Sequence[Row]]:
    seeds = (hashlib.sha256(f"draw {number}".encode()).hexdigest() for number in range(DRAWS))
    return [draw.draw(LINES, STRATA, QUOTA, seed) for seed in seeds]


MOST = {1: 10.83, 3: 16.27, 7: 24.32, 11: 31.26}
"""Degrees of freedom -> 99.9 % quantile of chi-square, from the tables."""


def chi_square(counts: Sequence[int], expected: float) -> float:
    return sum((count - expected) ** 2 / expected for count in counts)


@pytest.mark.parametrize("group", [MEMBERS, OTHERS], ids=["of the stratum", "of no stratum"])
def test_everybody_of_a_group_is_selected_equally_often(group: list[str]) -> None:
    wins = Counter(row.applicant_id for rows in draws() for row in rows if row.selected)
    counts = [wins[person] for person in group]
    # Selections of one draw exclude each other, so the counts vary less than independent ones: the bound is safe.
    assert chi_square(counts, sum(counts) / len(counts)) < MOST[len(group) - 1]


def test_the_seats_of_each_group_are_those_that_the_rule_gives() -> None:
    """2 of 4 in the stratum; then 3 of the 10 who are left: each of the 2 others of the stratum as likely as the 8."""
    wins = Counter(row.applicant_id for rows in draws() for row in rows if row.selected)
    inside, outside = sum(wins[each] for each in MEMBERS), sum(wins[each] for each in OTHERS)
    # The 2 who lost in the stratum have the larger of 4 tickets, so they win general seats less often than others.
    assert inside + outside == DRAWS * QUOTA
    assert 2 * DRAWS < inside < 2 * DRAWS + 0.6 * DRAWS
    general = [row for rows in draws() for row in rows if row.selected and row.stratum == GENERAL]
    assert len(general) == 3 * DRAWS


def test_who_registered_first_stands_at_every_place_equally_often() -> None:
    places = Counter([row.applicant_id for row in rows].index(FIRST) for rows in draws())
    counts = [places[place] for place in range(len(LINES))]
    assert chi_square(counts, DRAWS / len(LINES)) < MOST[len(LINES) - 1]


@pytest.mark.parametrize("place", [0, 2, 11])
def test_every_place_goes_to_everybody_equally_often(place: int) -> None:
    holders = Counter(rows[place].applicant_id for rows in draws())
    assert chi_square([holders[line.partition(",")[0]] for line in LINES], DRAWS / len(LINES)) < MOST[len(LINES) - 1]


def test_two_people_come_before_each_other_equally_often() -> None:
    """Neighbours in the list, and the first and the last of it."""
    for one, two in (("00-id", "01-id"), ("00-id", "11-id"), ("05-id", "06-id")):
        orders = [[row.applicant_id for row in rows] for rows in draws()]
        before = sum(order.index(one) < order.index(two) for order in orders)
        assert chi_square([before, DRAWS - before], DRAWS / 2) < MOST[1]


def test_a_bias_would_be_noticed() -> None:
    """One of twelve who stands first a quarter more often than the others."""
    counts = [800] * 11 + [1000]
    assert chi_square(counts, sum(counts) / 12) > MOST[11]
