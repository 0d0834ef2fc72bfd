"""One-time codes: five minutes, five tries, one a minute, ten a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.incentive.domain.codes import MOST_A_DAY, IssueCode, OneTimeCode, TryCode, attempt, issue
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused
from tests.unit.incentive.builders import ANN, city_with

AT = datetime(2026, 1, 1, tzinfo=UTC)


def issued(last: OneTimeCode | None = None, at: datetime = AT) -> OneTimeCode:
    return issue(last, IssueCode(ANN, "purchase", "right", Sealed("code"), at))


def tried(code: OneTimeCode | None, digest: str = "right", at: datetime = AT) -> bool:
    return bool(attempt(code, TryCode(ANN, "purchase", digest, at)).reply["right"])


def test_a_code_lives_five_minutes() -> None:
    assert tried(issued(), at=AT + timedelta(minutes=5))
    assert not tried(issued(), at=AT + timedelta(minutes=5, seconds=1))
    assert not tried(None)


def test_a_wrong_try_costs_one_and_a_right_one_spends_the_code() -> None:
    (left,) = attempt(issued(), TryCode(ANN, "purchase", "wrong", AT)).changes
    assert isinstance(left, OneTimeCode)
    assert left.tries_left == 4
    (spent,) = attempt(left, TryCode(ANN, "purchase", "right", AT)).changes
    assert isinstance(spent, OneTimeCode)
    assert not tried(spent)


def test_codes_are_spaced_and_counted_by_the_day() -> None:
    code, at = issued(), AT
    with pytest.raises(Refused, match="CODE_TOO_SOON"):
        issued(code, AT + timedelta(seconds=59))
    for _ in range(MOST_A_DAY - 1):
        at += timedelta(minutes=1)
        code = issued(code, at)
    with pytest.raises(Refused, match="CODE_TOO_OFTEN"):
        issued(code, at + timedelta(minutes=1))
    assert issued(code, AT + timedelta(days=1)).issued_today == 1


def test_only_participants_get_codes() -> None:
    with pytest.raises(Refused, match="PARTICIPANT_UNKNOWN"):
        city_with().ask(IssueCode("nobody", "purchase", "d", Sealed("code"), AT))
