"""The catalogue as it changes: prices with their dates, steep rises, withdrawn courses, and what a purchase keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.incentive.domain.catalogue import COLUMNS, Course, Fault, examine
from services.incentive.domain.listings import (
    CURRENT,
    PART,
    Catalogue,
    Difference,
    Edition,
    Listing,
    Origin,
    Price,
    Rise,
    TakeCourses,
    clashes,
    compare,
    parts_of,
)
from services.incentive.domain.purchases import BuyCourse
from services.incentive.domain.ratings import CourseRating
from services.incentive.domain.reviews import ReviewCourse
from shared.contracts.decision import Refused
from tests.unit.incentive.builders import ANN, COURSE, SELECTED_AT, reference
from tests.unit.incentive.catalogues import rows_of
from tests.unit.incentive.city import City, city_with

OLD = reference().catalogue[COURSE]


def take(city: City, edition: str, *courses: Course, gone: tuple[str, ...] = (), part: int = 1, parts: int = 1) -> None:
    city.ask(TakeCourses(edition, Origin.FILE, "katalog.csv", "sekretariat", part, parts, courses, gone))


def listing(city: City, code: str = COURSE) -> Listing:
    found = city.state(Listing, code)
    assert isinstance(found, Listing)
    return found


def test_a_course_keeps_every_price_it_had_from_the_instant_it_was_told() -> None:
    city = city_with()
    take(city, "first", OLD)
    city.pass_days(1)
    take(city, "same", OLD)
    city.pass_days(1)
    take(city, "second", replace(OLD, price_rupiah=500_000))
    take(city, "third", replace(OLD, price_rupiah=500_000, hours=20))
    assert listing(city).prices == (
        Price(SELECTED_AT, 450_000, "first"),
        Price(SELECTED_AT + timedelta(days=2), 500_000, "second"),
    )
    assert listing(city).course == replace(OLD, price_rupiah=500_000, hours=20)
    assert city.state(Catalogue, CURRENT) == Catalogue(version=4, begun=True)


def test_an_edition_says_what_it_changed_and_which_prices_rose_steeply() -> None:
    city = city_with()
    other = reference().catalogue["TKP-001"]
    take(city, "first", OLD, other)
    take(city, "second", replace(OLD, price_rupiah=540_000), replace(other, price_rupiah=384_001), gone=("TKP-999",))
    found = city.state(Edition, "second")
    assert (found.added, found.changed, found.repriced, found.withdrawn) == (0, 2, 2, 0)
    assert found.rises == (Rise("TKP-001", 320_000, 384_001),), "20 per cent is not more than 20 per cent"
    assert (found.by, found.taken_at) == ("sekretariat", SELECTED_AT)
    assert city.state(Edition, "first").added == 2


def test_a_part_that_is_taken_twice_changes_nothing() -> None:
    city = city_with()
    take(city, "first", OLD)
    take(city, "second", replace(OLD, price_rupiah=900_000))
    before = city.state(Edition, "second")
    take(city, "third", OLD)
    take(city, "second", replace(OLD, price_rupiah=900_000))
    assert listing(city).course.price_rupiah == 450_000
    assert city.state(Edition, "second") == before
    assert city.state(Catalogue, CURRENT).version == 3


def test_a_catalogue_has_begun_when_all_parts_of_its_first_edition_are_there() -> None:
    city = city_with()
    take(city, "first", OLD, part=2, parts=2)
    assert not city.state(Catalogue, CURRENT).begun
    take(city, "first", reference().catalogue["TKP-001"], part=1, parts=2)
    assert city.state(Catalogue, CURRENT).begun


def test_a_withdrawn_course_is_not_sold_any_more_and_stays_known_to_those_who_bought_it() -> None:
    city = city_with()
    take(city, "first", OLD)
    code = city.buy()
    take(city, "second", gone=(COURSE,))
    assert listing(city).withdrawn_at == SELECTED_AT
    city.redeem(code)
    city.ask(city.claim(code))
    assert city.person().purchases[0].course_name == OLD.course_name
    assert city.person().purchases[0].finished_on is not None
    with pytest.raises(Refused, match="COURSE_WITHDRAWN"):
        city.buy()
    take(city, "third", OLD)
    assert (listing(city).withdrawn_at, len(listing(city).prices)) == (None, 1)


def test_a_course_is_bought_at_the_price_that_counts_at_that_instant_and_keeps_it() -> None:
    city = city_with()
    take(city, "first", OLD)
    city.buy()
    take(city, "second", replace(OLD, price_rupiah=500_000), replace(reference().catalogue["TKP-003"], price_rupiah=1))
    assert city.person().purchases[0].price_rupiah == 450_000
    with pytest.raises(Refused) as refused:
        city.ask(BuyCourse(ANN, reference().catalogue["TKP-003"], "CODE-X"))
    assert (refused.value.code, refused.value.details) == ("PRICE_CHANGED", {"price_rupiah": 1})
    assert city.person().balance_rupiah == 550_000


def test_a_list_speaks_for_the_platforms_that_it_names_and_for_no_other() -> None:
    known = {code: Listing(course, ()) for code, course in reference().catalogue.items()}
    told, faults = examine(rows_of("TOKOPEDIA", TKP_001=None, TKP_002={"price_rupiah": 600_000}, TKP_009={"hours": 9}))
    assert faults == []
    found = compare(known, told)
    assert [each.course_code for each in found.added] == ["TKP-009"]
    assert [each.course_code for each in found.changed] == ["TKP-002"]
    assert [each.id for each in found.gone] == ["TKP-001"]
    assert found.rises == (Rise("TKP-002", 450_000, 600_000),)
    assert compare(known, dict(reference().catalogue)).nothing


def test_a_large_edition_comes_in_parts_that_one_message_may_change() -> None:
    courses = tuple(replace(OLD, course_code=f"TKP-{number}") for number in range(PART + 1))
    gone = tuple(Listing(course, ()) for course in courses) * 2
    parts = parts_of("e", Origin.PLATFORM, "TOKOPEDIA", "", Difference(courses, (), gone, ()))
    assert [(each.part, each.parts, len(each.courses), len(each.gone)) for each in parts] == [
        (1, 3, 200, 200),
        (2, 3, 1, 200),
        (3, 3, 0, 2),
    ]
    assert parts_of("e", Origin.FILE, "", "", Difference((), (), (), ())) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"course_code": "SKA-001"}, "kode ini milik platform lain"),
        ({"platform": "Tokopedya"}, "nama atau awalan sertifikat platform berbeda dari yang tercatat"),
        ({"certificate_prefix": "SKA"}, "nama atau awalan sertifikat platform berbeda dari yang tercatat"),
        (
            {"course_code": "BARU-1", "platform_code": "BARU", "platform": "Baru", "certificate_prefix": "TKP"},
            "awalan sertifikat ini milik platform lain",
        ),
        ({}, ""),
    ],
)
def test_no_list_takes_another_platform_s_course_name_or_certificates(change: dict[str, str], what: str) -> None:
    known = {code: Listing(course, ()) for code, course in reference().catalogue.items()}
    course = replace(OLD, **change)
    faults = clashes(known, {course.course_code: course})
    assert faults == ([Fault(1, course.course_code, what)] if what else [])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"price_rupiah": 0}, "harga di luar batas"),
        ({"price_rupiah": 100_000_001}, "harga di luar batas"),
        ({"price_rupiah": "mahal"}, "kolom kurang, lebih, atau bukan angka"),
        ({"hours": 0}, "lama kelas di luar batas"),
        ({"mode": "surat"}, "cara belajar tidak dikenal"),
        ({"kbji": "ISCO"}, "kode KBJI bukan angka"),
        ({"kkni_level": 10}, "pendidikan atau jenjang KKNI"),
        ({"entry_education": "TK"}, "pendidikan atau jenjang KKNI"),
        ({"course_code": "tkp 1"}, "kode kelas tidak sah"),
        ({"platform_code": "x"}, "kode platform atau awalan sertifikat"),
        ({"course_name": " "}, "nama kosong atau terlalu panjang"),
        ({"needs": "x" * 201}, "nama kosong atau terlalu panjang"),
    ],
)
def test_every_wrong_row_is_told_with_its_number_and_reason(change: dict[str, object], what: str) -> None:
    good, bad = ({name: str(value) for name, value in row.items()} for row in rows_of("TOKOPEDIA")[:2])
    bad |= {name: str(value) for name, value in change.items()}
    courses, faults = examine([good, bad, good])
    assert list(courses) == ["TKP-001"]
    assert faults == [Fault(2, bad["course_code"], what), Fault(3, "TKP-001", "kode dua kali")]


def test_a_row_with_a_column_too_many_or_too_few_is_wrong_and_stops_nothing() -> None:
    short = dict.fromkeys(COLUMNS[:-1], "1")
    courses, faults = examine([short, {**short, None: ["x"], "needs": ""}, {**short, "needs": None}])  # type: ignore[dict-item]
    assert courses == {}
    assert [each.row for each in faults] == [1, 2, 3]


def test_ratings_of_a_course_are_added_up_and_shown_only_when_nobody_can_be_picked_out() -> None:
    city = city_with(*(f"person-{number}" for number in range(5)))
    for number, rating in enumerate((5, 4, 4, 5, 3)):
        code = city.buy(applicant_id=f"person-{number}")
        city.redeem(code)
        city.ask(city.claim(code))
        assert city.state(CourseRating, COURSE) is None or city.state(CourseRating, COURSE).shown == ""
        city.ask(ReviewCourse(f"person-{number}", 1, rating))
    assert city.state(CourseRating, COURSE) == CourseRating(COURSE, 5, 21)
    assert city.state(CourseRating, COURSE).shown == "4,2 dari 5 menurut 5 peserta"
    assert CourseRating("x", 8, 37).shown == "4,6 dari 5 menurut 8 peserta"
