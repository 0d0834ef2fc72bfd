from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import application
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.application import RegisterApplicant
from services.registration.domain.review import ReviewCase
from shared.contracts.decision import Refused, ref
from shared.contracts.registration import ApplicantRegistered, IdentityQuestioned
from tests.unit.registration.builders import (
    NOW,
    Key,
    Rows,
    changed,
    claim,
    indexes,
    names,
    profile,
    register_command,
    rules,
    said,
)


def refused(held: NikClaim | None, command: RegisterApplicant) -> Refused:
    with pytest.raises(Refused) as refusal:
        application.register(held, command, NOW)
    return refusal.value


def test_an_application_is_kept_told_and_waits_for_the_registry() -> None:
    decision = application.register(None, register_command(), NOW)

    found = changed(decision, Applicant)
    assert (found.stage, found.shadow, found.received_at) == ("pending", False, NOW)
    assert changed(decision, NikClaim).holder == "a"
    assert changed(decision, Key).person == "a"
    assert names(decision) == ["ApplicantRegistered"]
    assert found.wake_at == NOW
    assert decision.reply == {
        "applicant_id": "a",
        "tracking_code": found.personal.tracking_code,
        "outcome": "registered",
    }


def test_the_event_shows_in_clear_only_what_is_counted() -> None:
    told = said(application.register(None, register_command(import_id="i1"), NOW), ApplicantRegistered)

    assert (told.subject, told.kecamatan, told.sex, told.import_id) == ("a", "12.71.05", "M", "i1")
    assert repr(told.full_name) == repr(told.mobile) == repr(told.tracking_code) == "•••"
    assert told.desired_training == register_command().personal.desired_training
    assert repr(told.desired_training) == "•••"


def test_nobody_under_age_is_registered() -> None:
    refusal = refused(None, register_command(profile=profile(age_years=17)))
    assert refusal.code == "UNDER_AGE"

    assert refusal.details == {"min_age": 18}


def test_who_turns_eighteen_on_the_day_is_registered() -> None:
    assert names(application.register(None, register_command(profile=profile(age_years=18)), NOW))


def test_a_contradiction_is_a_question_with_a_case_for_staff() -> None:
    decision = application.register(
        None, register_command(contradictions=("BIRTH_DATE_CONTRADICTS_NIK", "SEX_CONTRADICTS_NIK")), NOW
    )

    told = said(decision, IdentityQuestioned)
    assert told.fields == ("nik", "birth_date", "sex")
    assert told.deadline.isoformat() == "2020-04-17"
    assert changed(decision, Applicant).stage == "questioned"
    assert changed(decision, ReviewCase).applicant_ids == ("a",)
    assert changed(decision, Applicant).wake_at == NOW  # compared with the others first; then it waits for its last day
    assert decision.reply["outcome"] == "questioned"


def test_one_who_knows_nik_kk_and_birth_date_hears_of_the_duplicate() -> None:
    assert refused(claim("a"), register_command("b", indexes=indexes("a"))).code == "DUPLICATE"


def test_one_who_knows_only_the_nik_gets_the_usual_answer() -> None:
    its = indexes("b", nik=indexes("a").nik)

    usual = application.register(None, register_command("b"), NOW)
    shadow = application.register(claim("a"), register_command("b", indexes=its), NOW)

    assert names(shadow) == names(usual)
    assert changed(shadow, Applicant).wake_at == changed(usual, Applicant).wake_at
    assert set(shadow.reply) == set(usual.reply)
    assert shadow.reply["outcome"] == "questioned"  # seen by staff only: the door never shows it
    assert changed(shadow, Applicant).shadow
    assert changed(shadow, NikClaim).holder == "a"
    assert changed(shadow, NikClaim).shadows[0].applicant_id == "b"


def test_the_same_shadow_again_is_a_duplicate_like_anybody_s_second_try() -> None:
    its = indexes("b", nik=indexes("a").nik)
    first = changed(application.register(claim("a"), register_command("b", indexes=its), NOW), NikClaim)

    assert refused(first, register_command("c", indexes=its)).code == "DUPLICATE"


def test_a_contradicting_shadow_shows_the_holder_to_staff() -> None:
    its = indexes("b", nik=indexes("a").nik)
    command = register_command("b", indexes=its, contradictions=("SEX_CONTRADICTS_NIK",))

    decision = application.register(claim("a"), command, NOW)

    assert changed(decision, ReviewCase).applicant_ids == ("b", "a")


def test_a_shadow_of_a_nik_without_holder_has_nobody_beside_it() -> None:
    its = indexes("b", nik=indexes("a").nik)
    command = register_command("b", indexes=its, contradictions=("SEX_CONTRADICTS_NIK",))

    decision = application.register(claim("a", holder=None, blocked="NO_FIRST_PURCHASE"), command, NOW)

    assert changed(decision, ReviewCase).applicant_ids == ("b",)


def test_shadows_of_one_nik_are_bounded() -> None:
    found = claim("a")
    for number in range(application.MOST_SHADOWS):
        its = indexes(f"s{number}", nik=indexes("a").nik)
        found = changed(application.register(found, register_command(f"s{number}", indexes=its), NOW), NikClaim)

    assert refused(found, register_command("z", indexes=indexes("z", nik=indexes("a").nik))).code == "NIK_UNDER_REVIEW"


def test_a_nik_that_was_given_back_can_be_used_again() -> None:
    decision = application.register(claim("a", holder=None), register_command("b", indexes=indexes("a")), NOW)

    assert changed(decision, NikClaim).holder == "b"


def test_a_blocked_nik_is_never_free() -> None:
    assert (
        refused(claim("a", holder=None, blocked="X"), register_command("b", indexes=indexes("a"))).code == "DUPLICATE"
    )


PEOPLE = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=25)
"""(which NIK, which KK and birth date) of applications as they come."""


@given(PEOPLE)
def test_whatever_comes_in_each_nik_has_one_holder_and_nobody_registers_twice(people: list[tuple[int, int]]) -> None:
    world = Rows()
    registered: list[tuple[int, int]] = []
    for number, (nik, proof) in enumerate(people):
        its = indexes(f"p{number}", nik=f"nik{nik}", proof=f"proof{nik}-{proof}")
        command = register_command(f"p{number}", indexes=its, rules=rules())
        held = world.get(ref(NikClaim, its.nik))
        if (nik, proof) in registered:
            assert refused(held, command).code == "DUPLICATE"
        else:
            world.take(application.register(held, command, NOW))
            registered.append((nik, proof))
    holders = [state for state in world.values() if isinstance(state, Applicant) and not state.shadow]
    assert len(registered) == len(set(registered))
    assert len(holders) == len({nik for nik, _ in registered})
