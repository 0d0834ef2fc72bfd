"""What is kept in docs/ is what the code says: schemas and samples of events, API documents, the table of events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from deploy.contracts.__main__ import broken, main, stored
from deploy.contracts.additive import faults
from deploy.contracts.documents import SAMPLE, SCHEMA, documents
from deploy.contracts.samples import SampleMissing, sample
from shared.contracts import EVENTS
from shared.contracts.base import Event

HOW = "run `python -m deploy.contracts` and look at what changed"
NAMES = [event.type_name() for event in EVENTS]


@pytest.fixture(scope="module")
def made() -> Mapping[str, str]:
    return documents()


@pytest.fixture(scope="module")
def kept() -> Mapping[str, str]:
    return stored()


def test_every_event_has_a_schema_and_a_sample_and_nothing_else_has(kept: Mapping[str, str]) -> None:
    wanted = {form.format(name) for name in NAMES for form in (SCHEMA, SAMPLE)}
    assert {path for path in kept if path.startswith("contracts/")} == wanted, HOW


@pytest.mark.parametrize("event", EVENTS, ids=NAMES)
def test_the_stored_schema_is_the_models(event: type[Event], kept: Mapping[str, str]) -> None:
    assert json.loads(kept[SCHEMA.format(event.type_name())]) == event.model_json_schema(), HOW


@pytest.mark.parametrize("event", EVENTS, ids=NAMES)
def test_no_event_lost_or_narrowed_a_field(event: type[Event], kept: Mapping[str, str]) -> None:
    assert faults(json.loads(kept[SCHEMA.format(event.type_name())]), event.model_json_schema()) == []


@pytest.mark.parametrize("event", EVENTS, ids=NAMES)
def test_the_stored_sample_fits_the_stored_schema_and_the_model(event: type[Event], kept: Mapping[str, str]) -> None:
    text, schema = kept[SAMPLE.format(event.type_name())], json.loads(kept[SCHEMA.format(event.type_name())])
    jsonschema.validate(json.loads(text), schema)
    assert set(json.loads(text)) == set(event.model_fields), "a sample shows every field"
    assert event.model_validate_json(text).model_dump(mode="json") == json.loads(text)


def test_the_rest_is_kept_as_it_is_made(made: Mapping[str, str], kept: Mapping[str, str]) -> None:
    assert [path for path in sorted({*made, *kept}) if made.get(path) != kept.get(path)] == [], HOW


def test_a_new_event_without_a_sample_is_refused() -> None:
    class SeatsCounted(Event):
        counted_by_hand: int

    with pytest.raises(SampleMissing, match="counted_by_hand"):
        sample(SeatsCounted)


def test_a_removed_event_is_not_additive(kept: Mapping[str, str]) -> None:
    old = {SCHEMA.format("WaveOpened"): kept[SCHEMA.format("WaveOpened")]}
    assert broken(old, {}) == ["WaveOpened: event removed"]


def test_the_command_refuses_what_is_not_additive_and_writes_nothing(tmp_path: Path) -> None:
    assert main([], tmp_path) == 0
    path = tmp_path / SCHEMA.format("WaveOpened")
    schema = json.loads(path.read_text())
    schema["properties"]["seats_reserved"] = {"type": "integer"}  # once told, and gone in this release
    path.write_text(json.dumps(schema))
    assert main([], tmp_path) == 1
    assert "seats_reserved" in path.read_text()
    assert main(["--unreleased"], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0


def test_the_command_takes_away_what_is_no_longer_made(tmp_path: Path) -> None:
    assert main([], tmp_path) == 0
    stray = tmp_path / SAMPLE.format("NeverSaid")
    stray.write_text("{}\n")
    assert main(["--check"], tmp_path) == 1
    assert stray.exists()
    assert main([], tmp_path) == 0
    assert not stray.exists()
