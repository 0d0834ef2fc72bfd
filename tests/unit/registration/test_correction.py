"""A person corrects an application or takes it back: what is checked again, and whose the NIK is afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.registration.domain import correction
from services.registration.domain.applicant import Applicant, NikClaim, PlaceTask, Shadow
from services.registration.domain.correction import Correction
from services.registration.domain.review import ReviewCase
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Ref, Refused
from shared.contracts.registration import ApplicantCorrected, ApplicantWithdrawn
from tests.unit.registration.builders import (
    NOW,
    applicant,
    changed,
    claim,
    eligible,
    indexes,
    names,
    personal,
    profile,
    rules,
    said,
)

OPEN_CASE = ReviewCase("identity-a", "IDENTITY", ("a",), ("NOT_IN_REGISTRY",), NOW)


def command(*fields: str, **changes: Any) -> Correction:
    plain = Correction(
        applicant_id="a",
        fields=fields,
        personal=personal("a2"),
        indexes=indexes("a", proof="new-proof"),
        profile=profile(),
        contradictions=(),
        warnings=(),
        rules=rules(),
        by="applicant",
    )
    return replace(plain, **changes)


def corrected(person: Applicant | None, told: Correction, *claims: NikClaim | None, case: Any = None) -> Decision:
    old, new = claims or (claim(), claim())
    return correction.correct(person, (old, new), case, told, NOW)


# ---- corrections


def test_a_new_phone_changes_only_the_phone() -> None:
    decision = corrected(eligible(), command("mobile"))

    told = said(decision, ApplicantCorrected)
    assert names(decision) == ["ApplicantCorrected"]
    assert told.mobile == personal("a2").mobile
    assert (told.email, told.full_name, told.tracking_code) == (None, None, None)
    after = changed(decision, Applicant)
    assert (after.stage, after.indexes) == ("eligible", command().indexes)
    assert after.wake_at is None


def test_a_new_wish_is_told_sealed_and_an_old_one_is_not_told_again() -> None:
    told = said(corrected(eligible(), command("desired_training")), ApplicantCorrected)
    assert told.desired_training == personal("a2").desired_training
    assert told.desired_training is not None
    assert said(corrected(eligible(), command("mobile")), ApplicantCorrected).desired_training is None


def test_new_identity_data_are_checked_from_the_registry_on() -> None:
    decision = corrected(eligible(), command("kk_number"), case=OPEN_CASE)

    after = changed(decision, Applicant)
    assert (after.stage, after.revision, after.verdict, after.confirmed_at) == ("pending", 2, None, None)
    assert after.wake_at == NOW
    assert changed(decision, NikClaim).proof_index == "new-proof"
    assert changed(decision, ReviewCase).state == "settled"


def test_a_correction_that_contradicts_is_a_question_again() -> None:
    decision = corrected(applicant(), command("birth_date", contradictions=("BIRTH_DATE_CONTRADICTS_NIK",)))

    assert names(decision) == ["ApplicantCorrected", "IdentityQuestioned"]
    assert changed(decision, ReviewCase).state == "open"


def test_a_corrected_nik_gives_the_old_one_back() -> None:
    told = command("nik", indexes=indexes("a", nik="other"))

    decision = corrected(applicant(), told, claim("a"), None)

    claims = {state.nik_index: state.holder for state in decision.changes if isinstance(state, NikClaim)}
    assert claims == {indexes("a").nik: None, "other": "a"}


def test_a_corrected_nik_that_somebody_holds_makes_a_shadow() -> None:
    told = command("nik", indexes=indexes("a", nik=indexes("b").nik))

    decision = corrected(applicant(), told, None, claim("b"))

    assert changed(decision, Applicant).shadow
    assert changed(decision, NikClaim).holder == "b"


def test_a_shadow_that_corrects_its_kk_stays_one_shadow() -> None:
    held = claim("b", nik_index=indexes("a").nik, shadows=(Shadow("a", "p"), Shadow("c", "q")))

    decision = corrected(applicant(shadow=True), command("kk_number"), held, held)

    assert changed(decision, NikClaim).shadows == (Shadow("c", "q"), Shadow("a", "new-proof"))
    assert changed(decision, Applicant).shadow


def test_a_shadow_that_turns_out_to_be_the_holder_is_a_duplicate() -> None:
    held = claim("b", nik_index=indexes("a").nik, proof_index="new-proof", shadows=(Shadow("a", "p"),))

    with pytest.raises(Refused, match="DUPLICATE"):
        corrected(applicant(shadow=True), command("kk_number"), held, held)


def test_without_any_claim_a_correction_still_works() -> None:
    decision = corrected(applicant(), command("kk_number"), None, None)

    assert not [state for state in decision.changes if isinstance(state, NikClaim)]


@pytest.mark.parametrize(
    ("code", "person", "told"),
    [
        ("APPLICANT_UNKNOWN", None, command("mobile")),
        ("APPLICATION_CLOSED", applicant(stage="withdrawn"), command("mobile")),
        ("WAVE_JOINED", eligible(stage="joined", wave=1), command("nik")),
        ("ALREADY_SELECTED", eligible(stage="selected", card_number=Sealed("card")), command("work_status")),
        ("UNDER_AGE", applicant(), command("birth_date", profile=profile(age_years=17))),
    ],
)
def test_corrections_that_cannot_be(code: str, person: Applicant | None, told: Correction) -> None:
    with pytest.raises(Refused, match=code):
        corrected(person, told)


def test_who_waits_for_the_draw_may_still_change_the_phone() -> None:
    assert changed(corrected(eligible(stage="joined", wave=1), command("mobile")), Applicant).wave == 1


def test_staff_look_for_a_kecamatan_as_long_as_nobody_knows_it() -> None:
    place = Ref("place_tasks", "a")

    unknown = corrected(eligible(), command("domicile", profile=profile(kecamatan=None)))
    found = corrected(eligible(), command("domicile"))

    assert changed(unknown, PlaceTask).id == "a"
    assert found.removed == (place,)


# ---- withdrawal


def test_a_withdrawn_application_frees_its_nik() -> None:
    decision = correction.withdraw(eligible(stage="joined", wave=1), claim(), OPEN_CASE, by="applicant", now=NOW)

    assert said(decision, ApplicantWithdrawn).by == "applicant"
    assert (changed(decision, Applicant).stage, changed(decision, Applicant).wave) == ("withdrawn", None)
    assert changed(decision, NikClaim).holder is None


def test_a_card_is_given_once_so_its_nik_is_never_free_again() -> None:
    decision = correction.withdraw(
        eligible(stage="selected", card_number=Sealed("card")), claim(), None, by="staff", now=NOW
    )

    assert [type(state) for state in decision.changes] == [Applicant]


def test_a_withdrawn_shadow_leaves_the_holder() -> None:
    held = claim("b", shadows=(Shadow("a", "p"),))

    after = changed(correction.withdraw(applicant(shadow=True), held, None, by="applicant", now=NOW), NikClaim)

    assert (after.holder, after.shadows) == ("b", ())
