"""Made-up people of Medan with a fixed seed: names, kecamatan and sexes in the city's shares, valid NIKs."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
EDUCATION = ("SD", "SMP", "SMA", "SMK", "D3", "S1")
WORK = ("ter-PHK", "dirumahkan", "pencari kerja", "pelaku usaha mikro", "pekerja lepas", "karyawan")
TRAINING = ("Menjahit", "Memasak", "Komputer dasar", "Pemasaran daring", "Las", "Bahasa Inggris", "Tata rias")
HEARD = ("teman", "kantor dinas", "WhatsApp", "Facebook", "Instagram", "brosur")
FIRST_DAY = date(2020, 4, 3)


@dataclass(frozen=True, slots=True)
class Person:
    """One person as the forms know them."""

    full_name: str
    nik: str
    kk_number: str
    birth_date: date
    sex: str
    email: str
    mobile: str
    domicile: str
    district_code: str
    kecamatan: str
    last_education: str
    work_status: str
    desired_training: str
    heard_from: str
    group: str = ""


@lru_cache(maxsize=1)
def _reference() -> tuple[list[tuple[str, str]], list[int], dict[str, dict[str, list[str]]], list[str], list[float]]:
    with (DATA / "medan_population.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    places = [(row["kemendagri_code"], row["name"]) for row in rows]
    names: dict[str, dict[str, list[str]]] = {}
    with (DATA / "names.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kind = row["kind"] if row["kind"] == "given" else "family"
            names.setdefault(row["group"], {}).setdefault(f"{kind}/{row['sex']}", []).append(row["name"])
    with (DATA / "medan_ethnic_groups.csv").open(encoding="utf-8") as file:
        shares = [(r["group_in_names"], float(r["share_percent"])) for r in csv.DictReader(file) if r["share_percent"]]
    known = [(group, share) for group, share in shares if group in names]
    return places, [int(row["population"]) for row in rows], names, [g for g, _ in known], [s for _, s in known]


def people(chance: random.Random) -> Iterator[Person]:
    """Adults, for ever; no two share NIK, phone or address of e-mail. Serials stay below what the registry
    simulator has special answers for."""
    places, weights, names, groups, shares = _reference()
    used: set[str] = set()
    number = 0
    while True:
        number += 1
        code, kecamatan = chance.choices(places, weights)[0]
        group = names[chance.choices(groups, shares)[0]]
        sex = chance.choice("MF")
        born = date(1960, 1, 1) + timedelta(days=chance.randrange(365 * 41))
        nik = nik_of(code, born, sex, chance.randint(1, 8999))
        if nik in used:
            continue
        used.add(nik)
        yield Person(
            full_name=_name(group, sex, chance),
            nik=nik,
            kk_number=_kk_of(code, chance),
            birth_date=born,
            sex=sex,
            email=f"warga{number}@contoh.example",
            mobile=f"08{1200000000 + number}",
            domicile=f"Jl. Contoh No. {number}, Kecamatan {kecamatan}, Kota Medan",
            district_code=code,
            kecamatan=kecamatan,
            last_education=chance.choice(EDUCATION),
            work_status=chance.choice(WORK),
            desired_training=chance.choice(TRAINING),
            heard_from=chance.choice(HEARD),
        )


def nik_of(district_code: str, born: date, sex: str, serial: int) -> str:
    """16 digits: area, day (+ 40 for women), month, year, serial."""
    day = born.day + (40 if sex == "F" else 0)
    return f"{district_code.replace('.', '')}{day:02}{born:%m%y}{serial:04}"


def _kk_of(district_code: str, chance: random.Random) -> str:
    """16 digits: area, day and month of recording in 2015, serial."""
    recorded = f"{chance.randint(1, 28):02}{chance.randint(1, 12):02}15"
    return f"{district_code.replace('.', '')}{recorded}{chance.randint(1, 9999):04}"


def _name(group: dict[str, list[str]], sex: str, chance: random.Random) -> str:
    given = group.get(f"given/{sex}", []) + group.get("given/U", [])
    family = group.get(f"family/{sex}", []) + group.get("family/U", [])
    first = chance.choice(given)
    return f"{first} {chance.choice(family)}" if family and chance.random() < 0.85 else first


def younger(person: Person, years: int) -> Person:
    """The same person, born so that they are `years` old on the first day of intake."""
    born = FIRST_DAY.replace(year=FIRST_DAY.year - years) - timedelta(days=40)
    return replace(person, birth_date=born, nik=nik_of(person.district_code, born, person.sex, int(person.nik[12:])))
