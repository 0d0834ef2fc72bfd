"""One-time codes: five minutes, five tries, one a minute, ten a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.decision import Ref, Refused
from shared.security.one_time_codes import MOST_A_DAY, TRIES, OneTimeCode, code_of, issued

AT = datetime(2026, 1, 1, tzinfo=UTC)
PLACE = code_of("ann", "purchase")


def code(last: OneTimeCode | None = None, at: datetime = AT) -> OneTimeCode:
    return issued(last, PLACE, "right", at)


def test_a_code_lies_under_person_and_purpose() -> None:
    assert Ref("one_time_codes", "ann/purchase") == PLACE
    assert code().id == PLACE.id


def test_a_code_lives_five_minutes() -> None:
    assert code().open(AT + timedelta(minutes=5))
    assert not code().open(AT + timedelta(minutes=5, seconds=1))


def test_a_wrong_try_costs_one_and_a_right_one_spends_the_code() -> None:
    right, left = code().tried("wrong")
    assert (right, left.tries_left) == (False, TRIES - 1)
    right, spent = left.tried("right")
    assert right
    assert not spent.open(AT)


def test_after_the_last_wrong_try_nothing_opens() -> None:
    left = code()
    for _ in range(TRIES):
        assert left.open(AT)
        _, left = left.tried("wrong")
    assert not left.open(AT)


def test_codes_are_spaced_and_counted_by_the_day() -> None:
    last, at = code(), AT
    with pytest.raises(Refused, match="CODE_TOO_SOON"):
        code(last, AT + timedelta(seconds=59))
    for _ in range(MOST_A_DAY - 1):
        at += timedelta(minutes=1)
        last = code(last, at)
    with pytest.raises(Refused, match="CODE_TOO_OFTEN"):
        code(last, at + timedelta(minutes=1))
    assert code(last, AT + timedelta(days=1)).issued_today == 1


def test_a_new_code_brings_its_own_tries_and_time() -> None:
    tired = replace(code(), tries_left=1)
    fresh = code(tired, AT + timedelta(minutes=2))
    assert (fresh.tries_left, fresh.issued_at) == (TRIES, AT + timedelta(minutes=2))
