from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

import pytest

from services.registration import effects, store
from services.registration.adapters.civil_registry import Answer, CachedRegistry, RegistryUnavailable
from services.registration.api.commands import COMMANDS
from services.registration.domain import identity, review
from services.registration.domain.applicant import Applicant
from services.registration.domain.draw import Row
from services.registration.domain.eligibility import Household
from services.registration.domain.results import AnnounceResults, ResultChunk
from services.registration.domain.review import ReviewCase
from services.registration.reactions import REACTIONS
from services.registration.reference import read_reference
from shared.contracts.base import Event, Sealed
from shared.contracts.decision import Aggregate, Decision, Ref, Refused, World, ref
from shared.contracts.incentive import ParticipationRevoked, PayoutAccountLinked
from shared.engine.rules import Effect, EffectFinished, Outcome, OutcomeState, Rule
from shared.engine.states import States
from shared.security.vault import Vault
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.registration.builders import (
    NOW,
    Rows,
    applicant,
    claim,
    eligible,
    index,
    indexes,
    register_command,
    rules,
    wave,
)
from tests.unit.registration.house import Registry

ROUNDS = 4


class Read:
    """A world that only shows what a rule's needs have named, as the engine's does."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self._named = rows, set[Ref]()

    def get(self, kind: type[Any], id: str) -> Any:
        place = Ref(kind.collection, id)
        if place not in self._named:
            raise LookupError(place)
        return self._rows.get(place)

    def read(self, rule: Rule, message: Any) -> None:
        for _ in range(ROUNDS):
            self._named |= set(rule.needs(message, cast(World, self)))


def decide(rule: Rule, rows: Rows, message: Any) -> Decision:
    """Read what the rule names, decide, and keep what it decided."""
    world = Read(rows)
    world.read(rule, message)
    return rows.take(rule.decide(cast(World, world), message, NOW))


def world_of(*states: Aggregate) -> Rows:
    rows = Rows()
    rows.take(Decision(changes=states))
    return rows


def told(decisions: Sequence[Decision], kind: str) -> int:
    return sum(type(event).__name__ == kind for decision in decisions for event in decision.events)


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


def test_a_revocation_of_somebody_unknown_frees_the_seat() -> None:
    assert told([decide(REACTIONS[ParticipationRevoked], Rows(), revoked())], "SeatsRecycled") == 1


def test_an_account_linked_by_two_is_one_case_however_often_it_is_heard() -> None:
    rows, rule = Rows(), REACTIONS[PayoutAccountLinked]

    for who in ("a", "b", "a", "b"):
        decide(rule, rows, linked(who))

    cases = [state for place, state in rows.items() if place.collection == "review_cases"]
    assert [case.applicant_ids for case in cases] == [("a", "b")]


# ---- the registry's outcome


def finished(state: OutcomeState, *answers: dict[str, Any], rule_set: str = "prakerja-2020") -> EffectFinished:
    people = [{"applicant_id": who, "revision": 1, "rule_set": rule_set} for who in "ab"]
    data = {"answers": list(answers)} if answers else {}
    return EffectFinished(Effect("e", identity.CHECK, "k", {"people": people}), Outcome(state, data))


def said(who: str, found: str = "match", *fields: str) -> dict[str, Any]:
    return {"applicant_id": who, "revision": 1, "found": found, "fields": list(fields)}


BOTH = (applicant("a"), claim("a"), applicant("b"), claim("b"))


@pytest.fixture(scope="module")
def rule() -> Rule:
    return effects.answer_rule(read_reference("prakerja-2020", "12.71"))


def test_each_answer_is_decided_with_all_that_eligibility_needs(rule: Rule) -> None:
    rows = world_of(*BOTH)
    outcome = finished(OutcomeState.DONE, said("a"), said("b", "mismatch", "kk_number"))

    decision = decide(rule, rows, outcome)

    assert [type(event).__name__ for event in decision.events] == [
        "IdentityConfirmed", "ApplicantEligible", "IdentityQuestioned",
    ]  # fmt: skip
    assert decide(rule, rows, outcome) == Decision()


@pytest.mark.parametrize("state", [OutcomeState.FAILED, OutcomeState.UNKNOWN, OutcomeState.NOT_FOUND])
def test_an_outcome_without_answer_means_waiting(rule: Rule, state: OutcomeState) -> None:
    rows = world_of(*BOTH)

    decide(rule, rows, finished(state))

    assert rows[ref(Applicant, "a")].wake_at == rows[ref(Applicant, "b")].wake_at == NOW + identity.ASK_AGAIN


def test_who_was_not_answered_waits_and_the_others_go_on(rule: Rule) -> None:
    rows = world_of(*BOTH)

    decide(rule, rows, finished(OutcomeState.DONE, said("a"), said("b", "unavailable")))

    assert rows[ref(Applicant, "a")].stage == "eligible"
    assert rows[ref(Applicant, "b")].wake_at == NOW + identity.ASK_AGAIN


def test_an_outcome_about_nobody_changes_nothing(rule: Rule) -> None:
    assert decide(rule, Rows(), finished(OutcomeState.DONE, said("a"))) == Decision()


def test_rules_of_another_year_look_at_the_household_too() -> None:
    rule_2023 = effects.answer_rule(read_reference("prakerja-2023", "12.71"))
    outcome = finished(OutcomeState.DONE, said("a"), said("b"), rule_set="prakerja-2023")

    assert told([decide(rule_2023, world_of(*BOTH), outcome)], "ApplicantEligible") == 2


NIKS = {"a": "1271050504950001", "b": "1271050504950002"}


class Office:
    """A handler, the people it may ask about, and the registry behind it."""

    def __init__(self, *known: str) -> None:
        disk, self.registry = MemoryStore(), Registry()
        vault = Vault(MemoryDatabase(disk), b"m" * 32, b"i" * 32)
        self.handler = effects.CheckIdentities(vault, CachedRegistry(self.registry), timedelta(seconds=5))
        self.people = []
        for who, nik in NIKS.items():
            key = vault.new_key(who)
            clear = {"nik": nik, "full_name": "R", "birth_date": "1995-04-05", "kk_number": "k"}
            sealed = {name: key.seal(name, text) for name, text in clear.items()}
            self.people.append({"applicant_id": who, "revision": 1, "sex": "M", **sealed})
            if who in known:
                vault._remember(key)

    async def ask(self) -> Outcome:
        return await self.handler.perform(Effect("e", identity.CHECK, "k", {"people": self.people}))


async def test_a_check_opens_asks_and_brings_back_only_what_matched() -> None:
    office = Office("a", "b")
    office.registry.answers[NIKS["b"]] = Answer("mismatch", ("full_name",))

    outcome = await office.ask()

    assert outcome.data == {"answers": [said("a"), said("b", "mismatch", "full_name")]}
    assert office.registry.asked == list(NIKS.values())
    assert "1271" not in str(outcome)


async def test_an_erased_person_is_not_asked_about() -> None:
    office = Office("a")

    outcome = await office.handler.inquire(Effect("e", identity.CHECK, "k", {"people": office.people}))

    assert outcome.data == {"answers": [said("a"), said("b", "unavailable")]}
    assert office.registry.asked == [NIKS["a"]]


async def test_only_when_all_are_silent_nothing_has_started() -> None:
    office = Office("a", "b")
    office.registry.answers[NIKS["a"]] = RegistryUnavailable("HTTP_502", retry_after_seconds=7)
    assert (await office.ask()).data == {"answers": [said("a", "unavailable"), said("b")]}

    silent = Office("a", "b")
    silent.registry.answers = {nik: RegistryUnavailable("HTTP_502", retry_after_seconds=7) for nik in NIKS.values()}
    outcome = await silent.ask()

    assert (outcome.state, outcome.retry_after) == (OutcomeState.NOT_STARTED, timedelta(seconds=7))


# ---- storing


def test_every_state_survives_being_stored() -> None:
    states = States(store.AGGREGATES)
    person = eligible(laid_off_listed=True, card_number=Sealed("c"))

    again = states.state("applicants", states.document(person))

    assert again == person


def test_every_command_has_a_rule_and_every_rule_refuses_the_unknown_politely() -> None:
    known = [command.__name__ for command in COMMANDS]

    assert len(known) == len(set(known)) >= 30
    rule = COMMANDS[type(register_command())]
    with pytest.raises(Refused, match="DUPLICATE"):
        decide(rule, world_of(claim()), register_command("b", indexes=indexes("a")))


def test_only_facts_of_incentive_are_heard() -> None:
    heard: list[type[Event]] = list(REACTIONS)

    assert {event.source for event in heard} == {"incentive"}


def test_a_batch_of_unknown_people_and_a_case_of_nobody_are_refused_politely() -> None:
    rows = world_of()
    with pytest.raises(Refused, match="CASE_UNKNOWN"):
        decide(COMMANDS[identity.SettleCase], rows, identity.SettleCase("x", "kepala", register_command().rules))
    with pytest.raises(Refused, match="NOTHING_TO_CHECK"):
        decide(COMMANDS[identity.RequestChecks], rows, identity.RequestChecks(("x",)))


def test_a_case_about_an_account_is_settled_without_touching_its_people() -> None:
    case = ReviewCase("account-1", "SHARED_ACCOUNT", ("a", "b"), ("ACCOUNT_SHARED",), NOW)
    proposed = review.propose(case, answer="reject", reason="satu keluarga", by="andi", now=NOW)
    settle = identity.SettleCase("account-1", "kepala", register_command().rules)

    decision = decide(COMMANDS[identity.SettleCase], world_of(proposed), settle)

    assert [type(state) for state in decision.changes] == [ReviewCase]


def test_results_of_a_year_with_a_limit_per_kk_look_at_the_households() -> None:
    wave_ = wave(state="announcing", result_chunks=1)
    chunk = ResultChunk(1, 0, (Row("a", "UMUM", 1, 1, 1, selected=True),))
    rows = world_of(wave_, chunk, eligible(stage="joined", wave=1))
    command = AnnounceResults(1, 0, {"a": Sealed("card")}, {"UMUM": "umum"}, rules(2023))

    decision = decide(COMMANDS[AnnounceResults], rows, command)

    assert told([decision], "ApplicantSelected") == 1
    assert rows[ref(Household, indexes("a").kk)].recipients == ("a",)
