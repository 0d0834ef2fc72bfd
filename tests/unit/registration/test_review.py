from __future__ import annotations

from datetime import timedelta

import pytest

from services.registration.domain import review
from services.registration.domain.review import ReviewCase
from shared.contracts.decision import Refused
from tests.unit.registration.builders import NOW

OPEN = ReviewCase("identity-a", "IDENTITY", ("a",), ("NOT_IN_REGISTRY",), NOW)
PROPOSED = review.propose(OPEN, answer="reject", reason="KTP palsu", by="penempatan", now=NOW)


def test_the_first_eye_proposes_and_may_change_its_mind() -> None:
    again = review.propose(PROPOSED, answer="confirm", reason="KTP asli", by="penempatan", now=NOW)

    assert again.state == "proposed"
    assert again.proposal is not None
    assert again.proposal.answer == "confirm"


def test_the_second_eye_sends_a_case_back() -> None:
    back = review.send_back(PROPOSED, by="kepala")

    assert (back.state, back.proposal) == ("open", None)


@pytest.mark.parametrize(
    ("code", "case", "by"),
    [("PROPOSAL_MISSING", OPEN, "kepala"), ("SAME_EYES", PROPOSED, "penempatan"), ("CASE_UNKNOWN", None, "kepala")],
)
def test_only_another_person_sends_back_what_was_proposed(code: str, case: ReviewCase | None, by: str) -> None:
    with pytest.raises(Refused, match=code):
        review.send_back(case, by=by)


def test_a_question_that_went_away_closes_its_case_once() -> None:
    later = NOW + timedelta(days=1)

    (closed,) = review.close_without_answer(PROPOSED, later)

    assert (closed.state, closed.settled_at, closed.settled_by) == ("settled", later, None)
    assert review.close_without_answer(closed, later) == ()
    assert review.close_without_answer(None, later) == ()
