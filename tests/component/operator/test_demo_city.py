"""What the demo plants is what the rules find, in cities of any size; and nobody else is asked anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from deploy.demo.people import Person
from deploy.demo.sheets import FULL_ROWS, PLAN, City, build_city
from services.registration.domain.review import ReviewCase
from services.registration.domain.watch import NEAR
from tests.bench import identity, identity_city


def read(row: list[Any]) -> Person:
    """A row of a sheet, as somebody who reads it."""
    born = datetime.strptime(row[3], "%d/%m/%Y").date()  # noqa: DTZ007  # a birth date has no hour
    sex, place = "M" if row[11] == "L" else "F", row[12]
    return Person(row[1], row[2], row[4], born, sex, row[5], row[6], row[7], place, "", *row[8:11], row[14])


def came(city: City) -> Iterator[identity_city.Application]:
    """Everybody who can be read and is the first with a NIK, in the order in which they come."""
    known = set[str]()
    persons = [read(row) for row in (*city.first, *city.second) if row[5] and isinstance(row[3], str)]
    for person in (*persons, *city.online):
        if person.nik not in known and person.nik.isascii() and person.birth_date.year < 2002:
            known.add(person.nik)
            yield identity_city.application(person, device=city.devices.get(person.nik, ""))


def test_the_whole_city_has_the_counts_of_the_plan() -> None:
    city = build_city(FULL_ROWS)
    assert (len(city.first), len(city.second)) == (PLAN["first_sheet_rows"], PLAN["second_sheet_rows"])
    assert len(city.online) == PLAN["online"]
    assert Counter(pair.kind for pair in city.pairs) == PLAN["near_duplicates"]
    assert len(city.ring) == sum(PLAN["ring"].values())
    assert len(city.devices) == PLAN["ring"]["device"]
    left = sum(after == "ELIGIBLE" for _, after in city.changed.values())
    assert left == sum(PLAN["newer_list"]["left"].values())
    assert len(city.changed) - left == sum(PLAN["newer_list"]["added"].values())


@pytest.mark.parametrize("rows", [40, 100, 150, 500])
def test_exactly_the_planted_people_become_cases(rows: int) -> None:
    city = build_city(rows)
    assert len(city.first) + len(city.second) == rows
    assert {pair.kind for pair in city.pairs} == set(PLAN["near_duplicates"])
    office, _ = identity.run(identity_city.City(made := list(came(city))))

    def niks(case: ReviewCase) -> frozenset[str]:
        return frozenset(made[int(who[1:])].form.nik for who in case.applicant_ids)

    cases: list[ReviewCase] = office.of(ReviewCase)
    near = [niks(case) for case in cases if NEAR in case.reasons]
    assert sorted(map(sorted, near)) == sorted(sorted((p.first.nik, p.second.nik)) for p in city.pairs)
    rings = [niks(case) for case in cases if case.kind == "RING"]
    assert rings == [frozenset(person.nik for person in city.ring)]
    assert len(cases) == len(near) + len(rings)
