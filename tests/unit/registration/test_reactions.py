"""Facts of incentive: a revocation frees one seat, a shared account is one case, however often they are heard."""

from __future__ import annotations

from datetime import date

from services.registration.domain.applicant import Applicant
from services.registration.domain.revocation import Revocation
from services.registration.reactions import REACTIONS
from shared.contracts.base import Event, Sealed
from shared.contracts.decision import ref
from shared.contracts.incentive import ParticipationRevoked, PayoutAccountLinked
from tests.unit.registration.builders import NOW, Rows, claim, eligible, index
from tests.unit.registration.deciding import decide, told, world_of


def revoked() -> ParticipationRevoked:
    return ParticipationRevoked(
        applicant_id="a", wave=1, revoked_at=NOW, reason="NO_FIRST_PURCHASE", reason_text="x", amount_rupiah=0,
        appeal_deadline=date(2020, 5, 1),
    )  # fmt: skip


def linked(who: str) -> PayoutAccountLinked:
    return PayoutAccountLinked(
        applicant_id=who, bank="BNI", account_kind="bank", account_index=index("acc"), account_masked=Sealed("x"),
        shared_by=1, linked_at=NOW,
    )  # fmt: skip


def test_a_revocation_heard_twice_frees_one_seat() -> None:
    rows = world_of(eligible(stage="selected", card_number=Sealed("c")), claim())
    rule = REACTIONS[ParticipationRevoked]

    decisions = [decide(rule, rows, revoked()) for _ in range(2)]

    assert told(decisions, "SeatsRecycled") == 1
    assert rows[ref(Applicant, "a")].stage == "revoked"


def test_a_revoked_person_reads_why_and_until_when_to_object() -> None:
    rows = world_of(eligible(stage="selected"), claim())
    decide(REACTIONS[ParticipationRevoked], rows, revoked())
    person = rows[ref(Applicant, "a")]
    assert person.revocation == Revocation("NO_FIRST_PURCHASE", "x", date(2020, 5, 1))


def test_a_revocation_of_somebody_unknown_frees_the_seat() -> None:
    assert told([decide(REACTIONS[ParticipationRevoked], Rows(), revoked())], "SeatsRecycled") == 1


def test_an_account_linked_by_two_is_one_case_however_often_it_is_heard() -> None:
    rows, rule = Rows(), REACTIONS[PayoutAccountLinked]

    for who in ("a", "b", "a", "b"):
        decide(rule, rows, linked(who))

    cases = [state for place, state in rows.items() if place.collection == "review_cases"]
    assert [case.applicant_ids for case in cases] == [("a", "b")]


def test_only_facts_of_incentive_are_heard() -> None:
    heard: list[type[Event]] = list(REACTIONS)

    assert {event.source for event in heard} == {"incentive"}
