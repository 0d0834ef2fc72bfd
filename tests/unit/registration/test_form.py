from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import calendar, choices, intake, places, plain_text
from shared.contracts.decision import Refused
from tests.unit.registration.builders import form, medan

TODAY = date(2020, 4, 3)


# ---- plain text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Siti   Aminah ", "Siti Aminah"),
        ("Andre\u0301", "André"),
        ("D'Souza, S.H.", "D'Souza, S.H."),
        ("Jalan\u00a0Merdeka", "Jalan Merdeka"),
    ],
)
def test_text_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert plain_text.clean(typed, 100) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "a" * 101, "é" * 101, "a\u0000é", "a\u202eé", "\ud800", "\ue000", "a\u2028b\u0007é", "\ufeffé"],
)
def test_text_that_would_break_a_sink_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="TEXT_FORMAT"):
        plain_text.clean(typed, 100)


@given(st.text(max_size=60))
def test_cleaned_text_can_be_stored_and_cleaning_twice_changes_nothing(typed: str) -> None:
    try:
        kept = plain_text.clean(typed, 200)
    except Refused:
        return
    kept.encode("utf-8")
    assert plain_text.clean(kept, 200) == kept


@pytest.mark.parametrize("address", ["a@b.id", "nama.panjang+x@sub.contoh.co.id", " a@b.id "])
def test_addresses_that_can_receive_mail_pass(address: str) -> None:
    assert plain_text.email(address) == address.strip()


@pytest.mark.parametrize(
    "address", ["", "a", "a@", "@b.id", "a@b", "a b@c.id", "a@-b.id", "a@b..id", "a@b.id\nx", "a" * 250 + "@b.id"]
)
def test_addresses_that_cannot_are_refused(address: str) -> None:
    with pytest.raises(Refused, match="EMAIL_FORMAT"):
        plain_text.email(address)


@pytest.mark.parametrize("typed", ["081260001111", "+62 812-6000-1111", "6281260001111", "81260001111"])
def test_mobile_numbers_get_one_spelling(typed: str) -> None:
    assert plain_text.mobile(typed) == "+6281260001111"


@pytest.mark.parametrize("typed", ["", "0812", "+15550100", "081260001111222333", "telepon"])
def test_numbers_that_are_no_indonesian_mobile_are_refused(typed: str) -> None:
    with pytest.raises(Refused, match="MOBILE_FORMAT"):
        plain_text.mobile(typed)


def test_names_in_another_order_and_case_have_one_key() -> None:
    assert plain_text.name_key("LUBIS, Rahmad") == plain_text.name_key("rahmad lubis") == "LUBIS RAHMAD"


# ---- places


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("Jl. Denai 3, Kec. Medan Area, Kota Medan", "12.71.10"),
        ("Kecamatan Medan, Kota Medan", None),
        ("Kel. Helvetia Timur, Medan", "12.71.03"),
        ("Kel. Helvetia Timur, Medan Kota", "12.71.01"),
        ("Medan Barat, dekat Medan Timur", None),
        ("Jakarta", None),
    ],
)
def test_an_address_names_one_kecamatan_or_none(address: str, code: str | None) -> None:
    assert places.kecamatan_of(address, medan()) == code


def test_a_kelurahan_name_of_two_kecamatan_names_none() -> None:
    known = places.places(
        [
            ("12.71.01", "district", "Medan Kota"),
            ("12.71.01.1001", "kelurahan", "Mesjid"),
            ("12.71.02.1001", "kelurahan", "Mesjid"),
            ("13.01.01.1001", "kelurahan", "Lain"),
        ],
        "12.71",
    )

    assert known.kelurahan == {}
    assert places.kecamatan_of("Mesjid", known) is None


def test_only_a_kecamatan_is_a_kecamatan() -> None:
    assert places.is_kecamatan("12.71.05", medan())
    assert not places.is_kecamatan("12.71", medan())
    assert not places.is_kecamatan("12.75.99", medan())


# ---- choices


