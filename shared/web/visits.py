"""A person's own pages on one browser: opened by the tracking code, kept open by a sealed cookie, until they rest."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from shared.security.tokens import TokenSeal
from shared.web import cookies
from shared.web.guard import DEVICE

SESSION_LIFE = timedelta(minutes=30)
"""Of not being used; a phone is lent, and a computer at a shop has many users."""
DEVICE_LIFE = timedelta(days=30)


class Visit(NamedTuple):
    """Whose pages were opened, and with which code: with a new one they are closed everywhere."""

    person: str
    tracking_index: str


@dataclass(frozen=True)
class Visits:
    """The session of one set of pages: a cookie called `name` that is sent below `path` alone."""

    seal: TokenSeal
    name: str
    path: str

    def enter(self, response: Response, request: Request, visit: Visit) -> None:
        """From now on this browser sees the pages, until they rest for 30 minutes or the code is renewed."""
        token = self.seal.seal({"a": visit.person, "t": visit.tracking_index}, SESSION_LIFE)
        cookies.keep(response, request, self.name, token, path=self.path, life=SESSION_LIFE)

    def leave(self, response: Response) -> None:
        cookies.drop(response, self.name, path=self.path)

    def read(self, request: Request) -> Visit | None:
        """What was opened here; whether its code still holds is for the service to say."""
        session = self.seal.open(request.cookies.get(self.name))
        return Visit(session["a"], session["t"]) if session else None


def number_device(response: Response, request: Request, path: str) -> None:
    """A browser without a number gets one, by which it is known again when it tries too often (door_limits.py)."""
    if DEVICE not in request.cookies:
        cookies.keep(response, request, DEVICE, secrets.token_urlsafe(12), path=path, life=DEVICE_LIFE)
