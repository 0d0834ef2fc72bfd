"""Legal days and hours are those of Medan: Waktu Indonesia Barat (WIB), UTC+7 without summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)


def wib_date(at: datetime) -> date:
    """The day in Medan at an instant."""
    return at.astimezone(WIB).date()


def end_of_day(day: date) -> datetime:
    """The first instant (UTC) after a day in Medan."""
    return datetime.combine(day + timedelta(days=1), time.min, WIB).astimezone(UTC)


def long_date(day: date) -> str:
    """`15 Desember 2020`, as people read it."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def age_in_years(born: date, on: date) -> int:
    """Completed years; who was born on 29 February is a year older on 1 March of a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
