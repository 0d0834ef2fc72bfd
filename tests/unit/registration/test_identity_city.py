"""The made-up city of the bench, small: what is planted is found, and ordinary life is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench import identity, identity_city


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return identity.run(identity_city.build(2000, rings=(30, 100), seed=7))[1]


def test_people_with_two_niks_are_found(figures: dict[str, Any]) -> None:
    found = figures["near_duplicates"]

    assert found["precision"] >= 0.95
    assert found["recall"] >= 0.75  # 20 pairs: the bench has 1,000


def test_rings_are_found_whole_and_each_in_one_case(figures: dict[str, Any]) -> None:
    found = figures["rings"]

    assert found["recall"] == 1.0
    assert found["precision"] >= 0.9
    assert [(each["found"], each["cases"]) for each in found["planted"]] == [(30, 1), (100, 1)]


def test_what_is_read_for_a_person_does_not_grow(figures: dict[str, Any]) -> None:
    read = figures["states_read_per_applicant"]

    assert read["last_tenth"] < 1.5 * read["first_tenth"]
    assert read["most_in_one_decision"] <= 12
