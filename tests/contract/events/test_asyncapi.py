"""The AsyncAPI documents hold together as AsyncAPI 3.0 asks, and say what the services really say and hear."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from deploy.contracts.__main__ import DOCS
from deploy.contracts.apps import apps
from deploy.topics import PARTITIONS, PREFIX, partner_topic
from shared.contracts import BY_NAME, EVENTS
from shared.web.contracts import PARTNER, said_on, topic_of, yaml_text
from tests.architecture.rules import sources
from tests.contract.events.heard import record, stored_text
from tests.contract.events.test_consumers import REACTIONS

NAMES = ("registration", "incentive", "notification", "reporting")
Document = dict[str, Any]


@pytest.fixture(params=NAMES)
def named(request: pytest.FixtureRequest) -> tuple[str, Document]:
    name: str = request.param
    return name, yaml.safe_load((DOCS / "asyncapi" / f"{name}.yaml").read_text(encoding="utf-8"))


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def found(document: Document, reference: str) -> Any:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def test_the_document_has_the_parts_of_asyncapi_3(named: tuple[str, Document]) -> None:
    name, document = named
    assert document["asyncapi"] == "3.0.0"
    assert document["info"]["title"] == f"Gelombang {name}"
    assert document["info"]["version"]
    assert document["defaultContentType"] == "application/json"
    assert [server["protocol"] for server in document["servers"].values()] == ["kafka"]
    allowed = {"asyncapi", "info", "defaultContentType", "servers", "channels", "operations", "components"}
    assert set(document) == allowed


def test_every_reference_leads_somewhere(named: tuple[str, Document]) -> None:
    _, document = named
    assert all(found(document, reference) for reference in references(document))


def test_channels_are_topics_with_their_partitions(named: tuple[str, Document]) -> None:
    _, document = named
    for channel, body in document["channels"].items():
        assert body["address"] == topic_of(channel) == body["bindings"]["kafka"]["topic"]
        assert body["bindings"]["kafka"]["partitions"] == PARTITIONS
        assert list(body["messages"].values()) == [{"$ref": f"#/components/messages/{m}"} for m in body["messages"]]


def test_operations_point_at_the_channels_own_messages(named: tuple[str, Document]) -> None:
    """Not at components: there AsyncAPI 3 finds no channel."""
    name, document = named
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"].removeprefix("#/channels/")
        assert operation["action"] == ("send" if channel == name else "receive")
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"#/channels/{channel}/messages/")


def test_messages_name_headers_payload_and_key(named: tuple[str, Document]) -> None:
    _, document = named
    for name, message in document["components"]["messages"].items():
        assert message["name"] == name
        assert message["summary"]
        assert message["bindings"]["kafka"]["key"] == {"type": "string"}
        headers = found(document, message["headers"]["$ref"])
        assert headers["type"] == "object"
        assert set(headers["required"]) <= set(headers["properties"])
        if name in BY_NAME:
            assert {"ce_id", "ce_source", "ce_type", "ce_specversion"} <= set(headers["required"])
            assert headers["properties"]["ce_specversion"] == {"const": "1.0"}


def test_schemas_are_json_schemas_and_take_the_samples(named: tuple[str, Document]) -> None:
    _, document = named
    for name in document["components"]["messages"]:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator.check_schema(found(document, f"#/components/schemas/{name}"))
        if name in BY_NAME:
            Draft202012Validator(schema).validate(yaml.safe_load(stored_text(name)))


def test_the_headers_are_those_that_records_carry(named: tuple[str, Document]) -> None:
    _, document = named
    headers = document["components"]["schemas"]["EventHeaders"]
    told = {name: value.decode() for name, value in record("WaveOpened", trace="00-1-1-01").headers}
    Draft202012Validator(headers).validate(told)
    assert set(headers["properties"]) == set(told)


def test_it_says_what_is_told_and_heard(named: tuple[str, Document]) -> None:
    name, document = named
    channels = {channel: set(body["messages"]) for channel, body in document["channels"].items()}
    said = {event.type_name() for event in EVENTS if event.source in (name, "each")}
    said |= {"ConfirmationCodeIssued"} if name == "incentive" else set()
    assert channels.pop(name, set()) == (said if name != "reporting" else set())
    assert channels.pop(PARTNER, set()) == ({"PartnerClaim"} if name == "incentive" else set())
    table = REACTIONS.get(name, dict.fromkeys(EVENTS))
    assert set.union(*channels.values()) == {event.type_name() for event in table}


@pytest.mark.parametrize("name", NAMES)
def test_no_service_says_what_its_document_does_not_name(name: str) -> None:
    """Events that the service's code makes, found by their class names."""
    calls = [node for source in sources(f"services/{name}") for node in ast.walk(source.tree)]
    made = {getattr(call.func, "id", getattr(call.func, "attr", "")) for call in calls if isinstance(call, ast.Call)}
    assert made & set(BY_NAME) <= {event.type_name() for event in said_on(name)}


def test_the_names_of_topics_are_those_that_are_provisioned() -> None:
    assert topic_of("incentive") == f"{PREFIX}incentive.v1"
    assert topic_of(PARTNER) == partner_topic()


def test_openapi_knows_every_door() -> None:
    for name, app in apps().items():
        paths = app.openapi()["paths"]
        assert paths
        assert not [path for path in paths if re.search(r"/(health|alive|metrics|asyncapi\.yaml)$", path)], name


@pytest.mark.parametrize(
    "value",
    [
        {"on": "off", "yes": True, "a b": None, "1": 1.5},
        {"list": [1, [2, [3]], {"a": {"b": []}}, {}], "text": 'quote " colon: # and • ünïcode\nline'},
        {"day": "2020-04-17", "number": "1e3", "nothing": {"inner": {}}},
    ],
)
def test_our_yaml_reads_back_as_it_was(value: Document) -> None:
    assert yaml.safe_load(yaml_text(value)) == value
