"""The table of all commands of notification: what each reads, and what decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from services.notification.domain import campaigns, recipients, tickets
from services.notification.domain.campaigns import Campaign, MakeCampaign
from services.notification.domain.facts import Fact
from services.notification.domain.recipients import PreferChannel, Recipient
from services.notification.domain.ticket import (
    AnswerTicket,
    CloseTicket,
    MarkOverdue,
    Office,
    OpenTicket,
    ReopenTicket,
    Ticket,
)
from services.notification.reference import Reference
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Rule

Step = Callable[[Ticket | None, Any, Office, datetime], tuple[Decision, Fact]]


def commands(reference: Reference, office: Office) -> Mapping[type, Rule]:
    """Command -> rule."""

    def make(world: World, command: MakeCampaign, now: datetime) -> Decision:
        known = world.get(Campaign, command.campaign_id)
        return campaigns.make_campaign(known, command, reference.catalogue, reference.city, now)

    def opening(world: World, command: OpenTicket, now: datetime) -> Decision:
        person = recipients.reachable(world.get(Recipient, command.applicant_id))
        decision, fact = tickets.open_ticket(world.get(Ticket, command.ticket_id), command, office, now)
        return decision + recipients.tell(person, person.applicant_id, fact, reference.routes)

    return {
        MakeCampaign: Rule(lambda command, world: [ref(Campaign, command.campaign_id)], make),
        PreferChannel: Rule(
            lambda command, world: [ref(Recipient, command.applicant_id)],
            lambda world, command, now: recipients.prefer(world.get(Recipient, command.applicant_id), command),
        ),
        OpenTicket: Rule(
            lambda command, world: [ref(Ticket, command.ticket_id), ref(Recipient, command.applicant_id)], opening
        ),
        AnswerTicket: _step(reference, office, tickets.answer_ticket),
        ReopenTicket: _step(reference, office, tickets.reopen_ticket),
        CloseTicket: _on_ticket(tickets.close_ticket),
        MarkOverdue: _on_ticket(lambda ticket, command, now: tickets.mark_overdue(ticket, now)),
    }


def _step(reference: Reference, office: Office, act: Step) -> Rule:
    """A step that the person is told of; of an erased person only the ticket itself changes."""

    def decide(world: World, command: Any, now: datetime) -> Decision:
        ticket = world.get(Ticket, command.ticket_id)
        decision, fact = act(ticket, command, office, now)
        person = world.get(Recipient, ticket.applicant_id) if ticket else None
        if person is None or person.erased:
            return decision
        return decision + recipients.tell(person, person.applicant_id, fact, reference.routes)

    return Rule(_ticket_and_person, decide)


def _ticket_and_person(command: Any, world: World) -> Iterable[Ref]:
    """The ticket first; it names the person."""
    yield ref(Ticket, command.ticket_id)
    try:
        ticket = world.get(Ticket, command.ticket_id)
    except LookupError:
        return
    if ticket:
        yield ref(Recipient, ticket.applicant_id)


def _on_ticket(decide: Callable[[Ticket | None, Any, datetime], Decision]) -> Rule:
    return Rule(
        lambda command, world: [ref(Ticket, command.ticket_id)],
        lambda world, command, now: decide(world.get(Ticket, command.ticket_id), command, now),
    )
