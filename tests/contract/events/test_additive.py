"""The checker of changes, on schemas that were changed on purpose."""

from __future__ import annotations

import copy
import enum
import functools
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from deploy.contracts.additive import faults
from shared.contracts import EVENTS
from shared.contracts.base import Event


class Inner(BaseModel):
    code: str
    quota: int


class Kind(enum.StrEnum):
    A = "a"
    B = "b"


class Told(BaseModel):
    """Every form that our events use."""

    text: Annotated[str, Field(min_length=1, max_length=64, pattern="^[a-z]+$")]
    count: Annotated[int, Field(ge=0, le=100)]
    choice: Literal["x", "y"]
    kind: Kind
    only: Literal["one"]
    maybe: str | None = None
    many: tuple[Inner, ...] = ()
    answers: dict[Annotated[str, Field(max_length=10)], int] = Field(default_factory=dict)
    sealed: Annotated[str, Field(json_schema_extra={"format": "sealed"})]


OLD = Told.model_json_schema()
PROPERTIES = ("properties",)
GONE = object()

NOT_ADDITIVE: list[tuple[tuple[Any, ...], Any, str]] = [
    ((*PROPERTIES, "count"), GONE, "/count: field removed"),
    ((*PROPERTIES, "count", "type"), "string", "/count: type integer became string"),
    ((*PROPERTIES, "count", "minimum"), 1, "/count: minimum narrowed to 1"),
    ((*PROPERTIES, "count", "maximum"), 99, "/count: maximum narrowed to 99"),
    ((*PROPERTIES, "count", "exclusiveMaximum"), 100, "/count: exclusiveMaximum narrowed to 100"),
    ((*PROPERTIES, "text", "minLength"), 2, "/text: minLength narrowed to 2"),
    ((*PROPERTIES, "text", "maxLength"), 63, "/text: maxLength narrowed to 63"),
    ((*PROPERTIES, "text", "pattern"), "^[a-f]+$", "/text: pattern changed"),
    ((*PROPERTIES, "choice", "enum"), ["x"], "/choice: values ['y'] are no longer allowed"),
    ((*PROPERTIES, "text", "enum"), ["a"], "/text: narrowed to some values"),
    ((*PROPERTIES, "only", "const"), "two", "/only: values ['one'] are no longer allowed"),
    (("$defs", "Kind", "enum"), ["a"], "/kind: values ['b'] are no longer allowed"),
    ((*PROPERTIES, "maybe", "anyOf"), [{"type": "string"}], "/maybe: type null became string"),
    ((*PROPERTIES, "many", "maxItems"), 5, "/many: maxItems narrowed to 5"),
    (("$defs", "Inner", "properties", "quota"), GONE, "/many/items/quota: field removed"),
    (("$defs", "Inner", "properties", "quota", "type"), "string", "/many/items/quota: type integer became string"),
    ((*PROPERTIES, "answers", "additionalProperties", "type"), "string", "/answers/additionalProperties: type integer"),
    ((*PROPERTIES, "answers", "propertyNames", "maxLength"), 9, "/answers/propertyNames: maxLength narrowed to 9"),
    ((*PROPERTIES, "sealed", "format"), GONE, "/sealed: format changed"),
    (("additionalProperties",), False, "/additionalProperties: narrowed to nothing else"),
    (("required",), [*OLD["required"], "maybe"], "/maybe: became required"),
    (("required",), [name for name in OLD["required"] if name != "count"], "/count: no longer always there"),
]

ADDITIVE: list[tuple[tuple[Any, ...], Any]] = [
    ((*PROPERTIES, "new"), {"type": "string"}),
    ((*PROPERTIES, "count", "type"), "number"),
    ((*PROPERTIES, "count", "minimum"), -1),
    ((*PROPERTIES, "count", "maximum"), GONE),
    ((*PROPERTIES, "text", "maxLength"), 65),
    ((*PROPERTIES, "choice", "enum"), ["x", "y", "z"]),
    (("$defs", "Inner", "properties", "members"), {"type": "integer"}),
    ((*PROPERTIES, "count"), {"anyOf": [OLD["properties"]["count"], {"type": "null"}]}),
    (("description",), "Said in other words."),
]


def changed(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    schema = copy.deepcopy(OLD)
    *way, last = place
    holder = functools.reduce(lambda node, key: node[key], way, schema)
    if value is GONE:
        del holder[last]
    else:
        holder[last] = value
    return schema


@pytest.mark.parametrize(("place", "value", "fault"), NOT_ADDITIVE, ids=[each[2] for each in NOT_ADDITIVE])
def test_what_takes_away_or_narrows_is_found(place: tuple[Any, ...], value: Any, fault: str) -> None:
    found = faults(OLD, changed(place, value))
    assert any(line.startswith(fault) for line in found), found


@pytest.mark.parametrize(("place", "value"), ADDITIVE, ids=[str(each[0]) for each in ADDITIVE])
def test_what_adds_or_widens_is_free(place: tuple[Any, ...], value: Any) -> None:
    assert faults(OLD, changed(place, value)) == []


def test_a_new_required_field_is_found() -> None:
    class Grown(Told):
        new: int

    assert faults(OLD, Grown.model_json_schema()) == ["/new: new required field"]


def test_a_new_field_with_a_default_is_free() -> None:
    class Grown(Told):
        new: int | None = None

    assert faults(OLD, Grown.model_json_schema()) == []


@pytest.mark.parametrize("event", EVENTS, ids=[event.type_name() for event in EVENTS])
def test_in_every_event_every_lost_field_is_found(event: type[Event]) -> None:
    schema = event.model_json_schema()
    assert faults(schema, schema) == []
    for name in schema["properties"]:
        less = {**schema, "properties": {key: value for key, value in schema["properties"].items() if key != name}}
        assert f"/{name}: field removed" in faults(schema, less)
