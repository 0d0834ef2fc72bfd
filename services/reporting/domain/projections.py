"""From facts to what a reader sees: pure, and in any order between services.

Facts of one person and one service come in their order (one partition), so a later one may overwrite an
earlier one of the same service. Between services nothing overwrites: each fact has a field of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from services.reporting.domain import money
from services.reporting.domain.money import MONEY
from shared.contracts import incentive, notification, registration
from shared.contracts.base import Event, RecordParked

JOURNEYS, WAVES, COUNTS = "applicant_journeys", "waves", "message_counts"
CAMPAIGNS, TICKETS, LETTERS, SURVEYS = "campaigns", "tickets", "letters", "survey_counts"
COLLECTIONS = (JOURNEYS, MONEY, WAVES, COUNTS, CAMPAIGNS, TICKETS, LETTERS, SURVEYS)


class Writes(Protocol):
    """Where a projection writes: `put` sets fields, `add` counts; one document per id."""

    def put(self, collection: str, id: str, **fields: Any) -> None: ...

    def add(self, collection: str, id: str, **counts: int) -> None: ...


Fold = Callable[[Writes, Any], None]


def project(writes: Writes, event: Event, event_id: str, at: datetime) -> None:
    """Write what one fact changes. Every fact about a person is a line of their timeline (facts 35, 41)."""
    applicant_id = getattr(event, "applicant_id", None)
    if applicant_id and not isinstance(event, notification.MessageSent):
        writes.put(JOURNEYS, applicant_id, **{f"timeline.{event_id}": [at, event.type_name(), _line(event)]})
    fold = FOLDS.get(type(event))
    if fold:
        fold(writes, event)


def _line(event: Event) -> str:
    """The plain detail of a timeline's line: codes and numbers, never a person's data."""
    shown = ("reason", "cause", "wave", "course_name", "kind", "number", "rank", "topic", "code")
    return " ".join(str(getattr(event, name)) for name in shown if getattr(event, name, None) not in (None, ""))


def _registered(writes: Writes, event: registration.ApplicantRegistered) -> None:
    writes.put(
        JOURNEYS,
        event.applicant_id,
        registered=True,
        channel=event.channel,
        kecamatan=event.kecamatan,
        sex=event.sex,
        age_band=event.age_band,
        education=event.education,
        work_status=event.work_status,
        group=event.group,
        heard_from=event.heard_from,
    )


def _corrected(writes: Writes, event: registration.ApplicantCorrected) -> None:
    writes.put(
        JOURNEYS,
        event.applicant_id,
        kecamatan=event.kecamatan,
        sex=event.sex,
        age_band=event.age_band,
        education=event.education,
        work_status=event.work_status,
        group=event.group,
    )


def _flag(**fields: Any) -> Fold:
    """A fact that only says that something is so."""

    def fold(writes: Writes, event: Any) -> None:
        writes.put(JOURNEYS, event.applicant_id, **fields)

    return fold


def _ineligible(writes: Writes, event: registration.ApplicantIneligible) -> None:
    writes.put(JOURNEYS, event.applicant_id, eligibility="ineligible", refused_for=event.reason)


def _wave_opened(writes: Writes, event: registration.WaveOpened) -> None:
    writes.put(
        WAVES,
        event.subject,
        wave=event.wave,
        quota=event.quota,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        rule_set=event.rule_set,
    )


def _wave_changed(writes: Writes, event: registration.WaveChanged) -> None:
    writes.put(
        WAVES,
        event.subject,
        quota=event.quota,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        cancelled=event.cancelled,
        why_changed=event.reason,
    )


def _wave_closed(writes: Writes, event: registration.WaveClosed) -> None:
    strata = [stratum.model_dump() for stratum in event.strata]
    writes.put(
        WAVES,
        event.subject,
        wave=event.wave,
        root=event.root,
        entries=event.entries,
        commitment=event.commitment,
        strata=strata,
        closed_at=event.closed_at,
    )


def _wave_drawn(writes: Writes, event: registration.WaveDrawn) -> None:
    writes.put(WAVES, event.subject, seed=event.seed, drawn_at=event.drawn_at)


def _joined(writes: Writes, event: registration.WaveJoined) -> None:
    writes.put(JOURNEYS, event.applicant_id, joined_wave=event.wave)


def _selected(writes: Writes, event: registration.ApplicantSelected) -> None:
    writes.put(JOURNEYS, event.applicant_id, selected_wave=event.wave, stratum=event.stratum, rank=event.rank)


def _purchased(writes: Writes, event: incentive.TrainingPurchased) -> None:
    writes.put(JOURNEYS, event.applicant_id, purchased=True)
    money.purchased(writes, event)


def _paid(writes: Writes, event: incentive.IncentivePaid) -> None:
    writes.put(JOURNEYS, event.applicant_id, paid=True)
    money.paid(writes, event)


def _revoked(writes: Writes, event: incentive.ParticipationRevoked) -> None:
    writes.put(JOURNEYS, event.applicant_id, revoked=True)
    money.ended(writes, event)


def _rejected(writes: Writes, event: incentive.CompletionRejected) -> None:
    writes.put(JOURNEYS, event.applicant_id, completed=event.completions_left > 0)


def _answered(writes: Writes, event: incentive.SurveyAnswered) -> None:
    """Who answered is kept; what was answered is only counted, so that no row says what one person thinks."""
    writes.put(JOURNEYS, event.applicant_id, surveyed=True)
    for question, answer in event.answers.items():
        id = f"{event.number}|{question}|{answer}"
        writes.put(SURVEYS, id, survey=event.number, question=question, answer=answer)
        writes.add(SURVEYS, id, count=1)


def _sent(writes: Writes, event: notification.MessageSent) -> None:
    id = f"{event.channel}|{event.template}|sent"
    writes.put(COUNTS, id, channel=event.channel, template=event.template, state="sent")
    writes.add(COUNTS, id, count=1)


def _unsent(writes: Writes, event: notification.MessageFailed) -> None:
    id = f"{event.channel or 'none'}|{event.template}|{event.code}"
    writes.put(COUNTS, id, channel=event.channel or "none", template=event.template, state="failed")
    writes.add(COUNTS, id, count=1)


def _campaign(writes: Writes, event: notification.CampaignPublished) -> None:
    channels = list(event.channels)
    writes.put(
        CAMPAIGNS,
        event.campaign_id,
        template=event.template,
        files=event.files,
        channels=channels,
        at=event.published_at,
    )


def _ticket(state: str) -> Fold:
    def fold(writes: Writes, event: notification.TicketEvent) -> None:
        writes.put(TICKETS, event.ticket_id, state=state)

    return fold


def _ticket_opened(writes: Writes, event: notification.TicketOpened) -> None:
    writes.put(TICKETS, event.ticket_id, state="open", topic=event.topic, field=event.field, due_on=event.due_on)


def _letter(writes: Writes, event: RecordParked) -> None:
    writes.put(LETTERS, event.letter_id, topic=event.topic, reason=event.reason)


FOLDS: dict[type[Event], Fold] = {
    registration.ApplicantRegistered: _registered,
    registration.ApplicantCorrected: _corrected,
    registration.ApplicantWithdrawn: _flag(withdrawn=True),
    registration.IdentityConfirmed: _flag(identity="confirmed"),
    registration.IdentityQuestioned: _flag(identity="questioned"),
    registration.ApplicantEligible: _flag(eligibility="eligible", refused_for=None),
    registration.ApplicantIneligible: _ineligible,
    registration.TestTaken: _flag(tested=True),
    registration.WaveOpened: _wave_opened,
    registration.WaveChanged: _wave_changed,
    registration.WaveJoined: _joined,
    registration.WaveClosed: _wave_closed,
    registration.WaveDrawn: _wave_drawn,
    registration.ApplicantReleased: _flag(joined_wave=None),
    registration.ApplicantReinstated: _flag(identity="confirmed"),
    registration.ApplicantSelected: _selected,
    registration.ApplicantNotSelected: _flag(not_selected=True),
    registration.IdentityErased: _flag(erased=True),
    incentive.TrainingPurchased: _purchased,
    incentive.TrainingCompleted: _flag(completed=True),
    incentive.CompletionRejected: _rejected,
    incentive.TrainingReviewed: _flag(reviewed=True),
    incentive.IncentiveDue: money.due,
    incentive.IncentiveForecastLate: money.foretold,
    incentive.IncentiveDelayed: money.delayed,
    incentive.IncentivePaid: _paid,
    incentive.IncentiveFailed: money.failed,
    incentive.IncentiveReturned: money.returned,
    incentive.SurveyAnswered: _answered,
    incentive.ParticipationRevoked: _revoked,
    notification.MessageSent: _sent,
    notification.MessageFailed: _unsent,
    notification.CampaignPublished: _campaign,
    notification.TicketOpened: _ticket_opened,
    notification.TicketAnswered: _ticket("answered"),
    notification.TicketClosed: _ticket("closed"),
    RecordParked: _letter,
}
