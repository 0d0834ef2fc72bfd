"""The ways in which one person's name comes in twice, for the demo and for the measurements of the watch."""

from __future__ import annotations

import random
from collections.abc import Callable

OLD_SOUNDS = (("Y", "J"), ("u", "oe"), ("j", "dj"), ("sy", "sj"), ("f", "p"))
"""New and old spelling: Yusuf and Jusuf, Sukarno and Soekarno."""
SOUNDS = (("ch", "kh"), *OLD_SOUNDS, ("i", "y"))


def _same(name: str, chance: random.Random) -> str:
    return name


def _spelling(name: str, chance: random.Random) -> str:
    """Old spelling, or another way of writing a sound."""
    for old, new in SOUNDS:
        if old in name[1:] and chance.random() < 0.6:
            place = name.index(old, 1)
            if old == "i" and place != len(name) - 1:
                continue
            return name[:place] + new + name[place + len(old) :]
    return name.upper()


def rewritten(name: str, sound: tuple[str, str]) -> str:
    """One sound, not the first letter, written in the other way; the name as it is when it has no such sound."""
    old, new = sound
    return name[0] + name[1:].replace(old, new, 1)


def _order(name: str, chance: random.Random) -> str:
    return " ".join(reversed(name.split(" ")))


def _title(name: str, chance: random.Random) -> str:
    return chance.choice(("H. {}", "Hj. {}", "Ir. {}", "Drs. {}", "{}, S.E.", "Dr. {}")).format(name)


def _muhammad(name: str, chance: random.Random) -> str:
    """In front of a name, or left out; who is called so writes it in another way."""
    written = chance.choice(("M.", "Muhammad", "Moh.", "Mhd.", "Siti"))
    first, _, rest = name.partition(" ")
    if first == "Muhammad" and rest:
        return rest if written in ("Muhammad", "Siti") else f"{written} {rest}"
    return f"{written} {name}"


def _slip(name: str, chance: random.Random) -> str:
    """One letter missing in the longest part."""
    longest = max(name.split(" "), key=len)
    place = chance.randrange(1, len(longest))
    return name.replace(longest, longest[:place] + longest[place + 1 :], 1)


def _doubled(name: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(name))
    return name[:place] + name[place - 1] + name[place:] if name[place - 1].isalpha() else name


def _initial(name: str, chance: random.Random) -> str:
    first, *rest = name.split(" ")
    return " ".join((f"{first[0]}.", *rest)) if rest else name


def _shorter(name: str, chance: random.Random) -> str:
    """One given name left out where there are three parts."""
    parts = name.split(" ")
    return " ".join((parts[0], *parts[2:])) if len(parts) > 2 else name


WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "same": _same,
    "spelling": _spelling,
    "order": _order,
    "title": _title,
    "muhammad": _muhammad,
    "slip": _slip,
    "doubled": _doubled,
    "initial": _initial,
    "shorter": _shorter,
}
