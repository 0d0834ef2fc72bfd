"""What comes out of the Kafka client is what the engine can read, whatever others wrote into the topic."""

from __future__ import annotations

from aiokafka import ConsumerRecord

from shared.engine.marks import hear
from shared.platform.kafka.access import record_of


def consumed(*headers: tuple[str, bytes | None]) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord("shop.v1", 0, 7, 0, 0, b"key", b"{}", None, 3, 2, headers)


def test_a_header_without_a_value_is_a_missing_header_and_no_crash() -> None:
    record = record_of(consumed(("ce_type", None), ("ce_id", b"1")))
    assert record.header("ce_type") == ""
    assert hear(record, {}).fault == "HEADERS_MISSING"


def test_headers_that_are_doubled_or_no_text_are_missing() -> None:
    record = record_of(consumed(("a", b"1"), ("a", b"2"), ("b", b"\xff"), ("c", b"3")))
    assert [record.header(name) for name in "abc"] == [None, None, "3"]
