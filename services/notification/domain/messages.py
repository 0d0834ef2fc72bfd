"""One message per fact, person, audience and channel (NF2): queued -> sent | failed | unknown.

The id is derived from what the message is about, so whatever is heard or decided again finds it already there.
Texts and contacts are not kept here: they travel sealed with the outside work and are opened when they leave.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, cast

from services.notification.domain.facts import Addressee, Fact, SealedField
from services.notification.domain.routing import FORMER_CONTACT, PERSON, Route
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Work
from shared.contracts.notification import Audience, MessageFailed, MessageSent, PersonalChannel

SEND = "send"
_IDS = uuid.UUID("5f1d0a6e-0c53-4a0e-9b5c-3f4f0d1a7c11")
HOPELESS = frozenset(
    {"ROUTE_MISSING", "TEMPLATE_MISSING", "TEMPLATE_BROKEN", "FIELD_MISSING", "IDENTITY_ERASED", "EXPIRED"}
)
"""Failures that another channel would meet as well."""


class MessageState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The channel gave no answer; it is only inquired about."""


@dataclass(frozen=True, slots=True)
class Message:
    collection: ClassVar[str] = "messages"

    message_id: str
    applicant_id: str
    audience: str
    channel: str
    """Empty when there was none to choose."""
    template: str
    cause: str
    cause_type: str
    queued_at: datetime
    state: MessageState = MessageState.QUEUED
    settled_at: datetime | None = None
    code: str = ""
    passed_on: bool = False
    """Failed, and the next channel took over."""
    parts: int = 0
    effect_id: str = ""
    """Reference of the outside work whose outcome is unknown, for the person who settles it."""

    @property
    def id(self) -> str:
        return self.message_id


@dataclass(frozen=True, slots=True)
class OneTimeText:
    """The sealed values of a secret message until it was sent; removed with its outcome."""

    collection: ClassVar[str] = "one_time_texts"

    message_id: str
    sealed: tuple[SealedField, ...]

    @property
    def id(self) -> str:
        return self.message_id


def message_id(cause: str, applicant_id: str, audience: str, channel: str) -> str:
    return str(uuid.uuid5(_IDS, f"{cause}|{applicant_id}|{audience}|{channel}"))


def compose(fact: Fact, route: Route | None, to: Addressee) -> Decision:
    """Queue the message on the best channel there is.

    Without any contact it fails at once (NO_CONTACT). Without a route it is queued as a fault: the outside work
    raises the alarm after the commit, because a decision may be repeated and an alarm must not.
    """
    if route is None:
        return _queue(fact, None, to, (), "ROUTE_MISSING")
    channels = tuple(channel for channel in _preferred_first(route, to) if to.contacts.reach(channel))
    if not channels:
        return _no_contact(fact, route, to)
    return _queue(fact, route, to, channels[:1] if fact.secret else channels, "")


def _preferred_first(route: Route, to: Addressee) -> list[str]:
    return sorted(route.channels, key=lambda channel: channel != to.preferred)


def _new(fact: Fact, template: str, to: Addressee, channel: str) -> Message:
    id = message_id(fact.cause, to.applicant_id, to.audience, channel)
    return Message(id, to.applicant_id, to.audience, channel, template, fact.cause, fact.event, fact.at)


def _no_contact(fact: Fact, route: Route, to: Addressee) -> Decision:
    message = replace(
        _new(fact, route.template, to, ""), state=MessageState.FAILED, code="NO_CONTACT", settled_at=fact.at
    )
    return Decision(changes=(message,), events=(_failure(message, fact.at, "NO_CONTACT", None),))


