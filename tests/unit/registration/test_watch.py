"""People are compared before the registry is asked: through the table of rules, which sees only what needs name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.registration.api.commands import COMMANDS
from services.registration.domain import participation, review
from services.registration.domain.applicant import Applicant
from services.registration.domain.identity import LapseQuestion
from services.registration.domain.likeness import NameBlock
from services.registration.domain.rings import Link
from services.registration.domain.tending import case_of
from services.registration.domain.watch import ScreenPeople
from shared.contracts.decision import ref
from tests.unit.registration.builders import NOW, applicant, names, refusal, rules, said
from tests.unit.registration.deciding import decide
from tests.unit.registration.watched import PHONE, WATCH, Office, named

# ---- near duplicates


def test_a_near_duplicate_waits_for_staff_beside_the_one_that_was_there() -> None:
    office = Office()
    office.take(named("a", "Achmad Jusuf Lubis"))

    decision = office.take(named("b", "Ahmad Yusup Lubis"))

    told = said(decision, type(decision.events[0]))
    assert (told.reasons, told.fields) == (("NEAR_DUPLICATE",), ("nik",))
    assert decision.work == ()
    assert office.case(review.identity_case("b")).applicant_ids == ("b", "a")
    assert (office.person("a").stage, office.person("b").stage) == ("pending", "questioned")


def test_two_who_come_together_are_compared_too() -> None:
    office = Office()

    decision = office.take(named("a", "Andi Putra Siregar"), named("b", "Andi Putra Siregar"))

    assert names(decision) == ["IdentityQuestioned"]
    assert len(decision.work) == 1


def test_staff_confirm_that_it_is_another_person() -> None:
    office = Office()
    office.take(named("a", "Andi Putra Siregar"), named("b", "Andi Putra Siregar"))

    decision = office.settle(review.identity_case("b"), "confirm")

    assert names(decision) == ["IdentityConfirmed", "ApplicantEligible"]


def test_a_question_for_staff_never_lapses() -> None:
    office = Office()
    office.take(named("a", "Andi Putra Siregar"), named("b", "Andi Putra Siregar"))
    late = NOW + timedelta(days=40)
    rule, command = COMMANDS[LapseQuestion], LapseQuestion("b", rules())
    asked = office.person("b")
    office.rows[ref(Applicant, "b")] = replace(
        asked, question=replace(asked.question, deadline=NOW.date() - timedelta(9))
    )

    decide(rule, office.rows, command)

    assert office.person("b").stage == "questioned"
    assert office.person("b").wake_at == NOW + timedelta(days=1) < late


def test_a_person_is_compared_once_and_asked_about_again_without() -> None:
    office = Office()
    office.take(named("a", "Andi Putra Siregar"))
    again = replace(office.person("a"), wake_at=NOW)
    before = dict(office.rows)

    office.take(again)

    assert {place for place in office.rows if office.rows[place] != before.get(place)} == set()


# ---- who is compared without the registry


def test_a_new_phone_a_new_account_or_a_contradiction_is_compared_too() -> None:
    office = Office()
    office.share(3)
    linked = participation.account_known(applicant("s", stage="selected", mobile_index=PHONE), "account", NOW)
    office.rows.take(linked)

    office.do(ScreenPeople(("s",), WATCH))
    office.tend()

    assert (office.person("s").stage, office.person("s").wake_at, office.person("s").screened) == (
        "selected",
        None,
        True,
    )
    assert office.case(case_of("p0000")).applicant_ids[-1] == "s"
    assert ref(Link, "account/account") in office.rows
    assert refusal(lambda: office.do(ScreenPeople(("s", "nobody"), WATCH))) == "NOTHING_TO_CHECK"


def test_the_blocks_hold_no_name() -> None:
    office = Office()
    office.take(named("a", "Rahmawati Lubis"))

    blocks = [each for place, each in office.rows.items() if place.collection == NameBlock.collection]

    assert len(blocks) == 2
    assert "RAHMA" not in str(blocks).upper()
