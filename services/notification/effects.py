"""Outside work: sending messages and writing broadcasts. Sealed values are opened here, just before they leave.

What cannot be sent for a fault of ours (no route, no text, a value missing, too long) raises an alarm here, after
the commit and once per message, and ends as a counted failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.notification import store
from services.notification.adapters import Channels, channels_of
from services.notification.adapters.file import Files
from services.notification.adapters.flyers import Flyers
from services.notification.domain import campaigns, messages, templates
from services.notification.domain.campaigns import Campaign
from services.notification.domain.messages import Ended, Message, OneTimeText
from services.notification.domain.templates import Catalogue, TextFault
from services.notification.pages import environment
from services.notification.publishing import PublishCampaign
from services.notification.reference import Reference
from services.notification.settings import NotificationSettings
from services.notification.standing import Standing
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.ports import Clock, Database
from shared.engine.rules import Effect, EffectFinished, EffectKind, Outcome, OutcomeState, Rule
from shared.engine.service import Ports
from shared.security.vault import Unreadable, Vault

Alarm = Callable[..., None]

GIVE_UP_AFTER = timedelta(hours=72)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 360, 1440))
"""Before the next attempt when the provider was away or said later (integrations.md 6)."""


class _Impossible(Exception):
    """The message cannot be sent and nobody made a mistake: its code."""


@dataclass(frozen=True, slots=True)
class Sending:
    """Everything a message needs on its way out."""

    vault: Vault
    database: Database
    clock: Clock
    catalogue: Catalogue
    channels: Channels
    standing: Standing
    alarm: Alarm


class SendMessage:
    """Sends one message through the channel that was chosen for it."""

    timeout = timedelta(seconds=65)
    """Enough for every step of an e-mail on a slow line; what takes longer is unknown."""
    horizon = timedelta(hours=1)
    deduplicates = False
    """Not every channel does; those that do are sent again by `inquire`."""

    def __init__(self, sending: Sending) -> None:
        self._sending = sending

    async def perform(self, effect: Effect) -> Outcome:
        payload, channel = effect.payload, effect.payload["channel"]
        try:
            self._check(effect)
            to, text = await self._opened(payload)
        except _Impossible as why:
            return _failed(str(why))
        except TextFault as fault:
            self._sending.alarm(fault.code, cause_type=payload["event"], what=fault.what)
            return _failed(fault.code)
        outcome = await self._sending.channels[channel].send(reference(effect), to, payload["title"], text)
        if outcome.state is OutcomeState.NOT_STARTED and outcome.retry_after is None:
            return replace(outcome, retry_after=WAITS[min(effect.attempts, len(WAITS)) - 1])
        return replace(outcome, data={**outcome.data, "parts": templates.parts_of(text, channel)})

    async def inquire(self, effect: Effect) -> Outcome:
        if effect.payload["fault"]:
            return await self.perform(effect)
        channel = self._sending.channels[effect.payload["channel"]]
        outcome = await channel.inquire(reference(effect))
        if outcome.state is OutcomeState.NOT_FOUND and channel.repeats_safely:
            outcome = await self.perform(effect)
        # This try surely did not arrive; the earlier one still may have.
        return Outcome(OutcomeState.UNKNOWN) if outcome.state is OutcomeState.NOT_STARTED else outcome

    def _check(self, effect: Effect) -> None:
        now = self._sending.clock.now()
        if effect.payload["fault"]:
            raise TextFault(effect.payload["fault"], effect.payload["event"])
        if (until := effect.payload["expires_at"]) and now >= datetime.fromisoformat(until):
            raise _Impossible("EXPIRED")
        if effect.first_attempt_at and now - effect.first_attempt_at > GIVE_UP_AFTER:
            raise _Impossible("GAVE_UP")

    async def _opened(self, payload: Mapping[str, Any]) -> tuple[str, str]:
        """Address and text in clear. Raises TextFault, or _Impossible for an erased person or a used-up code."""
        sending, channel = self._sending, payload["channel"]
        contact = "email" if channel == "email" else "mobile"
        try:
            key = await sending.vault.key(payload["applicant_id"])
            to = key.open(contact, Sealed(payload[contact]))
            private = {name: key.open(field, Sealed(text)) for name, field, text in await self._sealed(payload)}
        except Unreadable:
            raise _Impossible("IDENTITY_ERASED") from None
        template = sending.catalogue.get(payload["template"], payload["language"])
        values = {**sending.standing.values(channel, payload["link"]), **payload["values"], **private}
        return to, templates.fitted(templates.render(template, values), channel)

    async def _sealed(self, payload: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        if not payload["secret"]:
            return [(name, field, text) for name, field, text in payload["sealed"]]
        kept = await store.one(self._sending.database, OneTimeText, payload["message_id"])
        if kept is None:
            raise _Impossible("EXPIRED")
        return [(each.name, each.field, each.text.ciphertext) for each in kept.sealed]


def _failed(code: str) -> Outcome:
    return Outcome(OutcomeState.FAILED, {"code": code})


def reference(effect: Effect) -> str:
    """What we call the message outside: the day it was queued and the effect's id, the same at every attempt."""
    return f"{effect.payload['queued_at'][:10]}.{effect.id}"


