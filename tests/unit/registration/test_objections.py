"""A verdict is objected to in time, a lost tracking code is replaced, and an erased person frees the NIK."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.registration.domain import objections, review
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.eligibility import Known
from services.registration.domain.identity import settle_identity
from services.registration.domain.objections import EraseIdentity, Object, RenewTracking
from services.registration.domain.review import ReviewCase
from services.registration.domain.revocation import Revocation
from services.registration.domain.status import status
from services.registration.pages import status_view
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Ref, Refused
from shared.contracts.registration import ApplicantCorrected, ObjectionDecided
from tests.unit.registration.builders import (
    NOW,
    applicant,
    changed,
    claim,
    eligible,
    index,
    ineligible,
    names,
    rules,
    said,
)

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


# ---- a participation that was revoked

TOLD = Revocation("NO_FIRST_PURCHASE", "Tidak membeli pelatihan pertama dalam 30 hari", NOW.date() + timedelta(days=14))


def revoked(**changes: Any) -> Applicant:
    return eligible(stage="revoked", card_number=Sealed("card"), revocation=replace(TOLD, **changes))


BLOCKED = claim(blocked="NO_FIRST_PURCHASE")


def settled_as(answer: Any, person: Applicant, held: NikClaim | None = BLOCKED) -> Decision:
    case = changed(objections.object_to_verdict(person, None, Object("a", Sealed("x")), NOW), ReviewCase)
    proposed = review.propose(case, answer=answer, reason="dilihat", by="andi", now=NOW)
    return settle_identity(proposed, person, held, Known(), rules(), by="kepala", now=NOW)


def test_a_revocation_is_objected_to_until_its_last_day() -> None:
    told = Object("a", Sealed("alasan"))
    opened = changed(objections.object_to_verdict(revoked(), None, told, NOW + timedelta(days=14)), ReviewCase)
    assert (opened.kind, opened.reasons) == ("OBJECTION", ("NO_FIRST_PURCHASE",))
    with pytest.raises(Refused, match="TOO_LATE"):
        objections.object_to_verdict(revoked(), None, told, NOW + timedelta(days=15))
    for person in (replace(revoked(), revocation=None), revoked(answer="rejected"), revoked(answer="upheld")):
        with pytest.raises(Refused, match="NOTHING_TO_OBJECT"):
            objections.object_to_verdict(person, None, told, NOW)


def test_upheld_it_frees_the_nik_for_a_new_registration_and_the_seat_stays_given_away() -> None:
    decision = settled_as("confirm", revoked())
    assert changed(decision, NikClaim) == replace(BLOCKED, holder=None, blocked=None)
    person = changed(decision, Applicant)
    assert (person.stage, person.revocation.answer) == ("revoked", "upheld")
    assert "NIK Anda tidak diblokir lagi" in status(person, {}, {}, NOW.date()).next_step
    assert decision.events == (ObjectionDecided(applicant_id="a", decided_at=NOW, which="upheld"),)
    other = replace(BLOCKED, holder="b")
    assert changed(settled_as("confirm", revoked(), other), Applicant).revocation.answer == "upheld"
    assert not [each for each in settled_as("confirm", revoked(), other).changes if isinstance(each, NikClaim)]


def test_rejected_it_changes_nothing_and_the_person_reads_so() -> None:
    decision = settled_as("reject", revoked())
    assert not [each for each in decision.changes if isinstance(each, NikClaim)]
    assert decision.events == (ObjectionDecided(applicant_id="a", decided_at=NOW, which="rejected"),)
    shown = status(changed(decision, Applicant), {}, {}, NOW.date())
    assert shown.next_step == "Keberatan Anda sudah diperiksa dua petugas, dan keputusannya tetap."
    assert shown.reasons == ("Alasan: Tidak membeli pelatihan pertama dalam 30 hari.",)
    before = status(revoked(), {}, {}, NOW.date())
    assert before.reasons[1] == "Keberatan diterima sampai 17 April 2020."


def test_the_page_of_a_revoked_person_has_the_button_for_what_they_can_do_now() -> None:
    steps = [status_view.next_step(revoked(answer=each), None, NOW.date()) for each in ("", "upheld", "rejected")]
    assert steps == [
        ("/status/keberatan", "Ajukan keberatan", False),
        ("/daftar", "Daftar lagi", False),
        ("", "Ke halaman peserta", False),
    ]


def test_the_button_is_there_exactly_as_long_as_the_door_takes_an_objection() -> None:
    last, after = date(2020, 4, 17), date(2020, 4, 18)
    for person, later in ((ineligible(), None), (revoked(), ("", "Ke halaman peserta", False))):
        assert objections.may_object(person, last)
        assert status_view.next_step(person, None, last) == ("/status/keberatan", "Ajukan keberatan", False)
        assert not objections.may_object(person, after)
        assert status_view.next_step(person, None, after) == later
        evening = datetime(2020, 4, 17, 16, 59, tzinfo=UTC)  # 23:59 in Medan
        command = Object("a", Sealed("text"))
        assert objections.object_to_verdict(person, None, command, evening).changes
        with pytest.raises(Refused, match="TOO_LATE") as late:
            objections.object_to_verdict(person, None, command, evening + timedelta(minutes=1))
        assert late.value.details == {"until": "17 April 2020"}
    assert not objections.may_object(eligible(), last)


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
