"""Rows of the collective sheet: headings in anybody's spelling, each row a form or a code with its column."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.registration.domain import imports
from services.registration.domain.imports import Cell, RowRefused
from shared.contracts.decision import Refused
from tests.unit.registration.builders import form

OFFICIAL = (
    "No", "Nama Lengkap", "Nomor Induk Kependudukan (NIK)", "Tanggal Lahir", "Nomor Kartu Keluarga (KK)",
    "Alamat Surat Elektronik (E-mail)", "Nomor Telepon Seluler (Handphone)", "Alamat Domisili",
    "Pendidikan Terakhir", "Status Kerja", "Pelatihan yang Diinginkan",
)  # fmt: skip
ROW: tuple[Cell, ...] = (
    1, "Rahmad Lubis", "1271050504950001", "05/04/1995", "1271051203100002", "rahmad@contoh.id", "081260001111",
    "Jl. Gatot Subroto 12, Kec. Medan Barat, Kota Medan", "SMA", "pencari kerja", "Barista",
)  # fmt: skip
OPTIONAL = ("Jenis Kelamin", "Kode Kecamatan", "Kelompok", "Terdampak Covid-19", "Sumber Informasi")
FOUND = imports.headings(OFFICIAL)
assert FOUND is not None


def row(**cells: Cell) -> tuple[Cell, ...]:
    """The sample row with some columns changed, by the form's names."""
    assert FOUND is not None
    changed_cells = list(ROW)
    for field, cell in cells.items():
        changed_cells[FOUND.columns[field]] = cell
    return tuple(changed_cells)


# ---- headings


@pytest.mark.parametrize(
    "cells",
    [
        OFFICIAL,
        ("nama_lengkap", "nik", "tanggal_lahir", "no_kk", "email", "no_hp", "alamat_domisili", "pendidikan_terakhir",
         "status_kerja", "pelatihan_diinginkan"),
        ("full_name", "nik", "birth_date", "kk_number", "email", "mobile", "domicile", "last_education",
         "work_status", "desired_training"),
        ("NAMA", "N.I.K".replace(".", ""), "Tgl. Lahir", "NO. KK", "E-Mail", "No. HP", "ALAMAT", "Pendidikan",
         "Pekerjaan", "Pelatihan"),
    ],
)  # fmt: skip
def test_headings_are_understood_in_any_spelling(cells: tuple[str, ...]) -> None:
    assert imports.missing_headings(imports.headings(cells)) == ()


@pytest.mark.parametrize("cells", [(), ("DATA PENDAFTAR KARTU PRAKERJA",), ROW, ("Nama", "NIK", "Email"), (None, 3)])
def test_other_rows_are_no_headings(cells: tuple[Cell, ...]) -> None:
    assert imports.headings(cells) is None


def test_missing_items_are_named() -> None:
    assert imports.missing_headings(imports.headings(OFFICIAL[:-2])) == ("work_status", "desired_training")
    assert len(imports.missing_headings(None)) == 10


def test_the_first_of_two_equal_headings_wins() -> None:
    found = imports.headings((*OFFICIAL, "NIK"))

    assert found is not None
    assert found.columns["nik"] == 2


# ---- rows


def test_a_row_becomes_a_form() -> None:
    assert FOUND is not None
    assert imports.read_row(FOUND, ROW) == form()


def test_optional_columns_are_read_where_they_are() -> None:
    found = imports.headings((*OFFICIAL, *OPTIONAL))
    assert found is not None

    read = imports.read_row(found, (*ROW, "P", 127105, "Mantan PMI", "ya", "teman"))
    empty = imports.read_row(found, ROW)

    assert (read.sex, read.kecamatan, read.group) == ("F", "12.71.05", "FORMER_MIGRANT_WORKER")
    assert (read.covid_affected, read.heard_from) == (True, "FRIENDS")
    assert (empty.sex, empty.kecamatan, empty.group, empty.covid_affected) == (None, None, None, None)


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ({"full_name": None}, "EMPTY_CELL", "full_name"),
        ({"desired_training": "  "}, "EMPTY_CELL", "desired_training"),
        ({"full_name": "Budi\u202e"}, "TEXT_FORMAT", "full_name"),
        ({"full_name": 12}, "TEXT_FORMAT", "full_name"),
        ({"nik": 1271050504950001}, "NIK_FORMAT", "nik"),
        ({"nik": 1.27e15}, "NIK_FORMAT", "nik"),
        ({"nik": "1.27E+15"}, "NIK_FORMAT", "nik"),
        ({"nik": "١٢٧١٠٥٠٥٠٤٩٥٠٠٠١"}, "NIK_FORMAT", "nik"),
        ({"kk_number": "127105"}, "KK_FORMAT", "kk_number"),
        ({"kk_number": True}, "KK_FORMAT", "kk_number"),
        ({"birth_date": "kemarin"}, "DATE_FORMAT", "birth_date"),
        ({"birth_date": "31/02/1995"}, "DATE_FORMAT", "birth_date"),
        ({"birth_date": 5_000_000}, "DATE_FORMAT", "birth_date"),
        ({"birth_date": True}, "DATE_FORMAT", "birth_date"),
        ({"email": "rahmad"}, "EMAIL_FORMAT", "email"),
        ({"mobile": "tidak ada"}, "MOBILE_FORMAT", "mobile"),
        ({"last_education": "lulus"}, "EDUCATION_UNKNOWN", "last_education"),
        ({"work_status": "???"}, "WORK_STATUS_UNKNOWN", "work_status"),
    ],
)
def test_a_row_that_cannot_be_a_form_says_why_and_where(cells: dict[str, Any], code: str, field: str) -> None:
    assert FOUND is not None
    with pytest.raises(RowRefused) as refused:
        imports.read_row(FOUND, row(**cells))
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1995-04-05", date(1995, 4, 5)),
        ("1995-04-05 00:00:00", date(1995, 4, 5)),
        ("5/4/1995", date(1995, 4, 5)),
        ("05-04-1995", date(1995, 4, 5)),
        (34794, date(1995, 4, 5)),
        (34794.0, date(1995, 4, 5)),
    ],
)
def test_dates_are_read_as_the_office_writes_them(cell: Cell, day: date) -> None:
    assert imports.day(cell) == day


@pytest.mark.parametrize(("cell", "code"), [("12.71.05", "12.71.05"), ("127105", "12.71.05"), (127105, "12.71.05")])
def test_area_codes_get_one_spelling(cell: Cell, code: str) -> None:
    assert imports.area_code(cell) == code


@pytest.mark.parametrize("cell", ["1275050", "Medan Barat", "12-71-05"])
def test_other_codes_are_not_taken_for_kemendagri_codes(cell: Cell) -> None:
    with pytest.raises(Refused, match="DISTRICT_UNKNOWN"):
        imports.area_code(cell)


def test_a_number_without_its_leading_zero_is_still_a_phone() -> None:
    assert FOUND is not None
    assert imports.read_row(FOUND, row(mobile=81260001111)).mobile == "+6281260001111"
    assert imports.read_row(FOUND, row(mobile=81260001111.0)).mobile == "+6281260001111"
    assert imports.read_row(FOUND, row(nik="'1271050504950001")).nik == "1271050504950001"


def test_a_row_with_a_number_alone_is_no_row() -> None:
    assert FOUND is not None
    assert FOUND.empty((1, None, "", "  "))
    assert not FOUND.empty(ROW)
