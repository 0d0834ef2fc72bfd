"""One payment on its way, and all who may say what became of it: the bank, its notices, the person who leaves."""

from __future__ import annotations

from typing import Any

from services.incentive.domain.batches import Batch
from services.incentive.domain.payouts import HearPayment
from shared.contracts.decision import Work
from shared.contracts.registration import ApplicantWithdrawn
from shared.engine.rules import Outcome, OutcomeState
from tests.unit.incentive.builders import ANN
from tests.unit.incentive.city import City, city_with


def sent() -> tuple[City, Work]:
    city = city_with()
    city.ready()
    return city, city.send()


def answered(city: City, work: Work, state: OutcomeState, code: str = "") -> None:
    city.finish(work, Outcome(state, {"code": code} if code else {}))


def notice(city: City, work: Work, result: Any, code: str = "") -> None:
    city.ask(HearPayment(work.payload["reference"], result, code, is_notice=True))


def withdrawn(city: City) -> None:
    city.hear(ApplicantWithdrawn(applicant_id=ANN, withdrawn_at=city.now, by="applicant"))


def batch_of(city: City) -> Batch:
    (batch,) = city.all(Batch)
    assert isinstance(batch, Batch)
    return batch
