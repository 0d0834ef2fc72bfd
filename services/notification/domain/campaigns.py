"""A broadcast to the city (NF5): one content becomes one file per channel and kecamatan, to print or to pass on."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, cast

from services.notification.domain.facts import Fact
from services.notification.domain.routing import CITY_CHANNELS, Route
from services.notification.domain.templates import Catalogue, TextFault
from shared.contracts.decision import Decision, Refused, Work
from shared.contracts.notification import CampaignPublished, CityChannel

PUBLISH = "publish"
LANGUAGE = "id"
STANDING = frozenset({"link", "office_phone", "office_address", "office_hours", "whatsapp", "channel"})
"""Placeholders that the office's profile fills."""

_IDS = uuid.UUID("c0a3c9f2-7f0b-4e0e-8a39-6c8b8f1d2b52")


@dataclass(frozen=True, slots=True)
class Campaign:
    """`state` is preparing, published or failed (then `code` says why)."""

    collection: ClassVar[str] = "campaigns"

    campaign_id: str
    template: str
    channels: tuple[str, ...]
    kecamatan: tuple[str, ...]
    made_at: datetime
    made_by: str
    title: str = ""
    link: str = ""
    values: dict[str, str] = field(default_factory=dict)
    cause: str | None = None
    cause_type: str | None = None
    state: str = "preparing"
    published_at: datetime | None = None
    files: int = 0
    code: str = ""

    @property
    def id(self) -> str:
        return self.campaign_id


@dataclass(frozen=True, slots=True)
class MakeCampaign:
    """Staff publish a text of the catalogue. No kecamatan named means all of them."""

    campaign_id: str
    template: str
    title: str
    channels: tuple[str, ...]
    kecamatan: tuple[str, ...]
    values: Mapping[str, str]
    by: str


def make_campaign(
    existing: Campaign | None, command: MakeCampaign, catalogue: Catalogue, city: Sequence[str], now: datetime
) -> Decision:
    """Raises Refused CAMPAIGN_EXISTS, CHANNEL_UNKNOWN, DISTRICT_UNKNOWN, TEMPLATE_UNKNOWN, FIELDS_MISSING."""
    if existing:
        raise Refused("CAMPAIGN_EXISTS")
    chosen = command.kecamatan or tuple(city)
    _check_places(command.channels, chosen, city)
    _check_fields(command, catalogue)
    campaign = Campaign(
        command.campaign_id,
        command.template,
        command.channels,
        chosen,
        now,
        command.by,
        title=command.title,
        link="/",
        values=dict(command.values),
    )
    return _prepared(campaign)


def _check_places(channels: Sequence[str], chosen: Sequence[str], city: Collection[str]) -> None:
    if not channels or not set(channels) <= set(CITY_CHANNELS) or len(set(channels)) != len(channels):
        raise Refused("CHANNEL_UNKNOWN")
    if not set(chosen) <= set(city) or len(set(chosen)) != len(chosen):
        raise Refused("DISTRICT_UNKNOWN")


def _check_fields(command: MakeCampaign, catalogue: Catalogue) -> None:
    """A person at the door can still fill in what is missing; later it would be an alarm."""
    try:
        template = catalogue.get(command.template, LANGUAGE)
    except TextFault:
        raise Refused("TEMPLATE_UNKNOWN") from None
    given = {name for name, value in command.values.items() if value.strip()}
    if missing := sorted(template.places - given - STANDING):
        raise Refused("FIELDS_MISSING", fields=", ".join(missing))


def campaign_id_of(cause: str) -> str:
    """A fact about the city makes one campaign, however often it is heard."""
    return str(uuid.uuid5(_IDS, cause))


def announce(existing: Campaign | None, fact: Fact, route: Route | None, city: Sequence[str]) -> Decision:
    """A wave was opened or changed: tell the city. Without a route the outside work raises the alarm."""
    if existing:
        return Decision()
    campaign = Campaign(
        campaign_id_of(fact.cause),
        route.template if route else "none",
        route.channels if route else (),
        tuple(city),
        fact.at,
        "system",
        title=route.title if route else "",
        link=route.link if route else "",
        values=dict(fact.values),
        cause=fact.cause,
        cause_type=fact.event,
    )
    return _prepared(campaign, "" if route else "ROUTE_MISSING")


def _prepared(campaign: Campaign, fault: str = "") -> Decision:
    payload: dict[str, Any] = {
        "campaign_id": campaign.campaign_id,
        "template": campaign.template,
        "title": campaign.title,
        "link": campaign.link,
        "channels": list(campaign.channels),
        "kecamatan": list(campaign.kecamatan),
        "values": campaign.values,
        "fault": fault,
    }
    work = Work(PUBLISH, campaign.campaign_id, payload)
    return Decision(changes=(campaign,), work=(work,), reply={"campaign_id": campaign.campaign_id})


def published(campaign: Campaign | None, state: str, code: str, files: int, now: datetime) -> Decision:
    """Take the outcome: done with how many files, or failed with a code. Anything else is tried again."""
    if campaign is None or campaign.state != "preparing" or state not in ("done", "failed"):
        return Decision()
    if state == "failed":
        return Decision(changes=(replace(campaign, state="failed", code=code or "REFUSED"),))
    told = CampaignPublished(
        campaign_id=campaign.campaign_id,
        template=campaign.template,
        published_at=now,
        channels=cast("tuple[CityChannel, ...]", campaign.channels),
        kecamatan=campaign.kecamatan,
        files=files,
        cause=campaign.cause,
        cause_type=campaign.cause_type,
    )
    return Decision(changes=(replace(campaign, state="published", published_at=now, files=files),), events=(told,))
