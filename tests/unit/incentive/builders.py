"""A city without servers for the tests of incentive: it decides with the real rules and data, one message at a time.

It keeps states as the engine would (as BSON documents), reads only what a rule's needs name, and refuses to write a
state twice that the rule had not looked at.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import bson
from bson.codec_options import CodecOptions, TypeRegistry

from services.incentive import store
from services.incentive.commands import commands
from services.incentive.domain.accounts import LinkAccount
from services.incentive.domain.batch_work import CompleteBatch, FillBatch, MoveChunk
from services.incentive.domain.batches import CHUNK, ApproveBatch, Batch, BatchState, MakeBatch
from services.incentive.domain.completion import RecordCompletion
from services.incentive.domain.days import day_of
from services.incentive.domain.funds import DepositFunds
from services.incentive.domain.ledger import Posting, differences
from services.incentive.domain.participant import Entitlement, Participant
from services.incentive.domain.purchases import BuyCourse
from services.incentive.domain.redeem_codes import CommitRedeemCode
from services.incentive.domain.reviews import ReviewCourse
from services.incentive.domain.rules import RuleSet
from services.incentive.domain.sequel import Advance
from services.incentive.domain.surveys import AnswerSurvey
from services.incentive.money_rules import check_finished, pay_finished
from services.incentive.reactions import reactions
from services.incentive.reference import Reference, read_reference
from shared.contracts.base import Event, Sealed
from shared.contracts.decision import Decision, Ref, Work
from shared.contracts.registration import ApplicantSelected
from shared.engine.rules import Effect, EffectFinished, Outcome, OutcomeState, Rule
from shared.engine.states import States

SELECTED_AT = datetime(2020, 8, 10, 3, 0, tzinfo=UTC)
"""10:00 WIB, long before the balance of 2020 ends."""
ANN, BEN = "ann", "ben"
COURSE, DEAR_COURSE = "TKP-002", "PJM-002"
"""450,000 rupiah at Tokopedia; 1,250,000 rupiah at Pijar Mahir."""
NIK, OTHER_NIK = "a" * 64, "b" * 64
ROUNDS = 5
_CODEC: CodecOptions[Any] = CodecOptions(
    tz_aware=True,
    tzinfo=UTC,
    type_registry=TypeRegistry(fallback_encoder=lambda value: value.isoformat() if isinstance(value, date) else value),
)


@cache
def reference() -> Reference:
    return read_reference()


def rules(year: int = 2020) -> RuleSet:
    return reference().desk.rules[f"prakerja-{year}"]


def selected(applicant_id: str = ANN, year: int = 2020, at: datetime = SELECTED_AT, **fields: Any) -> ApplicantSelected:
    """A person of wave 5 was drawn."""
    days = 30 if year == 2020 else 15
    known: dict[str, Any] = {
        "applicant_id": applicant_id,
        "wave": 5,
        "selected_at": at,
        "stratum": "GENERAL",
        "rank": 1,
        "card_number": Sealed("card"),
        "full_name": Sealed("name"),
        "nik_index": NIK,
        "rule_set": f"prakerja-{year}",
        "training_balance_rupiah": rules(year).training_balance_rupiah,
        "first_purchase_deadline": day_of(at) + timedelta(days=days - 1),
    }
    return ApplicantSelected(**{**known, **fields})


class _World:
    def __init__(self, city: City, loaded: set[Ref]) -> None:
        self._city, self._loaded = city, loaded

    def get(self, kind: Any, id: str) -> Any:
        ref = Ref(kind.collection, id)
        if ref not in self._loaded:
            raise LookupError(f"{kind.__name__} was not named by needs")
        return self._city.state(kind, id)


class City:
    """All states of incentive, with the clock in the test's hand."""

    def __init__(self, now: datetime = SELECTED_AT) -> None:
        desk = reference().desk
        self.now = now
        self.commands, self.reactions = commands(desk), reactions(desk)
        self.effects = {"pay": pay_finished(desk), "check_account": check_finished(desk)}
        self.events: list[Event] = []
        self.work: list[Work] = []
        self._documents: dict[Ref, bytes] = {}
        self._states = States(store.AGGREGATES)
        self._numbers = itertools.count(1)

    # ---- deciding

    def ask(self, command: Any) -> Mapping[str, Any]:
        return self._decide(self.commands[type(command)], command).reply

    def hear(self, event: Event) -> None:
        self._decide(self.reactions[type(event)], event)

    def finish(self, work: Work, outcome: Outcome) -> None:
        """What the outside world answered to outside work."""
        self._decide(
            self.effects[work.kind], EffectFinished(Effect("effect", work.kind, work.key, work.payload), outcome)
        )

    def _decide(self, rule: Rule, message: Any) -> Decision:
        loaded: set[Ref] = set()
        for _ in range(ROUNDS):
            missing = set(rule.needs(message, _World(self, loaded))) - loaded
            if not missing:
                break
            loaded |= missing
        else:
            raise AssertionError("needs names more in every round")
        decision = rule.decide(_World(self, loaded), message, self.now)
        self._apply(decision, loaded)
        return decision

    def _apply(self, decision: Decision, loaded: set[Ref]) -> None:
        assert len(decision.changes) <= 500
        assert len(decision.events) <= 500
        for state in decision.changes:
            ref = Ref(state.collection, state.id)
            assert ref in loaded or ref not in self._documents, f"{ref} is written twice"
            self._documents[ref] = bson.encode(self._states.document(state), codec_options=_CODEC)
        for ref in decision.removed:
            assert ref in loaded
            self._documents.pop(ref, None)
        for event in decision.events:
            type(event).model_validate_json(event.model_dump_json())
        self.events += decision.events
        self.work += decision.work

    def put(self, state: Any) -> None:
        """A state as it was before the test began."""
        self._apply(Decision(changes=(state,)), set())

    # ---- looking

    def state(self, kind: Any, id: str) -> Any:
        raw = self._documents.get(Ref(kind.collection, id))
        return None if raw is None else self._states.state(kind.collection, bson.decode(raw, _CODEC))

    def all(self, kind: Any) -> list[Any]:
        return [self.state(kind, ref.id) for ref in list(self._documents) if ref.collection == kind.collection]

    def person(self, applicant_id: str = ANN) -> Participant:
        found = self.state(Participant, applicant_id)
        assert isinstance(found, Participant)
        return found

    def entitlement(self, number: int = 1, kind: str = "post_training", applicant_id: str = ANN) -> Entitlement:
        found = self.person(applicant_id).entitlement(kind, number)
        assert found
        return found

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if type(event) is kind]

    def check_money(self) -> None:
        """Every participant's balances are what their postings add up to, nothing is below 0 but the treasury."""
        for person in self.all(Participant):
            postings = [each for each in self.all(Posting) if each.applicant_id == person.applicant_id]
            assert differences(person.money, postings) == {}
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


def codes(events: Iterable[Any]) -> list[str]:
    return [event.cause for event in events]
