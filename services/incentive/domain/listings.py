"""The catalogue as it changes: every course keeps its prices with their dates, and one that is withdrawn stays known.

    a file of staff, a platform's own list, or the file that ships with the service
      -> TakeCourses (parts of one edition) -> Listing per course, Edition with what changed

The same edition taken twice changes nothing. Purchases keep name and price of their moment (participant.Purchase).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from services.incentive.domain.catalogue import Course, Fault
from shared.contracts.decision import Aggregate, Decision, Refused

CURRENT = "current"
PART = 200
"""Courses in one command: with its edition well below what one message may change."""
RISE_PER_CENT = 20
"""A price that rises by more is shown to staff (fact 115: prices that do not fit the content); set by this project."""


class Origin(StrEnum):
    """Where an edition came from."""

    SHIPPED = "shipped"
    FILE = "file"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Price:
    """A price, from an instant on, and the edition that brought it."""

    since: datetime
    price_rupiah: int
    edition: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One course in the catalogue, with all prices it had, the oldest first."""

    collection: ClassVar[str] = "courses"

    course: Course
    prices: tuple[Price, ...]
    withdrawn_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.course.course_code


@dataclass(frozen=True, slots=True)
class Rise:
    """A price that rose by more than RISE_PER_CENT."""

    course_code: str
    before_rupiah: int
    after_rupiah: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One catalogue that was taken: whose, when, and what it changed."""

    collection: ClassVar[str] = "catalogue_editions"

    edition: str
    origin: Origin
    name: str
    """Name of the file, or code of the platform."""
    by: str
    """Who uploaded it; empty: nobody of the office."""
    taken_at: datetime
    parts: int
    done: tuple[int, ...] = ()
    added: int = 0
    changed: int = 0
    repriced: int = 0
    withdrawn: int = 0
    rises: tuple[Rise, ...] = ()

    @property
    def id(self) -> str:
        return self.edition


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Says that the catalogue changed: whoever keeps it in memory reads it again when `version` is another one."""

    collection: ClassVar[str] = "catalogue"

    version: int = 0
    begun: bool = False
    """The first edition is complete; before that the file that ships with the service counts."""

    @property
    def id(self) -> str:
        return CURRENT


