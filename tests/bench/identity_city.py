"""A made-up city with what the watch over identities must find: people with a second NIK, and rings of identities.

Ordinary life is in it too: households, families with one phone, twins, shared computers, an office's number.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from deploy.demo.identities import THINGS, another_nik, linked
from deploy.demo.people import Person, nik_of, people
from deploy.demo.spellings import WAYS
from services.registration.domain import plain_text
from services.registration.domain.intake import Form

RINGS = (10, 30, 100, 300, 1000)
OFFICE_NUMBER = "081260000001"
SECOND_NAMES = 0.6
"""Share of people with one more given name: names.csv has one given name and one family name."""


@dataclass(frozen=True, slots=True)
class Application:
    """One form as it comes in: who really stands behind it, and with which device."""

    who: str
    """The true person; two applications of one person have the same."""
    ring: int | None
    form: Form
    device: str = ""


@dataclass
class City:
    applications: list[Application] = field(default_factory=list)
    pairs: set[frozenset[int]] = field(default_factory=set)
    """True near duplicates, by places in `applications`."""
    kinds: dict[frozenset[int], str] = field(default_factory=dict)
    """What was done to the name in each pair."""


def build(size: int, rings: tuple[int, ...] = RINGS, seed: int = 2020) -> City:
    """`size` applications, of them one in a hundred a second one of the same person."""
    chance = random.Random(seed)
    source = _named(people(chance), chance)
    made: list[Application] = []
    for number, members in enumerate(rings):
        made += _ring(number, members, source, chance)
    doubles = size // 100
    while len(made) < size - doubles:
        made += _household(source, chance)
    ordinary = [each for each in made if each.ring is None]
    kinds = [_second(each, chance) for each in chance.sample(ordinary, doubles)]
    made += [second for second, _ in kinds]
    return _shuffled(made, {second.form.nik: kind for second, kind in kinds}, chance)


def _shuffled(made: list[Application], kinds: dict[str, str], chance: random.Random) -> City:
    """Arrival is by chance: members of a ring come between all others."""
    chance.shuffle(made)
    city, first = City(made), dict[str, int]()
    for place, each in enumerate(made):
        if each.who in first:
            pair = frozenset((first[each.who], place))
            city.pairs.add(pair)
            city.kinds[pair] = kinds.get(each.form.nik) or kinds[made[first[each.who]].form.nik]
        first.setdefault(each.who, place)
    return city


def _named(source: Iterator[Person], chance: random.Random) -> Iterator[Person]:
    """Most Indonesian names of three parts have two given names; the generator of the demo has one."""
    for person in source:
        if chance.random() < SECOND_NAMES:
            given = next(each for each in _given(source, person.sex) if each not in person.full_name)
            first, *rest = person.full_name.split(" ", 1)
            yield replace(person, full_name=" ".join((first, given, *rest)))
        else:
            yield person


def _given(source: Iterator[Person], sex: str) -> Iterator[str]:
    return (other.full_name.split(" ", 1)[0] for other in source if other.sex == sex)


def application(person: Person, ring: int | None = None, device: str = "") -> Application:
    form = Form(
        full_name=person.full_name,
        nik=person.nik,
        kk_number=person.kk_number,
        birth_date=person.birth_date,
        email=person.email,
        mobile=plain_text.mobile(person.mobile),
        domicile=person.domicile,
        education=person.last_education,
        work_status="JOB_SEEKER",
        desired_training=person.desired_training,
        sex="M" if person.sex == "M" else "F",
        kecamatan=person.district_code,
    )
    return Application(person.nik, ring, form, device)


# ---- ordinary life


def _household(source: Iterator[Person], chance: random.Random) -> list[Application]:
    """One to four applicants of one KK; some share a phone, most share a device; one house in 60 has twins."""
    size = chance.choices((1, 2, 3, 4, 6), (55, 28, 11, 5, 1))[0]
    members = [next(source) for _ in range(size)]
    head = members[0]
    one_phone = chance.random() < 0.15
    together = [
        replace(each, kk_number=head.kk_number, district_code=head.district_code, mobile=_phone(head, each, one_phone))
        for each in members[:3]
    ] + [replace(each, kk_number=head.kk_number, district_code=head.district_code) for each in members[3:]]
    if size > 1 and chance.random() < 0.04:
        together[1] = _twin(head, together[1], chance)
    device = _device(head, chance)
    return [application(each, device=device) for each in together]


def _phone(head: Person, member: Person, one_phone: bool) -> str:
    return head.mobile if one_phone else member.mobile


def _device(head: Person, chance: random.Random) -> str:
    """The sheet has none; most houses have their own; some go to a shop where up to eight do so."""
    kind = chance.random()
    if kind < 0.5:
        return ""
    return f"shop-{chance.randrange(10**9)}" if kind < 0.55 else f"own-{head.nik}"


def _twin(head: Person, other: Person, chance: random.Random) -> Person:
    """Born on the same day into the same family: the same last name, another first one, often one that sounds alike."""
    first, *rest = head.full_name.split(" ")
    alike = {"a": "i", "i": "a", "o": "a", "u": "i", "e": "a"}.get(first[-1].lower())
    given = (
        first[:-1] + alike
        if alike not in (None, first[-2:-1]) and chance.random() < 0.5
        else other.full_name.split(" ")[0]
    )
    born = head.birth_date
    nik = nik_of(head.district_code, born, head.sex, int(head.nik[12:]) % 8999 + 1)
    return replace(other, full_name=" ".join((given, *rest)), birth_date=born, sex=head.sex, nik=nik)


# ---- the same person again


def _second(one: Application, chance: random.Random) -> tuple[Application, str]:
    """The same person under another NIK: name written in another way, some other things changed too."""
    form = one.form
    kind, write = chance.choice(list(WAYS.items()))
    kecamatan = form.kecamatan if chance.random() < 0.8 else f"12.71.{chance.randint(1, 21):02}"
    born, sex = form.birth_date, form.sex or "M"
    nik = another_nik(form.nik, kecamatan or "12.71.01", born, sex, chance)
    changed = replace(
        form,
        full_name=write(form.full_name, chance),
        nik=nik,
        kecamatan=kecamatan,
        kk_number=form.kk_number if chance.random() < 0.4 else f"{nik[:6]}{born:%d%m}16{chance.randint(1, 9999):04}",
        mobile=form.mobile if chance.random() < 0.3 else f"+62813{chance.randrange(10**8):08}",
    )
    return Application(one.who, None, changed), kind


# ---- rings


def _ring(number: int, members: int, source: Iterator[Person], chance: random.Random) -> list[Application]:
    """A chain of cells of four to seven identities; the last one is cut where the ring ends."""
    persons = [next(source) for _ in range(members)]
    sizes: list[int] = []
    while sum(sizes) < members:
        sizes.append(chance.randint(4, 7))
    cells = [(THINGS[place % len(THINGS)], size) for place, size in enumerate(sizes)]
    return [application(each.person, number, each.device) for each in linked(persons, cells, number)]
