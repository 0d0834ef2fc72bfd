"""Broadcasts to the city, and complaints with their days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notification.domain import campaigns, tickets
from services.notification.domain.campaigns import Campaign, MakeCampaign
from services.notification.domain.refusals import REFUSALS
from services.notification.domain.routing import route
from services.notification.domain.templates import Catalogue, parse
from services.notification.domain.ticket import AnswerTicket, CloseTicket, Office, OpenTicket, ReopenTicket, Ticket
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Refused
from shared.contracts.notification import CampaignPublished, TicketAnswered, TicketClosed, TicketOpened
from tests.unit.notification.builders import NOW, fact

CITY = ("12.71.01", "12.71.02")
CATALOGUE = Catalogue([parse("socialization.programme", "id", "Bantuan {training_amount}: {link}")])
OFFICE = Office(answer_days=5, reply_days=3)
TEXT = Sealed("dGV4dA==")


def making(**more: Any) -> Decision:
    given = {
        "campaign_id": "k1",
        "template": "socialization.programme",
        "title": "Judul",
        "channels": ("sms", "flyer"),
        "kecamatan": (),
        "values": {"training_amount": "Rp 1.000.000"},
        "by": "sari",
    }
    return campaigns.make_campaign(None, MakeCampaign(**{**given, **more}), CATALOGUE, CITY, NOW)


def campaign_of(decision: Decision) -> Campaign:
    (campaign,) = decision.changes
    assert isinstance(campaign, Campaign)
    return campaign


def ticket_of(decision: Decision) -> Ticket:
    (ticket,) = decision.changes
    assert isinstance(ticket, Ticket)
    return ticket


def test_a_broadcast_goes_to_the_whole_city_unless_places_are_named() -> None:
    decision = making()
    assert campaign_of(decision).kecamatan == CITY
    assert campaign_of(decision).id == "k1"
    assert decision.reply == {"campaign_id": "k1"}
    assert decision.work[0].key == "k1"
    assert campaign_of(making(kecamatan=CITY[:1])).kecamatan == CITY[:1]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"channels": ()}, "CHANNEL_UNKNOWN"),
        ({"channels": ("pigeon",)}, "CHANNEL_UNKNOWN"),
        ({"channels": ("sms", "sms")}, "CHANNEL_UNKNOWN"),
        ({"kecamatan": ("1275.01",)}, "DISTRICT_UNKNOWN"),
        ({"kecamatan": ("12.71.01", "12.71.01")}, "DISTRICT_UNKNOWN"),
        ({"template": "unheard.of"}, "TEMPLATE_UNKNOWN"),
        ({"values": {"training_amount": " "}}, "FIELDS_MISSING"),
    ],
)
def test_a_broadcast_that_cannot_be_made_is_refused_at_the_door(given: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        making(**given)


def test_a_broadcast_is_made_once_and_published_once() -> None:
    campaign = campaign_of(making())
    with pytest.raises(Refused, match="CAMPAIGN_EXISTS"):
        campaigns.make_campaign(campaign, MakeCampaign("k1", "", "", (), (), {}, ""), CATALOGUE, CITY, NOW)
    decision = campaigns.published(campaign, "done", "", 4, NOW)
    (told,) = decision.events
    assert isinstance(told, CampaignPublished)
    assert (told.files, told.kecamatan, told.channels, told.subject) == (4, CITY, ("sms", "flyer"), "campaign-k1")
    assert campaigns.published(campaign_of(decision), "done", "", 4, NOW) == Decision()
    assert campaigns.published(campaign, "unknown", "", 0, NOW) == Decision()
    assert campaigns.published(None, "done", "", 0, NOW) == Decision()
    assert campaign_of(campaigns.published(campaign, "failed", "", 0, NOW)).code == "REFUSED"


def test_a_wave_that_opens_is_announced_once() -> None:
    line = route("WaveOpened", "", "city", ["sms"], "id", "wave.opened", "Dibuka", "/w")
    campaign = campaign_of(campaigns.announce(None, fact("WaveOpened"), line, CITY))
    assert (campaign.cause, campaign.cause_type, campaign.template) == ("c1", "WaveOpened", "wave.opened")
    assert campaigns.announce(campaign, fact("WaveOpened"), line, CITY) == Decision()
    (work,) = campaigns.announce(None, fact("WaveOpened"), None, CITY).work
    assert work.payload["fault"] == "ROUTE_MISSING"


def opened(**more: Any) -> Ticket:
    given = {"ticket_id": "P-1", "applicant_id": "a", "topic": "REVOCATION", "came_by": "phone", "complaint": TEXT}
    decision, told = tickets.open_ticket(None, OpenTicket(**{**given, "by": "sari", **more}), OFFICE, NOW)
    assert isinstance(decision.events[0], TicketOpened)
    assert told.values["due_at"] == "10 April 2020"
    return ticket_of(decision)


def test_a_complaint_goes_to_its_field_with_a_day_for_the_answer() -> None:
    ticket = opened()
    assert ticket.id == "P-1"
    assert (ticket.field, ticket.due_on, ticket.level) == ("disputes", date(2020, 4, 10), 1)


def test_a_complaint_that_cannot_be_recorded_is_refused() -> None:
    for given, code in (({"topic": "X"}, "TOPIC_UNKNOWN"), ({"came_by": "X"}, "CAME_BY_UNKNOWN")):
        with pytest.raises(Refused, match=code):
            opened(**given)
    with pytest.raises(Refused, match="TICKET_EXISTS"):
        tickets.open_ticket(opened(), OpenTicket("P-1", "a", "OTHER", "phone", TEXT, "sari"), OFFICE, NOW)


def answered(late_by: int = 0) -> Ticket:
    at = NOW + timedelta(days=7 + late_by if late_by else 0)
    decision, told = tickets.answer_ticket(opened(), AnswerTicket("P-1", TEXT, "budi"), OFFICE, at)
    (event,) = decision.events
    assert isinstance(event, TicketAnswered)
    assert (event.late, event.subject) == (bool(late_by), "ticket-P-1")
    assert told.sealed[0].text == TEXT
    assert told.values["next_level"] == "kepala dinas"
    return ticket_of(decision)


def test_an_answer_says_until_when_one_may_reply_and_whether_it_was_late() -> None:
    assert answered().reopen_until == date(2020, 4, 8)
    answered(late_by=1)


def test_a_reply_takes_the_complaint_to_the_head_of_the_office_once() -> None:
    again = ReopenTicket("P-1", TEXT, "sari")
    decision, told = tickets.reopen_ticket(answered(), again, OFFICE, NOW)
    ticket = ticket_of(decision)
    assert (ticket.state, ticket.level, ticket.field) == ("open", 2, "approver")
    assert told.cause != tickets.ticket_cause("P-1", "opened", 1)
    second, _ = tickets.answer_ticket(ticket, AnswerTicket("P-1", TEXT, "kepala"), OFFICE, NOW)
    with pytest.raises(Refused, match="LAST_LEVEL"):
        tickets.reopen_ticket(ticket_of(second), again, OFFICE, NOW)
    with pytest.raises(Refused, match="REPLY_TOO_LATE"):
        tickets.reopen_ticket(answered(), again, OFFICE, NOW + timedelta(days=30))


def test_a_complaint_is_closed_for_a_reason() -> None:
    decision = tickets.close_ticket(answered(), CloseTicket("P-1", "SETTLED"), NOW)
    assert isinstance(decision.events[0], TicketClosed)
    assert ticket_of(decision).state == "closed"
    assert ticket_of(tickets.close_ticket(opened(), CloseTicket("P-1", "WITHDRAWN"), NOW)).reason == "WITHDRAWN"
    for ticket, reason, code in (
        (opened(), "SETTLED", "TICKET_STATE"),
        (opened(), "X", "REASON_UNKNOWN"),
        (None, "SETTLED", "TICKET_UNKNOWN"),
    ):
        with pytest.raises(Refused, match=code):
            tickets.close_ticket(ticket, CloseTicket("P-1", reason), NOW)


def test_a_complaint_is_marked_late_after_its_last_day_and_once() -> None:
    with pytest.raises(Refused, match="TICKET_STATE"):
        tickets.mark_overdue(opened(), NOW + timedelta(days=7))
    late = ticket_of(tickets.mark_overdue(opened(), NOW + timedelta(days=8)))
    assert late.overdue
    with pytest.raises(Refused, match="TICKET_STATE"):
        tickets.mark_overdue(late, NOW + timedelta(days=9))


def test_every_refusal_that_is_raised_is_explained_and_none_besides() -> None:
    folder = Path(campaigns.__file__).parents[1]
    raised = {code for path in folder.rglob("*.py") for code in re.findall(r'Refused\("([A-Z_]+)"', path.read_text())}
    assert raised == set(REFUSALS)
