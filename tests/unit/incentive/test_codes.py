"""One-time codes at incentive's door: only participants get one; a try is on disk whatever its outcome."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.incentive.domain.codes import IssueCode, TryCode, attempt
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused
from shared.security.one_time_codes import OneTimeCode, code_of, issued
from tests.unit.incentive.builders import ANN
from tests.unit.incentive.city import city_with

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_every_try_is_stored_and_the_right_one_opens_once() -> None:
    code = issued(None, code_of(ANN, "purchase"), "right", AT)
    missed = attempt(code, TryCode(ANN, "purchase", "wrong", AT))
    assert missed.reply == {"right": False}
    (left,) = missed.changes
    assert isinstance(left, OneTimeCode)
    hit = attempt(left, TryCode(ANN, "purchase", "right", AT))
    assert hit.reply == {"right": True}
    (spent,) = hit.changes
    assert isinstance(spent, OneTimeCode)
    assert attempt(spent, TryCode(ANN, "purchase", "right", AT)).reply == {"right": False}


def test_without_a_code_nothing_opens_and_nothing_is_stored() -> None:
    decision = attempt(None, TryCode(ANN, "purchase", "right", AT))
    assert (decision.reply, decision.changes) == ({"right": False}, ())


def test_only_participants_get_codes() -> None:
    with pytest.raises(Refused, match="PARTICIPANT_UNKNOWN"):
        city_with().ask(IssueCode("nobody", "purchase", "d", Sealed("code"), AT))
