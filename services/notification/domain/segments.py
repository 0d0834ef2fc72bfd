"""How many SMS a text takes: GSM-7 or UCS-2, parts filled greedily. Source: integrations.md 5.3.

Pure arithmetic on the text; what a provider charges follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each (3GPP TS 23.038, basic table without ESC)."""

GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape and the character, which must stay in one part."""

GSM_SINGLE, GSM_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u00a0\u202f\t", " "),
        "\u2026": "...",
        "\u2022": "*",
    }
)


def plain(text: str) -> str:
    """Dashes, quotes, ellipsis, bullets and odd spaces as GSM-7 has them: one of them would double the parts.

    Letters are left alone: a name is never changed silently.
    """
    return text.translate(_PLAIN)


def is_gsm(text: str) -> bool:
    """One character outside the two tables makes the whole text UCS-2."""
    return all(character in GSM_BASIC or character in GSM_EXTENSION for character in text)


def part_sizes(text: str) -> tuple[int, ...]:
    """Sizes of the parts, in septets (GSM-7) or UTF-16 units (UCS-2). An empty text is one empty part."""
    if is_gsm(text):
        return _filled([2 if character in GSM_EXTENSION else 1 for character in text], GSM_SINGLE, GSM_PART)
    return _filled([2 if ord(character) > 0xFFFF else 1 for character in text], UCS2_SINGLE, UCS2_PART)


def parts(text: str) -> int:
    """How many SMS the text takes, at least one."""
    return len(part_sizes(text))


def _filled(sizes: Sequence[int], single: int, each: int) -> tuple[int, ...]:
    if sum(sizes) <= single:
        return (sum(sizes),)
    return tuple(_greedy(sizes, each))


def _greedy(sizes: Iterable[int], room: int) -> Iterable[int]:
    """A pair that would begin in the last slot goes to the next part, so a part may end one short."""
    used = 0
    for size in sizes:
        if used + size > room:
            yield used
            used = 0
        used += size
    yield used
