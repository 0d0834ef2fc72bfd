from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.people import people
from services.registration.domain.names import Word, nearby, words


def texts(name: str) -> list[str]:
    return [each.text for each in words(name)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Soekarno", "Sukarno"),
        ("Djoko Tjipto", "Joko Cipto"),
        ("Achmad Joesoef", "Ahmad Yusuf"),
        ("Akhmad Jusup", "AHMAD YUSUP"),
        ("Drs. H. Moh. Djamil, M.Si", "Muhammad Jamil"),
        ("Moehammad Ali", "Mohamad Ali"),
        ("Sitti Aminah", "Siti Amina"),
        ("Siti Nur Hayati", "Siti Nurhayati"),
        ("Abd. Rachman", "Abdurrahman"),
        ("Abdoel Aziz", "Abdulaziz"),
        ("Sjafruddin", "Syafrudin"),
        ("Chairul Anwar", "Khairul Anwar"),
        ("Rizky Soepardie", "Rizki Supardi"),
        ("Maria br. Siregar", "SIREGAR, Maria".replace(",", "")),
        ("Ramasamy a/l Muniandy", "Ramasamy Muniandy"),
        ("Dr. Fatimah Az-Zahra", "Fatima Zahra"),
        ("\uff32\uff41\uff48\uff4d\uff41\uff44", "Rahmad"),
        ("Ma'ruf", "Maruf"),
        ("Hj. Husein", "Husain"),
    ],
)
def test_ways_of_writing_one_name_meet(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hasan", "Husein"),
        ("Rina", "Rini"),
        ("Abdullah", "Abdul"),
        ("Rohani", "Rohana"),
        ("Andi Siregar", "Budi Siregar"),
        ("Muhammad", "Siti"),
    ],
)
def test_names_of_two_people_stay_apart(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_what_is_often_left_out_is_marked() -> None:
    assert words("Muhammad Ali") == (Word("ALI"), Word("MUHAMAD", optional=True))
    assert words("Muhammad") == (Word("MUHAMAD"),)
    assert words("A. Siregar")[0].initial


def test_a_title_alone_is_a_name() -> None:
    assert texts("Haji") == ["HAYI"]
    assert texts("Ir") == ["IR"]


def test_only_long_words_have_neighbours() -> None:
    assert nearby(Word("RINA")) == ()
    assert "RAHMWATI" in nearby(Word("RAHMAWATI"))
    assert len(nearby(Word("RAHMAWATI"))) == 9


NAMES = st.lists(st.text("abcdefghijklmnopqrstuvwxyzABDHJMNSTUYZ.'", min_size=1, max_size=12), min_size=1, max_size=5)


@given(NAMES)
def test_one_spelling_is_its_own_spelling(parts: list[str]) -> None:
    once = texts(" ".join(parts))

    assert texts(" ".join(once)) == once


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_parts_does_not_matter(parts: list[str], chance: random.Random) -> None:
    mixed = parts.copy()
    chance.shuffle(mixed)

    assert words(" ".join(parts)) == words(" ".join(mixed))


def test_few_names_of_the_city_fall_together() -> None:
    source = people(random.Random(1))
    names = {next(source).full_name for _ in range(3000)}

    assert len({words(each) for each in names}) > 0.97 * len(names)
