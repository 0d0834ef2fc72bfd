"""All this service reacts to, on one screen: facts of registration about people and their identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from services.incentive.account_rules import leave, leaving_needs
from services.incentive.domain import applicants, participation, reversals
from services.incentive.domain.applicants import Applicant
from services.incentive.domain.draft import Draft
from services.incentive.domain.participant import Participant, Standing
from services.incentive.domain.sequel import settle
from services.incentive.wiring import FUNDS, Desk, peek
from shared.contracts.base import Event
from shared.contracts.decision import Decision, Ref, World, ref
from shared.contracts.registration import (
    ApplicantCorrected,
    ApplicantEligible,
    ApplicantIneligible,
    ApplicantRegistered,
    ApplicantSelected,
    ApplicantWithdrawn,
    IdentityConfirmed,
    IdentityErased,
    IdentityQuestioned,
)
from shared.engine.rules import Rule

SOURCES = ("registration",)


def reactions(desk: Desk) -> Mapping[type[Event], Rule]:
    """Event heard -> rule."""
    return {
        ApplicantRegistered: Rule(_known, _remember),
        ApplicantCorrected: Rule(_known, _correct),
        ApplicantSelected: Rule(_selected, lambda world, event, now: _open(desk, world, event)),
        IdentityQuestioned: desk.fact(lambda draft, event, world: draft.set(under_review=True)),
        IdentityConfirmed: desk.fact(lambda draft, event, world: draft.set(under_review=False)),
        ApplicantIneligible: desk.fact(_ineligible),
        ApplicantEligible: desk.fact(lambda draft, event, world: reversals.found_eligible(draft, event.decided_at)),
        ApplicantWithdrawn: desk.fact(lambda draft, event, world: participation.withdraw(draft)),
        IdentityErased: _erasure(desk),
    }


def _known(event: ApplicantRegistered | ApplicantCorrected, world: World) -> Iterable[Ref]:
    return [ref(Applicant, event.applicant_id), ref(Participant, event.applicant_id)]


def _remember(world: World, event: ApplicantRegistered | ApplicantCorrected, now: datetime) -> Decision:
    """Features are told anew each time; of what is sealed a correction carries only what changed."""
    known = world.get(Applicant, event.applicant_id)
    code = event.tracking_code or (known.tracking_code if known else None)
    wish = event.desired_training or (known.desired_training if known else None)
    if code is None:
        return Decision()  # a correction of somebody whose registration we have not heard of
    return applicants.remember(known, Applicant(event.applicant_id, code, event.education, event.work_status, wish))


def _correct(world: World, event: ApplicantCorrected, now: datetime) -> Decision:
    """A corrected name counts when the bank is next asked whose account it is."""
    person = world.get(Participant, event.applicant_id)
    if person and event.full_name:
        person = replace(person, full_name=event.full_name)
    if person and event.tracking_code:
        person = replace(person, tracking_index="")  # to be made anew; until then no code opens the pages
    changed = (person,) if person and (event.full_name or event.tracking_code) else ()
    return _remember(world, event, now) + Decision(changes=changed)


def _selected(event: ApplicantSelected, world: World) -> Iterable[Ref]:
    return [FUNDS, ref(Participant, event.applicant_id)]


def _open(desk: Desk, world: World, event: ApplicantSelected) -> Decision:
    if world.get(Participant, event.applicant_id):
        return Decision()  # the card is given once per person
    draft = participation.open_participation(
        desk.office(world),
        applicant_id=event.applicant_id,
        wave=event.wave,
        rule_set=event.rule_set,
        card_number=event.card_number,
        full_name=event.full_name,
        nik_index=event.nik_index,
        selected_at=event.selected_at,
        first_purchase_deadline=event.first_purchase_deadline,
        training_balance_rupiah=event.training_balance_rupiah,
    )
    return settle(draft)


def _ineligible(draft: Draft, event: ApplicantIneligible, world: World) -> None:
    participation.declare_ineligible(draft, event.reason, event.reason_text)
    if draft.person.standing == Standing.INELIGIBLE:
        draft.set(ineligible_at=event.decided_at, domicile=event.domicile or draft.person.domicile)


def _erasure(desk: Desk) -> Rule:
    """The person's page, account and rights end; counts and the ledger stay."""
    rule = desk.fact(lambda draft, event, world: participation.erase(draft), more=_erasure_needs)

    def decide(world: World, event: IdentityErased, now: datetime) -> Decision:
        person = world.get(Participant, event.applicant_id)
        decision = rule.decide(world, event, now) + Decision(removed=(ref(Applicant, event.applicant_id),))
        return decision + leave(desk, world, person, now) if person else decision

    return Rule(rule.needs, decide)


def _erasure_needs(event: IdentityErased, world: World) -> Iterable[Ref]:
    yield from leaving_needs(peek(world, Participant, event.applicant_id), world)
    yield ref(Applicant, event.applicant_id)