def _message_needs(finished: EffectFinished, world: World) -> Iterable[Ref]:
    payload = finished.effect.payload
    yield ref(Message, payload["message_id"])
    if payload["secret"]:
        yield ref(OneTimeText, payload["message_id"])


def _message_finished(world: World, finished: EffectFinished, now: datetime) -> Decision:
    payload, outcome = finished.effect.payload, finished.outcome
    data = outcome.data
    ended = Ended(outcome.state.value, finished.effect.id, data.get("code", ""), data.get("parts", 1))
    decision = messages.finish(world.get(Message, payload["message_id"]), payload, ended, now)
    if payload["secret"] and outcome.state in (OutcomeState.DONE, OutcomeState.FAILED):
        decision += Decision(removed=(ref(OneTimeText, payload["message_id"]),))
    return decision


def _campaign_needs(finished: EffectFinished, world: World) -> Iterable[Ref]:
    return [ref(Campaign, finished.effect.payload["campaign_id"])]


def _campaign_finished(world: World, finished: EffectFinished, now: datetime) -> Decision:
    campaign, outcome = world.get(Campaign, finished.effect.payload["campaign_id"]), finished.outcome
    code, files = outcome.data.get("code", ""), outcome.data.get("files", 0)
    return campaigns.published(campaign, outcome.state.value, code, files, now)


def kinds(sending: Sending, publish: PublishCampaign, concurrency: int) -> Mapping[str, EffectKind]:
    """Kind of outside work -> who does it, and the rule that hears the outcome."""
    return {
        messages.SEND: EffectKind(SendMessage(sending), Rule(_message_needs, _message_finished), concurrency),
        campaigns.PUBLISH: EffectKind(publish, Rule(_campaign_needs, _campaign_finished), 4),
    }


def build(
    settings: NotificationSettings,
    ports: Ports,
    vault: Vault,
    reference: Reference,
    channels: Channels | None = None,
) -> Mapping[str, EffectKind]:
    """The table with everything the settings choose."""
    standing = Standing(
        settings.public_url,
        settings.office_phone,
        settings.office_address,
        settings.office_hours,
        settings.office_whatsapp,
    )
    alarm, catalogue = ports.metrics.alarm, reference.catalogue
    ways = channels or channels_of(settings, ports.clock)
    sending = Sending(vault, ports.database, ports.clock, catalogue, ways, standing, alarm)
    files = Files(settings.state_dir / "campaigns")
    flyers = Flyers(environment(), settings.office_name)
    publish = PublishCampaign(files, flyers, catalogue, standing, reference.kecamatan, alarm)
    return kinds(sending, publish, settings.send_concurrency)
