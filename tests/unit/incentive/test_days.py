"""Legal days are WIB days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.domain.days import day_of, end_of, months_later, morning_of, start_of
from services.incentive.domain.entitlements import due_on
from tests.unit.incentive.builders import rules

DAYS = st.dates(date(2015, 1, 1), date(2090, 1, 1))


def test_the_day_in_medan_begins_at_17_utc() -> None:
    assert day_of(datetime(2020, 8, 10, 16, 59, tzinfo=UTC)) == date(2020, 8, 10)
    assert day_of(datetime(2020, 8, 10, 17, 0, tzinfo=UTC)) == date(2020, 8, 11)
    assert start_of(date(2020, 8, 11)) == datetime(2020, 8, 10, 17, 0, tzinfo=UTC)
    assert morning_of(date(2020, 8, 11)) == datetime(2020, 8, 11, 1, 0, tzinfo=UTC)


@given(DAYS)
def test_a_deadline_holds_until_just_before_its_end(day: date) -> None:
    assert day_of(end_of(day) - timedelta(milliseconds=1)) == day
    assert day_of(end_of(day)) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2020, 10, 31), 1, date(2020, 11, 30)),
        (date(2020, 10, 31), 3, date(2021, 1, 31)),
        (date(2020, 12, 15), 1, date(2021, 1, 15)),
        (date(2020, 8, 10), 0, date(2020, 8, 10)),
    ],
)
def test_the_same_day_of_a_later_month_is_clamped(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@given(DAYS, st.integers(0, 60))
def test_months_later_never_leaves_its_month(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


@given(DAYS)
def test_due_dates_of_the_four_incentives_rise_month_by_month(finished_on: date) -> None:
    dates = [due_on(finished_on, number, rules()) for number in range(1, 5)]
    assert dates[0] == finished_on + timedelta(days=14)
    assert dates == sorted(set(dates))
    assert all(28 <= (b - a).days <= 31 or a.day > b.day for a, b in pairwise(dates))
