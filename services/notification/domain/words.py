"""How money, days and instants are written for people, and which days the office works. WIB is UTC+7."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")
_SATURDAY = 5

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)


def rupiah(amount: int) -> str:
    """Whole rupiah as `Rp 600.000`."""
    return "Rp " + number(amount)


def number(count: int) -> str:
    """`14.569`: a dot between thousands."""
    return f"{count:,}".replace(",", ".")


def long_date(day: date) -> str:
    """`15 Desember 2020`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def long_instant(at: datetime) -> str:
    """`15 Desember 2020 pukul 14.30 WIB`, for an instant of any zone."""
    there = at.astimezone(WIB)
    return f"{long_date(there.date())} pukul {there:%H.%M} WIB"


def day_of(at: datetime) -> date:
    """The WIB date of an instant."""
    return at.astimezone(WIB).date()


def listed(names: Sequence[str]) -> str:
    """`NIK, nomor KK dan tanggal lahir`."""
    return " dan ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def working_days_later(day: date, days: int, holidays: Collection[date] = ()) -> date:
    """The `days`-th working day (Monday to Friday, no holiday) after `day`; `day` itself is not counted."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY and day not in holidays
    return day
