"""Rows of the collective spreadsheet (Permenaker 17/2020): headings in anybody's spelling, each row a form or a code.

The annex with the official headings was not found, so synonyms are accepted whatever their case and punctuation.
Source: paper facts 42-44, integration notes 13.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.registration.domain import choices, nik, plain_text
from services.registration.domain.intake import Form
from services.registration.domain.plain_text import word_key
from shared.contracts.decision import Refused

Cell = str | int | float | bool | None
"""A cell as it was read: text, number (Excel keeps 15 digits of it), or nothing. Dates come as ISO text."""

REQUIRED: Mapping[str, str] = {
    "full_name": "nama lengkap|nama|nama peserta|nama pendaftar|full name",
    "nik": "nik|nomor nik|no nik|nomor induk kependudukan|nomor induk kependudukan nik|no ktp|nomor ktp|nik ktp",
    "birth_date": "tanggal lahir|tgl lahir|tgl lhr|birth date|tanggal kelahiran",
    "kk_number": "nomor kartu keluarga|no kk|nomor kk|no kartu keluarga|nomor kartu keluarga kk|kk|kk number",
    "email": "email|e mail|alamat email|alamat e mail|surel|alamat surat elektronik|alamat surat elektronik e mail",
    "mobile": "no hp|nomor hp|no handphone|nomor handphone|hp|telepon|no telepon|nomor telepon|nomor telepon seluler"
    "|nomor telepon seluler handphone|no telp|no telp hp|nomor ponsel|no wa|mobile",
    "domicile": "alamat domisili|alamat|domisili|alamat tempat tinggal|alamat lengkap|domicile",
    "last_education": "pendidikan terakhir|pendidikan|tingkat pendidikan|last education",
    "work_status": "status kerja|status pekerjaan|pekerjaan|status bekerja|work status",
    "desired_training": "pelatihan yang diinginkan|pelatihan diinginkan|pelatihan|jenis pelatihan|desired training"
    "|pelatihan yang diminati",
}
"""The form's ten items -> headings as `word_key` gives them."""

OPTIONAL: Mapping[str, str] = {
    "sex": "jenis kelamin|jk|l p|kelamin|sex",
    "district_code": "kode kecamatan|kode wilayah kecamatan|kode kec|district code",
    "group": "kelompok|kategori|keterangan kelompok|group",
    "covid_affected": "terdampak covid|terdampak covid 19|covid affected",
    "heard_from": "sumber informasi|tahu dari|mengetahui dari|heard from",
}

HEADING_ROWS = 20
"""Titles and logos may stand above the headings, but not more rows than this."""

_HEADINGS = {
    heading: field
    for fields in (REQUIRED, OPTIONAL)
    for field, headings in fields.items()
    for heading in (field.replace("_", " "), *headings.split("|"))
}
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T]00:00:00)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_SERIAL_DAY_ZERO = date(1899, 12, 30)
_AREA_CODE = re.compile(r"[0-9]{2}\.?[0-9]{2}\.?[0-9]{2}")