@dataclass(frozen=True, slots=True)
class TakeCourses:
    """One part of an edition: courses as they are from now on, and codes that are not sold any more."""

    edition: str
    origin: Origin
    name: str
    by: str
    part: int
    parts: int
    courses: tuple[Course, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edition would change."""

    added: tuple[Course, ...]
    changed: tuple[Course, ...]
    """Known ones with anything new, price or text, and those that are sold again."""
    gone: tuple[Listing, ...]
    rises: tuple[Rise, ...]

    @property
    def nothing(self) -> bool:
        return not (self.added or self.changed or self.gone)


def compare(known: Mapping[str, Listing], told: Mapping[str, Course]) -> Difference:
    """What changes when `told` is the whole list of every platform that it names."""
    platforms = {course.platform_code for course in told.values()}
    news = [course for code, course in told.items() if _is_news(known.get(code), course)]
    changed = tuple(course for course in news if course.course_code in known)
    return Difference(
        tuple(course for course in news if course.course_code not in known),
        changed,
        tuple(each for code, each in known.items() if _is_gone(each, platforms) and code not in told),
        tuple(rise for course in changed if (rise := _rise(known[course.course_code], course))),
    )


def _is_news(known: Listing | None, course: Course) -> bool:
    return known is None or known.course != course or known.withdrawn_at is not None


def _is_gone(known: Listing, platforms: Iterable[str]) -> bool:
    return known.withdrawn_at is None and known.course.platform_code in platforms


def _rise(known: Listing, course: Course) -> Rise | None:
    before, after = known.course.price_rupiah, course.price_rupiah
    steep = after * 100 > before * (100 + RISE_PER_CENT)
    return Rise(course.course_code, before, after) if steep else None


def clashes(known: Mapping[str, Listing], told: Mapping[str, Course]) -> list[Fault]:
    """Courses that speak against what is known: another platform's code, or a platform under two names or prefixes."""
    names = {each.course.platform_code: _identity(each.course) for each in known.values()}
    prefixes = {each.course.certificate_prefix: each.course.platform_code for each in known.values()}
    faults = []
    for row, (code, course) in enumerate(told.items(), 1):
        platform = course.platform_code
        if code in known and known[code].course.platform_code != platform:
            faults.append(Fault(row, code, "kode ini milik platform lain"))
        elif names.setdefault(platform, _identity(course)) != _identity(course):
            faults.append(Fault(row, code, "nama atau awalan sertifikat platform berbeda dari yang tercatat"))
        elif prefixes.setdefault(course.certificate_prefix, platform) != platform:
            faults.append(Fault(row, code, "awalan sertifikat ini milik platform lain"))
    return faults


def _identity(course: Course) -> tuple[str, str]:
    return course.platform, course.certificate_prefix


def parts_of(edition: str, origin: Origin, name: str, by: str, found: Difference) -> list[TakeCourses]:
    """The commands that take an edition; none when it changes nothing."""
    news: Sequence[Course] = (*found.added, *found.changed)
    codes = tuple(each.id for each in found.gone)
    whole = max(-(-len(news) // PART), -(-len(codes) // PART))
    cut = [slice(at * PART, (at + 1) * PART) for at in range(whole)]
    return [
        TakeCourses(edition, origin, name, by, number, whole, tuple(news[part]), codes[part])
        for number, part in enumerate(cut, 1)
    ]


def take(
    catalogue: Catalogue | None,
    edition: Edition | None,
    known: Mapping[str, Listing],
    command: TakeCourses,
    now: datetime,
) -> Decision:
    """One part of an edition; `known` has the listings of its courses. A part taken before changes nothing."""
    taken = edition or Edition(command.edition, command.origin, command.name, command.by, now, command.parts)
    if command.part in taken.done:
        return Decision(reply={"repeated": True})
    listings: list[Aggregate] = []
    for course in command.courses:
        before = known.get(course.course_code)
        if _is_news(before, course):
            listings.append(_listed(before, course, command.edition, now))
            taken = _counted(taken, before, course)
    for code in command.gone:
        if (gone := known.get(code)) and gone.withdrawn_at is None:
            listings.append(replace(gone, withdrawn_at=now))
            taken = replace(taken, withdrawn=taken.withdrawn + 1)
    taken = replace(taken, done=(*taken.done, command.part))
    state = catalogue or Catalogue()
    state = replace(state, version=state.version + 1, begun=state.begun or len(taken.done) == taken.parts)
    return Decision(changes=(*listings, taken, state), reply={"repeated": False})


def _listed(before: Listing | None, course: Course, edition: str, now: datetime) -> Listing:
    prices = before.prices if before else ()
    if not prices or prices[-1].price_rupiah != course.price_rupiah:
        prices = (*prices, Price(now, course.price_rupiah, edition))
    return Listing(course, prices)


def _counted(edition: Edition, before: Listing | None, course: Course) -> Edition:
    if before is None:
        return replace(edition, added=edition.added + 1)
    rise = _rise(before, course)
    return replace(
        edition,
        changed=edition.changed + 1,
        repriced=edition.repriced + (before.course.price_rupiah != course.price_rupiah),
        rises=(*edition.rises, rise) if rise else edition.rises,
    )


def check_offer(known: Listing | None, course: Course) -> None:
    """Is the course still sold, at this price? Raises COURSE_WITHDRAWN, PRICE_CHANGED."""
    if known is None:
        return
    if known.withdrawn_at is not None:
        raise Refused("COURSE_WITHDRAWN")
    if known.course.price_rupiah != course.price_rupiah:
        raise Refused("PRICE_CHANGED", price_rupiah=known.course.price_rupiah)
