"""All this service reacts to, on one screen: what people must hear of, and how they can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.notification.domain import campaigns, recipients
from services.notification.domain.campaigns import Campaign
from services.notification.domain.facts import Contacts
from services.notification.domain.recipients import Personal, Recipient
from services.notification.domain.routing import CITY
from services.notification.reference import Reference
from services.notification.unpacking import cause_of, fact_of
from shared.contracts import incentive as money
from shared.contracts import registration as people
from shared.contracts.base import Event
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Rule

SOURCES = ("registration", "incentive")

TO_THE_PERSON: tuple[type[Event], ...] = (
    people.IdentityQuestioned,
    people.ApplicantIneligible,
    people.ApplicantSelected,
    people.ApplicantNotSelected,
    people.ApplicantReleased,
    people.ApplicantReinstated,
    people.ObjectionDecided,
    people.ConsultationBooked,
    people.ConfirmationCodeIssued,
    money.TrainingPurchased,
    money.PurchaseReminderDue,
    money.TrainingCompleted,
    money.CompletionRejected,
    money.ReviewReminderDue,
    money.IncentiveDue,
    money.IncentiveForecastLate,
    money.IncentiveDelayed,
    money.IncentivePaid,
    money.IncentiveReturned,
    money.SurveyOpened,
    money.SurveyReminderDue,
    money.PayoutAccountChanged,
    money.ParticipationRevoked,
    money.ClawbackOpened,
    money.ClawbackReminderDue,
    money.ClawbackPlanAgreed,
    money.ClawbackInstalmentMissed,
    money.ClawbackOverdue,
    money.ClawbackCancelled,
    money.ClawbackRefunded,
)
TO_THE_CITY: tuple[type[Event], ...] = (people.WaveOpened, people.WaveChanged)


def reactions(reference: Reference) -> Mapping[type[Event], Rule]:
    """Event heard -> rule."""
    routes, city = reference.routes, reference.city

    def tell(world: World, event: Any, now: datetime) -> Decision:
        return recipients.tell(_known(world, event), event.applicant_id, fact_of(event, now), routes)

    def register(world: World, event: people.ApplicantRegistered, now: datetime) -> Decision:
        return recipients.register(
            _known(world, event), event.applicant_id, _personal(event), fact_of(event, now), routes
        )

    def correct(world: World, event: people.ApplicantCorrected, now: datetime) -> Decision:
        return recipients.correct(
            _known(world, event), event.applicant_id, _personal(event), fact_of(event, now), routes
        )

    def erase(world: World, event: people.IdentityErased, now: datetime) -> Decision:
        return recipients.erase(_known(world, event), event.applicant_id)

    def announce(world: World, event: Any, now: datetime) -> Decision:
        fact = replace(fact_of(event, now), cause=cause_of(event, _said_at(event)))
        campaign = world.get(Campaign, campaigns.campaign_id_of(fact.cause))
        return campaigns.announce(campaign, fact, routes.find(fact.event, fact.variant, CITY), city)

    return {
        people.ApplicantRegistered: Rule(_recipient, register),
        people.ApplicantCorrected: Rule(_recipient, correct),
        people.IdentityErased: Rule(_recipient, erase),
        **dict.fromkeys(TO_THE_PERSON, Rule(_recipient, tell)),
        **dict.fromkeys(TO_THE_CITY, Rule(_campaign, announce)),
    }


def _recipient(event: Any, world: World) -> Iterable[Ref]:
    return [ref(Recipient, event.applicant_id)]


def _known(world: World, event: Any) -> Recipient | None:
    return world.get(Recipient, event.applicant_id)


def _personal(event: people.ApplicantRegistered | people.ApplicantCorrected) -> Personal:
    contacts = Contacts(event.mobile, event.email)
    return Personal(event.full_name, event.tracking_code, contacts, event.consent_campaigns)


def _campaign(event: people.WaveOpened | people.WaveChanged, world: World) -> Iterable[Ref]:
    return [ref(Campaign, campaigns.campaign_id_of(cause_of(event, _said_at(event))))]


def _said_at(event: people.WaveOpened | people.WaveChanged) -> datetime:
    """An instant that stands in the event itself: what a rule reads is named before it is told the time."""
    return event.changed_at if isinstance(event, people.WaveChanged) else event.opens_at