class RowRefused(Refused):
    """A row that cannot become a form: the code, and the field that is to blame."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code, field=field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Headings:
    """Which column holds which field."""

    columns: Mapping[str, int]

    def empty(self, cells: Sequence[Cell]) -> bool:
        """True for a row in which no known column holds anything: it is no row at all."""
        return not any(_text(_at(cells, column)) for column in self.columns.values())


def headings(cells: Sequence[Cell]) -> Headings | None:
    """The headings if this is their row: at least six of the ten items are named. The first of two wins."""
    columns: dict[str, int] = {}
    for column, cell in enumerate(cells):
        field = _HEADINGS.get(word_key(cell)) if isinstance(cell, str) else None
        if field:
            columns.setdefault(field, column)
    named = sum(field in columns for field in REQUIRED)
    return Headings(columns) if named >= 6 else None


def missing_headings(found: Headings | None) -> tuple[str, ...]:
    """The items that no column holds."""
    return tuple(field for field in REQUIRED if found is None or field not in found.columns)


def read_row(found: Headings, cells: Sequence[Cell]) -> Form:
    """A row as a form. Raises RowRefused: EMPTY_CELL first, then what the field's own reader says.

    The signed statement on paper (citizen, not in education, no official) was checked by the office that typed it.
    """
    raw = {field: _at(cells, column) for field, column in found.columns.items()}
    for field in REQUIRED:
        if not _text(raw[field]):
            raise RowRefused("EMPTY_CELL", field)
    return Form(
        full_name=_read("full_name", raw, _words(100)),
        nik=_read("nik", raw, lambda cell: nik.normalise(_as_text(cell, "NIK_FORMAT"))),
        kk_number=_read("kk_number", raw, lambda cell: nik.normalise_kk(_as_text(cell, "KK_FORMAT"))),
        birth_date=_read("birth_date", raw, day),
        email=_read("email", raw, lambda cell: plain_text.email(_as_text(cell, "EMAIL_FORMAT"))),
        mobile=_read("mobile", raw, lambda cell: plain_text.mobile(_text(cell))),
        domicile=_read("domicile", raw, _words(300)),
        education=_read("last_education", raw, lambda cell: choices.education(_text(cell))),
        work_status=_read("work_status", raw, lambda cell: choices.work_status(_text(cell))),
        desired_training=_read("desired_training", raw, _words(200)),
        sex=_optional("sex", raw, lambda cell: choices.sex(_text(cell))),
        kecamatan=_optional("district_code", raw, area_code),
        group=_optional("group", raw, lambda cell: choices.group(_text(cell))),
        covid_affected=_optional("covid_affected", raw, lambda cell: choices.yes_or_no(_text(cell))),
        heard_from=_optional("heard_from", raw, lambda cell: choices.heard_from(_text(cell))),
    )


def day(cell: Cell) -> date:
    """ISO, DD/MM/YYYY, or the serial number of a spreadsheet; else Refused DATE_FORMAT."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 1 <= cell < 80_000:
        return _SERIAL_DAY_ZERO + timedelta(days=int(cell))
    text = _text(cell)
    iso, day_first = _ISO.fullmatch(text), _DAY_FIRST.fullmatch(text)
    parts = iso.groups() if iso else day_first.groups()[::-1] if day_first else None
    if parts is None:
        raise Refused("DATE_FORMAT")
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        raise Refused("DATE_FORMAT") from None


def area_code(cell: Cell) -> str:
    """A Kemendagri code of a kecamatan, with or without points, also as a number; else Refused DISTRICT_UNKNOWN."""
    text = _text(cell)
    if not _AREA_CODE.fullmatch(text):
        raise Refused("DISTRICT_UNKNOWN")
    digits = text.replace(".", "")
    return f"{digits[0:2]}.{digits[2:4]}.{digits[4:6]}"


def _at(cells: Sequence[Cell], column: int) -> Cell:
    return cells[column] if column < len(cells) else None


def _text(cell: Cell) -> str:
    """The cell as people see it; a leading apostrophe is a spreadsheet's sign for text."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip().removeprefix("'")


def _as_text(cell: Cell, code: str) -> str:
    """Only text: a spreadsheet keeps 15 digits of a number, so the last ones of a NIK are lost without a sign."""
    if not isinstance(cell, str):
        raise Refused(code)
    return _text(cell)


def _words(limit: int) -> Any:
    return lambda cell: plain_text.clean(_as_text(cell, "TEXT_FORMAT"), limit)


def _read(field: str, raw: Mapping[str, Cell], reader: Any) -> Any:
    try:
        return reader(raw[field])
    except Refused as refused:
        raise RowRefused(refused.code, field) from None


def _optional(field: str, raw: Mapping[str, Cell], reader: Any) -> Any:
    return _read(field, raw, reader) if _text(raw.get(field)) else None
