"""Is a changed schema still readable by everybody? Fields may be added; nothing may be taken away or made narrower.

Two readers are protected: the new release that reads records of the old one (topics keep them for ever), and a
consumer of the old release that hears the new producer. Widening is allowed; consumers are then released first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
EQUAL = ("pattern", "format")
WIDER = {"integer": {"integer", "number"}}


def faults(old: Schema, new: Schema) -> list[str]:
    """What is not additive, as `place: what`; empty when `new` may take the place of `old`."""
    return list(_Comparison(old, new).node("", old, new))


class _Comparison:
    """Two documents whose `$ref` are looked up each in its own `$defs`."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new

    def node(self, place: str, old: Any, new: Any) -> Iterator[str]:
        old, new = _resolved(self._old, old), _resolved(self._new, new)
        choices = _choices(new)
        if len(_choices(old)) > 1 or len(choices) > 1:
            yield from self._choices(place, _choices(old), choices)
            return
        yield from _types(place, old, new)
        yield from _values(place, old, new)
        yield from _bounds(place, old, new)
        yield from self._object(place, old, new)
        yield from self._inner(place, old, new)

    def _choices(self, place: str, old: list[Any], new: list[Any]) -> Iterator[str]:
        """Each old form must fit into one of the new ones. The least number of faults explains best."""
        for each in old:
            tried = [list(self.node(place, each, choice)) for choice in new]
            yield from min(tried, key=len)

    def _object(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            if name not in after:
                yield f"{place}/{name}: field removed"
            else:
                yield from self.node(f"{place}/{name}", before[name], after[name])
        required, needed = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(needed - required):
            yield f"{place}/{name}: new required field" if name not in before else f"{place}/{name}: became required"
        for name in sorted((required - needed) & set(after)):
            yield f"{place}/{name}: no longer always there"

    def _inner(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        for key in ("items", "additionalProperties", "propertyNames"):
            if isinstance(new.get(key), Mapping):
                yield from self.node(f"{place}/{key}", old.get(key, {}), new[key])
            elif new.get(key) is False and old.get(key) is not False:
                yield f"{place}/{key}: narrowed to nothing else"


def _resolved(root: Schema, node: Any) -> Schema:
    while isinstance(node, Mapping) and "$ref" in node:
        node = root["$defs"][node["$ref"].removeprefix("#/$defs/")]
    return node if isinstance(node, Mapping) else {}


def _choices(schema: Schema) -> list[Any]:
    found = schema.get("anyOf") or schema.get("oneOf")
    return list(found) if found else [schema]


def _types(place: str, old: Schema, new: Schema) -> Iterator[str]:
    if "type" not in new:
        return
    if "type" not in old:
        yield f"{place}: narrowed to type {new['type']}"
    elif new["type"] not in WIDER.get(old["type"], {old["type"]}):
        yield f"{place}: type {old['type']} became {new['type']}"


def _values(place: str, old: Schema, new: Schema) -> Iterator[str]:
    before, after = _allowed(old), _allowed(new)
    if after is None:
        return
    if before is None:
        yield f"{place}: narrowed to some values"
        return
    gone = [value for value in before if value not in after]
    if gone:
        yield f"{place}: values {gone} are no longer allowed"


def _allowed(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if "enum" in schema else None


def _bounds(place: str, old: Schema, new: Schema) -> Iterator[str]:
    for key in LEAST:
        if key in new and (key not in old or new[key] > old[key]):
            yield f"{place}: {key} narrowed to {new[key]}"
    for key in MOST:
        if key in new and (key not in old or new[key] < old[key]):
            yield f"{place}: {key} narrowed to {new[key]}"
    for key in EQUAL:
        # `sealed` is a format too: a value that is suddenly in clear is as wrong as a narrower one.
        if old.get(key) != new.get(key):
            yield f"{place}: {key} changed"
