"""Legal days and hours: Asia/Jakarta (WIB). Instants in and out are UTC."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")
MORNING = time(8, 0)
"""Hour (WIB) at which a reminder falls due, so that nobody is woken by one."""
DAYS_KNOWN = 8192
"""A decision asks for the same few days again and again, and all people's days are those of some years."""


def day_of(instant: datetime) -> date:
    """The WIB date of an instant; 17:00 UTC is already the next day."""
    return instant.astimezone(WIB).date()


@lru_cache(maxsize=DAYS_KNOWN)
def morning_of(day: date) -> datetime:
    """08:00 WIB of a day."""
    return datetime.combine(day, MORNING, WIB).astimezone(UTC)


@lru_cache(maxsize=DAYS_KNOWN)
def start_of(day: date) -> datetime:
    """00:00 WIB of a day."""
    return datetime.combine(day, time.min, WIB).astimezone(UTC)


@lru_cache(maxsize=DAYS_KNOWN)
def end_of(day: date) -> datetime:
    """First instant after a day: a deadline `day` holds until just before it."""
    return start_of(day + timedelta(days=1))


def months_later(day: date, months: int) -> date:
    """The same day of a later month, clamped to that month's last day: 31 January + 1 = 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
