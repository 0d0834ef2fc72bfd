from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

import pytest

from services.registration import effects, store
from services.registration.adapters.civil_registry import Answer, CachedRegistry, RegistryUnavailable
from services.registration.api.commands import COMMANDS
from services.registration.domain import identity
from services.registration.domain.applicant import Applicant
from services.registration.reactions import REACTIONS
from services.registration.reference import read_reference
from shared.contracts.base import Event, Sealed
from shared.contracts.decision import Aggregate, Decision, Ref, Refused, World, ref
from shared.contracts.incentive import ParticipationRevoked, PayoutAccountLinked
from shared.engine.rules import Effect, EffectFinished, Outcome, OutcomeState, Rule
from shared.engine.states import States
from shared.security.vault import Vault
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.registration.builders import NOW, Rows, applicant, claim, eligible, index, indexes, register_command
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


def finished(state: OutcomeState, **data: Any) -> EffectFinished:
    payload = {"applicant_id": "a", "revision": 1, "rule_set": "prakerja-2020"}
    return EffectFinished(Effect("e", identity.CHECK, "k", payload), Outcome(state, data))


@pytest.fixture(scope="module")
def rule() -> Rule:
    return effects.answer_rule(read_reference("prakerja-2020", "12.71"))


def test_an_outcome_is_decided_with_all_that_eligibility_needs(rule: Rule) -> None:
    rows = world_of(applicant(), claim())

    decision = decide(rule, rows, finished(OutcomeState.DONE, found="match", fields=[]))

    assert [type(event).__name__ for event in decision.events] == ["IdentityConfirmed", "ApplicantEligible"]
    assert decide(rule, rows, finished(OutcomeState.DONE, found="match", fields=[])) == Decision()


@pytest.mark.parametrize("state", [OutcomeState.FAILED, OutcomeState.UNKNOWN, OutcomeState.NOT_FOUND])
def test_an_outcome_without_answer_means_waiting(rule: Rule, state: OutcomeState) -> None:
    rows = world_of(applicant(), claim())

    decide(rule, rows, finished(state))

    assert rows[ref(Applicant, "a")].wake_at == NOW + timedelta(hours=1)


def test_an_outcome_about_nobody_changes_nothing(rule: Rule) -> None:
    assert decide(rule, Rows(), finished(OutcomeState.DONE, found="match", fields=[])) == Decision()


def test_rules_of_another_year_look_at_the_household_too() -> None:
    rule_2023 = effects.answer_rule(read_reference("prakerja-2023", "12.71"))
    payload = {"applicant_id": "a", "revision": 1, "rule_set": "prakerja-2023"}
    done = EffectFinished(
        Effect("e", identity.CHECK, "k", payload), Outcome(OutcomeState.DONE, {"found": "match", "fields": []})
    )

    assert decide(rule_2023, world_of(applicant(), claim()), done).events


async def test_the_check_opens_asks_and_brings_back_only_what_matched() -> None:
    vault = Vault(MemoryDatabase(disk := MemoryStore()), b"m" * 32, b"i" * 32)
    key = vault.new_key("a")
    registry = Registry()
    handler = effects.CheckIdentity(vault, CachedRegistry(registry), timedelta(seconds=5))
    sealed = {
        name: key.seal(name, text)
        for name, text in (
            ("nik", "1271050504950001"), ("full_name", "R"), ("birth_date", "1995-04-05"), ("kk_number", "k"),
        )
    }  # fmt: skip
    effect = Effect("e", identity.CHECK, "k", {"applicant_id": "a", "sex": "M", **sealed})

    erased = await handler.perform(effect)
    assert (erased.state, erased.data) == (OutcomeState.FAILED, {"reason": "ERASED"})
    disk.collections["vault:person_keys"] = {}
    vault._remember(key)
    assert (await handler.inquire(effect)).data == {"found": "match", "fields": []}
    assert registry.asked == ["1271050504950001"]
    registry.answers["1271050504950001"] = RegistryUnavailable("HTTP_502")
    vault_two = {**effect.payload, "sex": "F"}
    silent = await handler.perform(Effect("e2", identity.CHECK, "k2", vault_two))
    assert (silent.state, silent.retry_after) == (OutcomeState.NOT_STARTED, timedelta(seconds=30))
    registry.answers["1271050504950001"] = Answer("mismatch", ("full_name",))
    third = await handler.perform(Effect("e3", identity.CHECK, "k3", vault_two))
    assert third.data == {"found": "mismatch", "fields": ["full_name"]}


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
