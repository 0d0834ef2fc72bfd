"""Where the participants' pages stand, who looks at them, and how they are shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment

from services.incentive.api.door import Door
from services.incentive.domain.participant import Participant
from shared.security.tokens import TokenSeal
from shared.web.pages import environment
from shared.web.visits import Visit, Visits, number_device

HERE = Path(__file__).parent
PLACE = "/status"
"""The participants' pages, where registration's status page and messages lead (notification's routing.csv)."""

Serve = Callable[[Request, Participant], Awaitable[Response]]


@lru_cache(maxsize=1)
def templates() -> Environment:
    return environment(HERE)


@dataclass(frozen=True)
class Site:
    """The pages of people with a card."""

    door: Door
    service_base: str
    visits: Visits

    @classmethod
    def of(cls, door: Door, prefix: str) -> Site:
        base = f"{door.settings.root_path}{prefix}"
        seal = TokenSeal(door.vault, "incentive/session", door.service.clock)
        return cls(door, base, Visits(seal, "gelombang_peserta", f"{base}{PLACE}"))

    @property
    def base(self) -> str:
        return f"{self.service_base}{PLACE}"

    def page(self, request: Request, name: str, status: int = 200, **shown: Any) -> HTMLResponse:
        """A page. A browser without a device number gets one."""
        given = {"base": self.base, "style_href": f"{self.service_base}/style.css", "office": self.door.settings}
        response = HTMLResponse(templates().get_template(name).render(**given, **shown), status)
        number_device(response, request, self.service_base)
        return response

    def to(self, place: str) -> RedirectResponse:
        """See other: what was sent is not sent again by a reload."""
        return RedirectResponse(f"{self.base}{place}", 303)

    def enter(self, response: Response, request: Request, person: Participant) -> None:
        """From now on this browser sees the participation, until it rests or the person has a new code."""
        self.visits.enter(response, request, Visit(person.applicant_id, person.tracking_index))

    async def visitor(self, request: Request) -> Participant | None:
        """Whose participation this browser may see now."""
        return await self.door.visitor(self.visits.read(request))

    def for_visitor(self, serve: Serve) -> Callable[[Request], Awaitable[Response]]:
        """Serve whoever opened the pages on this browser; all others are asked for the tracking code first."""

        async def served(request: Request) -> Response:
            person = await self.visitor(request)
            if person is None:
                return self.to("?habis=1")
            response = await serve(request, person)
            self.enter(response, request, person)
            return response

        return served
