"""Outside work of registration: asking the civil registry whether a person's data are right.

A question changes nothing outside, so it may be asked again whenever its answer got lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from services.registration.adapters.civil_registry import (
    Answer,
    CivilRegistry,
    Identity,
    RegistryUnavailable,
)
from services.registration.adapters.registry_guard import Budget, CachedRegistry
from services.registration.domain import identity, review
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.identity import CHECK, RegistryAnswer
from services.registration.domain.reinstating import reinstated
from services.registration.domain.review import ReviewCase
from services.registration.reference import Reference
from services.registration.settings import RegistrationSettings
from services.registration.world import judging, known, left_by, peek, wave_left_by
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Effect, EffectFinished, EffectKind, Outcome, OutcomeState, Rule
from shared.engine.service import Ports
from shared.security.vault import PersonKey, Vault

CHECKS_AT_ONCE = 6
"""Works in hand at a time, each about up to 50 people; the adapter lets fewer questions out at a time."""
WAIT_SECONDS = 30.0
"""How long a person may wait for the turn at the adapter."""
_SEALED = ("nik", "full_name", "birth_date", "kk_number")


class CheckIdentities:
    """Opens the sealed data of some people, asks about each, and brings back only what matched."""

    horizon = timedelta(0)
    deduplicates = True

    def __init__(self, vault: Vault, registry: CachedRegistry, timeout: timedelta) -> None:
        self._vault, self._registry, self.timeout = vault, registry, timeout

    async def perform(self, effect: Effect) -> Outcome:
        """Done as soon as one person was answered; who was not is asked about again later. All silent: not started."""
        people = effect.payload["people"]
        keys = await self._vault.keys(each["applicant_id"] for each in people)
        found = await asyncio.gather(*(self._about(each, keys.get(each["applicant_id"])) for each in people))
        silent = [each.retry_after_seconds for each in found if isinstance(each, RegistryUnavailable)]
        if len(silent) == len(found):
            return Outcome(OutcomeState.NOT_STARTED, {}, retry_after=timedelta(seconds=max(silent)))
        answers = [_answered(each, answer) for each, answer in zip(people, found, strict=True)]
        return Outcome(OutcomeState.DONE, {"answers": answers})

    async def _about(self, person: Mapping[str, Any], key: PersonKey | None) -> Answer | RegistryUnavailable | None:
        if key is None:
            return None  # erased since: nobody waits for this answer
        opened = {name: key.open(name, person[name]) for name in _SEALED}
        asked = Identity(
            nik=opened["nik"],
            full_name=opened["full_name"],
            birth_date=date.fromisoformat(opened["birth_date"]),
            kk_number=opened["kk_number"],
            sex=person["sex"],
        )
        question = self._vault.index("nik", "|".join((*opened.values(), person["sex"])))
        try:
            return await self._registry.check(question, asked)
        except RegistryUnavailable as silent:
            return silent

    async def inquire(self, effect: Effect) -> Outcome:
        """The answers got lost: asking again is the inquiry."""
        return await self.perform(effect)


def _answered(person: Mapping[str, Any], answer: Answer | RegistryUnavailable | None) -> dict[str, Any]:
    about = {"applicant_id": person["applicant_id"], "revision": person["revision"]}
    if isinstance(answer, Answer):
        at = answer.asked_at.isoformat() if answer.asked_at else ""
        return {**about, "found": answer.found, "fields": list(answer.fields), "asked_at": at}
    return {**about, "found": "unavailable", "fields": []}


def guarded(registry: CivilRegistry, settings: RegistrationSettings, ports: Ports) -> CachedRegistry:
    """The registry with its cache, its rest when it is down, and its budget of the day."""
    budget = Budget(settings.civil_registry_daily_budget, ports.clock.now, ports.database, ports.metrics.alarm)
    keep = timedelta(days=settings.civil_registry_cache_days)
    return CachedRegistry(registry, now=ports.clock.now, budget=budget, keep=keep)


def kinds(
    vault: Vault, registry: CachedRegistry, reference: Reference, settings: RegistrationSettings
) -> Mapping[str, EffectKind]:
    """The table of outside work: what is done, and the rule that hears the outcome."""
    timeout = timedelta(seconds=settings.civil_registry_timeout_seconds + WAIT_SECONDS)
    handler = CheckIdentities(vault, registry, timeout)
    return {CHECK: EffectKind(handler, answer_rule(reference), CHECKS_AT_ONCE)}


def answer_rule(reference: Reference) -> Rule:
    """How the registry's answers are decided: each under the rule set the application came in with."""

    def needs(finished: EffectFinished, world: World) -> Iterable[Ref]:
        return [place for person in finished.effect.payload["people"] for place in about(person, world)]

    def about(person: Mapping[str, Any], world: World) -> Iterable[Ref]:
        applicant = peek(world, Applicant, person["applicant_id"])
        claim = [ref(NikClaim, applicant.nik_index)] if applicant else []
        case = ref(ReviewCase, review.identity_case(person["applicant_id"]))
        rules = reference.rules_of(person["rule_set"])
        return [ref(Applicant, person["applicant_id"]), case, *claim, *judging(applicant, rules), *left_by(applicant)]

    def decide(world: World, finished: EffectFinished, now: datetime) -> Decision:
        answers = _answers(finished.outcome)
        decided = Decision()
        for person in finished.effect.payload["people"]:
            decided += one(world, person, answers.get(person["applicant_id"], _SILENT), now)
        return decided

    def one(world: World, person: Mapping[str, Any], answer: RegistryAnswer, now: datetime) -> Decision:
        applicant = world.get(Applicant, person["applicant_id"])
        if applicant is None:
            return Decision()
        rules = reference.rules_of(person["rule_set"])
        claim, facts = world.get(NikClaim, applicant.nik_index), known(world, applicant, rules)
        decided = identity.registry_answered(applicant, claim, facts, answer, person["revision"], rules, now)
        return reinstated(decided, wave_left_by(world, applicant), now)

    return Rule(needs, decide)


_SILENT = RegistryAnswer("unavailable")


def _answers(outcome: Outcome) -> dict[str, RegistryAnswer]:
    """Answers by person; an outcome without any means: not known yet, asked again later by schedule."""
    if outcome.state is not OutcomeState.DONE:
        return {}
    return {
        each["applicant_id"]: RegistryAnswer(each["found"], tuple(each["fields"]), each.get("asked_at", ""))
        for each in outcome.data["answers"]
    }
