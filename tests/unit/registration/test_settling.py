"""A questioned identity is settled by two people, or lapses when nobody corrects it in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain import identity, review
from services.registration.domain.applicant import Applicant, NikClaim, Shadow
from services.registration.domain.review import ReviewCase
from shared.contracts.decision import Decision
from shared.contracts.registration import IdentityConfirmed
from tests.unit.registration.builders import (
    NOTHING,
    NOW,
    applicant,
    changed,
    claim,
    eligible,
    indexes,
    ineligible,
    names,
    refusal,
    rules,
    said,
)


def questioned(who: str = "a", **changes: Any) -> Applicant:
    asked: Applicant = changed(
        identity.question(applicant(who), ("nik",), ("NOT_IN_REGISTRY",), rules(), NOW), Applicant
    )
    return replace(asked, **changes)


def case(answer: review.Answer | None = "confirm", **changes: Any) -> ReviewCase:
    found = ReviewCase("identity-a", "IDENTITY", ("a",), ("NOT_IN_REGISTRY",), NOW)
    if answer:
        found = review.propose(found, answer=answer, reason="KTP dilihat", by="penempatan", now=NOW)
    return replace(found, **changes)


# ---- staff


def settle(
    found: ReviewCase | None, person: Applicant | None, held: NikClaim | None = None, by: str = "kepala"
) -> Decision:
    return identity.settle_identity(found, person, held, NOTHING, rules(), by=by, now=NOW)


def test_two_people_confirm_an_identity() -> None:
    decision = settle(case(), questioned(), claim())

    assert names(decision) == ["IdentityConfirmed", "ApplicantEligible"]
    assert said(decision, IdentityConfirmed).method == "staff"
    assert changed(decision, ReviewCase).settled_by == "kepala"


def test_a_rejected_identity_frees_the_nik_for_its_owner() -> None:
    decision = settle(case("reject"), questioned(), claim())

    assert names(decision) == ["ApplicantIneligible"]
    assert changed(decision, Applicant).verdict.reason == "IDENTITY_NOT_CONFIRMED"
    assert changed(decision, NikClaim).holder is None


def test_a_rejected_shadow_leaves_the_holder_alone() -> None:
    decision = settle(case("reject"), questioned("a", shadow=True), claim("b"))

    assert not [state for state in decision.changes if isinstance(state, NikClaim)]


def test_a_shadow_cannot_be_confirmed_beside_the_holder() -> None:
    assert refusal(lambda: settle(case(), questioned("a", shadow=True), claim("b"))) == "NIK_STILL_HELD"


@pytest.mark.parametrize("held", [None, claim("b", holder=None, shadows=(Shadow("a", "p"), Shadow("c", "q")))])
def test_a_shadow_takes_a_nik_that_is_free(held: NikClaim | None) -> None:
    decision = settle(case(), questioned("a", shadow=True), held)

    taken = changed(decision, NikClaim)
    assert (taken.holder, taken.proof_index) == ("a", indexes("a").proof)
    assert [each.applicant_id for each in taken.shadows] == (["c"] if held else [])
    assert not changed(decision, Applicant).shadow


@pytest.mark.parametrize(
    ("code", "found", "person", "by"),
    [
        ("CASE_UNKNOWN", None, questioned(), "kepala"),
        ("PROPOSAL_MISSING", case(None), questioned(), "kepala"),
        ("SAME_EYES", case(), questioned(), "penempatan"),
        ("CASE_SETTLED", case(state="settled"), questioned(), "kepala"),
        ("CASE_SETTLED", case(), None, "kepala"),
        ("CASE_SETTLED", case(), eligible(), "kepala"),
    ],
)
def test_a_case_is_settled_once_by_another_person(
    code: str, found: ReviewCase | None, person: Applicant | None, by: str
) -> None:
    assert refusal(lambda: settle(found, person, by=by)) == code


def test_an_upheld_objection_stands_against_the_lists() -> None:
    decision = settle(case(kind="OBJECTION"), ineligible())

    after = changed(decision, Applicant)
    assert names(decision) == ["ApplicantEligible"]
    assert after.verdict.overridden
    assert after.verdict.trace[-1].rule == "OBJECTION_UPHELD"


@pytest.mark.parametrize(
    ("answer", "person", "told"),
    [("reject", ineligible(), ["ObjectionDecided"]), ("confirm", eligible(), []), ("reject", eligible(), [])],
)
def test_an_objection_without_success_changes_nothing_and_whoever_stays_out_is_told(
    answer: review.Answer, person: Applicant, told: list[str]
) -> None:
    decision = settle(case(answer, kind="OBJECTION"), person)

    assert names(decision) == told
    assert [type(state) for state in decision.changes] == [ReviewCase]


# ---- time


def test_nobody_corrected_until_the_last_day_was_over() -> None:
    after_deadline = NOW + timedelta(days=15)

    decision = identity.lapse(questioned(), case(None), claim(), rules(), after_deadline)

    assert names(decision) == ["ApplicantIneligible"]
    assert changed(decision, ReviewCase).state == "settled"
    assert changed(decision, NikClaim).holder is None


@pytest.mark.parametrize(
    ("person", "days"), [(None, 15), (applicant(), 15), (questioned(question=None), 15), (questioned(), 14)]
)
def test_nothing_lapses_early_or_without_a_question(person: Applicant | None, days: int) -> None:
    assert (
        refusal(lambda: identity.lapse(person, None, claim(), rules(), NOW + timedelta(days=days)))
        == "NOTHING_TO_LAPSE"
    )


def test_a_question_waits_another_day_while_staff_are_at_it() -> None:
    later = NOW + timedelta(days=15)

    decision = identity.lapse(questioned(), case(), claim(), rules(), later)

    assert changed(decision, Applicant).stage == "questioned"
    assert changed(decision, Applicant).wake_at == later + timedelta(days=1)


def test_a_lapse_without_case_or_claim_is_still_a_lapse() -> None:
    decision = identity.lapse(questioned(), None, None, rules(), NOW + timedelta(days=15))

    assert names(decision) == ["ApplicantIneligible"]
