"""When a bank takes orders: its days, holidays and cut-off time, all WIB. A bank without any is always open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.incentive.domain.days import WIB, day_of, start_of

EVERY_DAY = frozenset(range(1, 8))
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BankCalendar:
    """As the bank's file says (adapters/bank_files.py). `working_days`: 1 is Monday, 7 Sunday; at least one."""

    cut_off: time | None = None
    """From this time on an order waits for the next working day; None: there is none."""
    working_days: frozenset[int] = EVERY_DAY
    holidays: frozenset[date] = frozenset()


Calendars = Mapping[str, BankCalendar]
"""Payment partner -> calendar of the bank that pays it; partners that are not in it are paid at all times."""


def is_working_day(day: date, calendar: BankCalendar) -> bool:
    return day.isoweekday() in calendar.working_days and day not in calendar.holidays


def next_working_day(after: date, calendar: BankCalendar) -> date:
    """The first working day after a day."""
    day = after + DAY
    while not is_working_day(day, calendar):
        day += DAY
    return day


def next_opening(now: datetime, calendar: BankCalendar) -> datetime:
    """The instant from which an order is taken: `now` itself while the bank is open, else 00:00 of a working day."""
    today = day_of(now)
    cut_off = calendar.cut_off
    before = cut_off is None or now.astimezone(WIB).time() < cut_off
    if before and is_working_day(today, calendar):
        return now
    return start_of(next_working_day(today, calendar))


def opening_for(partner: str, calendars: Calendars, now: datetime) -> datetime:
    """`next_opening` of the bank that pays a payment partner."""
    calendar = calendars.get(partner)
    return next_opening(now, calendar) if calendar else now


def must_leave_today(due_on: date, now: datetime, calendar: BankCalendar) -> bool:
    """The bank is open, and after today it opens only when `due_on` has passed."""
    return next_opening(now, calendar) == now and day_of(now) <= due_on < next_working_day(day_of(now), calendar)
