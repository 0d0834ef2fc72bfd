"""Near duplicates by marks alone; the marks are made as the door makes them."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from services.registration.api import sealing
from services.registration.domain import likeness
from services.registration.domain.likeness import ENOUGH, Holder, NameBlock
from shared.security.vault import Vault
from tests.unit.registration.builders import form

VAULT = Vault(cast(Any, None), b"m" * 32, b"i" * 32)


def holder(name: str, nik: str = "1", born: date = date(1995, 4, 5), **changes: Any) -> Holder:
    marks = sealing.name_marks(VAULT, form(full_name=name, birth_date=born))
    plain = {"kk": f"kk{nik}", "mobile": f"08{nik}", "sex": "M", "kecamatan": "12.71.05"}
    return Holder(applicant_id=name, nik=nik, marks=marks, **{**plain, **changes})


def alike(one: str, other: str, born: date = date(1995, 4, 5), **changes: Any) -> bool:
    first, second = holder(one), holder(other, "2", born, **changes)
    assert likeness.points(first, second) == likeness.points(second, first)
    return likeness.points(first, second) >= ENOUGH


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Achmad Jusuf Lubis", "Ahmad Yusup Lubis"),
        ("Rahmawati Lubis", "Rahmwati Lubis"),
        ("Rahmawati Lubis", "Rahmavati Lubis"),
        ("Andi Siregar", "A. Siregar"),
        ("Siregar Andi", "Andi Siregar"),
        ("Andi Putra Siregar", "Andi Siregar"),
        ("Sutrisno", "Soetrisno"),
        ("M. Ali Lubis", "Mhd. Ali Lubis"),
        ("M. Lubis", "Mangaraja Lubis"),
        ("Drs. H. Moh. Djamil Lubis, M.Si", "Muhammad Jamil Lubis"),
        ("Siti Rahmah Lubis", "Rahmah Lubis"),
    ],
)
def test_one_person_with_two_niks_is_found(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other", "changes"),
    [
        ("Hasan Lubis", "Husein Lubis", {"kk": "kk1"}),
        ("Rohani Siregar", "Rohana Siregar", {"kk": "kk1", "mobile": "081"}),
        ("Andi Siregar", "Budi Siregar", {"kk": "kk1", "mobile": "081"}),
        ("Muhammad Ali", "Siti Ali", {}),
        ("Andi Siregar", "Andi Lubis", {}),
        ("Sutrisno", "Sutrisno", {"kecamatan": "12.71.06"}),
        ("Andi Siregar", "Andi Siregar", {"kecamatan": "12.71.06"}),
        ("Andi Siregar", "Andi Siregar", {"sex": "F"}),
        ("Siregar", "Andi Putra Siregar", {}),
    ],
)
def test_twins_siblings_and_strangers_are_not(one: str, other: str, changes: dict[str, Any]) -> None:
    assert not alike(one, other, **changes)


def test_another_birth_date_has_nothing_in_common() -> None:
    assert not alike("Andi Putra Siregar", "Andi Putra Siregar", born=date(1995, 4, 6))


def test_who_moved_is_known_by_the_phone_or_a_long_name() -> None:
    assert alike("Andi Siregar", "Andi Siregar", kecamatan="12.71.06", mobile="081")
    assert alike("Andi Putra Siregar", "Andi Putra Siregar", kecamatan="12.71.06")
    assert alike("Andi Siregar", "Andi Siregar", kecamatan=None)


def test_a_person_stands_in_the_block_of_each_first_letter_but_not_of_optional_parts() -> None:
    assert len(likeness.blocks(holder("Muhammad Andi Ahmad Siregar").marks)) == 2


def test_the_same_nik_is_no_near_duplicate() -> None:
    block = NameBlock("b", (holder("Andi Siregar"),))
    again = holder("Andi Siregar Lubis")

    assert likeness.near_duplicates(again, [block, None]) == ()
    assert likeness.near_duplicates(holder("A. Siregar", "2"), [block, block]) == ("Andi Siregar",)


def test_a_block_holds_a_person_once_and_counts_who_has_no_room() -> None:
    block: NameBlock | None = None
    for number in range(likeness.MOST_HOLDERS + 2):
        for _ in range(2):
            one = Holder(f"p{number}", f"{number}", "k", None, "M", None, ())
            block = likeness.entered(block, "b", one)

    assert block is not None
    assert (len(block.holders), block.excess) == (likeness.MOST_HOLDERS, 4)
    assert len(likeness.without(block, "p0").holders) == likeness.MOST_HOLDERS - 1
