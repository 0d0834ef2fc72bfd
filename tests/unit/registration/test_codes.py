"""One-time codes at registration's door: kept as a hash, five minutes, five tries, for one act."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.registration.domain import codes
from services.registration.domain.applicant import Applicant
from services.registration.domain.codes import IssueCode
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import ConfirmationCodeIssued
from shared.security.one_time_codes import MOST_A_DAY, OneTimeCode
from tests.unit.registration.builders import NOW, applicant, changed, index, said

RIGHT, WRONG = index("code"), index("other")


def issue(last: OneTimeCode | None = None, person: Applicant | None = applicant(), **later: int) -> Decision:  # noqa: B008
    told = IssueCode("a", "correction", RIGHT, Sealed("123456"))
    return codes.issue_code(person, last, told, NOW + timedelta(**later))


def test_a_code_is_told_sealed_and_kept_as_a_hash() -> None:
    decision = issue()

    assert said(decision, ConfirmationCodeIssued).expires_at == NOW + timedelta(minutes=5)
    kept = changed(decision, OneTimeCode)
    assert (kept.digest, kept.tries_left, kept.id) == (RIGHT, 5, "a/correction")


def test_the_right_code_acts_once() -> None:
    code = changed(issue(), OneTimeCode)
    act = Decision(reply={"done": True})

    decision = codes.with_code(code, RIGHT, NOW, lambda: act)

    assert decision.reply == {"done": True}
    with pytest.raises(Refused, match="CODE_EXPIRED"):
        codes.with_code(changed(decision, OneTimeCode), RIGHT, NOW, lambda: act)


def test_five_wrong_tries_end_a_code() -> None:
    code = changed(issue(), OneTimeCode)
    for left in (4, 3, 2, 1, 0):
        decision = codes.with_code(code, WRONG, NOW, lambda: pytest.fail("acted"))
        assert decision.reply == {"refused": "CODE_WRONG", "tries_left": left}
        code = changed(decision, OneTimeCode)
    with pytest.raises(Refused, match="CODE_EXPIRED"):
        codes.with_code(code, RIGHT, NOW, lambda: pytest.fail("acted"))


@pytest.mark.parametrize("seconds", [301, 3600])
def test_a_code_lives_five_minutes(seconds: int) -> None:
    code = changed(issue(), OneTimeCode)

    assert codes.with_code(code, RIGHT, NOW + timedelta(seconds=300), Decision).changes
    with pytest.raises(Refused, match="CODE_EXPIRED"):
        codes.with_code(code, RIGHT, NOW + timedelta(seconds=seconds), Decision)


def test_no_code_opens_nothing() -> None:
    with pytest.raises(Refused, match="CODE_EXPIRED"):
        codes.with_code(None, RIGHT, NOW, Decision)


def test_codes_are_not_issued_one_after_the_other() -> None:
    first = changed(issue(), OneTimeCode)

    with pytest.raises(Refused, match="CODE_TOO_SOON"):
        issue(first, seconds=59)
    assert changed(issue(first, seconds=60), OneTimeCode).issued_today == 2


def test_codes_of_one_day_are_counted_and_the_next_day_begins_anew() -> None:
    many = replace(changed(issue(), OneTimeCode), issued_today=MOST_A_DAY)

    with pytest.raises(Refused, match="CODE_TOO_OFTEN"):
        issue(many, hours=1)
    assert changed(issue(many, days=1), OneTimeCode).issued_today == 1


@pytest.mark.parametrize(
    ("code", "person"), [("APPLICANT_UNKNOWN", None), ("APPLICATION_CLOSED", applicant(stage="erased"))]
)
def test_a_code_needs_an_open_application(code: str, person: Applicant | None) -> None:
    with pytest.raises(Refused, match=code):
        issue(person=person)
