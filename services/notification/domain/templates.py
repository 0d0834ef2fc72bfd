"""Message texts with named placeholders, and nothing else: no logic, no default, no silence.

`{name}` stands for one value; a text that needs a value nobody gave is not sent, it is a fault with an alarm code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.notification.domain import segments

_PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,40})\}")
_BRACE = re.compile(r"[{}]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")

MOST_SMS_PARTS = 10
MOST_CHARACTERS: Mapping[str, int] = {
    "sms": 1530,
    "whatsapp": 4096,
    "email": 20_000,
    "facebook": 5_000,
    "instagram": 2_200,
    "flyer": 600,
}
"""Characters per channel. SMS: also at most 10 parts. Instagram: limit of a caption (integrations.md 7). Flyer: what
can be read on one A5 sheet."""


class TextFault(Exception):
    """A text cannot be made: TEMPLATE_MISSING, TEMPLATE_BROKEN, FIELD_MISSING or TEXT_TOO_LONG.

    `what` names template, field or channel; never a value.
    """

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code} {what}")
        self.code, self.what = code, what


@dataclass(frozen=True, slots=True)
class Template:
    """One text in one language. `places` are the names of all its placeholders."""

    key: str
    language: str
    text: str
    places: frozenset[str]


def parse(key: str, language: str, text: str) -> Template:
    """Raises TextFault TEMPLATE_BROKEN when a brace belongs to no placeholder: a misspelt one must not be sent."""
    if not text.strip() or _BRACE.search(_PLACE.sub("", text)):
        raise TextFault("TEMPLATE_BROKEN", key)
    return Template(key, language, text, frozenset(_PLACE.findall(text)))


class Catalogue:
    """All texts by key and language."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._templates = {(each.key, each.language): each for each in templates}

    def get(self, key: str, language: str) -> Template:
        """Raises TextFault TEMPLATE_MISSING."""
        found = self._templates.get((key, language))
        if found is None:
            raise TextFault("TEMPLATE_MISSING", f"{key}/{language}")
        return found

    def keys(self, language: str) -> tuple[str, ...]:
        return tuple(sorted(key for key, spoken in self._templates if spoken == language))


def render(template: Template, values: Mapping[str, str]) -> str:
    """The text with its values, which are never looked at for placeholders again. Raises TextFault FIELD_MISSING.

    An empty value is a missing one: "sebelum  di" helps nobody.
    """
    missing = sorted(name for name in template.places if not values.get(name, "").strip())
    if missing:
        raise TextFault("FIELD_MISSING", f"{template.key}: {', '.join(missing)}")
    return _PLACE.sub(lambda place: _UNPRINTABLE.sub(" ", values[place[1]]).strip(), template.text)


def fitted(text: str, channel: str) -> str:
    """The text as the channel takes it. Raises TextFault TEXT_TOO_LONG; nothing is ever cut off."""
    shaped = segments.plain(text) if channel == "sms" else text
    too_many = channel == "sms" and segments.parts(shaped) > MOST_SMS_PARTS
    if too_many or len(shaped) > MOST_CHARACTERS[channel]:
        raise TextFault("TEXT_TOO_LONG", channel)
    return shaped


def parts_of(text: str, channel: str) -> int:
    """How many messages the channel makes of it: SMS count parts, every other channel sends one."""
    return segments.parts(text) if channel == "sms" else 1
