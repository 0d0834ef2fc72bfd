"""Numbers as people type them into forms: one reading, or none."""

from __future__ import annotations

import pytest

from shared.web.forms import whole


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", 0),
        ("5106", 5106),
        (" 600000 ", 600_000),
        ("600.000", 600_000),
        ("1.234.567", 1_234_567),
        ("12.345.678", 12_345_678),
        ("007", 7),
    ],
)
def test_digits_alone_or_in_groups_of_three_are_a_number(typed: str, number: int) -> None:
    assert whole(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "600000.00",
        "1.5",
        "1.50",
        "1.5000",
        "600.00",
        "600.000.0",
        "6000.000",
        "0.600",
        ".600",
        "600.",
        "600..000",
        "600,000",
        "-1",
        "+1",
        "1 000",
        "1_000",
        "Rp 600.000",
        "\u0661\u0662",
        "1e3",
        "123456789",
        "",
    ],
)
def test_what_could_be_read_in_two_ways_stays_text_for_the_body_to_refuse(typed: str) -> None:
    assert whole(typed) == typed
