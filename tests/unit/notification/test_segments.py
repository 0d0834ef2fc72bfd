"""SMS segments: the vectors of integrations.md 5.3, and laws that hold for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain import segments


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("", (0,)),
        ("a" * 160, (160,)),
        ("a" * 161, (153, 8)),
        ("a" * 306, (153, 153)),
        ("a" * 307, (153, 153, 1)),
        ("{" * 80, (160,)),
        ("{" * 81, (152, 10)),
        ("a" * 152 + "{" + "a" * 10, (152, 12)),
        ("a" * 152 + "{" + "a" * 152, (152, 153, 1)),
        ("ş" * 70, (70,)),
        ("ş" * 71, (67, 4)),
        ("ş" * 66 + "😀" + "ş" * 10, (66, 12)),
    ],
)
def test_parts_are_filled_as_the_table_says(text: str, sizes: tuple[int, ...]) -> None:
    assert segments.part_sizes(text) == sizes
    assert segments.parts(text) == len(sizes)


def test_one_curly_quote_makes_the_whole_text_dear_until_it_is_made_plain() -> None:
    text = "\u201cSelamat\u201d \u2013 Anda diterima\u2026\u00a0\u2022" + "a" * 120
    assert not segments.is_gsm(text)
    assert segments.parts(text) == 3
    assert segments.plain(text).startswith('"Selamat" - Anda diterima... *')
    assert segments.parts(segments.plain(text)) == 1


def test_letters_of_names_are_never_changed() -> None:
    assert segments.plain("Müller Çelik Nguyễn") == "Müller Çelik Nguyễn"


@given(st.text(max_size=500))
def test_no_part_is_larger_than_its_room_and_nothing_is_lost(text: str) -> None:
    sizes = segments.part_sizes(text)
    gsm = segments.is_gsm(text)
    total = sum(1 + (c in segments.GSM_EXTENSION) for c in text) if gsm else sum(1 + (ord(c) > 0xFFFF) for c in text)
    room = (segments.GSM_PART if gsm else segments.UCS2_PART) if len(sizes) > 1 else 160
    assert sum(sizes) == total
    assert all(size <= room for size in sizes)