@pytest.mark.parametrize(
    ("typed", "code"),
    [("SMA", "SMA"), ("SMA/sederajat", "SMA"), ("Diploma III", "DIPLOMA"), ("s-1", "S1"), ("tidak tamat SD", "NONE")],
)
def test_education_is_understood(typed: str, code: str) -> None:
    assert choices.education(typed) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("pencari kerja", "JOB_SEEKER"),
        ("Belum bekerja", "JOB_SEEKER"),
        ("pekerja/buruh yang terkena PHK", "LAID_OFF"),
        ("Ter-PHK", "LAID_OFF"),
        ("pekerja/buruh yang dirumahkan", "FURLOUGHED"),
        ("pekerja bukan penerima upah", "NON_WAGE_WORKER"),
        ("pelaku usaha mikro dan kecil", "MICRO_SMALL_BUSINESS"),
        ("pekerja/buruh yang membutuhkan peningkatan kompetensi kerja", "WORKER_NEEDING_SKILLS"),
        ("WORKER_NEEDING_SKILLS", "WORKER_NEEDING_SKILLS"),
        ("Wiraswasta", "NON_WAGE_WORKER"),
        ("Mahasiswa", "OTHER"),
    ],
)
def test_work_status_is_understood(typed: str, code: str) -> None:
    assert choices.work_status(typed) == code


@pytest.mark.parametrize(
    ("read", "typed", "code"),
    [
        (choices.education, "lulus", "EDUCATION_UNKNOWN"),
        (choices.work_status, "???", "WORK_STATUS_UNKNOWN"),
        (choices.sex, "x", "SEX_UNKNOWN"),
        (choices.yes_or_no, "mungkin", "YES_OR_NO"),
    ],
)
def test_what_is_not_understood_is_refused(read: object, typed: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read(typed)  # type: ignore[operator]


def test_small_choices_are_understood() -> None:
    assert [choices.sex(each) for each in ("L", "Perempuan", "laki-laki", "F")] == ["M", "F", "M", "F"]
    assert [choices.yes_or_no(each) for each in ("Ya", "tidak")] == [True, False]
    assert [choices.heard_from(each) for each in ("dari teman", "IG", "mimpi")] == ["FRIENDS", "INSTAGRAM", "OTHER"]
    assert choices.group("Mantan PMI") == "FORMER_MIGRANT_WORKER"
    assert choices.group("umum") is None


@pytest.mark.parametrize(("age", "band"), [(18, "18-24"), (24, "18-24"), (25, "25-34"), (64, "55-64"), (65, "65+")])
def test_ages_fall_into_bands(age: int, band: str) -> None:
    assert choices.age_band(age) == band


# ---- calendar


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2002, 4, 3), date(2020, 4, 3), 18),
        (date(2002, 4, 4), date(2020, 4, 3), 17),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
    ],
)
def test_a_person_is_a_year_older_on_the_birthday(born: date, on: date, age: int) -> None:
    assert calendar.age_in_years(born, on) == age


def test_the_day_changes_at_midnight_in_medan() -> None:
    assert calendar.wib_date(datetime(2020, 4, 2, 16, 59, tzinfo=UTC)) == date(2020, 4, 2)
    assert calendar.wib_date(datetime(2020, 4, 2, 17, 0, tzinfo=UTC)) == date(2020, 4, 3)
    assert calendar.long_date(date(2020, 12, 15)) == "15 Desember 2020"


# ---- intake


def test_a_form_shows_its_features() -> None:
    found = intake.examine(form(covid_affected=True, group="FORMER_MIGRANT_WORKER"), medan(), TODAY)

    assert found.contradictions == ()
    assert found.warnings == ()
    assert found.profile.features() == {
        "sex": "M",
        "age_band": "18-24",
        "kecamatan": "12.71.05",
        "education": "SMA",
        "work_status": "JOB_SEEKER",
        "covid_affected": True,
        "group": "FORMER_MIGRANT_WORKER",
    }


def test_odd_things_are_warnings_and_contradictions_are_questions() -> None:
    strange = form(nik="9999990504950001", domicile="Medan", birth_date=date(1995, 4, 6), sex="F")

    found = intake.examine(strange, medan(), TODAY)

    assert found.warnings == ("AREA_UNKNOWN", "KECAMATAN_UNKNOWN")
    assert found.contradictions == ("BIRTH_DATE_CONTRADICTS_NIK", "SEX_CONTRADICTS_NIK")


def test_a_kecamatan_of_another_city_is_a_warning() -> None:
    found = intake.examine(form(kecamatan="12.73.01"), medan(), TODAY)

    assert found.warnings == ("OUTSIDE_CITY",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"birth_date": date(2020, 4, 4)}, "DATE_FORMAT"),
        ({"birth_date": date(1895, 4, 5)}, "DATE_FORMAT"),
        ({"kecamatan": "12.75.01.01"}, "DISTRICT_UNKNOWN"),
        ({"kecamatan": "99.99.99"}, "DISTRICT_UNKNOWN"),
        ({"nik": "1271050504950000"}, "NIK_FORMAT"),
    ],
)
def test_what_cannot_be_true_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(Refused, match=code):
        intake.examine(form(**change), medan(), TODAY)
