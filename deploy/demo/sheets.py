"""The two collective sheets with all that is planted in them, as .xlsx files, and the lists by NIK."""

from __future__ import annotations

import csv
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl

from deploy.demo.identities import Pair, linked, pairs
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


LEAST_ALONE = 1
"""Ordinary people who register alone, in the smallest city."""


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
    newer: list[tuple[str, str]] = field(default_factory=list)
    """The list (NIK, code) that comes after everybody has joined."""
    changed: dict[str, tuple[str, str]] = field(default_factory=dict)
    """NIK -> reason before and after that list; ELIGIBLE where there is none."""
    pairs: list[Pair] = field(default_factory=list)
    ring: list[Person] = field(default_factory=list)
    devices: dict[str, str] = field(default_factory=dict)
    """NIK -> device, of those who register alone with one that others use too."""
    planted: Counter[str] = field(default_factory=Counter)
    persons: dict[str, Person] = field(default_factory=dict)
    """Phone number -> person, of everybody who registers."""

    @property
    def rows(self) -> int:
        """Of both sheets together."""
        return len(self.first) + len(self.second)


def build_city(rows: int, seed: int = 2020) -> City:
    """`rows` in both sheets together (14,569 is the whole city)."""
    chance = random.Random(seed)
    source = people(chance)
    city = City()
    first = max(1, round(rows * PLAN["first_sheet_rows"] / FULL_ROWS))
    special = list(_special(city, source, rows, chance))
    early, late, alone = _identities(city, source, rows, chance)
    migrants = scaled(PLAN["former_migrant_workers"], rows)
    plain = [_row(city, next(source)) for _ in range(rows - len(special) - len(early) - len(late))]
    for row in plain[:migrants]:
        row[13] = "mantan Pekerja Migran Indonesia"
    city.planted["former_migrant_workers"] = migrants
    # Migrants came with the first sheet; a doubled NIK must come after the row it doubles.
    city.first = early + plain[: first - len(early)]
    city.second = plain[len(city.first) - len(early) :] + special + late
    ordinary = max(LEAST_ALONE, scaled(PLAN["online"], rows) - len(alone))
    city.online = [next(source) for _ in range(ordinary)] + alone
    for person in city.online:
        city.persons[person.mobile] = person
    _plant_online(city, rows)
    _plant_newer_list(city, [row[2] for row in plain[migrants:]], rows)
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
        yield _row(city, person)
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


def _identities(
    city: City, source: Iterator[Person], rows: int, chance: random.Random
) -> tuple[list[list[Any]], list[list[Any]], list[Person]]:
    """People who come in twice, and a ring: rows of the first and the second sheet, and who registers alone."""
    counts = {kind: scaled(count, rows) for kind, count in PLAN["near_duplicates"].items()}
    city.pairs = list(pairs(counts, source, chance))
    early = [_row(city, pair.first) for pair in city.pairs]
    late = [_row(city, pair.second) for pair in city.pairs[::2]]
    cells = PLAN["ring"]
    ring = linked([next(source) for _ in range(sum(cells.values()))], list(cells.items()), 1)
    city.ring = [each.person for each in ring]
    # A sheet knows no device. Their phones are shared: nobody is found by them.
    late += [_cells(each.person) for each in ring if not each.device]
    city.devices = {each.person.nik: each.device for each in ring if each.device}
    return early, late, [pair.second for pair in city.pairs[1::2]] + [each.person for each in ring if each.device]


def _plant_newer_list(city: City, niks: Sequence[str], rows: int) -> None:
    """The officials again, without some and with others, and people who get other aid; all of them can join before."""
    plan, before = PLAN["newer_list"], dict(city.officials)
    for code, count in plan["left"].items():
        leaving = [nik for nik, known in before.items() if known == code][: scaled(count, rows)]
        city.changed |= dict.fromkeys(leaving, (f"OFFICIAL_{code}", "ELIGIBLE"))
    city.newer = [each for each in city.officials if each[0] not in city.changed]
    last = iter(reversed(niks))
    for code, count in plan["added"].items():
        for nik in itertools.islice(last, scaled(count, rows)):
            city.newer.append((nik, code))
            city.changed[nik] = ("ELIGIBLE", f"OFFICIAL_{code}" if code in OFFICIALS else code)


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


def write_list(path: Path, entries: Sequence[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["NIK", "Kode"])
        writer.writerows(entries)
