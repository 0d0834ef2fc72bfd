"""A verdict is objected to in time, a lost tracking code is replaced, and an erased person frees the NIK."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.registration.domain import objections
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.objections import EraseIdentity, Object, RenewTracking
from services.registration.domain.review import ReviewCase
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Ref, Refused
from shared.contracts.registration import ApplicantCorrected
from tests.unit.registration.builders import NOW, applicant, changed, claim, eligible, index, ineligible, names, said

# ---- objections


def test_an_objection_is_a_case_with_sealed_text() -> None:
    decision = objections.object_to_verdict(ineligible(), None, Object("a", Sealed("alasan")), NOW)

    opened = changed(decision, ReviewCase)
    assert (opened.kind, opened.reasons, repr(opened.note)) == ("OBJECTION", ("OTHER_AID",), "•••")


def test_a_settled_objection_may_be_followed_by_another() -> None:
    settled = ReviewCase("objection-a", "OBJECTION", ("a",), ("OTHER_AID",), NOW, state="settled")

    assert objections.object_to_verdict(ineligible(), settled, Object("a", Sealed("x")), NOW).changes


@pytest.mark.parametrize(
    ("code", "person", "case", "days"),
    [
        ("APPLICANT_UNKNOWN", None, None, 0),
        ("NOTHING_TO_OBJECT", eligible(), None, 0),
        ("NOTHING_TO_OBJECT", applicant(stage="ineligible"), None, 0),
        ("TOO_LATE", ineligible(), None, 15),
        ("CASE_OPEN", ineligible(), ReviewCase("objection-a", "OBJECTION", ("a",), (), NOW), 0),
    ],
)
def test_objections_that_cannot_be(code: str, person: Applicant | None, case: ReviewCase | None, days: int) -> None:
    with pytest.raises(Refused, match=code):
        objections.object_to_verdict(person, case, Object("a", Sealed("x")), NOW + timedelta(days=days))


# ---- lost codes


def test_a_new_tracking_code_replaces_the_old() -> None:
    told = RenewTracking("a", Sealed("baru"), index("baru"))

    decision = objections.renew_tracking(applicant(), told, NOW)

    assert changed(decision, Applicant).tracking_index == index("baru")
    assert said(decision, ApplicantCorrected).fields == ("tracking_code",)
    assert decision.reply["tracking_code"] == Sealed("baru")
    with pytest.raises(Refused, match="APPLICANT_UNKNOWN"):
        objections.renew_tracking(None, told, NOW)


# ---- erasure


KEY = Ref("vault:person_keys", "a")


def test_erasing_destroys_the_key_and_frees_the_nik() -> None:
    decision = objections.erase_identity(applicant(), claim(), EraseIdentity("a", KEY, "REQUEST"), NOW)

    assert names(decision) == ["IdentityErased"]
    assert set(decision.removed) == {KEY, Ref("nik_claims", claim().id)}
    assert changed(decision, Applicant).tracking_index == ""


@pytest.mark.parametrize(
    ("person", "held"),
    [
        (applicant(card_number=Sealed("card")), claim()),
        (applicant(), claim(blocked="NO_FIRST_PURCHASE")),
        (applicant(shadow=True), claim("b")),
        (applicant(), None),
    ],
)
def test_a_nik_that_had_a_card_stays_known_after_erasure(person: Applicant, held: NikClaim | None) -> None:
    assert objections.erase_identity(person, held, EraseIdentity("a", KEY, "REQUEST"), NOW).removed == (KEY,)


def test_erasing_twice_changes_nothing_and_nobody_unknown_is_erased() -> None:
    told = EraseIdentity("a", KEY, "REQUEST")

    assert objections.erase_identity(applicant(stage="erased"), None, told, NOW) == Decision()
    with pytest.raises(Refused, match="APPLICANT_UNKNOWN"):
        objections.erase_identity(None, None, told, NOW)
