"""What a service says and hears as an AsyncAPI 3 document, served by the service itself and kept in docs/asyncapi/.

One channel per topic; `send` and `receive` are seen from the service that the document describes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from fastapi import APIRouter, Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.contracts import EVENTS, partner
from shared.contracts.base import Event
from shared.contracts.registration import ConfirmationCodeIssued
from shared.engine.service import Ports, Service

Document = dict[str, Any]
Says = Mapping[str, Sequence[type[BaseModel]]]
"""Channel (a service, or `partner`) -> what is said on it."""

EACH = "each"
PARTNER = "partner"
BORDERS = {"incentive": (partner.PartnerClaim,)}
"""Services whose border process takes in what course platforms claim."""
ALSO_SAYS: Mapping[str, tuple[type[Event], ...]] = {"incentive": (ConfirmationCodeIssued,)}
"""Events of another service's contract that a service says as well: codes are asked for at either door."""
SCHEMAS = "#/components/schemas/"
TEXT = {"type": "string"}
NUMBER = {"type": "string", "pattern": "^[0-9]{1,15}$"}
EVENT_HEADERS: Document = {
    "type": "object",
    "description": "CloudEvents 1.0 in binary mode; sequence and epoch number the records of one partition.",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_sequence", "ce_epoch", "ce_epochstart"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": TEXT,
        "ce_source": {"type": "string", "pattern": "^/gelombang/[a-z]+$"},
        "ce_type": TEXT,
        "ce_subject": TEXT,
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_sequence": NUMBER,
        "ce_epoch": NUMBER,
        "ce_epochstart": NUMBER,
        "content-type": {"const": "application/json"},
        "traceparent": TEXT,
    },
}
CLAIM_HEADERS: Document = {
    "type": "object",
    "description": "Standard Webhooks 1.0, asymmetric form, over `<webhook-id>.<webhook-timestamp>.<raw body>`.",
    "required": [partner.WEBHOOK_ID, partner.WEBHOOK_TIMESTAMP, partner.WEBHOOK_SIGNATURE],
    "properties": {
        partner.WEBHOOK_ID: TEXT,
        partner.WEBHOOK_TIMESTAMP: NUMBER,
        partner.WEBHOOK_SIGNATURE: {"type": "string", "pattern": "^v1a,"},
    },
}


class Named(Protocol):
    """All that is asked of a service."""

    name: str


def router(service: Named) -> APIRouter:
    """GET /<service>/asyncapi.yaml."""
    made = APIRouter(prefix=f"/{service.name}", include_in_schema=False)

    @cache
    def text() -> str:
        return yaml_text(asyncapi(service.name, said_by(service), heard_by(service)))

    @made.get("/asyncapi.yaml")
    def asyncapi_yaml() -> Response:
        """Not `async`: writing it takes a moment, once, and must not hold up the loop."""
        return Response(text(), media_type="application/yaml")

    return made


def said_by(service: Named) -> Sequence[type[Event]]:
    """The events of this service, in the order of its contract. A service that only listens says none."""
    if not isinstance(service, Service):
        return ()
    return said_on(service.name)


def said_on(name: str) -> Sequence[type[Event]]:
    """The events on a service's topic."""
    return [event for event in EVENTS if event.source in (name, EACH) or event in ALSO_SAYS.get(name, ())]


def heard_by(service: Named) -> Says:
    """What it has a reaction for, by source. A service of projections may hear everything."""
    reactions = set(service.definition.reactions) if isinstance(service, Service) else set(EVENTS)
    others = dict.fromkeys(event.source for event in EVENTS if event.source not in (service.name, EACH))
    heard = {other: [event for event in said_on(other) if event in reactions] for other in others}
    border = {PARTNER: BORDERS[service.name]} if service.name in BORDERS else {}
    return {**{other: events for other, events in heard.items() if events}, **border}


def asyncapi(name: str, says: Sequence[type[BaseModel]], hears: Says) -> Document:
    """The document of service `name`."""
    channels: dict[str, Sequence[type[BaseModel]]] = {**({name: says} if says else {}), **hears}
    models = list(dict.fromkeys(model for said in channels.values() for model in said))
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=SCHEMAS + "{model}")
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Gelombang {name}", "version": "1", "description": _INTRODUCTION},
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "localhost:9092", "protocol": "kafka"}},
        "channels": {channel: _channel(channel, said) for channel, said in channels.items()},
        "operations": _operations(name, channels),
        "components": {
            "messages": {model.__name__: _message(model) for model in models},
            "schemas": {"EventHeaders": EVENT_HEADERS, "ClaimHeaders": CLAIM_HEADERS, **schemas["$defs"]},
        },
    }


_INTRODUCTION = "Records of one key keep their order. Fields may be added, never removed; ignore what you do not know."


def topic_of(channel: str) -> str:
    return partner.TOPIC if channel == PARTNER else f"{Ports.topic_prefix}{channel}.v1"


def _channel(channel: str, said: Sequence[type[BaseModel]]) -> Document:
    return {
        "address": topic_of(channel),
        "messages": {model.__name__: {"$ref": f"#/components/messages/{model.__name__}"} for model in said},
        "bindings": {"kafka": {"topic": topic_of(channel), "partitions": Ports.partitions}},
    }


def _operations(name: str, channels: Says) -> Document:
    """Messages of an operation point at the channel's, as AsyncAPI 3 wants it."""
    return {
        ("tell" if channel == name else f"hear{channel.capitalize()}"): {
            "action": "send" if channel == name else "receive",
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [{"$ref": f"#/channels/{channel}/messages/{model.__name__}"} for model in said],
        }
        for channel, said in channels.items()
    }


def _message(model: type[BaseModel]) -> Document:
    headers = "EventHeaders" if issubclass(model, Event) else "ClaimHeaders"
    return {
        "name": model.__name__,
        "summary": summary(model),
        "headers": {"$ref": f"{SCHEMAS}{headers}"},
        "payload": {"$ref": f"{SCHEMAS}{model.__name__}"},
        "bindings": {"kafka": {"key": TEXT}},
    }


def summary(model: type[BaseModel]) -> str:
    """The first line of the contract's own explanation."""
    return (model.__doc__ or "").strip().partition("\n")[0]


_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_PLAIN = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def yaml_text(value: Document) -> str:
    """YAML of plain data, with every text quoted as JSON does: no text is ever read as a date or a truth value."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> list[str]:
    if isinstance(value, Mapping) and value:
        return [line for key, inner in value.items() for line in _entry(f"{_key(str(key))}:", inner)]
    if isinstance(value, list | tuple) and value:
        return [line for inner in value for line in _item(_lines(inner))]
    return [json.dumps(value, ensure_ascii=False)]


def _entry(key: str, inner: Any) -> list[str]:
    lines = _lines(inner)
    nested = isinstance(inner, Mapping | list | tuple) and bool(inner)
    return [key, *(f"  {line}" for line in lines)] if nested else [f"{key} {lines[0]}"]


def _item(lines: list[str]) -> list[str]:
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]


def _key(key: str) -> str:
    plain = _PLAIN_KEY.fullmatch(key) and key.lower() not in _NOT_PLAIN
    return key if plain else json.dumps(key, ensure_ascii=False)
