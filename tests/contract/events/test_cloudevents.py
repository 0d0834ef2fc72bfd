"""The headers of our records against CloudEvents 1.0: its core specification and its Kafka binding, binary mode."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.contracts import EVENTS
from shared.engine.ports import Record
from tests.contract.events.heard import SAMPLES, TOLD_AT, name_of, record, stored_text

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
REQUIRED = {"ce_id", "ce_source", "ce_specversion", "ce_type"}
OPTIONAL = {"ce_subject", "ce_time", "ce_dataschema"}
OURS = {"ce_sequence", "ce_epoch", "ce_epochstart"}


@pytest.fixture(params=SAMPLES, ids=name_of)
def told(request: pytest.FixtureRequest) -> Record:
    path: Path = request.param
    return record(name_of(path), trace=TRACE)


def headers(told: Record) -> dict[str, str]:
    """Header values are UTF-8 text, and no name comes twice."""
    found = {name: value.decode() for name, value in told.headers}
    assert len(found) == len(told.headers)
    return found


def test_the_required_attributes_are_there_and_not_empty(told: Record) -> None:
    found = headers(told)
    assert set(found) >= REQUIRED
    assert all(found[name] for name in REQUIRED)
    assert found["ce_specversion"] == "1.0"


def test_source_is_a_uri_reference_and_names_the_service(told: Record) -> None:
    source = headers(told)["ce_source"]
    assert urlsplit(source).path == source
    assert re.fullmatch(r"/gelombang/(registration|incentive|notification)", source)


def test_type_is_the_name_of_the_contract(told: Record) -> None:
    assert headers(told)["ce_type"] in {event.type_name() for event in EVENTS}


def test_time_is_rfc_3339_in_utc_with_milliseconds(told: Record) -> None:
    text = headers(told)["ce_time"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert datetime.fromisoformat(text) == TOLD_AT.astimezone(UTC)
    assert told.timestamp == int(TOLD_AT.timestamp() * 1000)


def test_attribute_names_are_lower_case_letters_and_digits(told: Record) -> None:
    """And at most 20 characters, after the prefix that the Kafka binding asks for."""
    names = [name for name in headers(told) if name.startswith("ce_")]
    assert all(re.fullmatch(r"ce_[a-z0-9]{1,20}", name) for name in names)
    assert set(names) <= REQUIRED | OPTIONAL | OURS


def test_the_mode_is_binary_and_the_body_is_the_data(told: Record) -> None:
    """Structured mode would say application/cloudevents; a null value would be a tombstone."""
    assert headers(told)["content-type"] == "application/json"
    assert told.value is not None
    assert json.loads(told.value) == json.loads(stored_text(headers(told)["ce_type"]))


def test_key_and_subject_are_the_same(told: Record) -> None:
    assert told.key is not None
    assert told.key.decode() == headers(told)["ce_subject"]


def test_source_and_id_identify_one_event(told: Record) -> None:
    again = record(headers(told)["ce_type"])
    assert headers(again)["ce_id"] == headers(told)["ce_id"], "derived from its cause: the same at every decision"


def test_no_two_types_share_an_id() -> None:
    ids = [headers(record(name_of(path)))["ce_id"] for path in SAMPLES]
    assert len(set(ids)) == len(ids)


def test_the_trace_goes_along_as_w3c_names_it(told: Record) -> None:
    assert headers(told)["traceparent"] == TRACE
    assert "traceparent" not in headers(record("WaveOpened"))


def test_numbers_are_plain_digits(told: Record) -> None:
    found = headers(told)
    assert (found["ce_sequence"], found["ce_epoch"], found["ce_epochstart"]) == ("1", "1", "0")
