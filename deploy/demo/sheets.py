"""The two collective sheets with their planted defects, as .xlsx files, and the list of officials."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl

from deploy.demo.people import Person, people, younger

PLAN = json.loads((Path(__file__).parent / "plan.json").read_text())
FULL_ROWS = PLAN["first_sheet_rows"] + PLAN["second_sheet_rows"]
HEADINGS = (
    *("No", "Nama Lengkap", "NIK", "Tanggal Lahir", "No. KK", "Email", "No HP", "Alamat Domisili"),
    *("Pendidikan Terakhir", "Status Kerja", "Pelatihan yang Diinginkan"),
    *("Jenis Kelamin", "Kode Kecamatan", "Kelompok", "Sumber Informasi"),
)
OFFICIALS = ("STATE_OFFICIAL", "DPRD", "ASN", "TNI", "POLRI", "VILLAGE", "SOE_BOARD")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
MATHEMATICAL = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def scaled(count: int, rows: int) -> int:
    """A planted count for a smaller city: at least one of each."""
    return max(1, round(count * rows / int(FULL_ROWS)))


@dataclass
class City:
    """All that goes into the demo, and what must come out."""

    first: list[list[Any]] = field(default_factory=list)
    second: list[list[Any]] = field(default_factory=list)
    online: list[Person] = field(default_factory=list)
    officials: list[tuple[str, str]] = field(default_factory=list)
    planted: Counter[str] = field(default_factory=Counter)
    persons: dict[str, Person] = field(default_factory=dict)
    """Phone number -> person, of everybody who registers."""


def build_city(rows: int, seed: int = 2020) -> City:
    """`rows` in both sheets together (14,569 is the whole city)."""
    chance = random.Random(seed)
    source = people(chance)
    city = City()
    first = max(1, round(rows * PLAN["first_sheet_rows"] / FULL_ROWS))
    special = list(_special(city, source, rows, chance))
    migrants = scaled(PLAN["former_migrant_workers"], rows)
    plain = [_row(city, next(source)) for _ in range(rows - len(special))]
    for row in plain[:migrants]:
        row[13] = "mantan Pekerja Migran Indonesia"
    city.planted["former_migrant_workers"] = migrants
    # Migrants came with the first sheet; a doubled NIK must come after the row it doubles.
    city.first = plain[:first]
    city.second = plain[first:] + special
    city.online = [next(source) for _ in range(scaled(PLAN["online"], rows))]
    for person in city.online:
        city.persons[person.mobile] = person
    _plant_online(city, rows)
    return city


def _row(city: City, person: Person) -> list[Any]:
    city.persons[person.mobile] = person
    return _cells(person)


def _cells(person: Person) -> list[Any]:
    contact = [person.email, person.mobile, person.domicile, person.last_education, person.work_status]
    extra = [person.desired_training, "L" if person.sex == "M" else "P", person.district_code, person.group]
    born = person.birth_date.strftime("%d/%m/%Y")
    return [None, person.full_name, person.nik, born, person.kk_number, *contact, *extra, person.heard_from]


def _special(city: City, source: Iterator[Person], rows: int, chance: random.Random) -> Iterator[list[Any]]:
    """Rows with something wrong or odd; counts what each must become."""
    refused, questioned = PLAN["sheet_refused"], PLAN["sheet_questioned"]
    for _ in range(scaled(refused["DUPLICATE"], rows)):
        person = next(source)
        yield from (_row(city, person), _cells(replace(person, email="lain@contoh.example")))
        city.planted["DUPLICATE"] += 1
    for _ in range(scaled(questioned["nik_claimed_by_another_kk"], rows)):
        person, other = next(source), next(source)
        claimed = replace(other, nik=person.nik, birth_date=person.birth_date, sex=person.sex)
        yield from (_row(city, person), _cells(claimed))
        city.planted["questioned"] += 1
    for _ in range(scaled(questioned["birth_date_contradicts_nik"], rows)):
        person = next(source)
        yield _cells(replace(person, birth_date=person.birth_date + timedelta(days=400)))
        city.planted["questioned"] += 1
    yield from _unreadable(city, source, rows)
    for number in range(scaled(PLAN["sheet_officials"], rows) if rows == FULL_ROWS else len(OFFICIALS)):
        person = next(source)
        city.officials.append((person.nik, OFFICIALS[number % len(OFFICIALS)]))
        yield _cells(person)
        city.planted["ineligible"] += 1


def _unreadable(city: City, source: Iterator[Person], rows: int) -> Iterator[list[Any]]:
    refused = PLAN["sheet_refused"]
    for _ in range(scaled(refused["UNDER_AGE"], rows)):
        yield _cells(younger(next(source), 16))
        city.planted["UNDER_AGE"] += 1
    for _ in range(scaled(refused["NIK_FORMAT"], rows)):
        person = next(source)
        yield _cells(replace(person, nik=person.nik.translate(ARABIC)))
        city.planted["NIK_FORMAT"] += 1
    for _ in range(scaled(refused["EMPTY_CELL"], rows)):
        row = _cells(next(source))
        row[5] = None
        yield row
        city.planted["EMPTY_CELL"] += 1
    for _ in range(scaled(refused["DATE_FORMAT"], rows)):
        row = _cells(next(source))
        row[3] = True
        yield row
        city.planted["DATE_FORMAT"] += 1
    for _ in range(scaled(PLAN["sheet_unknown_area"], rows)):
        person = next(source)
        odd = replace(person, nik="127199" + person.nik[6:])
        yield _row(city, odd)
        city.planted["unknown_area"] += 1
    for number in range(scaled(PLAN["sheet_other_digits"], rows)):
        person = next(source)
        row = _row(city, person)
        row[2] = person.nik.translate(FULL_WIDTH if number % 2 else MATHEMATICAL)
        yield row
        city.planted["other_digits"] += 1


def _plant_online(city: City, rows: int) -> None:
    """Sex that contradicts the NIK, in the first of the online people."""
    for number in range(scaled(PLAN["online_questioned"]["sex_contradicts_nik"], rows)):
        person = city.online[number]
        city.online[number] = replace(person, sex="F" if person.sex == "M" else "M")
        city.planted["online_questioned"] += 1


def write_sheet(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    """An .xlsx as an office would send it: a title line, headings, numbered rows; digits as text."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Rekap")
    sheet.append(["Rekapitulasi pendaftar Kartu Prakerja, Dinas Ketenagakerjaan Kota Medan"])
    sheet.append(HEADINGS)
    for number, row in enumerate(rows, 1):
        sheet.append([number, *row[1:]])
    book.save(path)


def write_officials(path: Path, officials: Sequence[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["NIK", "Kode"])
        writer.writerows(officials)
