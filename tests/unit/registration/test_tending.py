"""What an open ring, and a decision on it, means for its members; the case they share."""

from __future__ import annotations

from dataclasses import replace

from services.registration.domain import review
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.identity import RequestChecks
from services.registration.domain.rings import Link, Ring
from services.registration.domain.tending import TendRing, case_of
from services.registration.domain.watch import Watch
from shared.contracts.decision import ref
from tests.unit.registration.builders import NOW, applicant, index, names, refusal, rules
from tests.unit.registration.watched import PHONE, WATCH, Office, named


def test_the_one_over_the_limit_waits_at_once_and_the_others_a_moment_later() -> None:
    office = Office()
    office.share(3)
    office.rows[ref(Applicant, "p0001")] = replace(office.person("p0001"), stage="eligible")
    office.rows[ref(Applicant, "p0002")] = replace(office.person("p0002"), stage="selected")

    decision = office.share(1, 3)
    assert names(decision) == ["IdentityQuestioned"]
    assert decision.work == ()
    office.tend()

    case = office.case(case_of("p0000"))
    assert (case.kind, case.reasons, case.applicant_ids) == (
        "RING", ("MOBILE_SHARED",), ("p0000", "p0001", "p0002", "p0003"),
    )  # fmt: skip
    stages = [office.person(f"p{n:04}").stage for n in range(4)]
    assert stages == ["questioned", "questioned", "selected", "questioned"]
    assert office.person("p0002").ring == "p0000"


def test_later_members_come_into_the_same_case() -> None:
    office = Office()
    office.share(4)
    office.tend()

    office.share(2, 4)
    office.tend()

    cases = [each for place, each in office.rows.items() if place.collection == "review_cases"]
    assert [each.case_id for each in cases] == [case_of("p0000")]
    assert len(cases[0].applicant_ids) == 6


def test_a_large_ring_is_tended_in_parts() -> None:
    office = Office(Watch(replace(rules(), limits=replace(rules().limits, mobile=505, chain=505))))
    for first in range(0, 501, 50):
        office.share(min(50, 501 - first), first)
    assert office.tend() == 0

    office.share(5, 501)

    assert office.tend() == 6
    ring = office.rows[ref(Ring, "p0000")]
    assert (ring.cursor, len(ring.members), ring.waiting) == (506, 506, False)
    assert all(office.person(f"p{n:04}").stage == "questioned" for n in range(506))
    assert len(office.case(case_of("p0000")).applicant_ids) == 50


def test_the_second_eye_releases_all_and_the_registry_is_asked() -> None:
    office = Office()
    office.share(4)
    office.tend()

    office.settle(case_of("p0000"), "confirm")
    office.tend()

    assert {office.person(f"p{n:04}").stage for n in range(4)} == {"pending"}
    decision = office.do(RequestChecks(("p0000", "p0001"), WATCH))
    assert (names(decision), len(decision.work)) == ([], 1)


def test_the_second_eye_rejects_all_and_their_niks_are_free() -> None:
    office = Office()
    office.share(4)
    office.tend()

    office.settle(case_of("p0000"), "reject")
    office.tend()

    for number in range(4):
        person = office.person(f"p{number:04}")
        assert (person.stage, person.verdict.reason) == ("ineligible", "IDENTITY_NOT_CONFIRMED")
        assert office.rows[ref(NikClaim, person.nik_index)].holder is None
    office.share(1, 4)
    office.tend()
    assert office.case(case_of("p0000")).state == "open"
    assert office.person("p0004").stage == "questioned"


def test_one_person_of_an_open_ring_cannot_be_confirmed_alone() -> None:
    office = Office()
    office.take(named("a", "Andi Putra Siregar"))
    office.share(3)
    office.take(named("b", "Andi Putra Siregar", mobile_index=PHONE))
    office.tend()
    assert set(office.person("b").question.reasons) == {"NEAR_DUPLICATE", "RING_SUSPECTED"}

    assert refusal(lambda: office.settle(review.identity_case("b"), "confirm")) == "RING_OPEN"
    office.settle(case_of("p0000"), "confirm")
    office.tend()

    assert office.person("b").question.reasons == ("NEAR_DUPLICATE",)
    assert names(office.settle(review.identity_case("b"), "confirm"))[0] == "IdentityConfirmed"


