"""Asking the civil registry: what goes out, what comes back, and what its outcome decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.registration import effects
from services.registration.adapters.civil_registry import Answer, RegistryUnavailable
from services.registration.adapters.registry_guard import CachedRegistry
from services.registration.domain import identity
from services.registration.domain.applicant import Applicant
from services.registration.reference import read_reference
from shared.contracts.decision import Decision, ref
from shared.engine.rules import Effect, EffectFinished, Outcome, OutcomeState, Rule
from shared.security.vault import Vault
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.registration.builders import NOW, Rows, applicant, claim
from tests.unit.registration.deciding import decide, told, world_of
from tests.unit.registration.house import Registry

# ---- the registry's outcome


def finished(state: OutcomeState, *answers: dict[str, Any], rule_set: str = "prakerja-2020") -> EffectFinished:
    people = [{"applicant_id": who, "revision": 1, "rule_set": rule_set} for who in "ab"]
    data = {"answers": list(answers)} if answers else {}
    return EffectFinished(Effect("e", identity.CHECK, "k", {"people": people}), Outcome(state, data))


def said(who: str, found: str = "match", *fields: str) -> dict[str, Any]:
    told = {"applicant_id": who, "revision": 1, "found": found, "fields": list(fields)}
    return told if found == "unavailable" else {**told, "asked_at": NOW.isoformat()}


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


# ---- the question


NIKS = {"a": "1271050504950001", "b": "1271050504950002"}


class Office:
    """A handler, the people it may ask about, and the registry behind it."""

    def __init__(self, *known: str) -> None:
        disk, self.registry = MemoryStore(), Registry()
        vault = self.vault = Vault(MemoryDatabase(disk), b"m" * 32, b"i" * 32)
        self.handler = effects.CheckIdentities(
            vault, CachedRegistry(self.registry, now=lambda: NOW), timedelta(seconds=5)
        )
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


@pytest.mark.parametrize("field", ["full_name", "birth_date", "kk_number", "sex"])
async def test_what_was_corrected_is_asked_about_anew_and_the_same_is_not(field: str) -> None:
    """The answer about other data of the same NIK would be remembered else."""
    office = Office("a", "b")
    office.people = office.people[:1]
    for _ in range(2):
        await office.ask()
    assert office.registry.asked == [NIKS["a"]]
    key = (await office.vault.keys(["a"]))["a"]
    office.people[0][field] = "F" if field == "sex" else key.seal(field, "1996-05-06")
    await office.ask()
    assert office.registry.asked == [NIKS["a"]] * 2


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
