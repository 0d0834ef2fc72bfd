"""What a person wants to learn, read from their own words (fact 127): fields of learning and occupations (KBJI 2014).

Only words that stand in a table are understood, so that everybody can see why a wish was read as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[a-z]+")
_LONG = 5
"""From this length on one wrong letter is a slip of the finger; shorter words would become other words."""
_NASAL = "kpst"
"""First letters that the prefixes me- and pe- swallow: potong, memotong."""
SMALL_WORDS = frozenset(
    """untuk dan dengan di dari ke atau yang lewat dasar dalam secara saya ingin mau belajar kelas pelatihan kursus
    usaha kecil kerja bekerja nol lengkap sehari hari tingkat skala rumah rumahan mikro barang depan umum pemula alat
    orang""".split()  # noqa: SIM905 - a list of forty strings reads worse
)
"""Words of wishes and of course names that tell nothing about the craft."""


@dataclass(frozen=True, slots=True)
class WishWord:
    """One row of the table: ways to say it, the catalogue's topic, and the occupation; empty: none in particular."""

    words: tuple[str, ...]
    topic: str
    kbji: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish as it was understood. Nothing in it: the person said nothing that we know."""

    words: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    occupations: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        return bool(self.topics)


NO_WISH = Wish()


def read_wish_words(rows: Iterable[Mapping[str, str]]) -> tuple[WishWord, ...]:
    """The table of a file with the columns words (separated by `|`), topic and kbji. Raises KeyError for a column."""
    return tuple(WishWord(tuple(row["words"].split("|")), row["topic"], row["kbji"]) for row in rows)


def read_wish(text: str, table: Iterable[WishWord]) -> Wish:
    """What a person's own words say; a word of several, such as `juru masak`, needs all of them."""
    words = frozenset(content_words(text))
    found = [row for row in table if any(_said(way, words) for way in row.words)]
    occupations = frozenset(row.kbji for row in found if row.kbji)
    return Wish(words, frozenset(row.topic for row in found), occupations)


@lru_cache(maxsize=8192)
def content_words(text: str) -> tuple[str, ...]:
    """Words in small letters without those that tell nothing. Kept, since a catalogue's names are asked for often."""
    return tuple(word for word in _WORD.findall(text.casefold()) if word not in SMALL_WORDS)


def names(wish: Wish, course_name: str) -> bool:
    """Does the wish use a word of the course's own name, in whatever form?"""
    return any(akin(mine, other) for mine in wish.words for other in content_words(course_name))


def akin(one: str, other: str) -> bool:
    """The same word, with a prefix more or less (jahit, menjahit), or with one wrong letter."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if longer == shorter or _one_slip(longer, shorter):
        return True
    if len(shorter) < _LONG - 1 or longer[0] not in "mpb":
        return False
    return longer.endswith(shorter) or (shorter[0] in _NASAL and len(shorter) >= _LONG and longer.endswith(shorter[1:]))


def _said(way: str, words: frozenset[str]) -> bool:
    return all(any(part == word or _one_slip(part, word) for word in words) for part in way.split())


def _one_slip(one: str, other: str) -> bool:
    """One letter changed, lost or added, and not the first one."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if len(shorter) < _LONG or len(longer) - len(shorter) > 1 or longer[0] != shorter[0]:
        return False
    same = next((n for n, letter in enumerate(shorter) if letter != longer[n]), len(shorter))
    rest = shorter[same:] if len(longer) > len(shorter) else shorter[same + 1 :]
    return longer[same + 1 :] == rest
