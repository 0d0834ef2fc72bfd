from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain import codes, correction, objections
from services.registration.domain.applicant import Applicant, NikClaim, PlaceTask, Shadow
from services.registration.domain.codes import IssueCode
from services.registration.domain.correction import Correction
from services.registration.domain.objections import EraseIdentity, Object, RenewTracking
from services.registration.domain.review import ReviewCase
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Ref, Refused
from shared.contracts.registration import ApplicantCorrected, ApplicantWithdrawn, ConfirmationCodeIssued
from shared.security.one_time_codes import MOST_A_DAY, OneTimeCode
from tests.unit.registration.builders import (
    NOW,
    applicant,
    changed,
    claim,
    eligible,
    index,
    indexes,
    ineligible,
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


# ---- one-time codes

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


# ---- objections, lost codes, erasure


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


def test_a_new_tracking_code_replaces_the_old() -> None:
    told = RenewTracking("a", Sealed("baru"), index("baru"))

    decision = objections.renew_tracking(applicant(), told, NOW)

    assert changed(decision, Applicant).tracking_index == index("baru")
    assert said(decision, ApplicantCorrected).fields == ("tracking_code",)
    assert decision.reply["tracking_code"] == Sealed("baru")
    with pytest.raises(Refused, match="APPLICANT_UNKNOWN"):
        objections.renew_tracking(None, told, NOW)


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


def test_staff_look_for_a_kecamatan_as_long_as_nobody_knows_it() -> None:
    place = Ref("place_tasks", "a")

    unknown = corrected(eligible(), command("domicile", profile=profile(kecamatan=None)))
    found = corrected(eligible(), command("domicile"))

    assert changed(unknown, PlaceTask).id == "a"
    assert found.removed == (place,)
