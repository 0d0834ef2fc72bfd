"""Which event leads to which text, for whom, and by which channels in order of preference (NF1).

The table is data (data/routing.csv). What is not in it is an alarm at send time, never silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PERSONAL_CHANNELS = ("sms", "whatsapp", "email")
CITY_CHANNELS = ("sms", "whatsapp", "email", "facebook", "instagram", "flyer")
PERSON, FORMER_CONTACT, CITY = "applicant", "former_contact", "city"
AUDIENCES = {PERSON: PERSONAL_CHANNELS, FORMER_CONTACT: PERSONAL_CHANNELS, CITY: CITY_CHANNELS}


class RouteBroken(ValueError):
    """A line of the table cannot be meant: its reason, with the line's event. Stops the start."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table.

    `variant` tells apart texts of one event (first, second or last reminder; empty: all). `title` is the subject of
    an e-mail. `link` is the path on the programme's own pages that {link} leads to.
    """

    event: str
    variant: str
    audience: str
    channels: tuple[str, ...]
    language: str
    template: str
    title: str
    link: str


def route(
    event: str,
    variant: str,
    audience: str,
    channels: Sequence[str],
    language: str,
    template: str,
    title: str,
    link: str,
) -> Route:
    """Raises RouteBroken for an unknown audience, a channel it does not have, or an empty field."""
    known = AUDIENCES.get(audience, ())
    if not channels or not set(channels) <= set(known) or len(set(channels)) != len(channels):
        raise RouteBroken(f"{event}: audience or channels")
    if not (event and language and template and title):
        raise RouteBroken(f"{event}: empty field")
    return Route(event, variant, audience, tuple(channels), language, template, title, link)


class Routes:
    """The table, by event, variant and audience."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[str, str, str], Route] = {}
        for each in routes:
            place = (each.event, each.variant, each.audience)
            if place in self._routes:
                raise RouteBroken(f"{each.event}: two lines for {each.audience}")
            self._routes[place] = each

    def find(self, event: str, variant: str, audience: str) -> Route | None:
        """The line for this variant, else the line for all variants, else None."""
        return self._routes.get((event, variant, audience)) or self._routes.get((event, "", audience))

    def templates(self) -> frozenset[tuple[str, str]]:
        """(key, language) of every text the table names."""
        return frozenset((each.template, each.language) for each in self._routes.values())

    def links(self) -> frozenset[str]:
        """Paths of our own pages to which the messages lead."""
        return frozenset(each.link for each in self._routes.values() if each.link)

    def titles(self) -> dict[str, str]:
        """Text -> how people call it: the subject of its first line in the table."""
        return {each.template: each.title for each in reversed(self._routes.values())}

    def events(self) -> frozenset[str]:
        return frozenset(each.event for each in self._routes.values())
