from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import nik
from shared.contracts.decision import Refused
from tests.unit.registration.builders import medan

REGIONS = medan().names
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
MATHEMATICAL = str.maketrans("0123456789", "".join(chr(0x1D7D8 + i) for i in range(10)))
SCRIPTS = {"arabic": 0x0660, "persian": 0x06F0, "devanagari": 0x0966, "bengali": 0x09E6, "javanese": 0xA9D0}


def digits_of(start: int, number: str) -> str:
    return "".join(chr(start + int(digit)) for digit in number)


@pytest.mark.parametrize(
    "typed",
    ["1271050504950001", "  1271050504950001 ", "1271050504950001".translate(FULL_WIDTH),
     "1271050504950001".translate(MATHEMATICAL)],
)  # fmt: skip
def test_digits_that_nfkc_turns_into_plain_ones_are_accepted(typed: str) -> None:
    assert nik.normalise(typed) == "1271050504950001"


@pytest.mark.parametrize("script", SCRIPTS)
def test_digits_of_other_scripts_are_refused(script: str) -> None:
    with pytest.raises(Refused, match="NIK_FORMAT"):
        nik.normalise(digits_of(SCRIPTS[script], "1271050504950001"))


@pytest.mark.parametrize(
    "typed", ["", "127105050495000", "12710505049500011", "1271 0505 0495 0001", "1.27E+15", "127105050495000a"]
)
def test_anything_but_sixteen_digits_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="NIK_FORMAT"):
        nik.normalise(typed)


def test_a_newline_after_the_digits_does_not_become_part_of_the_number() -> None:
    assert nik.normalise("1271050504950001\n") == "1271050504950001"


def test_a_kk_number_has_a_code_of_its_own() -> None:
    assert nik.normalise_kk("1271051203100002") == "1271051203100002"
    with pytest.raises(Refused, match="KK_FORMAT"):
        nik.normalise_kk("12")


@given(st.text(max_size=40))
def test_normalising_gives_ascii_digits_or_refuses(text: str) -> None:
    try:
        digits = nik.normalise(text)
    except Refused:
        return
    assert digits == unicodedata.normalize("NFKC", text).strip()
    assert len(digits) == 16
    assert digits.isascii()
    assert digits.isdigit()


@given(st.dates(date(1930, 1, 1), date(2008, 12, 31)), st.booleans(), st.integers(1, 9999))
def test_a_nik_made_for_a_person_says_that_persons_date_and_sex(born: date, female: bool, serial: int) -> None:
    number = f"127105{born.day + 40 * female:02d}{born:%m%y}{serial:04d}"

    read = nik.parse(number, REGIONS, born)

    assert (read.born, read.sex, read.area, read.area_known) == (born, "F" if female else "M", "12.71.05", True)
    assert nik.contradictions(read, born, read.sex) == ()


@pytest.mark.parametrize(
    ("number", "declared", "born"),
    [
        ("1271050504000001", date(2000, 4, 5), date(2000, 4, 5)),
        ("1271050504000001", date(1999, 12, 31), date(2000, 4, 5)),
        ("1271050504990001", date(2000, 1, 1), date(1999, 4, 5)),
        ("1271052902000001", date(1901, 1, 1), date(2000, 2, 29)),
    ],
)
def test_the_declared_date_settles_the_century(number: str, declared: date, born: date) -> None:
    assert nik.parse(number, REGIONS, declared).born == born


@pytest.mark.parametrize(
    "number",
    [
        "1271050004950001",  # day 0
        "1271053204950001",  # day 32
        "1271054004950001",  # day 40: no man has it, and a woman's first day is 41
        "1271057204950001",  # day 72 = 32
        "1271058104950001",  # day 81, which stdnum reads as 1
        "1271050513950001",  # month 13
        "1271052902950001",  # 29 February of a common year
        "1271050504950000",  # serial 0000
    ],
)
def test_a_nik_that_was_never_issued_is_refused(number: str) -> None:
    with pytest.raises(Refused, match="NIK_FORMAT"):
        nik.parse(number, REGIONS, date(1995, 4, 5))


def test_an_area_that_no_table_knows_is_not_refused() -> None:
    read = nik.parse("9999990504950001", REGIONS, date(1995, 4, 5))

    assert not read.area_known
    assert read.born == date(1995, 4, 5)


@pytest.mark.parametrize(
    ("declared", "sex", "found"),
    [
        (date(1995, 4, 5), None, ()),
        (date(1995, 4, 5), "M", ()),
        (date(1995, 4, 6), "M", ("BIRTH_DATE_CONTRADICTS_NIK",)),
        (date(1995, 4, 5), "F", ("SEX_CONTRADICTS_NIK",)),
        (date(1985, 4, 5), "F", ("BIRTH_DATE_CONTRADICTS_NIK", "SEX_CONTRADICTS_NIK")),
    ],
)
def test_contradictions_are_named_and_never_refused(declared: date, sex: str | None, found: tuple[str, ...]) -> None:
    read = nik.parse("1271050504950001", REGIONS, declared)

    assert nik.contradictions(read, declared, sex) == found  # type: ignore[arg-type]