def test_the_office_s_own_phone_joins_nobody() -> None:
    office = Office(Watch(rules(), own_phones=frozenset({PHONE})))

    decision = office.share(30)

    assert (names(decision), len(decision.work)) == ([], 1)
    assert ref(Link, f"mobile/{PHONE}") not in office.rows


def test_rings_that_meet_have_one_case() -> None:
    office = Office()
    office.share(4)
    other = [applicant(f"q{n}", wake_at=NOW, mobile_index=index("other")) for n in range(5)]
    office.take(*other)
    office.tend()

    office.take(applicant("m", wake_at=NOW, mobile_index=PHONE, kk_index=other[0].kk_index))
    office.tend()

    assert office.case(case_of("p0000")).state == "settled"
    assert len(office.case(case_of("q0")).applicant_ids) == 10


def test_who_meets_a_ring_that_is_being_led_elsewhere_waits_for_the_next_round() -> None:
    office = Office()
    office.rows[ref(Link, f"mobile/{PHONE}")] = Link(f"mobile/{PHONE}", "x", ("n1",))
    for ring in (Ring("x", parent="y"), Ring("y", parent="z"), Ring("z", ("x", "y", "z"), moving=("x",), waiting=True)):
        office.rows[ref(Ring, ring.id)] = ring
    assert refusal(lambda: office.share(1)) == "NOTHING_TO_CHECK"

    office.tend()
    office.do(RequestChecks(("p0000",), WATCH))

    assert "p0000" in office.rows[ref(Ring, "z")].members


def test_a_part_whose_turn_is_over_changes_nothing() -> None:
    office = Office()
    office.share(4)
    ring = office.rows[ref(Ring, "p0000")]

    assert refusal(lambda: office.do(TendRing("p0000", 1, ring.members, WATCH))) == "NOTHING_TO_CHECK"
    assert refusal(lambda: office.do(TendRing("p0000", 0, ("x",), WATCH))) == "NOTHING_TO_CHECK"
    office.tend()
    assert refusal(lambda: office.do(TendRing("p0000", 4, (), WATCH))) == "NOTHING_TO_CHECK"


def test_who_left_a_ring_before_it_was_decided_stays_as_they_are() -> None:
    office = Office()
    office.share(4)
    office.tend()
    office.rows[ref(Applicant, "p0001")] = replace(office.person("p0001"), stage="withdrawn", question=None)

    office.settle(case_of("p0000"), "reject")
    office.tend()

    assert office.person("p0001").stage == "withdrawn"


def test_a_case_without_its_ring_cannot_be_decided() -> None:
    office = Office()
    office.share(4)
    office.tend()
    del office.rows[ref(Ring, "p0000")]

    assert refusal(lambda: office.settle(case_of("p0000"), "confirm")) == "CASE_SETTLED"


def test_people_who_were_compared_elsewhere_are_only_asked_about() -> None:
    office = Office()
    office.rows[ref(Applicant, "a")] = applicant("a", wake_at=NOW)

    assert len(office.do(RequestChecks(("a",))).work) == 1


def test_a_correction_does_not_lead_around_a_rejection() -> None:
    office = Office()
    office.share(4)
    office.tend()
    office.settle(case_of("p0000"), "reject")
    office.tend()

    again = replace(office.person("p0001"), stage="pending", verdict=None, screened=False, revision=2, wake_at=NOW)
    decision = office.take(again)

    assert (names(decision), decision.work) == (["IdentityQuestioned"], ())
    office.tend()
    assert office.case(case_of("p0000")).state == "open"
