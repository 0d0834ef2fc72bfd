"""Every document that is made from the code: path below docs/ -> text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from fastapi import FastAPI

from deploy.contracts.apps import apps
from deploy.contracts.samples import sample
from shared.contracts import EVENTS
from shared.contracts.base import Event
from shared.web.contracts import ALSO_SAYS, EACH, summary

SCHEMA, SAMPLE = "contracts/{}.schema.json", "contracts/{}.sample.json"


def documents() -> Mapping[str, str]:
    """The same text on every machine, for the versions of requirements.lock."""
    return {**contracts(), **dict(_apis()), "events.md": table()}


def contracts() -> Mapping[str, str]:
    """Schema and sample of every event."""
    schemas = {SCHEMA.format(event.type_name()): _json(event.model_json_schema()) for event in EVENTS}
    samples = {SAMPLE.format(event.type_name()): _json(sample(event).model_dump(mode="json")) for event in EVENTS}
    return {**schemas, **samples}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _apis() -> Iterator[tuple[str, str]]:
    for name, app in apps().items():
        yield f"openapi/{name}.json", _json(app.openapi())
        # Asked of the app itself, so that what is kept is what is served. It is not started: no server is needed.
        yield f"asyncapi/{name}.yaml", asyncio.run(_served(app, f"/{name}/asyncapi.yaml"))


async def _served(app: FastAPI, path: str) -> str:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://contracts") as client:
        return (await client.get(path)).raise_for_status().text


_HEAD = """# Events

Written by `python -m deploy.contracts` from the classes in `shared/contracts/`.
Schema and a sample of each lie in `docs/contracts/`.
A field with `?` may be missing or null; *sealed* fields are readable only with the person's key.

| event | who says it | key | what it means | fields |
|---|---|---|---|---|
"""
_ANYBODY = "every service"


def table() -> str:
    """One row per event."""
    return _HEAD + "".join(_row(event) for event in EVENTS)


def _row(event: type[Event]) -> str:
    also = [name for name, events in ALSO_SAYS.items() if event in events]
    says = _ANYBODY if event.source == EACH else ", ".join([event.source, *also])
    fields = ", ".join(_field(event, name) for name in event.model_fields)
    return f"| `{event.type_name()}` | {says} | `{_key(event)}` | {summary(event)} | {fields} |\n"


def _key(event: type[Event]) -> str:
    """The record key with the name of the field in it: `wave-<wave>`."""
    told = sample(event)
    for name in event.model_fields:
        value = str(getattr(told, name))
        if told.subject.endswith(value):
            return f"{told.subject.removesuffix(value)}<{name}>" if told.subject != value else name
    # A key may be cut short: letters are named by the first part of their digest.
    return f"{told.subject.rpartition('-')[0]}-<{next(iter(event.model_fields))}>"


def _field(event: type[Event], name: str) -> str:
    found = event.model_fields[name]
    sealed = " *sealed*" if "sealed" in json.dumps(event.model_json_schema()["properties"][name]) else ""
    return f"{name}{'' if found.is_required() else '?'}{sealed}"
