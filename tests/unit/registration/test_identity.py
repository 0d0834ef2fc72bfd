"""What the civil registry's answer means: confirmed and decided at once, questioned, or asked again later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.registration.domain import identity
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.eligibility import Known
from services.registration.domain.identity import RegistryAnswer
from services.registration.domain.lists import Edition, ListBook, ListEntry, Listing
from services.registration.domain.review import ReviewCase
from shared.contracts.decision import Decision
from shared.contracts.registration import IdentityConfirmed, IdentityQuestioned
from tests.unit.registration.builders import (
    NOTHING,
    NOW,
    applicant,
    changed,
    claim,
    eligible,
    indexes,
    names,
    refusal,
    rules,
    said,
)


def answered(
    found: Applicant | None, answer: RegistryAnswer, revision: int = 1, held: NikClaim | None = None
) -> Decision:
    return identity.registry_answered(found, held, NOTHING, answer, revision, rules(), NOW)


def test_a_match_confirms_and_decides_on_eligibility_at_once() -> None:
    decision = answered(applicant(), RegistryAnswer("match"))

    assert names(decision) == ["IdentityConfirmed", "ApplicantEligible"]
    assert said(decision, IdentityConfirmed).method == "civil_registry"
    assert changed(decision, Applicant).stage == "eligible"


def test_a_listed_official_is_ineligible_although_the_identity_is_right() -> None:
    book = ListBook({"ASN": Edition(1, "BKN", NOW.date(), "s", NOW)}, {})
    listing = Listing(indexes().nik, (ListEntry("ASN", "BKN", NOW.date(), 1),))

    decision = identity.registry_answered(
        applicant(), claim(), Known(listing, book), RegistryAnswer("match"), 1, rules(), NOW
    )

    assert names(decision) == ["IdentityConfirmed", "ApplicantIneligible"]


@pytest.mark.parametrize(
    ("answer", "fields", "reasons"),
    [
        (RegistryAnswer("mismatch", ("kk_number", "birth_date")), ("kk_number", "birth_date"), ("REGISTRY_MISMATCH",)),
        (RegistryAnswer("not_found"), ("nik",), ("NOT_IN_REGISTRY",)),
        (RegistryAnswer("inactive"), ("nik",), ("REGISTRY_INACTIVE",)),
    ],
)
def test_anything_else_is_a_question(answer: RegistryAnswer, fields: tuple[str, ...], reasons: tuple[str, ...]) -> None:
    told = said(answered(applicant(), answer), IdentityQuestioned)

    assert (told.fields, told.reasons) == (fields, reasons)


def test_a_silent_registry_means_waiting_and_asking_again_later() -> None:
    waiting = changed(answered(applicant(), RegistryAnswer("unavailable")), Applicant)

    assert waiting.stage == "pending"
    assert waiting.wake_at == NOW + identity.ASK_AGAIN


def test_those_who_wait_are_asked_about_together() -> None:
    waiting = [applicant("a", wake_at=NOW), applicant("b", wake_at=NOW, revision=3)]

    decision = identity.request_checks(waiting, NOW)

    (work,) = decision.work
    assert (work.kind, work.key) == (identity.CHECK, "a/1/2020-04-03T03:00:00.000+00:00")
    assert [(each["applicant_id"], each["revision"]) for each in work.payload["people"]] == [("a", 1), ("b", 3)]
    assert set(work.payload["people"][0]) == {
        "applicant_id", "revision", "rule_set", "nik", "full_name", "birth_date", "kk_number", "sex",
    }  # fmt: skip
    assert all(isinstance(state, Applicant) and state.wake_at is None for state in decision.changes)


@pytest.mark.parametrize(
    "found", [None, eligible(wake_at=NOW), applicant(), applicant(wake_at=NOW + timedelta(seconds=1))]
)
def test_nobody_is_asked_about_without_need(found: Applicant | None) -> None:
    assert refusal(lambda: identity.request_checks([found], NOW)) == "NOTHING_TO_CHECK"
    assert len(identity.request_checks([found, applicant("b", wake_at=NOW)], NOW).changes) == 1


@pytest.mark.parametrize("found", [None, eligible(), applicant(revision=2)])
def test_an_answer_nobody_waits_for_changes_nothing(found: Applicant | None) -> None:
    assert answered(found, RegistryAnswer("match")) == Decision()


def test_the_same_answer_twice_counts_once() -> None:
    after = changed(answered(applicant(), RegistryAnswer("match")), Applicant)

    assert answered(after, RegistryAnswer("match")) == Decision()


@pytest.mark.parametrize(
    ("answer", "reasons"),
    [
        (RegistryAnswer("match"), ("NIK_CLAIMED_TWICE",)),
        (RegistryAnswer("mismatch", ("kk_number",)), ("REGISTRY_MISMATCH", "NIK_CLAIMED_TWICE")),
    ],
)
def test_a_shadow_is_questioned_whatever_the_registry_says(answer: RegistryAnswer, reasons: tuple[str, ...]) -> None:
    decision = answered(applicant("b", shadow=True), answer, held=claim("a"))

    assert said(decision, IdentityQuestioned).reasons == reasons
    assert changed(decision, ReviewCase).applicant_ids == ("b", "a")


@pytest.mark.parametrize("held", [None, claim("a", holder=None)])
def test_a_shadow_without_holder_stands_alone(held: NikClaim | None) -> None:
    decision = answered(applicant("b", shadow=True), RegistryAnswer("match"), held=held)

    assert changed(decision, ReviewCase).applicant_ids == ("b",)
