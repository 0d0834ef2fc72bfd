"""Places by Kemendagri code, and the kecamatan that an address text names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.registration.domain.plain_text import word_key

_SEGMENTS = re.compile(r"[,;/\n|]+")


@dataclass(frozen=True, slots=True)
class Places:
    """The region table as the rules need it. `city` is the office's own city, such as 12.71."""

    city: str
    names: Mapping[str, str]
    """Kemendagri code of a province, city or kecamatan -> name."""
    kecamatan: Mapping[str, str]
    """Name of a kecamatan of the city, as `word_key` -> code."""
    kelurahan: Mapping[str, str]
    """Name of a kelurahan of the city that only one kecamatan has -> code of that kecamatan."""


def places(rows: Iterable[tuple[str, str, str]], city: str) -> Places:
    """Build from (kemendagri_code, level, name). A kelurahan name found in two kecamatan names none."""
    names: dict[str, str] = {}
    kecamatan: dict[str, str] = {}
    kelurahan: dict[str, set[str]] = {}
    for code, level, name in rows:
        own = code.startswith(f"{city}.")
        if level == "kelurahan":
            if own:
                kelurahan.setdefault(word_key(name), set()).add(code[:8])
            continue
        names[code] = name
        if own:
            kecamatan[word_key(name)] = code
    unique = {name: codes.pop() for name, codes in kelurahan.items() if len(codes) == 1}
    return Places(city, names, kecamatan, unique)


def kecamatan_of(address: str, known: Places) -> str | None:
    """Code of the one kecamatan an address names, by its own name or by a kelurahan; None when in doubt.

    Words are not matched across commas: `Kec. Medan Area, Kota Medan` names Medan Area and not Medan Kota.
    """
    segments = [f" {word_key(part)} " for part in _SEGMENTS.split(address)]
    return _only(known.kecamatan, segments) or _only(known.kelurahan, segments)


def _only(names: Mapping[str, str], segments: list[str]) -> str | None:
    found = {code for name, code in names.items() if any(f" {name} " in segment for segment in segments)}
    return found.pop() if len(found) == 1 else None


def is_kecamatan(code: str, known: Places) -> bool:
    """True for the code of a kecamatan anywhere in Indonesia."""
    return len(code) == 8 and code in known.names
