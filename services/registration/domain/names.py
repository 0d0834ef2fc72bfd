"""Indonesian names in one spelling, so that the ways of writing one name meet; the names of two people stay apart.

Old spelling (Soekarno, Djoko, Tjipto), Arabic sounds (Achmad, Akhmad), titles, the forms of Muhammad, Siti and Abdul,
one-word names, initials, any order. Vowels stay: the skeleton HSN would make one of the twins Hasan and Husein.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

TITLES = re.compile("HJ?|IR|DR[SAG]?|PROF|S[TEH]|SPD|SAG|SKOM|SSOS|AMD|M[MH]|MSI|MPD|KH|UST|TGK")
"""Before or after a name; ST is Sutan, or Siti."""
PARTICLES = re.compile("BIN|BINTI|BINTE|BTE|BT|BR|ALIAS|A[LZSR]|ASH")
"""Between two names, or BR (boru) before a woman's clan name."""
_TAMIL = re.compile(r"\b[ADS]/[LPO]\b")
"""A/L, A/P, S/O, D/O: son of, daughter of."""
_MUHAMMAD = re.compile(r"M[DH]D|M[OU]HD|M[OU](?:C?H)|M(?:OE|O|U)[CK]?H[AE]M+[AE]D")
_SITI = re.compile(r"S[IY]T+[IY]")
_ABDUL = re.compile(r"ABD|ABD(?:U|OE)[A-Z]?")
_ABDUL_JOINED = re.compile(r"ABD(?:U|OE)(?:L|(?P<sun>[RSNZ])(?=(?P=sun)))(?=[A-Z]{4})(?!LAH)")
_JOINED = re.compile("(?P<first>N(?:U|OE)R|SRI)(?=[A-Z]{4})")
"""Written apart or together: Nur Hayati, Nurhayati; Sri Wahyuni, Sriwahyuni."""

_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(old), new)
    for old, new in (
        ("CHR", "KR"),
        ("^CHAND", "CAND"),
        ("[CK]H", "H"),
        ("OE", "U"),
        ("TJ", "C"),
        ("DJ|J", "Y"),
        ("S[YH]|Z", "S"),
        ("PH|[FV]", "P"),
        ("Q", "K"),
        ("X", "KS"),
        ("([DTGB])H", r"\1"),
        ("AHMED", "AHMAD"),
        ("IE$|EE|Y$", "I"),
        ("EI", "AI"),
        ("IY(?=[AU])", "I"),
        (r"(?<=..)H$", ""),
        (r"(.)\1+", r"\1"),
    )
)
NEAR_FROM = 6
"""Letters from which a word may be told with one letter missing: in shorter ones that is another name (Rina, Rani)."""


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """A part of a name. `optional` parts are often left out: Muhammad, Siti, Abdul, Nur, Sri."""

    text: str
    optional: bool = False

    @property
    def initial(self) -> bool:
        return len(self.text) == 1


def words(full_name: str) -> tuple[Word, ...]:
    """The parts of a name in one spelling, sorted, each once; never empty for a name with a letter in it."""
    before: list[str] = []
    found = _tokens(full_name)
    while found != before:
        before, found = found, sorted({_sounded(each) for each in _plain(found)})
    parts = [Word(each, each in _OPTIONAL) for each in found]
    if all(each.optional for each in parts):
        parts = [Word(each.text) for each in parts]
    return tuple(sorted(parts))


def nearby(word: Word) -> tuple[str, ...]:
    """The word with each one letter left out: two words one slip of the pen apart have one of these in common."""
    if len(word.text) < NEAR_FROM:
        return ()
    return tuple(sorted({word.text[:place] + word.text[place + 1 :] for place in range(len(word.text))}))


_OPTIONAL = frozenset({"MUHAMAD", "M", "SITI", "ABDUL", "NUR", "SRI"})
"""M is Muhammad to most, and the first letter of another name to some."""


def _tokens(full_name: str) -> list[str]:
    """Upper-case words without accents; degrees after a comma are gone."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", full_name)).upper()
    named, _, _ = folded.partition(",")
    text = named if re.search("[A-Z]", named) else folded
    letters = re.sub(r"['`\u2018\u2019\u02bc\u0300-\u036f]", "", _TAMIL.sub(" ", text))
    return re.findall("[A-Z]+", letters)


def _plain(tokens: list[str]) -> list[str]:
    """Without titles and particles, and what is written together taken apart; all of it when nothing else is left."""
    kept = [each for each in tokens if not (TITLES.fullmatch(each) or PARTICLES.fullmatch(each))] or tokens
    return [part for each in kept for part in _known(each)]


def _known(token: str) -> list[str]:
    """Muhammad, Siti and Abdul in one spelling; Abdurrahman is Abdul and Rahman, Nurhayati Nur and Hayati."""
    for pattern, name in ((_MUHAMMAD, "MUHAMAD"), (_SITI, "SITI"), (_ABDUL, "ABDUL")):
        if pattern.fullmatch(token):
            return [name]
    if found := _ABDUL_JOINED.match(token):
        return ["ABDUL", token[found.end() :]]
    if found := _JOINED.match(token):
        return [found["first"], token[found.end() :]]
    return [token]


@lru_cache(maxsize=20_000)
def _sounded(token: str) -> str:
    """One spelling of a word; doing it again changes nothing."""
    if len(token) == 1:
        return token
    before, word = "", token
    while word != before:
        before = word
        for pattern, new in _SOUNDS:
            word = pattern.sub(new, word)
    return word
