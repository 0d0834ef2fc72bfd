"""Outside work of registration: asking the civil registry whether a person's data are right.

A question changes nothing outside, so it may be asked again whenever its answer got lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from services.registration.adapters.civil_registry import CachedRegistry, CivilRegistry, Identity, RegistryUnavailable
from services.registration.domain import identity, review
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.identity import CHECK, RegistryAnswer
from services.registration.domain.review import ReviewCase
from services.registration.domain.rules import RuleSet
from services.registration.reference import Reference
from services.registration.settings import RegistrationSettings
from services.registration.world import judging, known, peek
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Effect, EffectFinished, EffectKind, Outcome, OutcomeState, Rule
from shared.security.vault import PersonKey, Vault

CHECKS_AT_ONCE = 100
"""Checks whose attempts are stored together; the adapter lets fewer out at a time."""
WAIT_SECONDS = 30.0
"""How long a check may wait for its turn at the adapter."""


class CheckIdentity:
    """Opens the sealed data, asks, and brings back only what matched."""

    horizon = timedelta(0)
    deduplicates = True

    def __init__(self, vault: Vault, registry: CachedRegistry, timeout: timedelta) -> None:
        self._vault, self._registry, self.timeout = vault, registry, timeout
        self._keys = KeysTogether(vault)

    async def perform(self, effect: Effect) -> Outcome:
        payload = effect.payload
        key = await self._keys.of(payload["applicant_id"])
        if key is None:
            return Outcome(OutcomeState.FAILED, {"reason": "ERASED"})
        opened = {name: key.open(name, payload[name]) for name in _SEALED}
        asked = Identity(
            nik=opened["nik"],
            full_name=opened["full_name"],
            birth_date=date.fromisoformat(opened["birth_date"]),
            kk_number=opened["kk_number"],
            sex=payload["sex"],
        )
        question = self._vault.index("nik", "|".join((*opened.values(), payload["sex"])))
        try:
            answer = await self._registry.check(question, asked)
        except RegistryUnavailable as silent:
            wait = timedelta(seconds=silent.retry_after_seconds)
            return Outcome(OutcomeState.NOT_STARTED, {"reason": silent.reason}, retry_after=wait)
        return Outcome(OutcomeState.DONE, {"found": answer.found, "fields": list(answer.fields)})

    async def inquire(self, effect: Effect) -> Outcome:
        """The answer got lost: asking again is the inquiry."""
        return await self.perform(effect)


class KeysTogether:
    """Many checks begin at the same moment: their people's keys are read with one query instead of one each."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._asked: set[str] = set()
        self._reading: asyncio.Task[dict[str, PersonKey]] | None = None

    async def of(self, person: str) -> PersonKey | None:
        """The key, or None when the person was erased."""
        self._asked.add(person)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return (await asyncio.shield(self._reading)).get(person)

    async def _read(self) -> dict[str, PersonKey]:
        await asyncio.sleep(0)  # let the others of this moment name theirs
        asked, self._asked, self._reading = self._asked, set(), None
        return await self._vault.keys(asked)


_SEALED = ("nik", "full_name", "birth_date", "kk_number")


def kinds(
    vault: Vault, registry: CivilRegistry, reference: Reference, settings: RegistrationSettings
) -> Mapping[str, EffectKind]:
    """The table of outside work: what is done, and the rule that hears the outcome."""
    timeout = timedelta(seconds=settings.civil_registry_timeout_seconds + WAIT_SECONDS)
    handler = CheckIdentity(vault, CachedRegistry(registry), timeout)
    return {CHECK: EffectKind(handler, answer_rule(reference), CHECKS_AT_ONCE)}


def answer_rule(reference: Reference) -> Rule:
    """How the registry's answer is decided: under the rule set the application came in with."""

    def needs(finished: EffectFinished, world: World) -> Iterable[Ref]:
        applicant_id = finished.effect.payload["applicant_id"]
        applicant = peek(world, Applicant, applicant_id)
        claim = [ref(NikClaim, applicant.nik_index)] if applicant else []
        case = ref(ReviewCase, review.identity_case(applicant_id))
        return [ref(Applicant, applicant_id), case, *claim, *judging(applicant, rules_of(finished))]

    def decide(world: World, finished: EffectFinished, now: datetime) -> Decision:
        applicant = world.get(Applicant, finished.effect.payload["applicant_id"])
        if applicant is None:
            return Decision()
        rules = rules_of(finished)
        return identity.registry_answered(
            applicant,
            world.get(NikClaim, applicant.nik_index),
            known(world, applicant, rules),
            _answer(finished.outcome),
            finished.effect.payload["revision"],
            rules,
            now,
        )

    def rules_of(finished: EffectFinished) -> RuleSet:
        return reference.rules_of(finished.effect.payload["rule_set"])

    return Rule(needs, decide)


def _answer(outcome: Outcome) -> RegistryAnswer:
    """An outcome that is not an answer means: not known yet, asked again later by schedule."""
    if outcome.state is not OutcomeState.DONE:
        return RegistryAnswer("unavailable")
    data: Mapping[str, Any] = outcome.data
    return RegistryAnswer(data["found"], tuple(data["fields"]))
