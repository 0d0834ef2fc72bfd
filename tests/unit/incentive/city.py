"""A city without servers: its people go through the real rules and data step by step, in the test's own time."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from services.incentive.commands import commands
from services.incentive.domain.accounts import LinkAccount
from services.incentive.domain.bank_days import Calendars
from services.incentive.domain.batch_work import CompleteBatch, FillBatch, MoveChunk
from services.incentive.domain.batches import CHUNK, ApproveBatch, Batch, BatchState, MakeBatch
from services.incentive.domain.completion import RecordCompletion
from services.incentive.domain.days import day_of
from services.incentive.domain.funds import PROGRAMME, DepositFunds, Funds
from services.incentive.domain.ledger import Posting, differences
from services.incentive.domain.participant import Entitlement, Participant
from services.incentive.domain.purchases import BuyCourse
from services.incentive.domain.redeem_codes import CommitRedeemCode
from services.incentive.domain.reviews import ReviewCourse
from services.incentive.domain.sequel import Advance
from services.incentive.domain.surveys import AnswerSurvey
from services.incentive.money_rules import check_finished, pay_finished
from services.incentive.reactions import reactions
from shared.contracts.base import Sealed
from shared.contracts.decision import Work
from shared.engine.rules import Outcome, OutcomeState
from tests.unit.incentive.builders import ANN, BEN, COURSE, NIK, SELECTED_AT, reference, selected
from tests.unit.incentive.deciding import Decider


class City(Decider):
    """All states of incentive, with the clock in the test's hand."""

    def __init__(self, now: datetime = SELECTED_AT, calendars: Calendars | None = None) -> None:
        desk = reference().with_calendars(calendars or {}).desk
        effects = {"pay": pay_finished(desk), "check_account": check_finished(desk)}
        super().__init__(commands(desk), reactions(desk), effects, now)
        self._numbers = itertools.count(1)

    # ---- looking

    def person(self, applicant_id: str = ANN) -> Participant:
        found = self.state(Participant, applicant_id)
        assert isinstance(found, Participant)
        return found

    def entitlement(self, number: int = 1, kind: str = "post_training", applicant_id: str = ANN) -> Entitlement:
        found = self.person(applicant_id).entitlement(kind, number)
        assert found
        return found

    def check_money(self) -> None:
        """Every participant's balances are what their postings add up to, nothing is below 0 but the treasury."""
        for person in self.all(Participant):
            moves = [each.move for each in self.all(Posting) if each.applicant_id == person.applicant_id]
            assert differences(person.money, moves) == {}
            assert sum(person.money.values()) == 0
            assert all(amount >= 0 for account, amount in person.money.items() if account != "treasury")

    # ---- time

    def pass_to(self, instant: datetime) -> None:
        """Let time pass; everything that time causes happens at its instant."""
        while True:
            times = [
                p.next_action_at for p in self.all(Participant) if p.next_action_at and p.next_action_at <= instant
            ]
            if not times:
                break
            self.now = max(self.now, min(times))
            for person in self.all(Participant):
                if person.next_action_at and person.next_action_at <= self.now:
                    self.ask(Advance(person.applicant_id))
                    after = self.person(person.applicant_id).next_action_at
                    assert after is None or after > self.now, "the clock does not move on"
        self.now = instant

    def pass_days(self, days: float) -> None:
        self.pass_to(self.now + timedelta(days=days))

    # ---- the journey, step by step

    def buy(self, course: str = COURSE, applicant_id: str = ANN, **fields: Any) -> str:
        """Buys and returns the redeem code."""
        code = f"CODE-{next(self._numbers):04d}"
        self.ask(BuyCourse(applicant_id, reference().catalogue[course], code, **fields))
        return code

    def redeem(self, code: str, platform: str = "TOKOPEDIA", sequence: int = 1) -> Mapping[str, Any]:
        return self.ask(CommitRedeemCode(platform, code, sequence))

    def claim(self, code: str, **fields: Any) -> RecordCompletion:
        number = next(self._numbers)
        known: dict[str, Any] = {
            "partner_code": "TOKOPEDIA",
            "claim_id": f"claim-{number}",
            "digest": "d" * 64,
            "redeem_code": code,
            "course_code": COURSE,
            "finished_on": day_of(self.now),
            "certificate_number": f"TKP-{number:06d}",
        }
        return RecordCompletion(**{**known, **fields})

    def learn(self, applicant_id: str = ANN) -> str:
        """Buys, redeems, finishes and reviews the usual course."""
        code = self.buy(applicant_id=applicant_id)
        self.redeem(code)
        self.ask(self.claim(code))
        self.ask(ReviewCourse(applicant_id, 1, 5))
        return code

    def link(self, applicant_id: str = ANN, account: str = "1111", bank: str = "BNI") -> Work:
        """Links an account and returns the question to the bank."""
        index = hashlib.sha256(account.encode()).hexdigest()
        self.ask(LinkAccount(applicant_id, bank, index, Sealed(account), Sealed(f"masked {account}")))
        return self.work[-1]

    def bank_says(self, question: Work, **fields: Any) -> None:
        """The bank answers whose account it is."""
        data = {"holder_nik_index": NIK, "name_matches": True, "active": True, "identity_checked": True, **fields}
        self.finish(question, Outcome(OutcomeState.DONE, data))

    def ready(self, applicant_id: str = ANN, account: str = "1111") -> None:
        """Everything the first incentive needs."""
        self.learn(applicant_id)
        self.bank_says(self.link(applicant_id, account))

    def batch(self, until: date | None = None, batch_id: str | None = None, by: str = "maker") -> Batch:
        """Makes a batch and lets it fill up."""
        name = batch_id or f"B{next(self._numbers)}"
        self.ask(MakeBatch(name, until or day_of(self.now), by))
        while (batch := self._batch(name)).state == BatchState.COLLECTING:
            until_text = batch.until
            ready = [p for p in self.all(Participant) if p.ready_on and p.ready_on <= until_text][:CHUNK]
            ids = tuple(person.applicant_id for person in ready)
            number = batch.chunks + 1
            self.ask(FillBatch(name, number, ids) if ids else CompleteBatch(name, number))
        return batch

    def approve(self, batch: Batch, by: str = "checker") -> list[Work]:
        """Approves and releases a batch; returns the payments for the bank."""
        self.ask(ApproveBatch(batch.batch_id, by, batch.list_hash, batch.lines, batch.amount_rupiah))
        return self.move_all(batch.batch_id)

    def move_all(self, batch_id: str) -> list[Work]:
        before = len(self.work)
        while (batch := self._batch(batch_id)).moving:
            self.ask(MoveChunk(batch_id, batch.cursor + 1))
        return self.work[before:]

    def fund(self, amount_rupiah: int = 10**9) -> None:
        self.ask(DepositFunds(f"SP2D-{next(self._numbers)}", amount_rupiah, "maker"))

    def send(self) -> Work:
        """Batches, approves and sends the one payment that is due."""
        self.fund()
        (work,) = self.approve(self.batch(until=day_of(self.now) + timedelta(days=60)))
        return work

    def pay(self, work: Work) -> None:
        self.finish(work, Outcome(OutcomeState.DONE))

    def answer(self, number: int, applicant_id: str = ANN) -> None:
        """Answers a survey with the first choice of every question."""
        questions = reference().questions(number)
        answers = {question: choices[0] for question, choices in questions.items()}
        self.ask(AnswerSurvey(applicant_id, number, answers, questions))

    def _batch(self, batch_id: str) -> Batch:
        found = self.state(Batch, batch_id)
        assert isinstance(found, Batch)
        return found


def city_with(*applicant_ids: str, year: int = 2020) -> City:
    """A city in which these people were just selected."""
    city = City()
    for applicant_id in applicant_ids or (ANN,):
        city.hear(selected(applicant_id, year))
    return city


def two_ready() -> City:
    city = city_with(ANN, BEN)
    city.ready(ANN, "1111")
    city.ready(BEN, "2222")
    return city


def funds(city: City) -> Funds:
    found = city.state(Funds, PROGRAMME)
    assert isinstance(found, Funds)
    return found
