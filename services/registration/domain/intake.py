"""A form, from whatever door: its values in one spelling, and what can be seen in them before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.registration.domain import nik as nik_numbers
from services.registration.domain.applicant import Profile
from services.registration.domain.calendar import age_in_years
from services.registration.domain.choices import age_band
from services.registration.domain.places import Places, is_kecamatan, kecamatan_of
from shared.contracts.decision import Refused
from shared.contracts.registration_terms import Sex

OLDEST = 120
"""Completed years above which a birth date is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Form:
    """The ten items of Permenaker 17/2020 and ours, in clear and already normalised. Lives only at the door.

    None: the sheet does not ask. `birth_date` is the declared one. Source: paper facts 1-5, 28, 74.
    """

    full_name: str
    nik: str
    kk_number: str
    birth_date: date
    email: str
    mobile: str
    domicile: str
    education: str
    work_status: str
    desired_training: str
    sex: Sex | None = None
    kecamatan: str | None = None
    covid_affected: bool | None = None
    group: str | None = None
    heard_from: str | None = None
    citizen: bool = True
    not_in_formal_education: bool = True
    not_an_official: bool = True
    consent_campaigns: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """What may be kept in clear of a form, and what is odd about it (reason codes)."""

    profile: Profile
    contradictions: tuple[str, ...]
    warnings: tuple[str, ...]


def examine(form: Form, places: Places, on: date) -> Findings:
    """Read the NIK against the form. `on` is the day (WIB) at which age counts.

    Raises Refused NIK_FORMAT, DATE_FORMAT (born in the future or over 120 years ago), DISTRICT_UNKNOWN.
    Warnings: AREA_UNKNOWN (the NIK's area is in no table), KECAMATAN_UNKNOWN (a task for staff), OUTSIDE_CITY.
    """
    if form.birth_date > on or age_in_years(form.birth_date, on) > OLDEST:
        raise Refused("DATE_FORMAT")
    if form.kecamatan is not None and not is_kecamatan(form.kecamatan, places):
        raise Refused("DISTRICT_UNKNOWN")
    read = nik_numbers.parse(form.nik, places.names, form.birth_date)
    kecamatan = form.kecamatan or kecamatan_of(form.domicile, places)
    age = age_in_years(form.birth_date, on)
    profile = Profile(
        sex=form.sex or read.sex,
        age_years=age,
        age_band=age_band(age),
        kecamatan=kecamatan,
        education=form.education,
        work_status=form.work_status,
        covid_affected=form.covid_affected,
        group=form.group,
        heard_from=form.heard_from,
        citizen=form.citizen,
        not_in_formal_education=form.not_in_formal_education,
        not_an_official=form.not_an_official,
        consent_campaigns=form.consent_campaigns,
    )
    found = nik_numbers.contradictions(read, form.birth_date, form.sex)
    return Findings(profile, found, _warnings(read, kecamatan, places))


def _warnings(read: nik_numbers.Nik, kecamatan: str | None, places: Places) -> tuple[str, ...]:
    odd = (
        ("AREA_UNKNOWN", not read.area_known),
        ("KECAMATAN_UNKNOWN", kecamatan is None),
        ("OUTSIDE_CITY", kecamatan is not None and not kecamatan.startswith(f"{places.city}.")),
    )
    return tuple(code for code, holds in odd if holds)
