"""Every late rupiah has exactly one current cause, whatever happens to the people; and what ended is late no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.incentive.domain.delays import late_by_cause
from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.payouts import HearPayment, RetryPayment
from services.incentive.domain.reviews import ReviewCourse
from services.reporting.domain.projections import project
from shared.contracts.decision import Refused
from shared.contracts.incentive import ParticipationRevoked
from shared.contracts.registration import ApplicantWithdrawn
from shared.engine.rules import Outcome, OutcomeState
from tests.unit.incentive.builders import ANN, BEN, OTHER_NIK, ineligible
from tests.unit.incentive.city import City, city_with


class Told:
    """What reporting keeps of the same events."""

    def __init__(self, city: City) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        for number, event in enumerate(city.events):
            project(self, event, f"e{number}", city.now)

    def put(self, collection: str, id: str, **fields: Any) -> None:
        if collection == "incentives":
            self.rows.setdefault(id, {}).update(fields)

    def add(self, collection: str, id: str, **counts: int) -> None:
        return None

    def by_cause(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for row in self.rows.values():
            if row.get("late"):
                sums[row["cause"]] = sums.get(row["cause"], 0) + row["amount_rupiah"]
        return sums


def own(city: City) -> dict[str, int]:
    sums: dict[str, int] = {}
    for applicant_id in (ANN, BEN):
        for cause, rupiah in late_by_cause(city.person(applicant_id)).items():
            sums[cause] = sums.get(cause, 0) + rupiah
    return sums


def learn(city: City, who: str) -> None:
    code = city.buy(applicant_id=who)
    city.redeem(code)
    city.ask(city.claim(code))


def released(city: City, who: str) -> None:
    city.fund()
    city.approve(city.batch(until=date(2030, 1, 1)))


def again(city: City, who: str) -> None:
    for each in city.person(who).entitlements:
        if each.state in (State.FAILED, State.RETURNED):
            city.ask(RetryPayment(who, each.kind, each.number, "maker"))


def says(state: OutcomeState, code: str = "LIMIT") -> Callable[[City, str], None]:
    """The bank says this of the person's last payment."""

    def answer(city: City, who: str) -> None:
        sent = [work for work in city.work if work.kind == "pay" and work.payload["applicant_id"] == who]
        if sent:
            city.finish(sent[-1], Outcome(state, {"code": code}))

    return answer


def comes_back(city: City, who: str) -> None:
    sent = [work for work in city.work if work.kind == "pay" and work.payload["applicant_id"] == who]
    if sent:
        city.ask(HearPayment(sent[-1].payload["reference"], "returned", "LIMIT", is_notice=True))


STEPS: Mapping[str, Callable[[City, str], object]] = {
    "a day": lambda city, who: city.pass_days(1),
    "some weeks": lambda city, who: city.pass_days(16),
    "learn": learn,
    "review": lambda city, who: city.ask(ReviewCourse(who, 1, 5)),
    "account": lambda city, who: city.bank_says(city.link(who, f"1{who}")),
    "new account": lambda city, who: city.bank_says(city.link(who, f"2{who}", "OVO")),
    "wrong account": lambda city, who: city.bank_says(city.link(who, f"3{who}"), holder_nik_index=OTHER_NIK),
    "list": released,
    "list lies": lambda city, who: city.batch(until=date(2030, 1, 1)),
    "again": again,
    "leave": lambda city, who: city.hear(ApplicantWithdrawn(applicant_id=who, withdrawn_at=city.now, by="applicant")),
    "paid": says(OutcomeState.DONE),
    "failed": says(OutcomeState.FAILED),
    "account failed": says(OutcomeState.FAILED, "ACCOUNT_INACTIVE"),
    "unknown": says(OutcomeState.UNKNOWN),
    "returned": comes_back,
}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from((ANN, BEN))), max_size=25))
def test_whatever_happens_causes_name_all_late_rupiah_once_and_reporting_says_the_same(
    steps: list[tuple[str, str]],
) -> None:
    city = city_with(ANN, BEN)
    city.ready(ANN)
    for what, who in steps:
        try:
            STEPS[what](city, who)
        except Refused:
            continue
    for person in (city.person(ANN), city.person(BEN)):
        assert sum(late_by_cause(person).values()) == person.late_rupiah
        assert person.late or person.late_rupiah == 0
    assert Told(city).by_cause() == own(city)


def test_a_late_payment_that_is_refused_twice_for_the_account_is_late_once() -> None:
    city = city_with(ANN, BEN)
    city.ready()
    city.pass_days(20)
    assert own(city) == {"MANUAL_BACKLOG": 600_000} == Told(city).by_cause()
    city.finish(city.send(), Outcome(OutcomeState.FAILED, {"code": "LIMIT"}))
    assert own(city) == {"TRANSFER_FAILED": 600_000} == Told(city).by_cause()
    assert city.person().late_rupiah == 600_000


def test_an_end_names_what_was_not_paid_and_nothing_is_late_any_more() -> None:
    city = city_with(ANN, BEN)
    city.ready()
    city.pay(city.send())
    city.bank_says(city.link(account="2222"), active=False)
    city.pass_days(60)
    assert own(city) == {"ACCOUNT_INACTIVE": 600_000}
    city.hear(ineligible())
    (told,) = city.told(ParticipationRevoked)[-1:]
    assert [(each.kind, each.number, each.amount_rupiah) for each in told.unpaid] == [
        ("post_training", 2, 600_000),
        ("post_training", 3, 600_000),
        ("post_training", 4, 600_000),
    ]
    assert own(city) == {} == Told(city).by_cause()
    assert city.person().late_rupiah == 0