def _queue(fact: Fact, route: Route | None, to: Addressee, channels: tuple[str, ...], fault: str) -> Decision:
    message = _new(fact, route.template if route else "none", to, channels[0] if channels else "")
    sealed = () if fact.secret else fact.sealed
    payload = {
        "message_id": message.message_id,
        "applicant_id": to.applicant_id,
        "audience": to.audience,
        "channel": message.channel,
        "later_channels": list(channels[1:]),
        "mobile": _ciphertext(to.contacts.mobile),
        "email": _ciphertext(to.contacts.email),
        "template": message.template,
        "language": route.language if route else "",
        "title": route.title if route else "",
        "link": route.link if route else "",
        "values": dict(fact.values),
        "sealed": [[each.name, each.field, each.text.ciphertext] for each in sealed],
        "secret": fact.secret,
        "cause": fact.cause,
        "event": fact.event,
        "queued_at": fact.at.isoformat(),
        "expires_at": fact.expires_at.isoformat() if fact.expires_at else "",
        "fault": fault,
    }
    kept = (OneTimeText(message.message_id, fact.sealed),) if fact.secret else ()
    return Decision(changes=(message, *kept), work=(_work(payload),))


def _work(payload: Mapping[str, Any]) -> Work:
    recipient = payload["applicant_id"] + ("" if payload["audience"] == PERSON else f".{FORMER_CONTACT}")
    return Work(SEND, f"{payload['cause']}/{recipient}/{payload['channel'] or 'none'}", payload)


def _ciphertext(text: Sealed | None) -> str:
    return text.ciphertext if text else ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended: state done, failed, unknown or not_found; `code` says why, `parts` counts SMS."""

    state: str
    effect_id: str
    code: str = ""
    parts: int = 1


def _later_id(payload: Mapping[str, Any]) -> str | None:
    """Id of the message on the next channel, None when there is none."""
    if not payload["later_channels"]:
        return None
    return message_id(payload["cause"], payload["applicant_id"], payload["audience"], payload["later_channels"][0])


def finish(message: Message | None, payload: Mapping[str, Any], ended: Ended, now: datetime) -> Decision:
    """Take the outcome of an attempt; after a failure the next channel is tried. Settled messages stay as they are."""
    if message is None or message.state in (MessageState.SENT, MessageState.FAILED):
        return Decision()
    if ended.state == "done":
        sent = replace(message, state=MessageState.SENT, settled_at=now, parts=ended.parts)
        return Decision(changes=(sent,), events=(_success(sent, now),))
    if ended.state == "failed":
        return _fail(message, payload, ended.code or "REFUSED", now)
    return Decision(changes=(replace(message, state=MessageState.UNKNOWN, effect_id=ended.effect_id),))


def _fail(message: Message, payload: Mapping[str, Any], code: str, now: datetime) -> Decision:
    failed = replace(message, state=MessageState.FAILED, settled_at=now, code=code)
    following = None if code in HOPELESS else _later_id(payload)
    if following is None:
        return Decision(changes=(failed,), events=(_failure(failed, now, code, None),))
    channel, *rest = payload["later_channels"]
    again = replace(
        message, message_id=following, channel=channel, state=MessageState.QUEUED, queued_at=now, effect_id=""
    )
    work = _work({**payload, "message_id": following, "channel": channel, "later_channels": rest})
    said = _failure(failed, now, code, channel)
    return Decision(changes=(replace(failed, passed_on=True), again), events=(said,), work=(work,))


def _about(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "applicant_id": message.applicant_id,
        "audience": cast(Audience, message.audience),
        "template": message.template,
        "cause": message.cause,
        "cause_type": message.cause_type,
    }


def _success(message: Message, now: datetime) -> MessageSent:
    channel = cast(PersonalChannel, message.channel)
    return MessageSent(**_about(message), channel=channel, sent_at=now, parts=message.parts)


def _failure(message: Message, now: datetime, code: str, following: str | None) -> MessageFailed:
    channel, then = cast("PersonalChannel | None", message.channel or None), cast("PersonalChannel | None", following)
    return MessageFailed(**_about(message), channel=channel, failed_at=now, code=code, next_channel=then)
