"""Every platform has a guide of its own to its redeem codes, and a new one a general guide until it has."""

from __future__ import annotations

from dataclasses import replace

from services.incentive.pages.guide import ELSEWHERE, steps
from tests.unit.incentive.builders import COURSE, reference, rules
from tests.unit.incentive.city import city_with


def test_each_of_the_eight_platforms_of_the_rules_has_a_guide_of_its_own() -> None:
    platforms = {each.platform_code for each in reference().catalogue.values()}
    assert len(platforms) == len(rules().platforms) == 8
    assert reference().guides.keys() == platforms
    assert all(len(each) == 4 for each in reference().guides.values())
    assert len({tuple(each) for each in reference().guides.values()}) == 8
    assert all(any("ketik kode di atas" in step for step in each) for each in reference().guides.values())


def test_a_step_names_the_course_and_who_gives_it() -> None:
    city = city_with()
    city.buy()
    purchase, course = city.person().purchases[0], reference().catalogue[COURSE]
    found = steps(reference().guides, purchase, course)
    assert found[1] == (
        "Cari Memasak Masakan Melayu Deli untuk Katering di kotak pencarian, dan pilih yang dari Dapur Belajar Deli."
    )
    assert not any("{" in step for step in found)


def test_a_platform_without_a_guide_gets_the_general_one_and_a_name_is_never_a_pattern() -> None:
    city = city_with()
    city.buy()
    purchase = replace(
        city.person().purchases[0], platform_code="BARU", platform="Baru", course_name="Kelas {platform}"
    )
    found = steps(reference().guides, purchase, None)
    assert found[0] == "Buka aplikasi atau situs Baru dan masuk dengan akun Anda di sana."
    assert found[1] == "Cari Kelas {platform}."
    assert len(found) == len(ELSEWHERE)
    assert steps({"BARU": ["Kelas {di} {institution}"]}, purchase, None) == ["Kelas {di} Baru"]
